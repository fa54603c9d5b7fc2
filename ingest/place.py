"""Where a chunk stands in the original: the locators under it, told as one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rag.types import Locator, Span

_CELLS = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)(?::([A-Z]{1,3})([1-9][0-9]*))?")


class _Range(NamedTuple):
    """A cell range with columns as ordered pairs, so that Z comes before AA."""

    left: tuple[int, str]
    top: int
    right: tuple[int, str]
    bottom: int


class Places:
    """The locators of one document, ready to be asked for the place of a span."""

    def __init__(self, locators: Iterable[Locator]) -> None:
        self._locators = sorted(locators, key=lambda locator: locator.start)
        self._starts = [locator.start for locator in self._locators]

    def of(self, span: Span) -> Locator | None:
        """The merged place of a span, or None where nothing is known of it.

        Page, sheet and part are those of the span's beginning; boxes and cells are joined within that
        page or sheet; lines run from the first to the last.
        """
        under = self._under(span)
        if not under:
            return None
        first = under[0]
        same = [place for place in under if (place.page, place.sheet) == (first.page, first.sheet)]
        lines = [number for place in under if place.lines for number in place.lines]
        return Locator(
            span.start,
            span.end,
            page=first.page,
            boxes=tuple(dict.fromkeys(box for place in same for box in place.boxes)),
            sheet=first.sheet,
            cells=join_cells([place.cells for place in same if place.cells]),
            lines=(min(lines), max(lines)) if lines else None,
            part=first.part,
        )

    def _under(self, span: Span) -> Sequence[Locator]:
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        last = bisect_right(self._starts, span.end - 1)
        return [place for place in self._locators[first:last] if place.end > span.start]


def join_cells(ranges: Sequence[str]) -> str | None:
    """The smallest range around all: ``["B4:D4", "B5:E5"]`` → ``"B4:E5"``; foreign notation: the first."""
    if not ranges:
        return None
    parsed = [_parse_cells(text) for text in ranges]
    known = [cells for cells in parsed if cells is not None]
    if len(known) < len(parsed):
        return ranges[0]
    left, top = min(cells.left for cells in known), min(cells.top for cells in known)
    right, bottom = max(cells.right for cells in known), max(cells.bottom for cells in known)
    corners = f"{left[1]}{top}", f"{right[1]}{bottom}"
    return corners[0] if corners[0] == corners[1] else ":".join(corners)


def _parse_cells(text: str) -> _Range | None:
    match = _CELLS.fullmatch(text)
    if match is None:
        return None
    left, top, right, bottom = match.groups()
    right, bottom = right or left, bottom or top
    return _Range((len(left), left), int(top), (len(right), right), int(bottom))
