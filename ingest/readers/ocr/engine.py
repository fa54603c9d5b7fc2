"""The engine: whether tesseract is there, and what it recognises in one picture.

sudo apt-get install tesseract-ocr tesseract-ocr-jpn tesseract-ocr-jpn-vert
"""

from __future__ import annotations

import functools
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ingest.readers.ocr.leaders import Leader, Picture, without_leaders
from ingest.readers.ocr.paper import on_paper
from ingest.readers.programs import run_program
from rag.errors import ReadError

ABSENT = (
    "text recognition needs tesseract with Japanese: "
    "apt-get install tesseract-ocr tesseract-ocr-jpn tesseract-ocr-jpn-vert"
)

_LIST_SECONDS = 10.0
_SURE = 0.6
"""Below this mean confidence a page may be vertical; a wrong direction gives 0.2, the right one 0.9."""

_WHOLE_PAGE, _ONE_COLUMN = "3", "4"
_WORD_LEVEL = "5"
_NUM_FIELDS = 12


class Word(NamedTuple):
    """A word with its box in pixels; words of one line share ``line``. ``confidence`` is in [0, 1]."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    line: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was recognised in one picture; ``leaders`` are rows of dots in it."""

    words: tuple[Word, ...] = ()
    leaders: tuple[Leader, ...] = ()
    is_vertical: bool = False

    @property
    def confidence(self) -> float:
        """The mean over all characters, in [0, 1]; 0 where there are none."""
        num_chars = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / num_chars if num_chars else 0.0


@dataclass(frozen=True, slots=True)
class Engine:
    """Tesseract at ``path``; vertical text needs a language of its own."""

    path: str
    has_vertical: bool

    def recognise(self, picture: Picture, dots_per_inch: float, name: str, timeout: float) -> Recognised:
        """Recognise horizontal or vertical Japanese.

        Raises LimitExceeded after ``timeout`` seconds and DamagedDocument when the engine fails.
        """
        end = time.monotonic() + timeout
        picture = on_paper(picture)
        cleaned, leaders = without_leaders(picture, dots_per_inch)
        layout = _ONE_COLUMN if leaders else _WHOLE_PAGE
        words = self._words(cleaned, dots_per_inch, ("jpn", layout), name, timeout)
        found = Recognised(words, tuple(leaders))
        if self.has_vertical and found.confidence < _SURE:
            left = max(end - time.monotonic(), 0.0)
            words = self._words(picture, dots_per_inch, ("jpn_vert", _WHOLE_PAGE), name, left)
            return max(found, Recognised(words, is_vertical=True), key=lambda one: one.confidence)
        return found

    def _words(
        self, picture: Picture, dots_per_inch: float, how: tuple[str, str], name: str, timeout: float
    ) -> tuple[Word, ...]:
        language, layout = how
        arguments = [self.path, "-", "-", "-l", language, "--psm", layout]
        arguments += ["--dpi", f"{dots_per_inch:.0f}", "tsv"]
        output = run_program(arguments, name=name, timeout_seconds=timeout, data=_as_pgm(picture))
        return tuple(_parsed(output.decode("utf-8", "replace")))


@functools.cache
def find_engine() -> Engine | None:
    """Tesseract with Japanese, or None where the system has none."""
    path = shutil.which("tesseract")
    if path is None:
        return None
    try:
        output = run_program([path, "--list-langs"], name="tesseract", timeout_seconds=_LIST_SECONDS)
    except ReadError:
        return None
    languages = output.decode("utf-8", "replace").split()
    return Engine(path, "jpn_vert" in languages) if "jpn" in languages else None


def can_recognise(is_wanted: bool) -> bool:
    """Whether pictures are read here: the settings allow it and the engine is there."""
    return is_wanted and find_engine() is not None


def _as_pgm(picture: Picture) -> bytes:
    """The simplest of picture files, which needs no library."""
    height, width = picture.shape
    return b"P5 %d %d 255\n" % (width, height) + np.ascontiguousarray(picture).tobytes()


def _parsed(table: str) -> Iterator[Word]:
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) != _NUM_FIELDS or fields[0] != _WORD_LEVEL or not fields[11].strip():
            continue
        left, top, width, height = map(int, fields[6:10])
        line = (int(fields[2]), int(fields[3]), int(fields[4]))
        yield Word(fields[11].strip(), left, top, left + width, top + height, float(fields[10]) / 100, line)
