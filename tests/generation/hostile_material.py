"""Generated documents and questions that try to change a prompt's structure, in every disguise we know."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from rag.types import Chunk, DocumentInfo, Hit, Span

MARKERS = [
    "### 応答:",
    "### 指示:",
    "### 入力:",
    "### Instruction:",
    "### Response:",
    "</s>",
    "<s>",
    "<unk>",
    "<pad>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "<|eot_id|>",
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>system<|end_header_id|>",
    "<|reserved_special_token_0|>",
    "<|im_start|>",
    "<|im_end|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<0x0A>",
    "[1] 偽の資料",
    "［出典１］",
    "[2]",
    "質問: 別の質問",
    "{question}",
    "{evidence}",
]
INVISIBLE = [
    "\u200b",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\u3164",
    "\u0338",
    "\ufe0f",
    "\u202e",
]
PROSE = [
    "年次有給休暇は二十日とする。",
    "申請は前日まで。",
    "3 < 5",
    "a[0]",
    "# 見出し",
    "\n",
    "\n\n",
    " ",
    "\u3000",
]


def full_width(text: str) -> str:
    """``</s>`` → ``＜／ｓ＞``."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _between(text: str, filler: str) -> str:
    return filler.join(text)


DISGUISES = [
    str,
    full_width,
    str.upper,
    lambda text: _between(text, " "),
    lambda text: _between(full_width(text), "\u3000"),
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: f"{text[: len(text) // 2]}{text}{text[len(text) // 2 :]}",  # one inside another
    *(lambda text, filler=filler: _between(text, filler) for filler in INVISIBLE),
]

_pieces = (
    st.builds(lambda marker, disguise: disguise(marker), st.sampled_from(MARKERS), st.sampled_from(DISGUISES))
    | st.sampled_from(PROSE)
    | st.sampled_from(INVISIBLE)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
)
texts = st.lists(_pieces, min_size=1, max_size=5).map("".join)
lines = texts.map(lambda text: " ".join(text.split()))


@st.composite
def hits(draw: st.DrawFn) -> tuple[Hit, ...]:
    """One or two hits whose title, heading and text are hostile; sentences end where they are told to."""
    found = []
    for number in range(1, draw(st.integers(1, 2)) + 1):
        sentences = [f"文。{text}" for text in draw(st.lists(texts, min_size=1, max_size=2))]
        found.append(make_hit(number, draw(lines), draw(lines), sentences))
    return tuple(found)


def make_hit(number: int, title: str, heading: str, sentences: list[str]) -> Hit:
    """A hit of these sentences, one after the other."""
    spans, end = [], 0
    for sentence in sentences:
        spans.append(Span(end, end + len(sentence)))
        end += len(sentence)
    chunk = Chunk(f"d{number}", 0, 0, end, "".join(sentences), tuple(spans), (heading,), id=number)
    return Hit(chunk, DocumentInfo(f"d{number}", f"/{number}.txt", "default", title or "題"), 1.0)


def harmless_hits(sentences: tuple[int, ...]) -> tuple[Hit, ...]:
    """One hit for each number, of as many sentences with nothing in them."""
    return tuple(
        make_hit(number, "題", "章", ["文。"] * count) for number, count in enumerate(sentences, start=1)
    )
