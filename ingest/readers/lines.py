"""Lines of text → paragraphs: undoing the line breaks that a program or a page put in.

A break between Japanese characters leaves nothing, one between Latin words a space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

BULLET = re.compile(
    r"\s*(?:[・●○◦▪■□◆◇★☆※*+‣•➢✓❖✦◻❑❒➔⇨✗☑☒][\s　]*|[-–—][\s　]+"
    r"|[（(]?[0-9０-９]{1,3}[)）.．、][\s　]*(?![0-9０-９])"
    r"|[①-⑳㈠-㈩ⅰ-ⅹⅠ-Ⅹ]\s*|[（(][ア-ンa-zａ-ｚ一二三四五六七八九十]{1,2}[)）]\s*)(?=\S)"
)
"""What begins an item of a list: ・, 1), （２）, ①, ※."""

_STOPS = re.compile(r"[。．！？!?」』.：:]$|[.．・…‥]{3,}\s*\S{0,6}$")
"""What is not continued on the next line: a sentence's end, a line of a table of contents."""

_WRAPPED_SHARE = 0.25
_SLACK_COLUMNS = 6
_NARROWEST, _WIDEST = 40, 120
_ALSO_WIDE = frozenset("…‥—―“”‘’")


class Paragraph(NamedTuple):
    """Lines that belong together, numbered from 1; ``alone``: a blank line or nothing stands before it."""

    text: str
    first_line: int
    last_line: int
    alone: bool


def is_wide(char: str) -> bool:
    """Whether a character fills a whole square, as kanji, kana and 。 do."""
    return unicodedata.east_asian_width(char) in "WF" or char in _ALSO_WIDE


def glue(left: str, right: str) -> str:
    """What belongs between two lines: nothing in 「検討し」「た」, a space in ``open`` ``source``."""
    if not left or not right or left[-1].isspace() or right[0].isspace():
        return ""
    return "" if is_wide(left[-1]) or is_wide(right[0]) else " "


def num_columns(line: str) -> int:
    """Columns on a terminal: 2 for a wide character."""
    return len(line) + sum(map(is_wide, line)) if not line.isascii() else len(line)


def paragraphs(lines: Sequence[str]) -> list[Paragraph]:
    """Lines to paragraphs: one a line, but lines that were cut at one width are joined again."""
    width = wrap_columns(lines)
    found: list[Paragraph] = []
    was_blank = True
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            was_blank = True
            continue
        last = found[-1] if found else None
        if last and not was_blank and _runs_on(lines[number - 2], line, width):
            joined = last.text + glue(last.text, text) + text
            found[-1] = last._replace(text=joined, last_line=number)
        else:
            found.append(Paragraph(text, number, number, alone=was_blank))
        was_blank = False
    return found


def wrap_columns(lines: Sequence[str]) -> int | None:
    """The width at which all paragraphs of a text were cut, or None where they were not."""
    widths = [
        num_columns(line.rstrip()) for line, after in pairwise([*lines, ""]) if line.strip() and after.strip()
    ]
    if len(widths) < 3:  # noqa: PLR2004
        return None
    width = sorted(widths)[int(len(widths) * 0.95)]
    full = sum(width - _SLACK_COLUMNS <= one <= width + _SLACK_COLUMNS for one in widths)
    return width if _NARROWEST <= width <= _WIDEST and full >= len(widths) * _WRAPPED_SHARE else None


def _runs_on(line: str, after: str, width: int | None) -> bool:
    """Whether a line was cut and goes on: it ends with 「、」, or is full and ends no sentence."""
    if BULLET.match(after) or after[0] in ">|":
        return False
    text = line.rstrip()
    if text.endswith("、"):
        return not after[0].isspace() or line[0].isspace()
    if width is None or num_columns(text) < width - _SLACK_COLUMNS or _STOPS.search(text):
        return False
    return not after[0].isspace() or BULLET.match(line) is not None or line[0].isspace()
