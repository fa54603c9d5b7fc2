"""MeCab: words with offsets into the text that people read, whatever the text is."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import ModelUnavailable
from rag.text.analyzer import Analysis, Analyzer, Feature, MecabAnalyzer, load_analyzer
from rag.text.fold import fold_text
from rag.text.tagger import MAX_PIECE_CHARS
from rag.types import Span

ANALYZER: Analyzer = load_analyzer()


def _words(text: str) -> list[tuple[str, str]]:
    """(surface, base) of every word."""
    return [(text[m.start : m.end], m.feature.base) for m in ANALYZER.analyze(text).morphemes()]


WORDS = [
    ("申し込んだ", [("申し込ん", "申し込む"), ("だ", "だ")], "the base form is orthBase"),
    ("帰る", [("帰る", "帰る")], "orthBase keeps 帰る, which the lemma makes 返る"),
    ("葛\U000e0100飾", [("葛\U000e0100飾", "葛飾")], "a variation selector does not break a word"),
    ("カ\u3099ラス", [("カ\u3099ラス", "ガラス")], "nor does NFD"),
    ("ﾃﾞｰﾀ", [("ﾃﾞｰﾀ", "データ")], "half-width katakana"),
    ("㈱", [("㈱", "("), ("㈱", "株"), ("㈱", ")")], "words of one character share its span"),
    ("あ\x00猫", [("あ", "あ"), ("猫", "猫")], "MeCab would drop what follows NUL"),
    ("犬\ud800猫", [("犬", "犬"), ("猫", "猫")], "a lone surrogate cannot be encoded"),
    ("　犬　\n\t 猫 ", [("犬", "犬"), ("猫", "猫")], "white space has no word"),
    ("  犬", [("犬", "犬")], "white space at the start"),
    ("Swallow-7b", [("Swallow", "swallow"), ("-", "-"), ("7", "7"), ("b", "b")], "Latin letters are folded"),
    ("\ufeff", [], "nothing visible"),
    ("", [], "nothing"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), WORDS)
def test_words(text: str, expected: list[tuple[str, str]], reason: str):
    assert _words(text) == expected, reason


def test_features_name_what_the_dictionary_says():
    features = ANALYZER.analyze("データを帰るszk").features
    assert features[0] == Feature("名詞-普通名詞-一般", "データ", "データ", "データ"), "lemma without -data"
    assert features[1] == Feature("助詞-格助詞", "を", "を", "ヲ")
    assert features[2] == Feature("動詞-一般", "帰る", "返る", "カエル")
    assert features[3][1:] == ("szk", "szk", ""), "an unknown word is its own base and lemma, without reading"


def test_the_reading_is_that_of_the_form_in_the_text():
    assert [f.reading for f in ANALYZER.analyze("東京で書いた").features] == [
        "トウキョウ",
        "デ",
        "カイ",
        "タ",
    ]


def test_equal_features_are_one_object():
    first, second = ANALYZER.analyze("経費"), ANALYZER.analyze("　経費")
    assert first.features[0] is second.features[0]


def test_the_analyzer_says_what_it_is():
    assert ANALYZER.version == "mecab-1"
    assert ANALYZER.dictionary.startswith("unidic-lite-1.")
    assert ANALYZER.analyze("犬").analyzer == f"mecab-1+{ANALYZER.dictionary}"


def test_a_missing_dictionary_is_one_line(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="pip install") as caught:
        MecabAnalyzer("none", str(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1" * 400_000, "digits end the process from 80,000 on"),
        ("a" * 500_000, "ASCII letters from 100,000 on"),
        ("経費のABC12" * 50_000, "mixed text from 400,000 on"),
        (" " * 300_000 + "犬", "a sea of blanks"),
    ],
)
def test_long_texts_do_not_end_the_process(text: str, reason: str):
    analysis = ANALYZER.analyze(text)
    assert analysis.ends[-1] == len(text), reason


def test_long_texts_are_cut_where_no_word_is():
    sentence = "経費を精算する。"
    long = sentence * (3 * MAX_PIECE_CHARS // len(sentence))
    bases = [base for _, base in _words(sentence)]
    assert [base for _, base in _words(long)] == bases * (len(long) // len(sentence))


def test_threads_do_not_disturb_each_other():
    texts = [f"第{number}条 従業員は経費を{number}日以内に申し込んだ。" * 20 for number in range(60)]
    expected = [ANALYZER.analyze(text) for text in texts]
    barrier = threading.Barrier(4)

    def analyze_all(_: int) -> list[Analysis]:
        barrier.wait()
        return [ANALYZER.analyze(text) for text in texts]

    with ThreadPoolExecutor(4) as pool:
        assert all(found == expected for found in pool.map(analyze_all, range(4)))


TRICKY = st.sampled_from(
    [*"経費を申込んだ。ｶﾞか゛㈱㍻A1 \n\x00\u200b\u3099", "\ud800", "葛\U000e0100", "📞", "令和6年"]
)
TEXTS = st.lists(st.one_of(TRICKY, st.text(max_size=3)), max_size=20).map("".join)


@given(TEXTS)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_words_cover_everything_but_white_space(text: str):
    analysis = ANALYZER.analyze(text)
    assert list(analysis.starts) == sorted(analysis.starts)
    assert list(analysis.ends) == sorted(analysis.ends)
    left = list(text)
    for start, end, _ in analysis.morphemes():
        assert 0 <= start < end <= len(text)
        left[start:end] = [" "] * (end - start)
    assert fold_text("".join(left)).strip(" ") == ""


@given(TEXTS, st.integers(0, 40), st.integers(0, 40))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_a_slice_holds_the_words_inside(text: str, start: int, length: int):
    analysis, end = ANALYZER.analyze(text), start + length
    inside = [
        (m.start - start, m.end - start, m.feature)
        for m in analysis.morphemes()
        if start <= m.start and m.end <= end
    ]
    assert list(analysis.slice(Span(start, end)).morphemes()) == inside


def test_a_slice_by_sentence_is_the_analysis_of_the_sentence():
    first, second = "経費を精算する。", "年休を申し込んだ。"
    whole = ANALYZER.analyze(first + second)
    assert whole.slice(Span(len(first), len(first + second))) == ANALYZER.analyze(second)


def test_a_short_text_is_analysed_once_and_a_long_one_each_time() -> None:
    analyzer = load_analyzer()
    assert analyzer.analyze("年休を申し込んだ") is analyzer.analyze("年休を申し込んだ")
    long = "年休を申し込んだ。" * 40
    assert analyzer.analyze(long) is not analyzer.analyze(long)
    assert analyzer.analyze(long) == analyzer.analyze(long)
