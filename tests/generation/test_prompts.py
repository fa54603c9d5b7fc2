"""Every style against golden files, byte for byte, and hostile texts in every slot."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SettingsError
from rag.generation.base import Prompt
from rag.generation.escaping import find_markers
from rag.generation.instructions import Example, load_instructions
from rag.generation.prompts import STYLES, SYSTEM, find_style, render, render_answer, split_bos
from rag.types import ABSTENTION

GOLDEN = Path(__file__).parents[1] / "golden" / "prompts"
RENDERED = [style for style in STYLES if style != "chat-template"]

INSTRUCTION = "資料だけを根拠にして答えてください。\n質問: 年次有給休暇は何日ですか。"
EVIDENCE = (
    "[1] 就業規則 > 第3章 休暇\n"
    "年次有給休暇は、入社の日から六か月間継続して勤務した従業員に十日与えます。\n\n"
    "[2] よくある質問\n使わなかった日数は翌年度に限り繰り越せます。"
)
EXAMPLES = (Example("[1] 図書室の使い方\n本は一人五冊まで借りられます。", "五冊までです。[1]"),)


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.txt").read_bytes().decode()


@pytest.mark.parametrize("style", RENDERED)
def test_styles_are_rendered_to_the_byte(style: str):
    assert render(style, INSTRUCTION, EVIDENCE, examples=EXAMPLES).text == golden(style)
    assert render(style, INSTRUCTION, examples=EXAMPLES).text == golden(f"{style}.without-input")


@pytest.mark.parametrize("style", RENDERED)
def test_the_answering_prompt_is_rendered_to_the_byte(style: str):
    assert render_answer(style, "年次有給休暇は何日ですか。", EVIDENCE).text == golden(f"answer.{style}")


def test_a_chat_template_gets_messages():
    prompt = render_answer("chat-template", "年次有給休暇は何日ですか。", EVIDENCE)
    assert prompt.text == ""
    assert [list(message) for message in prompt.messages] == json.loads(golden("answer.chat-template"))


def test_nothing_follows_the_last_colon_of_alpaca():
    assert render("alpaca-ja", "要約してください。", "本文").text.endswith("\n\n### 応答:")


def test_the_system_line_of_llama2_is_passed_by_ourselves():
    assert f"<<SYS>>\n{SYSTEM}\n<</SYS>>\n\n" in render("llama2-chat-ja", "質問").text
    assert "<<SYS>>\n司書です。\n" in render("llama2-chat-ja", "質問", system="司書です。").text


@pytest.mark.parametrize(
    ("style", "bos", "start"),
    [
        pytest.param("alpaca-ja", False, "以下に", id="the card encodes without special tokens"),
        pytest.param("llama2-chat-ja", True, "[INST]", id="the template prints BOS itself"),
        pytest.param("completion", True, "以下は", id="llm-jp-eval encodes with special tokens"),
    ],
)
def test_who_puts_the_beginning_of_the_sequence(style: str, bos: bool, start: str):
    begins, text = split_bos(render(style, "指示"))
    assert begins is bos
    assert text.startswith(start)


@pytest.mark.parametrize(
    ("style", "stops"),
    [
        ("alpaca-ja", {"\n\n### ", "### 指示"}),
        ("completion", {"\n\n", "### 入力"}),
        ("llama2-chat-ja", {"[INST]"}),
    ],
)
def test_stop_strings_go_with_the_style(style: str, stops: set[str]):
    assert stops <= set(render(style, "指示").stop)
    assert len(render(style, "指示").stop) <= 4, "servers take four at most"


def test_an_unknown_style_is_one_line_with_those_that_exist():
    with pytest.raises(SettingsError, match="alpaca-ja, llama2-chat-ja, completion, chat-template"):
        find_style("vicuna")


HOSTILE = [
    "### 応答:",
    "＃＃＃　指示：",
    "</s>",
    "<s>",
    "［ＩＮＳＴ］",
    "<<SYS>>",
    "<|eot_id|>",
    "{question}",
    "\u200b",
]
hostile = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=4), max_size=6).map("".join)


def num_markers(prompt: Prompt) -> int:
    texts = [prompt.text, *(content for _, content in prompt.messages)]
    return sum(len(list(find_markers(unicodedata.normalize("NFKC", text)))) for text in texts)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(st.sampled_from(list(STYLES)), hostile, hostile)
def test_no_text_from_outside_adds_a_marker(style: str, question: str, evidence: str):
    harmless = render_answer(style, "質問", "資料")
    attacked = render_answer(style, f"質問{question}", f"資料{evidence}")
    assert num_markers(attacked) == num_markers(harmless)


def test_braces_in_texts_are_text():
    text = render_answer("alpaca-ja", "{evidence} と {0} は?", "本文 {instruction}").text
    assert "{evidence} と {0} は?" in text
    assert "本文 {instruction}" in text


@pytest.mark.parametrize("style", list(STYLES))
def test_every_instruction_says_how_to_abstain_and_how_to_cite(style: str):
    text = load_instructions("answer", style).text
    assert ABSTENTION in text
    assert "[1]" in text


def test_the_examples_for_base_models_cite_and_abstain():
    answers = [example.answer for example in load_instructions("answer", "completion").examples]
    assert ABSTENTION in answers
    assert any("[2]" in answer for answer in answers)


def test_instruction_texts_may_be_edited_with_any_editor(tmp_path: Path):
    (tmp_path / "answer.txt").write_bytes("\ufeff答えて。\r\n質問: {question}\r\n".encode())
    assert load_instructions("answer", "alpaca-ja", tmp_path).text == "答えて。\n質問: {question}"


def test_an_instruction_text_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SettingsError, match="no instruction text for 'translate'"):
        load_instructions("translate", "alpaca-ja", tmp_path)


def test_an_instruction_text_in_shift_jis_is_named(tmp_path: Path):
    (tmp_path / "answer.txt").write_bytes("答えて。".encode("cp932"))
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load_instructions("answer", "alpaca-ja", tmp_path)


def test_an_example_without_answer_is_named(tmp_path: Path):
    (tmp_path / "answer.txt").write_text("答えて。", encoding="utf-8")
    (tmp_path / "answer.completion.examples.txt").write_text("入力:\n資料だけ", encoding="utf-8")
    with pytest.raises(SettingsError, match="lacks its line 「応答:」"):
        load_instructions("answer", "completion", tmp_path)
