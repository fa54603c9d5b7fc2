"""Running headers, footers and page numbers: what returns at the edge of page after page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from ingest.readers.pdf.lines import Line

_ZONE_SHARE = 0.14
_SAME_HEIGHT_POINTS = 4.0
_MIN_PAGES = 3
_MOST_PAGES_SHARE = 0.6
_TITLE_SIZE = 1.25
_DIGITS = re.compile("[0-9０-９]+")
_NUMBER = re.compile(
    r"[-–—―・\s(（]*(?:p(?:age)?\.?\s*)?(?P<number>[0-9０-９]{1,4})\s*(?:[/／]\s*[0-9０-９]{1,4}|ページ|頁)?"
    r"[-–—―・\s)）]*",
    re.I,
)

PageLines = tuple[float, Sequence[Line]]
"""The height of a page in points, and its lines."""


def find_furniture(pages: Sequence[PageLines], body_size: float) -> set[int]:
    """The ids of lines that are furniture.

    A line is when it stands at the edge of at least three pages at the same height with the same words,
    digits aside; or when it is nothing but a number that grows from page to page.
    """
    groups: dict[tuple[str, bool], list[tuple[int, Line]]] = defaultdict(list)
    for index, (height, lines) in enumerate(pages):
        for line in lines:
            if _is_at_edge(line, height):
                words = _DIGITS.sub("#", "".join(line.text.split()))
                groups[words, line.box.top < height / 2].append((index, line))
    found: set[int] = set()
    for group in groups.values():
        same = _at_one_height(group)
        if _returns(same, len(pages), body_size) or _counts_pages(same):
            found |= {id(line) for _, line in same}
    return found


def _is_at_edge(line: Line, height: float) -> bool:
    return line.box.bottom < height * _ZONE_SHARE or line.box.top > height * (1 - _ZONE_SHARE)


def _at_one_height(group: Sequence[tuple[int, Line]]) -> list[tuple[int, Line]]:
    usual = median(line.box.top for _, line in group)
    return [(index, line) for index, line in group if abs(line.box.top - usual) <= _SAME_HEIGHT_POINTS]


def _returns(group: Sequence[tuple[int, Line]], num_pages: int, body_size: float) -> bool:
    """On three pages or more; a line in large letters may be the title of slides and needs most of them."""
    if not group:
        return False
    is_large = group[0][1].size > body_size * _TITLE_SIZE
    return len({index for index, _ in group}) >= max(
        _MIN_PAGES, num_pages * _MOST_PAGES_SHARE if is_large else 0
    )


def _counts_pages(group: Sequence[tuple[int, Line]]) -> bool:
    """Two pages that carry their numbers: 「- 3 -」 and 「- 4 -」."""
    numbers = [(index, _NUMBER.fullmatch(line.text)) for index, line in group]
    shifts = {int(match["number"]) - index for index, match in numbers if match and match["number"].isdigit()}
    return len(numbers) > 1 and len(shifts) == 1
