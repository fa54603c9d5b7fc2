"""Two sets of readings of one text, compared: however each cuts the text, equal readings count as equal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rag.learner.furigana import Ruby
from rag.learner.kana import to_hiragana


class Reading(NamedTuple):
    """What a person says of ``text[start:end]``."""

    start: int
    end: int
    reading: str


class Difference(NamedTuple):
    """A stretch of text that is read in two ways."""

    start: int
    end: int
    expected: str
    found: str


def compare_readings(
    text: str, expected: Sequence[Reading], found: Iterable[Ruby]
) -> tuple[int, list[Difference]]:
    """How many of the expected readings were found, and where the others differ.

    Readings that overlap are compared together: 三日|目 against 三|日目.
    """
    others = sorted(Reading(ruby.start, ruby.end, ruby.reading) for ruby in found)
    num_right, differences = 0, []
    for start, end, number in _regions(expected, others):
        wanted, given = _join(text, expected, start, end), _join(text, others, start, end)
        if wanted == given:
            num_right += number
        else:
            differences.append(Difference(start, end, wanted, given))
    return num_right, differences


def _regions(expected: Sequence[Reading], found: Sequence[Reading]) -> Iterable[tuple[int, int, int]]:
    """Stretches that no reading crosses the border of, each with its number of expected readings."""
    spans = sorted([(one.start, one.end, 1) for one in expected] + [(one.start, one.end, 0) for one in found])
    start = end = number = 0
    for first, last, counted in spans:
        if first >= end:
            if number:
                yield start, end, number
            start, end, number = first, last, 0
        end = max(end, last)
        number += counted
    if number:
        yield start, end, number


def _join(text: str, readings: Sequence[Reading], start: int, end: int) -> str:
    parts, place = [], start
    for one in readings:
        if start <= one.start and one.end <= end:
            parts += [text[place : one.start], one.reading]
            place = one.end
    return to_hiragana("".join((*parts, text[place:end])))
