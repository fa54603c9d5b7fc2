"""Which questions a figure may come from: tuned on, only reported, or never seen by any training.

Everything here goes by hashes, so that nobody can choose.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Half = Literal["tuning", "reported"]

Part = Literal["all", "tuning", "reported", "held-out"]
"""What of a question set is asked. ``held-out`` are the articles that no bundled model was trained on."""

HELD_OUT_SHARE = 0.15


def half_of(key: str) -> Half:
    """``tuning`` when the first hex digit of sha256(key) is even; the other half is only reported.

    The key is a question's id, or its article's title where questions of one article share their words.
    """
    first = hashlib.sha256(key.encode()).hexdigest()[0]
    return "tuning" if int(first, 16) % 2 == 0 else "reported"


def is_held_out(key: str) -> bool:
    """Whether the training scripts leave an article of this title out: 15 % of them, by hash."""
    digest = hashlib.sha256(f"held-out-1\0{key}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32 < HELD_OUT_SHARE


def is_in(key: str, part: Part) -> bool:
    """Whether what ``key`` stands for belongs to the part."""
    if part == "all":
        return True
    return is_held_out(key) if part == "held-out" else half_of(key) == part
