"""Text that came out wrong: characters that nobody writes, of a wrong encoding or a font without a table."""

from __future__ import annotations

import re

MIN_WRONG = 3
MIN_SHARE = 0.02
"""A single 〓 or private character in a page is a gap; from here on a text counts as garbled."""

# U+FFFD, private use, C1 controls; 縺 繧 繝, which begin most kana of UTF-8 that was read as Shift_JIS, and
# the pairs that UTF-8 becomes as Latin-1 (ã, then a C1 control or a sign).
_WRONG = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd\x80-\x84\x86-\x9f縺繧繝]|ã[\x80-¿]")


def count_wrong(text: str) -> int:
    """How many characters of a text nobody would write.

    >>> count_wrong("縺ゅ＞縺�")
    3
    """
    return len(_WRONG.findall(text))


def looks_garbled(text: str) -> bool:
    """True when a text of this length has too many of them to be read."""
    wrong = count_wrong(text)
    return wrong >= MIN_WRONG and wrong >= MIN_SHARE * len(text)
