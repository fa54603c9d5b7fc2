"""Tokens become text without half characters, and stop strings never come through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.generation.streams import detokenize, join_surrogates, until_stop


def decode_bytes(ids: Sequence[int]) -> str:
    """A tokenizer with one token a byte, as vocabularies with byte fallback have it."""
    return bytes(ids).decode("utf-8", errors="replace")


def test_a_character_in_several_tokens_comes_once_and_whole():
    pieces = list(detokenize("鸕は鳥".encode(), decode_bytes))
    assert pieces == ["鸕", "は", "鳥"]


def test_a_half_character_at_the_end_is_dropped():
    assert list(detokenize("鳥".encode() + "鸕".encode()[:2], decode_bytes)) == ["鳥"]


def test_text_before_a_half_character_is_kept():
    vocabulary = {0: b"", 1: "鳥".encode() + "鸕".encode()[:2]}
    decode = lambda ids: b"".join(vocabulary[i] for i in ids).decode(errors="replace")  # noqa: E731
    assert list(detokenize([0, 1], decode)) == ["鳥"]


def test_text_after_a_broken_character_still_comes():
    pieces = list(detokenize(b"\xe9\xb8" + "鳥".encode(), decode_bytes))
    assert "".join(pieces).endswith("鳥")


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.text(max_size=20))
def test_the_pieces_join_to_the_text(text: str):
    data = text.encode("utf-8", "replace")
    assert "".join(detokenize(data, decode_bytes)) == data.decode().rstrip("\ufffd")


STOPS = ("\n\n### ", "### 指示")


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(["20日です。\n", "\n#", "## 入力"], "20日です。", id="split over pieces"),
        pytest.param(["20日です。\n\n### 指示:\n続き"], "20日です。", id="in one piece"),
        pytest.param(["20日です。\n", "\n", "以上。"], "20日です。\n\n以上。", id="only looked like one"),
        pytest.param(["20日です。\n", "\n##"], "20日です。\n\n##", id="ends half way: the text is not lost"),
        pytest.param(["### 指", "示"], "", id="nothing before it"),
        pytest.param([], "", id="nothing at all"),
    ],
)
def test_stop_strings(pieces: list[str], expected: str):
    assert "".join(until_stop(pieces, STOPS)) == expected


def test_text_that_cannot_become_a_stop_string_is_not_held_back():
    pieces = until_stop(iter(["年次", "有給", "\n"]), STOPS)
    assert [next(pieces), next(pieces)] == ["年次", "有給"]


def test_nothing_more_is_asked_for_after_a_stop_string():
    asked = []

    def model() -> Iterator[str]:
        for piece in ["答え", "\n\n### ", "続き"]:
            asked.append(piece)
            yield piece

    assert "".join(until_stop(model(), STOPS)) == "答え"
    assert asked == ["答え", "\n\n### "]


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.text("ab#\n", max_size=4), max_size=8), st.lists(st.text("ab#\n", max_size=3), max_size=3))
def test_cutting_a_stream_equals_cutting_the_whole(pieces: list[str], stops: list[str]):
    whole = "".join(pieces)
    ends = [whole.find(stop) for stop in stops if stop and stop in whole]
    out = "".join(until_stop(pieces, stops))
    assert not any(stop in out for stop in stops if stop)
    # A stop string that is complete earlier ends the stream, also inside a longer one that began before.
    assert whole.startswith(out)
    assert (out == whole) == (not ends)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(["\ud83d", "\ude00です"], ["😀です"], id="two halves from two events"),
        pytest.param(["笑\ud83d", "", "\ude00"], ["笑", "😀"], id="an empty piece between"),
        pytest.param(["\ud83dです"], ["\ufffdです"], id="the second half never comes"),
        pytest.param(["終\ud83d"], ["終", "\ufffd"], id="cut in the middle"),
        pytest.param(["普通"], ["普通"], id="nothing to join"),
    ],
)
def test_surrogates_are_joined(pieces: list[str], expected: list[str]):
    assert list(join_surrogates(pieces)) == expected
