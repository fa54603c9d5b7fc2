"""Short answers out of logits, and what the bundled reader finds."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from rag.assembly import load_bundled_embedder, load_bundled_reader
from rag.bundled import bundled_path
from rag.comprehension import Passage, Reading, find_span, load_span_reader, word_range
from rag.errors import ModelError, ModelUnavailable
from rag.text.analyzer import load_analyzer
from rag.types import Span

ANALYZER = load_analyzer()


def _reading(starts: list[float], ends: list[float]) -> Reading:
    return Reading(np.array(starts, np.float32), np.array(ends, np.float32), 0.0)


TEXT = "期間は三か月。延長は一か月。"
WORDS = ANALYZER.analyze(TEXT)
NUM_WORDS = len(WORDS.features)


def test_a_span_is_where_start_and_end_are_best_together() -> None:
    starts, ends = [-5.0] * NUM_WORDS, [-5.0] * NUM_WORDS
    first, last = word_range(WORDS, Span(3, 6))
    starts[first], ends[last - 1] = 4.0, 3.0
    found = find_span(_reading(starts, ends), WORDS, Span(0, 7))
    assert found is not None
    assert TEXT[found.span.start : found.span.end] == "三か月"
    assert found.logit == pytest.approx(7.0)


def test_a_span_stays_inside_its_sentence() -> None:
    starts, ends = [-5.0] * NUM_WORDS, [-5.0] * NUM_WORDS
    starts[0], ends[-1] = 9.0, 9.0
    found = find_span(_reading(starts, ends), WORDS, Span(0, 7))
    assert found is not None
    assert found.span.end <= 7


def test_a_span_ends_where_it_begins_or_later() -> None:
    starts, ends = [-5.0] * NUM_WORDS, [-5.0] * NUM_WORDS
    starts[3], ends[1] = 5.0, 9.0
    found = find_span(_reading(starts, ends), WORDS, Span(0, len(TEXT)))
    assert found is not None
    assert found.span.start <= found.span.end


def test_no_words_no_span() -> None:
    assert find_span(_reading([0.0] * NUM_WORDS, [0.0] * NUM_WORDS), WORDS, Span(3, 3)) is None


FOUNDED = "当社は1952年、大阪の商人であった山田太郎によって創立された。"
OFFICES = "本社は神戸市にあり、支店は全国に十二ある。"
ASKED = [
    ("試用期間は何か月ですか？", "新たに採用した者の試用期間は、三か月とする。", "三か月", "a duration"),
    ("会社の創立者は誰ですか？", FOUNDED, "山田太郎", "a person"),
    ("当社が創立されたのはいつ？", FOUNDED, "1952年", "a year"),
    ("本社はどこにありますか？", OFFICES, "神戸市", "a place"),
    ("支店はいくつありますか？", OFFICES, "十二", "a number"),
]


@pytest.mark.parametrize(("question", "text", "answer", "reason"), ASKED)
def test_the_bundled_reader_finds_short_answers(question: str, text: str, answer: str, reason: str) -> None:
    body = ANALYZER.analyze(text)
    (reading,) = load_bundled_reader().read(
        ANALYZER.analyze(question), [Passage(body, ANALYZER.analyze("会社案内"))]
    )
    found = find_span(reading, body, Span(0, len(text)))
    assert found is not None
    assert text[found.span.start : found.span.end] == answer, reason


def test_the_bundled_reader_tells_what_answers_from_what_does_not() -> None:
    question = ANALYZER.analyze("有給休暇は何日もらえますか？")
    texts = ("年次有給休暇は、入社から六か月で十日を与える。", "昼の休憩は十二時から一時間とする。")
    nothing = ANALYZER.analyze("")
    answers, not_so = load_bundled_reader().read(
        question, [Passage(ANALYZER.analyze(t), nothing) for t in texts]
    )
    assert answers.relevance > not_so.relevance


FOLDER = bundled_path("models", "span-reader")


def _copied(folder: Path) -> Path:
    for file in FOLDER.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_a_folder_without_a_reader(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no span reader in"):
        load_span_reader(tmp_path, load_bundled_embedder())


def test_a_damaged_config(tmp_path: Path) -> None:
    (_copied(tmp_path) / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="is damaged"):
        load_span_reader(tmp_path, load_bundled_embedder())


def test_damaged_weights(tmp_path: Path) -> None:
    file = _copied(tmp_path) / "weights.npz"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ModelError, match=r"checksum differs"):
        load_span_reader(tmp_path, load_bundled_embedder())


def _changed(folder: Path, **values: object) -> None:
    file = _copied(folder) / "config.json"
    known = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(known | values), encoding="utf-8")


def test_word_vectors_of_another_revision(tmp_path: Path) -> None:
    _changed(tmp_path, embedder_revision="0123456789abcdef")
    with pytest.raises(ModelError, match="word vectors 0123456789abcdef"):
        load_span_reader(tmp_path, load_bundled_embedder())


def test_weights_of_another_size(tmp_path: Path) -> None:
    _changed(tmp_path, size=32)
    with pytest.raises(ModelError, match="do not fit this version"):
        load_span_reader(tmp_path, load_bundled_embedder())


def test_weights_hold_no_pickle() -> None:
    data = io.BytesIO((FOLDER / "weights.npz").read_bytes())
    with np.load(data, allow_pickle=False) as stored:
        assert all(stored[name].dtype == np.float16 for name in stored.files)


def test_a_loaded_reader_leaves_numpy_one_thread() -> None:
    load_bundled_reader()
    of_numpy = [one for one in threadpool_info() if one["user_api"] == "blas" and "numpy" in one["filepath"]]
    assert [one["num_threads"] for one in of_numpy] == [1]
