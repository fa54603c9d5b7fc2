"""Token counts for models behind a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import ModelUnavailable
from rag.generation.counting import EstimatedCounter, load_folder_counter
from tests import tiny_models

TEXTS = ["", "年次有給休暇は20日です。", "The quick brown fox", "</s> <|eot_id|>", "鸕鷀\n😀", "A1B2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("有休は20日", 2 * 2 + 1 + 2 + 2 + 1, id="kanji 2, kana 1, digits 1, and one more"),
        pytest.param("abcd", 3, id="letters a half"),
        pytest.param("😀", 5, id="four bytes"),
        pytest.param("", 1, id="never nothing"),
    ],
)
def test_the_estimate_is_from_above(text: str, expected: int):
    assert EstimatedCounter().count([text]) == [expected]


def test_the_estimate_of_messages_leaves_room_for_the_template():
    counter = EstimatedCounter()
    messages = [("system", "規則"), ("user", "質問")]
    assert counter.count_messages(messages) > sum(counter.count(["規則", "質問"])) + 2 * 6 + 25


def test_the_estimate_is_above_a_real_tokenizer_that_knows_japanese(llama3: Path):
    exact, estimate = load_folder_counter(llama3), EstimatedCounter()
    assert exact is not None
    for text, count in zip(tiny_models.SENTENCES, exact.count(tiny_models.SENTENCES), strict=True):
        assert count <= estimate.count([text])[0]


@pytest.mark.parametrize("folder", ["swallow", "swallow_v01", "llama3"])
def test_a_folder_counts_as_the_model_in_the_process_does(folder: str, request: pytest.FixtureRequest):
    from transformers import AutoTokenizer

    path = request.getfixturevalue(folder)
    counter = load_folder_counter(path)
    assert counter is not None
    tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    ids = tokenizer(TEXTS, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    assert counter.count(TEXTS) == [len(row) for row in ids]
    assert counter.count_messages([("user", TEXTS[1])]) > len(ids[1])


def test_a_folder_without_tokenizer_has_no_counter(tmp_path: Path):
    assert load_folder_counter(tmp_path) is None
    assert load_folder_counter(tmp_path / "nothing") is None


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer.model"])
def test_a_damaged_tokenizer_is_one_clear_line(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(b"\x00broken")
    with pytest.raises(ModelUnavailable, match=name):
        load_folder_counter(tmp_path)
