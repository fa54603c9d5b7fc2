"""Recognised words → a page with runs, as a text layer gives them: one way through layout for both."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import fmean, median

from ingest.readers.base import ReadOptions
from ingest.readers.lines import is_wide
from ingest.readers.numerals import told_pages
from ingest.readers.ocr.engine import Engine, Recognised, Word, find_engine
from ingest.readers.ocr.leaders import Leader, Picture
from ingest.readers.pdf.glyphs import OCR_LOOK, Glyph, Page, Run
from rag.errors import DamagedDocument, LimitExceeded

POINTS_PER_INCH = 72
SCAN_DOTS_PER_INCH = 300
"""What tesseract was trained for; a page of A4 then takes 2 to 5 seconds."""

_TIME_SHARE = 0.8
"""Of the time between two beats: a page that takes longer is named and costs only itself."""

_PAGE_SECONDS = 300.0
_DOUBTFUL = 0.4
_RELIABLE = 0.75
_SAME_SIZE = 0.25
_SMALL = frozenset("、。，．・：；.,:;!|'\"-ー一ーっッゃゅょャュョ")


class Recogniser:
    """Recognises the pictures of one file, as many as its time allows, and beats after each.

    ``dropped`` counts the characters that were too unsure.
    """

    def __init__(self, engine: Engine, name: str, options: ReadOptions, dropped: Counter[str]) -> None:
        self._engine = engine
        self._name = name
        self._options = options
        self._page_seconds = (options.timeout_seconds or _PAGE_SECONDS) * _TIME_SHARE
        self._deadline = time.monotonic() + (options.ocr_timeout_seconds or math.inf)
        self._dropped = dropped
        self._confidences: dict[int, float] = {}
        self._empty: list[int] = []
        self._late: list[int] = []
        self._failures: list[str] = []

    def page(self, number: int, picture: Picture, dots_per_inch: float) -> Page | None:
        """The page that a picture shows; None when there is no time left or nothing on it."""
        try:
            found = self._engine.recognise(picture, dots_per_inch, self._name, self._seconds_left())
        except LimitExceeded:
            self._late.append(number)
            return None
        except DamagedDocument as error:
            self._failures.append(f"page {number} not recognised: {error}")
            return None
        finally:
            if self._options.beat:
                self._options.beat()
        shape = picture.shape[0], picture.shape[1]
        page = recognised_page(found, shape, dots_per_inch, self._dropped)
        if not page.runs:
            self._empty.append(number)
            return None
        self._confidences[number] = found.confidence
        return replace(page, number=number)

    @property
    def warnings(self) -> Iterator[str]:
        """Which pages were recognised, how sure that is, and which were not for lack of time."""
        if self._confidences:
            sure = fmean(self._confidences.values())
            told = f"OCR, {sure:.0%} sure" + ("" if sure >= _RELIABLE else ": compare it with the page")
            yield f"{told_pages(list(self._confidences))} recognised from pictures ({told})"
        if self._empty:
            yield f"{told_pages(self._empty)} with only pictures, in which no text was recognised"
        if self._late:
            yield (
                f"{told_pages(self._late)} not recognised for lack of time: "
                "raise ingest.ocr_timeout_seconds to allow more"
            )
        yield from self._failures

    def _seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise LimitExceeded(f"{self._name}: no time left for text recognition")
        return min(left, self._page_seconds)


def open_recogniser(name: str, options: ReadOptions, dropped: Counter[str]) -> Recogniser | None:
    """What recognises text, or None where it is switched off or the engine is not there."""
    engine = find_engine() if options.ocr else None
    return Recogniser(engine, name, options, dropped) if engine else None


def recognised_page(
    found: Recognised, shape: tuple[int, int], dots_per_inch: float, dropped: Counter[str]
) -> Page:
    """The page that a picture of ``shape`` (height, width) shows; lines that are guesses are counted."""
    scale = POINTS_PER_INCH / dots_per_inch
    lines = [list(words) for _, words in groupby(found.words, key=lambda word: word.line)]
    sizes = _sizes([_size(line, found.is_vertical) for line in lines])
    runs = []
    for line, size in zip(lines, sizes, strict=True):
        confidence = Recognised(tuple(line)).confidence
        if confidence < _DOUBTFUL:
            dropped["unsure-recognition"] += sum(len(word.text) for word in line)
            continue
        words = _with_leaders(line, found.leaders)
        glyphs = tuple(_glyphs(words, found.is_vertical, scale, size * scale))
        runs.append(Run(glyphs, f"{OCR_LOOK}{confidence:.2f}"))
    height, width = shape
    return Page(1, width * scale, height * scale, tuple(runs))


def _size(line: Sequence[Word], is_vertical: bool) -> float:
    """The height of its letters in pixels (their width in a column)."""
    tall = [word for word in line if not set(word.text) <= _SMALL] or list(line)
    return median([word.right - word.left if is_vertical else word.bottom - word.top for word in tall])


def _sizes(sizes: Sequence[float]) -> list[float]:
    """Sizes near the commonest one are that: boxes hug the ink, and letters differ."""
    if not sizes:
        return []
    usual = median(sizes)
    return [usual if abs(size - usual) <= usual * _SAME_SIZE else size for size in sizes]


def _with_leaders(line: Sequence[Word], leaders: Sequence[Leader]) -> list[Word]:
    """The line with the rows of dots that stood in it."""
    top, bottom = min(word.top for word in line), max(word.bottom for word in line)
    dots = [
        Word("." * one.num_dots, one.left, one.top, one.right, one.bottom, 1.0, line[0].line)
        for one in leaders
        if top <= (one.top + one.bottom) / 2 <= bottom
    ]
    return sorted([*line, *dots], key=lambda word: word.left) if dots else list(line)


def _glyphs(line: Sequence[Word], is_vertical: bool, scale: float, size: float) -> Iterator[Glyph]:
    """Characters spread evenly over their word, and blanks between words in Latin letters."""
    for index, word in enumerate(line):
        if index and not (is_wide(line[index - 1].text[-1]) and is_wide(word.text[0])):
            edge = (word.top if is_vertical else word.left) * scale
            yield Glyph(" ", edge, edge, edge, edge, size, is_guessed=True)
        weights = [2 if is_wide(char) else 1 for char in word.text]
        start, total = 0, sum(weights)
        for char, weight in zip(word.text, weights, strict=True):
            first, last = start / total, (start + weight) / total
            start += weight
            yield Glyph(char, *_box(word, first, last, is_vertical, scale), size, is_guessed=False)


def _box(
    word: Word, first: float, last: float, is_vertical: bool, scale: float
) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) in points of the part of a word from ``first`` to ``last`` in [0, 1]."""
    left, top, right, bottom = (edge * scale for edge in (word.left, word.top, word.right, word.bottom))
    if is_vertical:
        return left, top + (bottom - top) * first, right, top + (bottom - top) * last
    return left + (right - left) * first, top, left + (right - left) * last, bottom
