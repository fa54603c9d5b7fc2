"""Facts of sentences that are worked out for many at once are those of each alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.coverage import pairs_present
from rag.answering.words import nearest_words, vectors_by, weighed
from rag.assembly import load_bundled_embedder, load_bundled_reader
from rag.text.analyzer import Feature, load_analyzer
from rag.text.fold import fold_text
from rag.text.terms import base_terms, content_terms

ANALYZER = load_analyzer()
TEXTS = st.text(alphabet="休暇は有給の日、a1-ー。「」 \n％ｱ髙", max_size=30)


def _features(text: str) -> tuple[Feature, ...]:
    return ANALYZER.analyze(text).features


@settings(max_examples=200, deadline=None, derandomize=True)
@given(asked=TEXTS, text=TEXTS)
def test_pairs_are_found_in_a_text_as_they_are_indexed(asked: str, text: str) -> None:
    wanted = sorted(content_terms(asked, ANALYZER.analyze(asked)).bigram)
    indexed = content_terms(text, ANALYZER.analyze(text)).bigram
    (found,) = pairs_present(wanted, [fold_text(text)])
    assert found.tolist() == [term in indexed for term in wanted]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=TEXTS | st.sampled_from(["三十五万円を令和6年4月1日に払う", "型番ABC-123/45", "2024年度"]))
def test_base_terms_alone_are_those_among_all(text: str) -> None:
    analysis = ANALYZER.analyze(text)
    assert base_terms(text, fold_text(text), analysis) == content_terms(text, analysis).base


@pytest.mark.parametrize(
    ("asked", "text", "nearest", "reason"),
    [
        ("退職", "会社を退職する", 1.0, "the word itself"),
        ("退職", "会社を辞める", 0.3, "a word that is near"),
        ("退職", "", 0.0, "no words"),
    ],
)
def test_the_nearest_word_of_a_text(asked: str, text: str, nearest: float, reason: str) -> None:
    found = nearest_words(_features(asked), [_features(text)], load_bundled_reader().words.vectors)
    assert found.shape == (1, 1)
    assert nearest <= found[0, 0] + 1e-6, reason
    assert found[0, 0] <= 1 + 1e-5


def test_texts_do_not_see_each_other() -> None:
    vectors, asked = load_bundled_reader().words.vectors, _features("有給休暇の日数")
    texts = [_features(text) for text in ("休暇は二十日", "", "冷蔵庫の温度")]
    together = nearest_words(asked, texts, vectors)
    assert together == pytest.approx(np.vstack([nearest_words(asked, [text], vectors) for text in texts]))


def test_a_question_without_words_is_near_to_nothing() -> None:
    assert weighed(
        nearest_words([], [_features("休暇")], load_bundled_reader().words.vectors), []
    ).tolist() == [0]


def test_rare_words_count_more() -> None:
    assert weighed(np.array([[1, 0], [0, 1]], np.float32), [3.0, 1.0]).tolist() == [0.75, 0.25]


def test_the_table_of_the_reader_holds_the_vectors_of_the_embedder() -> None:
    asked, texts = _features("有給休暇の日数"), [_features("休暇は二十日"), ()]
    by_embedder = nearest_words(asked, texts, vectors_by(load_bundled_embedder()))
    by_table = nearest_words(asked, texts, load_bundled_reader().words.vectors)
    assert by_table == pytest.approx(by_embedder, abs=1e-5)
