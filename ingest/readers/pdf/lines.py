"""Runs of glyphs → lines of text, horizontal and vertical alike.

All that follows works in *reading space*: ``along`` the line and ``across`` the lines. For horizontal
text that is x and y; for vertical text (縦書き) y downwards and x from the right. One code reads both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from ingest.readers.pdf.glyphs import Page, Run
from rag.types import Annotation, Box

_TOUCHING_EMS = 1.2
_SAME_LINE_EMS = 0.6
_SIMILAR_SIZE = 2.2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    ``start`` and ``end`` are along the line, ``middle`` across it, in points of reading space; ``box`` is
    on the page. ``marks`` are annotations of the text: ruby, and what is not painted.
    """

    text: str
    start: float
    end: float
    middle: float
    size: float
    is_vertical: bool
    box: Box
    marks: tuple[Annotation, ...] = ()

    @property
    def length(self) -> float:
        """Points from the first to the last character."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Spot:
    """A glyph in reading space: where it begins and ends along the line, its middle across."""

    char: str
    start: float
    end: float
    middle: float
    size: float
    is_guessed: bool


@dataclass(slots=True)
class PlacedRun:
    """Spots of one line, and ruby that was found over them: (first spot, spot after the last, reading)."""

    spots: list[Spot]
    is_vertical: bool
    box: Box
    look: str = ""
    ruby: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def seen(self) -> list[Spot]:
        """The spots with ink on them."""
        return [spot for spot in self.spots if not spot.char.isspace()]

    @property
    def size(self) -> float:
        """Size of the font in points, that of most characters."""
        return median(spot.size for spot in self.seen)

    @property
    def middle(self) -> float:
        """Across the line."""
        return median(spot.middle for spot in self.seen)

    @property
    def start(self) -> float:
        """Along the line, of the first character with ink."""
        return min(spot.start for spot in self.seen)

    @property
    def end(self) -> float:
        """Along the line, of the last character with ink."""
        return max(spot.end for spot in self.seen)


def place_runs(page: Page) -> list[PlacedRun]:
    """The runs of a page in reading space, runs that share a line joined."""
    inked = [run for run in page.runs if any(not glyph.char.isspace() for glyph in run.glyphs)]
    directions = [_is_vertical(run) for run in inked]
    known = [vertical for vertical in directions if vertical is not None]
    mostly_vertical = sum(known) * 2 > len(known)
    placed = [
        _place(run, page, mostly_vertical if vertical is None else vertical)
        for run, vertical in zip(inked, directions, strict=True)
    ]
    return _joined(placed)


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
        x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
        along = (glyph.top, glyph.bottom) if is_vertical else (glyph.left, glyph.right)
        across = page.width - x if is_vertical else y
        spots.append(Spot(glyph.char, *along, across, glyph.size, glyph.is_guessed))
    inked = [glyph for glyph in run.glyphs if not glyph.char.isspace()]
    box = Box(
        min(glyph.left for glyph in inked),
        min(glyph.top for glyph in inked),
        max(glyph.right for glyph in inked),
        max(glyph.bottom for glyph in inked),
    )
    return PlacedRun(spots, is_vertical, box, run.look)


def _joined(runs: Sequence[PlacedRun]) -> list[PlacedRun]:
    """Join what pdfium cuts at a raised or differently sized character: 「x」「2」「です」."""
    joined: list[PlacedRun] = []
    for run in runs:
        if joined and _shares_line(joined[-1], run):
            last = joined[-1]
            joined[-1] = PlacedRun(
                [*last.spots, *run.spots], last.is_vertical, _around(last.box, run.box), last.look
            )
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


def _around(a: Box, b: Box) -> Box:
    return Box(min(a.left, b.left), min(a.top, b.top), max(a.right, b.right), max(a.bottom, b.bottom))
