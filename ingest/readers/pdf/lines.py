"""Runs of glyphs → lines of text, horizontal and vertical alike.

All that follows works in *reading space*: ``along`` the line and ``across`` the lines. For horizontal
text that is x and y; for vertical text (縦書き) y downwards and x from the right. One code reads both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ingest.readers.pdf.glyphs import OCR_LOOK, Page, Run
from rag.types import Annotation, Box

_TOUCHING_EMS = 1.2
_SAME_LINE_EMS = 0.6
_SIMILAR_SIZE = 2.2
_CELL_GAP_EMS = 1.6
_RECOGNISED_GAP_EMS = 2.5
"""Boxes of recognised words hug the ink: a narrow 1 stands far from the title behind it."""

_MARKER = re.compile(r"[・●○◦▪■□◆◇★☆※*•➢✓❖✦◻❑❒\uf000-\uf0ff–-]|[（(]?[0-9０-９a-zA-Z]{1,3}[)）.．]|[①-⑳]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    ``start`` and ``end`` are along the line, ``middle`` across it, in points of reading space; ``box`` is
    on the page. ``marks`` are annotations of the text: ruby, and what is not painted. ``opens_note``: it
    begins with a raised number, as footnotes do.
    """

    text: str
    start: float
    end: float
    middle: float
    size: float
    is_vertical: bool
    box: Box
    marks: tuple[Annotation, ...] = ()
    font: str = ""
    opens_note: bool = False

    @property
    def length(self) -> float:
        """Points from the first to the last character."""
        return self.end - self.start


class Spot(NamedTuple):
    """A glyph in reading space: where it begins and ends along the line, its middle across.

    ``low`` and ``high`` are its edges across on the page: y of a horizontal line, x of a vertical one.
    """

    char: str
    start: float
    end: float
    middle: float
    low: float
    high: float
    size: float
    is_guessed: bool


class PlacedRun:
    """Spots of one line, and ruby that was found over them: (first spot, spot after the last, reading)."""

    def __init__(self, spots: list[Spot], is_vertical: bool, look: str = "", font: str = "") -> None:
        self.spots = spots
        self.is_vertical = is_vertical
        self.look = look
        self.font = font
        self.ruby: list[tuple[int, int, str]] = []

    @cached_property
    def seen(self) -> list[Spot]:
        """The spots with ink on them."""
        return [spot for spot in self.spots if not spot.char.isspace()]

    @cached_property
    def size(self) -> float:
        """Size of the font in points, that of most characters."""
        return median([spot.size for spot in self.seen])

    @cached_property
    def middle(self) -> float:
        """Across the line."""
        return median([spot.middle for spot in self.seen])

    @cached_property
    def start(self) -> float:
        """Along the line, of the first character with ink."""
        return min([spot.start for spot in self.seen])

    @cached_property
    def end(self) -> float:
        """Along the line, of the last character with ink."""
        return max([spot.end for spot in self.seen])

    @property
    def box(self) -> Box:
        """The rectangle around the run on the page."""
        low, high = min([spot.low for spot in self.seen]), max([spot.high for spot in self.seen])
        return (
            Box(low, self.start, high, self.end) if self.is_vertical else Box(self.start, low, self.end, high)
        )

    def with_run(self, other: PlacedRun) -> PlacedRun:
        """Both as one run."""
        font = self.font if self.font == other.font else ""
        return PlacedRun([*self.spots, *other.spots], self.is_vertical, self.look, font)


def place_runs(page: Page) -> list[PlacedRun]:
    """The runs of a page in reading space, runs that share a line joined."""
    inked = [run for run in page.runs if any(not glyph.char.isspace() for glyph in run.glyphs)]
    directions = [_is_vertical(run) for run in inked]
    known = [vertical for vertical in directions if vertical is not None]
    mostly_vertical = sum(known) * 2 > len(known)
    placed = [
        level
        for run, vertical in zip(inked, directions, strict=True)
        for level in _levels(_place(run, page, mostly_vertical if vertical is None else vertical))
    ]
    return [cell for run in _joined(placed) for cell in _cells(run)]


