"""How much a decoded text looks like Japanese: the evidence that encodings and PDFs are judged by.

Every character has a class, every class a weight. The text is counted once, so that a whole file costs
little more than one pass.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np


class Plausibility(NamedTuple):
    """What `judge` found.

    ``score`` is the mean weight of the characters that are not ASCII, from −3 (garbled) to 1;
    ``num_judged`` is their number. ``text_share`` is the share of all characters that belong in a
    text, ``kana_share`` that of kana among those that are neither ASCII nor white space.
    """

    score: float
    num_judged: int
    text_share: float
    kana_share: float


_WEIGHTS = {
    "kana": 1.0,
    "kanji": 1.0,
    "punctuation": 1.0,
    "wide": 0.7,
    "symbol": 0.3,
    "latin": 0.2,
    "half-width": 0.2,
    "half-width-mark": -0.6,
    "rare-kanji": -0.5,
    "other": -0.7,
    "private": -3.0,
    "control": -3.0,
    "damage": -3.0,
}
_GARBAGE = frozenset({"private", "control", "damage", "other"})

_RANGES = (  # first code point, last code point, class; the first that fits wins
    (0x00, 0x08, "control"), (0x0E, 0x19, "control"), (0x1C, 0x1F, "control"), (0x7F, 0x9F, "control"),
    (0x3041, 0x3096, "kana"), (0x30A1, 0x30FE, "kana"), (0x3099, 0x309F, "kana"),
    (0x3001, 0x3003, "punctuation"), (0x3005, 0x3011, "punctuation"), (0x3000, 0x3000, "punctuation"),
    (0xFF01, 0xFF5E, "wide"), (0xFF66, 0xFF9F, "half-width"), (0xFF61, 0xFF65, "half-width-mark"),
    (0x4E00, 0x9FFF, "rare-kanji"), (0x3400, 0x4DBF, "rare-kanji"), (0xF900, 0xFAFF, "rare-kanji"),
    (0x20000, 0x3FFFF, "rare-kanji"),
    (0x2010, 0x27BF, "symbol"), (0x3004, 0x3040, "symbol"), (0x3200, 0x33FF, "symbol"),
    (0xFE00, 0xFE0F, "symbol"), (0xFE10, 0xFE4F, "symbol"), (0xFFE0, 0xFFEE, "symbol"),
    (0x1F000, 0x1FAFF, "symbol"),
    (0xA0, 0x24F, "latin"), (0x370, 0x45F, "symbol"), (0x1E00, 0x1EFF, "latin"),
    (0xE000, 0xF8FF, "private"), (0xF0000, 0x10FFFF, "private"), (0xD800, 0xDFFF, "damage"),
    (0xFFFD, 0xFFFF, "damage"),
)  # fmt: skip

_SORTED_CHARS = 500
_LONG_CHARS = 20_000

_LONG_HALF_WIDTH = re.compile("[\uff66-\uff6f\uff71-\uff9d][\uff66-\uff9f]{2,}")
"""Half-width katakana that people wrote: three and more in a row, as in ﾄｳｷｮｳ."""


def judge(text: str) -> Plausibility:
    """Weigh every character of ``text``: 「こんにちは」 scores 1.0, its EUC bytes read as cp932 below 0."""
    counts = _counted(text)
    classes: Counter[str] = Counter()
    num_ascii = 0
    for char, number in counts.items():
        if " " <= char <= "~" or char in "\t\n\r\f\x0b\x1a\x1b":
            num_ascii += number
        else:
            classes[char_class(char)] += number
    if classes["half-width"]:
        written = sum(map(len, _LONG_HALF_WIDTH.findall(text)))
        classes["half-width-mark"] += classes["half-width"] - min(written, classes["half-width"])
        classes["half-width"] = min(written, classes["half-width"])
    num_judged = classes.total()
    garbage = sum(classes[name] for name in _GARBAGE)
    weight = sum(_WEIGHTS[name] * number for name, number in classes.items())
    return Plausibility(
        score=weight / num_judged if num_judged else 0.0,
        num_judged=num_judged,
        text_share=1 - garbage / (num_judged + num_ascii) if text else 1.0,
        kana_share=classes["kana"] / num_judged if num_judged else 0.0,
    )


def _counted(text: str) -> Mapping[str, int]:
    """How often each character occurs; numpy counts a text of some length ten times as fast."""
    if len(text) < _SORTED_CHARS:
        return Counter(text)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    if len(text) < _LONG_CHARS:
        met, counts = (column.tolist() for column in np.unique(codes, return_counts=True))
    else:
        numbers = np.bincount(codes)
        met = np.flatnonzero(numbers).tolist()
        counts = numbers[met].tolist()
    return dict(zip(map(chr, met), counts, strict=True))


@functools.cache
def char_class(char: str) -> str:
    """The class of one character that is not ASCII: 「日」 kanji, 「あ」 kana, U+E000 private."""
    if char in common_kanji():
        return "kanji"
    code = ord(char)
    return next((name for first, last, name in _RANGES if first <= code <= last), "other")


@functools.cache
def common_kanji() -> frozenset[str]:
    """The 2,965 kanji of JIS level 1 (rows 16 to 47), ordered by the standard's makers by use."""
    return frozenset(
        bytes((high, low)).decode("euc_jp", "ignore")
        for high in range(0xB0, 0xD0)
        for low in range(0xA1, 0xFF)
    ) - {""}
