"""Placed runs → the text of lines: which blanks are words' and which are only space between letters.

Typesetters put a little air between kana and Latin letters; pdfium reports it as a blank. It is one
between Latin words, and between Japanese characters only where the gap is as wide as a character.
"""

from __future__ import annotations

from itertools import pairwise

from ingest.readers.lines import is_wide
from ingest.readers.pdf.garbling import MENDED
from ingest.readers.pdf.glyphs import OCR_LOOK
from ingest.readers.pdf.lines import Line, PlacedRun, Spot
from ingest.readers.symbols import SYMBOLS
from rag.types import Annotation

_WIDE_GAP_EMS = 0.8
_MIXED_GAP_EMS = 0.4
_SPACED_SHARE = 0.4
_MANY = 8
_RAISED_SIZE = 0.75
_NOTE_DIGITS = 3


def spell(run: PlacedRun) -> Line:
    """The line with its text, ruby and the way it is painted as annotations."""
    raised = _raised(run)
    text, offsets = _text(run, raised)
    text = text.translate(MENDED).translate(SYMBOLS)
    marks = [
        Annotation("ruby", offsets[first], offsets[last - 1] + 1, reading)
        for first, last, reading in run.ruby
        if offsets[first] >= 0 and offsets[last - 1] >= 0
    ]
    for first, last in raised.items():
        place = max((offset + 1 for offset in offsets[:first]), default=0)
        number = "".join(spot.char for spot in run.spots[first : last + 1])
        marks.append(Annotation("note", place, place, number))
    if run.look.startswith(OCR_LOOK):
        marks.append(Annotation("ocr", 0, len(text), run.look.removeprefix(OCR_LOOK)))
    elif run.look:
        marks.append(Annotation("hidden" if run.look == "white" else "unpainted", 0, len(text), run.look))
    return Line(
        text, run.start, run.end, run.middle, run.size, run.is_vertical, run.box, tuple(marks), run.font
    )


def _raised(run: PlacedRun) -> dict[int, int]:
    """Numbers of footnotes, small and raised behind a word: index of the first digit → of the last.

    A raised digit behind a single letter or a bracket is an exponent and stays.
    """
    found: dict[int, int] = {}
    index = 0
    while index < len(run.spots):
        end = index
        while end < len(run.spots) and _is_raised_digit(run.spots[end], run):
            end += 1
        if index < end <= index + _NOTE_DIGITS and _follows_word(run.spots, index):
            found[index] = end - 1
        index = max(end, index + 1)
    return found


def _is_raised_digit(spot: Spot, run: PlacedRun) -> bool:
    is_small = spot.size < run.size * _RAISED_SIZE
    return is_small and spot.char.isascii() and spot.char.isdigit() and spot.middle < run.middle


def _follows_word(spots: list[Spot], index: int) -> bool:
    before = "".join(spot.char for spot in spots[max(index - 4, 0) : index]).rstrip()[-3:]
    return before != "" and (is_wide(before[-1]) or (len(before) == 3 and before.isalnum()))  # noqa: PLR2004


def _text(run: PlacedRun, raised: dict[int, int]) -> tuple[str, list[int]]:
    """The text, and for every spot its offset in it (−1 for blanks and numbers of footnotes)."""
    keep_between_wide = not _is_spaced_out(run.spots)
    text = ""
    offsets: list[int] = []
    blank: Spot | None = None
    last: Spot | None = None
    until = -1
    for index, spot in enumerate(run.spots):
        until = raised.get(index, until)
        if index <= until:
            blank = None
            offsets.append(-1)
            continue
        if spot.char in {" ", "\u00a0"}:
            blank = spot if blank is None or blank.is_guessed else blank
            offsets.append(-1)
            continue
        if blank is not None and last is not None and _is_blank(last, blank, spot, keep_between_wide):
            text += " "
        blank = None
        offsets.append(len(text))
        text += spot.char
        last = spot
    return text.rstrip(), offsets


def _is_blank(left: Spot, blank: Spot, right: Spot, keep_between_wide: bool) -> bool:
    num_wide = is_wide(left.char) + is_wide(right.char)
    gap = (right.start - left.end) / max(left.size, right.size, 0.1)
    if num_wide == 0:
        return True
    if blank.is_guessed:
        return gap >= (_WIDE_GAP_EMS if num_wide == 2 else _MIXED_GAP_EMS)  # noqa: PLR2004
    return num_wide == 1 or keep_between_wide


def _is_spaced_out(spots: list[Spot]) -> bool:
    """Whether somebody put a blank between all letters: 「議 事 録」."""
    wide = [i for i, spot in enumerate(spots) if is_wide(spot.char)]
    if len(wide) < _MANY:
        return False
    blanks = sum(b - a == 2 and spots[a + 1].char == " " for a, b in pairwise(wide))  # noqa: PLR2004
    return blanks >= len(wide) * _SPACED_SHARE