def _is_vertical(run: Run) -> bool | None:
    """Whether the glyphs follow each other downwards; None for a single glyph."""
    centres = [
        ((glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2)
        for glyph in run.glyphs
        if not glyph.is_guessed and not glyph.char.isspace()
    ]
    if len(centres) < 2:  # noqa: PLR2004
        return None
    across = sum(abs(b[0] - a[0]) for a, b in pairwise(centres))
    down = sum(abs(b[1] - a[1]) for a, b in pairwise(centres))
    return down > across


def _place(run: Run, page: Page, is_vertical: bool) -> PlacedRun:
    spots = []
    for glyph in run.glyphs:
        middle = (
            page.width - (glyph.left + glyph.right) / 2 if is_vertical else (glyph.top + glyph.bottom) / 2
        )
        along = (glyph.top, glyph.bottom) if is_vertical else (glyph.left, glyph.right)
        across = (glyph.left, glyph.right) if is_vertical else (glyph.top, glyph.bottom)
        spots.append(Spot(glyph.char, *along, middle, *across, glyph.size, glyph.is_guessed))
    return PlacedRun(spots, is_vertical, run.look, run.font)


def _levels(run: PlacedRun) -> Iterator[PlacedRun]:
    """The run cut where it steps to another line, which pdfium does not always see."""
    start = 0
    last: Spot | None = None
    for index, spot in enumerate(run.spots):
        if spot.char.isspace():
            continue
        if last is not None and spot.middle - last.middle > max(spot.size, last.size):
            yield PlacedRun(run.spots[start:index], run.is_vertical, run.look, run.font)
            start = index
        last = spot
    yield PlacedRun(run.spots[start:], run.is_vertical, run.look, run.font) if start else run


def _joined(runs: Sequence[PlacedRun]) -> list[PlacedRun]:
    """Join what pdfium cuts at a raised or differently sized character: 「x」「2」「です」."""
    joined: list[PlacedRun] = []
    for run in runs:
        if joined and _shares_line(joined[-1], run):
            joined[-1] = joined[-1].with_run(run)
        else:
            joined.append(run)
    return joined


def _shares_line(left: PlacedRun, right: PlacedRun) -> bool:
    larger, smaller = max(left.size, right.size), min(left.size, right.size)
    gap = right.start - left.end
    return (
        left.is_vertical == right.is_vertical
        and left.look == right.look
        and larger < smaller * _SIMILAR_SIZE
        and abs(left.middle - right.middle) < larger * _SAME_LINE_EMS
        and -larger / 2 < gap < larger * _TOUCHING_EMS
    )


def _cells(run: PlacedRun) -> Iterator[PlacedRun]:
    """The run cut at gaps as wide as those between the cells of a table.

    Single letters spread over a field (「氏　　名」) are one word and stay together.
    """
    gap_ems = _RECOGNISED_GAP_EMS if run.look.startswith(OCR_LOOK) else _CELL_GAP_EMS
    pieces: list[list[Spot]] = [[]]
    last: Spot | None = None
    for spot in run.spots:
        if last is not None and not spot.char.isspace():
            if spot.start - last.end > gap_ems * max(spot.size, last.size):
                pieces.append([])
            last = spot
        elif last is None and not spot.char.isspace():
            last = spot
        pieces[-1].append(spot)
    merged: list[list[Spot]] = []
    is_spread = False
    for piece in pieces:
        is_letter = _num_letters(piece) == 1
        if merged and is_letter and is_spread:
            merged[-1] += [spot for spot in piece if not spot.char.isspace()]
        elif merged and _MARKER.fullmatch("".join(spot.char for spot in merged[-1]).strip()):
            merged[-1] += piece
        else:
            merged.append(piece)
        is_spread = is_letter
    for piece in merged:
        yield PlacedRun(piece, run.is_vertical, run.look, run.font)


def _num_letters(spots: Sequence[Spot]) -> int:
    return sum(not spot.char.isspace() for spot in spots)
