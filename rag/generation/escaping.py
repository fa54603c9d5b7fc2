"""Makes markers in documents and questions harmless, visibly and for good.

A prompt's structure is written in plain characters: ``### 応答:``, ``[INST]``, ``</s>``,
``<|eot_id|>``. Text from outside may hold the same characters, also full-width, spaced out or with
invisible characters between; NFKC, which many tokenizers and servers apply, makes live markers of
those. So markers are searched in a comparison form (NFKD, case folded, without spaces, marks and
invisible characters), and their brackets, bars and hashes are replaced by look-alikes that no
normalisation turns back. A character is replaced by a character: lengths and offsets stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

LOOKALIKES = {"#": "♯", "<": "‹", ">": "›", "[": "〔", "]": "〕", "|": "¦"}
"""The characters that markers are made of → what a reader takes for them and a model does not."""

_MARKERS = re.compile(
    "|".join(
        (
            r"#{2,}(?:指示|入力|応答|instruction|input|response)",  # Alpaca, Swallow
            r"<</?sys>>",  # Llama 2
            r"\[/?inst\]",
            r"</?(?:s|unk|pad|bos|eos|cls|sep|mask)>",  # SentencePiece and BERT
            r"<0x[0-9a-f]{2}>",  # byte pieces
            r"<\|[^<>]{0,64}\|>",  # Llama 3, ChatML
            r"<(?:start|end)_of_turn>",  # Gemma
            r"<eod\|llm-jp>",
        )
    )
)
_BLOCK_NUMBER = re.compile(r"^([^\S\n]*)[\[［](\s*\d{1,4}\s*)[\]］]", re.MULTILINE)
_TRANSLATION = str.maketrans(LOOKALIKES)
_DELIMITERS = frozenset(LOOKALIKES)
_SKIPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Mn", "Me", "Zs", "Zl", "Zp"})
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def escape(text: str) -> str:
    """The text with every marker made harmless; everything else is left alone.

    「### 応答: 1日」 → 「♯♯♯ 応答: 1日」, 「＜／ｓ＞」 → 「‹／ｓ›」, 「3 < 5」 stays. The length stays,
    escaping twice changes nothing more, and no normalisation of the result holds a marker.
    """
    while spots := {spot for span in find_markers(text) for spot in range(*span)}:
        text = "".join(
            _fold(char).translate(_TRANSLATION) if i in spots and _DELIMITERS & set(_fold(char)) else char
            for i, char in enumerate(text)
        )
    return text


def escape_tokens(text: str, tokens: Sequence[str]) -> str:
    """Make one model's own special tokens harmless: 「<reserved_7>」 → 「‹reserved_7›」.

    For texts that go through a chat template, where the tokenizer must look for special tokens.
    """
    for token in tokens:
        if token in text:
            text = text.replace(token, token.translate(_TRANSLATION))
    return text


def escape_block_numbers(text: str) -> str:
    """A line that begins like a heading of our evidence, 「[2] 就業規則」, becomes 「〔2〕 就業規則」.

    Else a document could pretend to be another source. Brackets inside a line stay: 「値[0]」.
    """
    return _BLOCK_NUMBER.sub(r"\1〔\2〕", text)


def find_markers(text: str) -> Iterator[tuple[int, int]]:
    """Where markers stand, as ``(start, end)`` offsets into the text, in whatever disguise."""
    if _DELIMITERS.isdisjoint(unicodedata.normalize("NFKD", text)):
        return
    folded, origins = [], []
    for i, char in enumerate(text):
        form = _fold(char)
        folded.append(form)
        origins.extend([i] * len(form))
    for match in _MARKERS.finditer("".join(folded)):
        yield origins[match.start()], origins[match.end() - 1] + 1


@lru_cache(maxsize=65_536)
def _fold(char: str) -> str:
    """One character's comparison form; empty for what a reader does not see."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", char).casefold())
    return "".join(
        c
        for c in decomposed
        if c not in _INVISIBLE_LETTERS and unicodedata.category(c) not in _SKIPPED_CATEGORIES
    )
