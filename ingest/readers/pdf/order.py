"""The order in which the lines of a page are read.

Files mostly hold their text in that order, and nothing knows better where columns and boxes belong. Where
a frame of a column stands above the one before it, it is moved up. Only where the order of the file goes
against the page again and again is it found anew from the gaps between columns and tiers, in reading
space, so that horizontal and vertical pages are cut alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ingest.readers.pdf.lines import Line

_BACKWARD_SHARE = 0.3
_MIN_BACKWARD = 3
_SIMILAR_SIZE = 1.15
_LINE_STEP_EMS = 2.3
_COLUMN_SHARE = 0.5
_GUTTER_EMS = 1.0
_MIN_LINES_BESIDE = 2


def reading_order(lines: Sequence[Line]) -> list[Line]:
    """The lines as people read them."""
    if len({line.is_vertical for line in lines}) > 1:
        return list(lines)
    if _goes_backward(lines):
        return _cut(list(lines))
    return [line for frame in _settled(frames(lines)) for line in frame]


def frames(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines that follow each other closely in one column: paragraphs, cells, side notes."""
    found: list[list[Line]] = []
    for line in lines:
        if found and _follows(found[-1][-1], line):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _follows(a: Line, b: Line) -> bool:
    step = (b.middle - a.middle) / max(a.size, b.size)
    is_alike = max(a.size, b.size) < min(a.size, b.size) * _SIMILAR_SIZE
    return a.is_vertical == b.is_vertical and is_alike and 0 < step < _LINE_STEP_EMS and _share_column(a, b)


def _share_column(a: Line, b: Line) -> bool:
    shared = min(a.end, b.end) - max(a.start, b.start)
    return shared > min(a.length, b.length) * _COLUMN_SHARE


def _settled(found: list[list[Line]]) -> list[list[Line]]:
    """Frames moved up over those of their column that stand wholly below them: a late side note."""
    settled: list[list[Line]] = []
    for frame in found:
        place = len(settled)
        while place and _stands_above(frame, settled[place - 1]):
            place -= 1
        settled.insert(place, frame)
    return settled


def _stands_above(frame: Sequence[Line], other: Sequence[Line]) -> bool:
    bottom, top = frame[-1], other[0]
    return bottom.middle + bottom.size < top.middle - top.size / 2 and _share_column(bottom, top)


def _goes_backward(lines: Sequence[Line]) -> bool:
    """Whether the file often goes back to a line that stands before, in the same column."""
    pairs = [(a, b) for a, b in pairwise(lines) if a.start < b.end and b.start < a.end]
    backward = sum(b.middle < a.middle - a.size / 2 for a, b in pairs)
    return backward >= _MIN_BACKWARD and backward >= len(pairs) * _BACKWARD_SHARE


def _cut(lines: list[Line]) -> list[Line]:
    """Cut along the widest gutter between columns, else sort across."""
    if len(lines) > 2 * _MIN_LINES_BESIDE:
        place = _gutter(lines)
        if place is not None:
            before = [line for line in lines if line.end <= place]
            after = [line for line in lines if line.end > place]
            return [*_cut(before), *_cut(after)]
    return sorted(lines, key=lambda line: (round(line.middle / max(line.size, 1.0)), line.start))


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where no line stands, with lines on both sides; the widest such gap along the line."""
    ordered = sorted(lines, key=lambda line: line.start)
    size = sorted(line.size for line in lines)[len(lines) // 2]
    best: tuple[float, float] | None = None
    end = ordered[0].end
    for index, line in enumerate(ordered[1:], 1):
        gap = line.start - end
        has_both = index >= _MIN_LINES_BESIDE and len(ordered) - index >= _MIN_LINES_BESIDE
        if gap > size * _GUTTER_EMS and has_both and (best is None or gap > best[0]):
            best = gap, end
        end = max(end, line.end)
    return best[1] if best else None
