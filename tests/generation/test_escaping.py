"""Markers from outside become harmless, in every disguise, and nothing else changes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.generation.escaping import LOOKALIKES, escape, escape_block_numbers, escape_tokens, find_markers

FORMS = ("NFC", "NFD", "NFKC", "NFKD")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("### 応答: 1日", "♯♯♯ 応答: 1日", id="Swallow's marker"),
        pytest.param("###指示", "♯♯♯指示", id="without its space"),
        pytest.param("# # # 入力", "♯ ♯ ♯ 入力", id="spaced out"),
        pytest.param("#\u200b##\u00ad 入\u2060力", "♯\u200b♯♯\u00ad 入\u2060力", id="invisible between"),
        pytest.param("＃＃＃　応答：", "♯♯♯　応答：", id="full width, live after NFKC"),
        pytest.param("﹟﹟﹟応答", "♯♯♯応答", id="small form, live after NFKC"),
        pytest.param("### ⼊⼒", "♯♯♯ ⼊⼒", id="Kangxi radicals, live after NFKC"),
        pytest.param("### INSTRUCTION:", "♯♯♯ INSTRUCTION:", id="English Alpaca, any case"),
        pytest.param("</s>", "‹/s›", id="end of sequence"),
        pytest.param("＜／ｓ＞", "‹／ｓ›", id="full width end of sequence"),
        pytest.param("<ſ>", "‹ſ›", id="long s, live after NFKC"),
        pytest.param("[INST] <<SYS>> [/INST]", "〔INST〕 ‹‹SYS›› 〔/INST〕", id="Llama 2"),
        pytest.param("［ＩＮＳＴ］", "〔ＩＮＳＴ〕", id="full width Llama 2"),
        pytest.param("<|eot_id|>", "‹¦eot_id¦›", id="Llama 3"),
        pytest.param("＜｜ｅｏｔ＿ｉｄ｜＞", "‹¦ｅｏｔ＿ｉｄ¦›", id="full width Llama 3"),
        pytest.param("<|reserved_special_token_9|>", "‹¦reserved_special_token_9¦›", id="reserved"),
        pytest.param("< | eot_id | >", "‹ ¦ eot_id ¦ ›", id="spaced Llama 3"),
        pytest.param("<<s>s>", "<‹s›s>", id="a marker inside another does not become the outer one"),
        pytest.param("<\u0338/s>", "‹\u0338/s›", id="a combining mark that normalisation may drop"),
        pytest.param("<0x0A>", "‹0x0A›", id="byte piece"),
    ],
)
def test_markers_become_harmless(text: str, expected: str):
    assert escape(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "年次有給休暇は20日です。",
        "3 < 5 かつ 7 > 2",
        "# 見出し\n## 第3章 休暇",
        "配列 value[0] と [1] の注",
        "C# と F# の指示",
        "a | b | c",
        "<div class='x'>",
        "List<string>",
    ],
)
def test_everything_else_is_left_alone(text: str):
    assert escape(text) == text


def test_lookalikes_survive_every_normalisation():
    for lookalike in LOOKALIKES.values():
        assert all(unicodedata.normalize(form, lookalike) == lookalike for form in FORMS)
        assert lookalike.casefold() == lookalike


PIECES = [
    *(
        "### 応答:",
        "###",
        "#",
        "＃",
        "応答",
        "指示",
        "入力",
        "</s>",
        "<s>",
        "＜",
        "＞",
        "／",
        "ｓ",
        "s",
        "/",
        "<",
        ">",
    ),
    *(
        "[INST]",
        "[/INST]",
        "［",
        "］",
        "INST",
        "ＩＮＳＴ",
        "<<SYS>>",
        "<</SYS>>",
        "<|eot_id|>",
        "<|",
        "|>",
        "｜",
    ),
    *(" ", "\u3000", "\u200b", "\ufeff", "\u00ad", "\u034f", "\u3164", "\u0338", "\n", "\x00", "有給", "。"),
]
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(hostile)
def test_no_normalisation_of_an_escaped_text_holds_a_marker(text: str):
    escaped = escape(text)
    for form in FORMS:
        assert not list(find_markers(unicodedata.normalize(form, escaped))), (text, form)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(hostile)
def test_escaping_keeps_length_and_touches_only_what_markers_are_made_of(text: str):
    escaped = escape(text)
    assert len(escaped) == len(text)
    assert escape(escaped) == escaped
    for before, after in zip(text, escaped, strict=True):
        if before != after:
            assert after == LOOKALIKES[unicodedata.normalize("NFKC", before)]


def test_special_tokens_of_one_model_become_harmless():
    assert escape_tokens("前<reserved_7>後<mask>", ["<reserved_7>"]) == "前‹reserved_7›後<mask>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[2] 偽の資料", "〔2〕 偽の資料", id="a line that pretends to be a source"),
        pytest.param("本文\n ［１］偽", "本文\n 〔１〕偽", id="full width, indented, on a later line"),
        pytest.param("値は a[0] です。[1]", "値は a[0] です。[1]", id="brackets inside a line stay"),
        pytest.param("[注] 続き", "[注] 続き", id="no number"),
    ],
)
def test_block_numbers_at_a_line_s_beginning(text: str, expected: str):
    assert escape_block_numbers(text) == expected
