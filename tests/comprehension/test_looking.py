"""A first look at passages: held against the same facts worked out word by word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.assembly import load_bundled_embedder, load_bundled_reader
from rag.comprehension import LOOKS, Passage, SpanReader
from rag.comprehension.looking import HEADING_SHARE, STEP
from rag.text.analyzer import Analysis, Feature, load_analyzer
from rag.text.query_terms import counterparts_of

ANALYZER = load_analyzer()
EMBEDDER = load_bundled_embedder()
EMPTY = ANALYZER.analyze("")
EMPTY_TEXTS = ("", "、。", "がはを")


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return load_bundled_reader()


def _passage(body: str, heading: str = "") -> Passage:
    return Passage(ANALYZER.analyze(body), ANALYZER.analyze(heading))


def _look(reader: SpanReader, question: str, *passages: Passage) -> dict[str, np.ndarray]:
    found = reader.look(ANALYZER.analyze(question), passages)
    return dict(zip(LOOKS, found.T, strict=True))


def test_words_that_stand_there_are_covered(reader: SpanReader) -> None:
    passages = (
        _passage("試用期間は三か月とする。"),
        _passage("猫が鳴く。", "試用期間"),
        _passage("猫が鳴く。"),
    )
    found = _look(reader, "試用期間", *passages)
    assert found["covered"] == pytest.approx([1, 0, 0])
    assert found["covered_with_heading"] == pytest.approx([1, 1, 0])


def test_the_verb_of_a_noun_is_the_same_word(reader: SpanReader) -> None:
    found = _look(
        reader, "届け出なければならない", _passage("末日までに届け出る。"), _passage("末日までに休む。")
    )
    assert found["covered"][0] > found["covered"][1]


def test_other_words_for_it_are_near(reader: SpanReader) -> None:
    passages = _passage("退職するときは届け出る。"), _passage("茶の湯は静かに楽しむ。")
    found = _look(reader, "会社を辞めたい", *passages)
    assert found["covered"].max() == 0, "no word of the question stands there"
    for name in ("softly_covered", "nearest_stretch"):
        assert found[name][0] > found[name][1] + 0.2, name


def test_a_sentence_among_many_others_is_the_nearest_stretch(reader: SpanReader) -> None:
    other = "茶の湯は静かに楽しむものである。庭には古い松の木が並んで立っている。" * 4
    alone, among = _passage("退職するときは届け出る。"), _passage(f"{other}退職するときは届け出る。{other}")
    found = _look(reader, "会社を辞めたい", alone, among, _passage(other))
    assert found["nearest_stretch"][1] > found["nearest_stretch"][2] + 0.1
    assert found["softly_covered"][1] >= found["softly_covered"][0] - 1e-6


@pytest.mark.parametrize("text", EMPTY_TEXTS)
def test_nothing_is_near_to_nothing(reader: SpanReader, text: str) -> None:
    found = reader.look(ANALYZER.analyze("休暇は？"), [_passage(text), _passage("休暇は十日とする。", text)])
    assert np.isfinite(found).all()
    assert found[0].max() == pytest.approx(0, abs=0.3)
    nothing = reader.look(ANALYZER.analyze(text), [_passage("休暇は十日とする。")])
    assert np.isfinite(nothing).all()


def test_no_passages_no_looks(reader: SpanReader) -> None:
    assert reader.look(ANALYZER.analyze("休暇"), []).shape == (0, len(LOOKS))


WORDS = ("会社", "辞める", "退職", "届け出る", "が", "。", "茶", "XMLHttp", "三", "静か")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_looks_are_what_they_say(question: str, texts: list[tuple[str, str]]) -> None:
    passages = [_passage(body, heading[:20]) for body, heading in texts]
    asked = ANALYZER.analyze(question)
    found = load_bundled_reader().look(asked, passages)
    wanted = [_by_hand(asked.features[:40], one) for one in passages]
    assert found == pytest.approx(np.array(wanted), abs=2e-3)


def _by_hand(asked: Sequence[Feature], passage: Passage) -> list[float]:
    body, heading = passage.body.features[:288], passage.heading.features[:24]
    vectors, counted = _vectors(asked), [_counts(word) for word in asked]
    weights = np.linalg.norm(vectors, axis=1) / 1.5 * counted
    total = max(float(weights.sum()), 1e-3)
    shares = [
        [
            float(weights @ [matches(word, text) for word in asked]) / total
            for text in (body, (*body, *heading))
        ]
        for matches in (_has, _nearest)
    ]
    above = HEADING_SHARE / 1.5 * _vectors(heading).sum(axis=0)
    whole = (vectors / 1.5).sum(axis=0)
    return [*shares[0], *shares[1], _stretch(whole, body, 0 * above), _stretch(whole, body, above)]


def _stretch(whole: np.ndarray, body: Sequence[Feature], above: np.ndarray) -> float:
    rows = _vectors(body) / 1.5
    begins = range(0, len(rows), STEP)
    return max(
        [0.0, *(_cosine(whole, rows[begin : begin + 2 * STEP].sum(axis=0) + above) for begin in begins)]
    )


def _vectors(words: Sequence[Feature]) -> np.ndarray:
    return EMBEDDER.word_vectors(words).astype(np.float64)


def _counts(word: Feature) -> bool:
    return not word.pos.startswith(("助詞", "助動詞", "補助記号", "記号", "空白"))


def _has(word: Feature, text: Sequence[Feature]) -> bool:
    lemmas = {word.lemma, *counterparts_of(word.lemma)}
    return any(word.base == other.base or other.lemma in lemmas for other in text)


def _nearest(word: Feature, text: Sequence[Feature]) -> float:
    (one,) = _vectors([word])
    return max([float(_has(word, text)), *(_cosine(one, other) for other in _vectors(text))])


def _cosine(left: np.ndarray, right: np.ndarray) -> float:
    lengths = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / lengths if lengths > 1e-6 else 0.0


def test_a_long_passage_is_looked_at_as_far_as_it_is_read(reader: SpanReader) -> None:
    long: Analysis = ANALYZER.analyze("犬と猫がいる。" * 100 + "退職する。")
    found = reader.look(ANALYZER.analyze("退職"), [Passage(long, EMPTY)])
    assert found[0, LOOKS.index("covered")] == 0
