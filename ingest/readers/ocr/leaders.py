"""Rows of dots (「背景 ........ 2」), taken out of a picture before its text is recognised.

A recogniser takes them for letters and loses the words beside them. They are found by their shape, whitened,
and put back into the text as dots.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Grey levels of shape (height, width), 0 is black."""

_DARK = 160
_DOT_INCHES = 0.035
_STEP_INCHES = 0.2
_MIN_DOTS = 6
_EVEN_SHARE = 0.25
_WHITE = 255


class Leader(NamedTuple):
    """A row of dots in pixels; all of its dots lie between the edges."""

    left: int
    right: int
    top: int
    bottom: int
    num_dots: int


def without_leaders(picture: Picture, dots_per_inch: float) -> tuple[Picture, list[Leader]]:
    """A copy of the picture in which rows of at least six even dots are white, and where they stood."""
    side = max(int(_DOT_INCHES * dots_per_inch), 3)
    cleaned = picture.copy()
    leaders = []
    for row in _rows(_specks(picture < _DARK, side), side // 3):
        for xs in _even_stretches([x for _, x in row], _STEP_INCHES * dots_per_inch):
            ys = [y for y, x in row if xs[0] <= x <= xs[-1]]
            found = Leader(xs[0], xs[-1] + side, min(ys), max(ys) + side, len(xs))
            cleaned[found.top : found.bottom, found.left : found.right] = _WHITE
            leaders.append(found)
    return cleaned, leaders


def _specks(ink: NDArray[np.bool_], side: int) -> list[tuple[int, int]]:
    """Upper left corners (y, x) of squares that hold a speck of ink with nothing but air around it.

    A speck lies in many squares; the first of them, which it fills down to the lower right, stands for it.
    """
    air = max(side // 4, 1)
    if min(ink.shape) <= side + 2 * air:
        return []
    sums = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1), dtype=np.int32)
    np.cumsum(np.cumsum(ink, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
    around = _squares(sums, side + 2 * air)
    within = _squares(sums, side)[air : air + around.shape[0], air : air + around.shape[1]]
    alone = (around > 0) & (around == within)
    alone[1:, :] &= ~alone[:-1, :]
    alone[:, 1:] &= ~alone[:, :-1]
    return [(int(y) + air, int(x) + air) for y, x in np.argwhere(alone)]


def _squares(sums: NDArray[np.int32], side: int) -> NDArray[np.int32]:
    """How much ink each square holds, by its upper left corner."""
    squares: NDArray[np.int32] = (
        sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    )
    return squares


def _rows(specks: list[tuple[int, int]], slack: int) -> Iterator[list[tuple[int, int]]]:
    """Specks at one height, from left to right."""
    row: list[tuple[int, int]] = []
    for speck in sorted(specks):
        if row and speck[0] - row[0][0] > slack:
            yield sorted(row, key=lambda one: one[1])
            row = []
        row.append(speck)
    if row:
        yield sorted(row, key=lambda one: one[1])


def _even_stretches(xs: list[int], widest: float) -> Iterator[list[int]]:
    """Stretches of at least six places that follow each other in even steps."""
    stretch: list[int] = []
    for x in xs:
        if len(stretch) > 1:
            step = (stretch[-1] - stretch[0]) / (len(stretch) - 1)
            is_even = abs(x - stretch[-1] - step) <= step * _EVEN_SHARE
        else:
            is_even = bool(stretch) and x - stretch[-1] <= widest
        if stretch and not is_even:
            if len(stretch) >= _MIN_DOTS:
                yield stretch
            stretch = stretch[-1:] if x - stretch[-1] <= widest else []
        stretch.append(x)
    if len(stretch) >= _MIN_DOTS:
        yield stretch
