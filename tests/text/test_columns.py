"""Columns hold what the analyses and terms of single texts hold."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import unidic_lite
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.analyzer import load_analyzer
from rag.text.columns import Columns, ranges
from rag.text.tagger import open_tagger
from rag.text.term_columns import character_pairs, exact_terms, pair_name
from rag.text.terms import content_terms
from rag.text.vocabulary import KNOWN_LINE, UNKNOWN_LINE, Lexicons, Vocabulary, Word, WordTable

ANALYZER = load_analyzer()
PIECES = st.sampled_from(
    [
        *(
            "年次有給休暇",
            "を",
            "申し込んだ",
            "。",
            " ",
            "　",
            "\n",
            "三十五万",
            "円",
            "1,234",
            ",",
            "123",
            "条",
            "第",
        ),
        *(
            "㈱",
            "㍻",
            "…",
            "か゛",
            "葛\U000e0100飾",
            "ｶﾞｲﾄﾞ",
            "ABC-12/3",
            "c++",
            "令和6年4月1日",
            "𠮷",
            "\ud800",
            "あ",
        ),
    ]
)
TEXTS = st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=6)
quick = settings(max_examples=60, deadline=None, derandomize=True)


def features(columns: Columns, words: slice) -> tuple[object, ...]:
    return tuple(columns.vocabulary.words[number].feature for number in columns.numbers[words].tolist())


@quick
@given(TEXTS)
def test_words_are_those_of_an_analysis(texts: list[str]) -> None:
    columns = ANALYZER.analyze_all(texts)
    assert len(columns.bounds) == len(texts) + 1
    for text, first, last in zip(texts, columns.bounds, columns.bounds[1:], strict=False):
        words, analysis = slice(first, last), ANALYZER.analyze(text)
        assert analysis.analyzer == columns.analyzer
        assert analysis.starts == tuple(columns.starts[words].tolist())
        assert analysis.ends == tuple(columns.ends[words].tolist())
        assert analysis.features == features(columns, words)


def test_a_text_of_several_pieces() -> None:
    text = "経費を精算する。" * 700 + " " * 6_000 + "か゛㈱である。" * 800
    columns, analysis = ANALYZER.analyze_all(["", text]), ANALYZER.analyze(text)
    assert columns.bounds.tolist() == [0, 0, len(analysis.starts)]
    assert (tuple(columns.starts.tolist()), tuple(columns.ends.tolist())) == (analysis.starts, analysis.ends)


@quick
@given(TEXTS)
def test_terms_are_those_of_single_texts(texts: list[str]) -> None:
    columns = ANALYZER.analyze_all(texts)
    owners, pairs = character_pairs(columns.folded)
    found = Counter(zip(owners.tolist(), map(pair_name, pairs.tolist()), strict=True))
    exact = Counter(exact_terms(texts, columns))
    for number, text in enumerate(texts):
        parts = content_terms(text, ANALYZER.analyze(text))
        assert parts.bigram == Counter(
            {pair: count for (owner, pair), count in found.items() if owner == number}
        )
        told = Counter({term: count for (owner, term), count in exact.items() if owner == number})
        assert told <= parts.base
    assert owners.max(initial=0) < max(len(texts), 1)


def test_numbers_do_not_run_from_text_to_text() -> None:
    texts = ["手当は1", ",234円", "000"]
    alone = [
        (n, t) for n, text in enumerate(texts) for _, t in exact_terms([text], ANALYZER.analyze_all([text]))
    ]
    assert sorted(exact_terms(texts, ANALYZER.analyze_all(texts))) == sorted(alone)


def test_a_table_follows_its_vocabulary_and_begins_anew_with_another() -> None:
    lines = open_tagger(unidic_lite.DICDIR, KNOWN_LINE, UNKNOWN_LINE)("休暇を休暇").splitlines()
    lexicons = Lexicons(unidic_lite.DICDIR, "")
    first, second = Vocabulary(lexicons), Vocabulary(lexicons)
    asked: list[str] = []

    def length(word: Word) -> int:
        asked.append(word.feature.base)
        return word.length

    def begin() -> Callable[[Word], int]:
        asked.append("begin")
        return length

    table = WordTable(begin)
    assert [table.of(first)[number] for number in map(first.__getitem__, lines)] == [2, 1, 2]
    assert asked == ["begin", "begin", "休暇", "を"]
    assert second[lines[1]] == 0 and table.of(second)[0] == 1
    assert asked == ["begin", "begin", "休暇", "を", "begin", "を"]


def test_ranges() -> None:
    places, owners = ranges(np.array([0, 2, 2, 5]), np.array([2, 1, 0]))
    assert (places.tolist(), owners.tolist()) == ([2, 3, 4, 0, 1], [0, 0, 0, 2, 2])
