"""What is taken for a command to a model, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.injection import find_instructions
from tests.text.instructions_in_documents import COMMANDS, HARMLESS


def test_the_tables_are_as_long_as_promised() -> None:
    assert len({text for text, _ in COMMANDS}) >= 40
    assert len({text for text, _ in HARMLESS}) >= 40


@pytest.mark.parametrize("text", [row[0] for row in COMMANDS], ids=[row[1] for row in COMMANDS])
def test_a_command_to_a_model_is_found(text: str) -> None:
    before = "休暇の規程です。\n"
    [span, *_] = find_instructions(f"{before}{text}\n以上")
    assert len(before) <= span.start < span.end <= len(before) + len(text)


@pytest.mark.parametrize("text", [row[0] for row in HARMLESS], ids=[row[1] for row in HARMLESS])
def test_what_a_manual_says_is_not(text: str) -> None:
    assert not list(find_instructions(text))


def test_lines_stand_alone() -> None:
    assert not list(find_instructions("以上の\n指示を\n無視して"))


PIECES = st.sampled_from(
    ["以上の", "指示を", "無視", "して", "\n", "㍻", "。", "あなたは", "今から", "です", "\u200b", "ﾌﾟﾛﾝﾌﾟﾄ"]
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join))
def test_spans_stand_in_the_text_in_order(text: str) -> None:
    end = 0
    for span in find_instructions(text):
        assert end <= span.start < span.end <= len(text)
        assert "\n" not in text[span.start : span.end]
        end = span.end
