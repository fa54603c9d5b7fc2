"""Readings that need more than the dictionary: rules with context, literature, and honest doubt.

``data/readings.tsv`` holds rules: what is written, how it is read, and what must stand before and after
(regular expressions on the text; empty means anything). The longest match wins, then the first row.
``data/literary.tsv`` holds what was counted in works with ruby (`training.furigana`), and
``data/ambiguous.tsv`` the words that may be read in several ways.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rag.learner.align import align
from rag.learner.tables import load_table

_BEFORE_CHARS = 12
_AFTER_CHARS = 12
_MAX_WORD_CHARS = 8
GENERAL_SHARE = 0.5
LITERARY_SHARE = 0.08
"""Of the works that write a word, so many must give its ruby: in any text, and in literature, whose words
are those of the works counted. Tuned on one half of the works measured."""


class Context(NamedTuple):
    """A place in a text where a word begins, and where words end after it."""

    text: str
    start: int
    ends: frozenset[int]


class Rule(NamedTuple):
    """One row: ``written`` is read ``reading`` between ``before`` and ``after``."""

    written: str
    reading: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    others: tuple[str, ...]


@lru_cache(maxsize=1)
def _rules() -> dict[str, list[Rule]]:
    """The rules by their first character, longest first; equal lengths keep the order of the file."""
    by_first: dict[str, list[Rule]] = {}
    for written, reading, before, after, others in load_table("readings.tsv", 5):
        rule = Rule(
            written,
            reading,
            re.compile(f"(?:{before})$") if before else None,
            re.compile(after) if after else None,
            tuple(others.split("/")) if others else (),
        )
        by_first.setdefault(written[0], []).append(rule)
    return {first: sorted(rules, key=lambda rule: -len(rule.written)) for first, rules in by_first.items()}


def find_rule(context: Context) -> Rule | None:
    """The rule that holds at this place, None when none does."""
    text, start, ends = context
    if start >= len(text):
        return None
    for rule in _rules().get(text[start], ()):
        end = start + len(rule.written)
        if end in ends and text.startswith(rule.written, start) and _fits(rule, text, start, end):
            return rule
    return None


def _fits(rule: Rule, text: str, start: int, end: int) -> bool:
    if rule.before and not rule.before.search(text[max(0, start - _BEFORE_CHARS) : start]):
        return False
    return not rule.after or bool(rule.after.match(text[end : end + _AFTER_CHARS]))


@lru_cache(maxsize=4)
def _literary(min_share: float) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Words, and words that inflect as (base form, first kanji)."""
    words, stems = {}, {}
    for written, kanji, reading, share in load_table("literary.tsv", 4):
        # One kanji alone has many readings: only literature decides those by what is common in it.
        if float(share) < min_share or (len(written) == 1 and min_share >= GENERAL_SHARE):
            continue
        if kanji:
            stems[written, kanji] = reading
        else:
            words[written] = reading
    return words, stems


def find_literary_word(context: Context, min_share: float) -> tuple[str, str] | None:
    """The longest word here that works with ruby read in their own way, with its reading."""
    text, start, ends = context
    words, _ = _literary(min_share)
    for end in sorted(ends, reverse=True):
        written = text[start:end]
        if len(written) <= _MAX_WORD_CHARS and written in words:
            return written, words[written]
    return None


def literary_stem(surface: str, base: str, reading: str, min_share: float) -> str:
    """The same for words that inflect, whose first kanji alone are exchanged; empty when there is none."""
    pieces = align(surface, reading)
    if not pieces or pieces[0].start or not reading.startswith(pieces[0].reading):
        return ""
    stem = _literary(min_share)[1].get((base, surface[: pieces[0].end]), "")
    return stem + reading[len(pieces[0].reading) :] if stem else ""


@lru_cache(maxsize=1)
def _ambiguous() -> dict[str, tuple[str, ...]]:
    return {written: tuple(readings.split("/")) for written, readings in load_table("ambiguous.tsv", 2)}


def other_readings(surface: str, reading: str) -> tuple[str, ...]:
    """The other readings of a word, without the one given: 今日 きょう → こんにち."""
    return tuple(other for other in _ambiguous().get(surface, ()) if other != reading)
