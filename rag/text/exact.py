"""Terms for what must match exactly however it is written: numbers, codes and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from rag.text.analyzer import Analysis, Feature
from rag.text.era import FISCAL_YEAR_START, find_dates
from rag.text.fold import fold_text
from rag.text.numerals import parse_number
from rag.types import Span

MAX_EXACT_CHARS = 64
"""Longer runs of digits and letters are data, not something to ask for."""

_COUNTERS = ("名詞-普通名詞", "接尾辞-名詞的")
_GROUP_DIGITS = 3
_ARTICLE = re.compile(
    r"(?P<part>附則)?第(?P<number>[0-9一二三四五六七八九十百千〇]+条(?:の[0-9一二三四五六七八九十百]+)*)"
)
_CODE = re.compile(r"[0-9a-z]+(?:[-_./:@][0-9a-z]+)*(?:\+\+|#)?")


class Words(Protocol):
    """The words of a text in their order."""

    def feature(self, place: int) -> Feature:
        """What the dictionary says of a word."""
        ...

    def is_joined(self, place: int) -> bool:
        """True when a word is there that follows the one before it without a gap."""
        ...


class AnalysedWords:
    """The words of one analysis."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    def feature(self, place: int) -> Feature:
        """See `Words`."""
        return self._analysis.features[place]

    def is_joined(self, place: int) -> bool:
        """See `Words`."""
        starts, ends = self._analysis.starts, self._analysis.ends
        return 0 < place < len(starts) and starts[place] == ends[place - 1]


def number_terms(words: Words, numerals: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Numbers as digits, and once more with the counter behind them: 三十五万円 → 350000, 350000円.

    ``numerals`` are the places of the numerals among the words; each term comes with that of its first.
    """
    for first, last in _runs(words, numerals):
        number = _digits("".join([words.feature(place).base for place in range(first, last)]))
        if len(number) > MAX_EXACT_CHARS:
            continue
        yield first, number
        if words.is_joined(last) and _is_counter(counter := words.feature(last)):
            # The lemma is one for 3ヶ月, 3か月 and 三箇月.
            yield first, number + counter.lemma


def _is_counter(feature: Feature) -> bool:
    """Any noun: UniDic calls 円 and 条 counters, 項 and 級 not. Letters are left to codes (5km)."""
    return feature.lemma == "%" or (feature.pos.startswith(_COUNTERS) and not feature.lemma.isascii())


@lru_cache(maxsize=1 << 14)
def _digits(written: str) -> str:
    """``三十五万`` → ``350000``; a code (``007``) and what is no number stay as they are."""
    value = None if written.startswith("0") else parse_number(written)
    return written if value is None else str(value)


def _runs(words: Words, numerals: Sequence[int]) -> Iterator[Span]:
    """Numerals without a gap as one; a comma before three digits belongs to them."""
    first = last = -1
    for place in numerals:
        if (place == last and words.is_joined(place)) or (
            place == last + 1 and _is_grouping(words, last, place)
        ):
            last = place + 1
        else:
            if first >= 0:
                yield Span(first, last)
            first, last = place, place + 1
    if first >= 0:
        yield Span(first, last)


def _is_grouping(words: Words, comma: int, numeral: int) -> bool:
    return (
        comma > 0
        and words.feature(comma).base == ","
        and len(words.feature(numeral).base) == _GROUP_DIGITS
        and words.is_joined(comma)
        and words.is_joined(numeral)
    )


def code_terms(folded: str) -> Iterator[str]:
    """``abc-123/45``, ``iso9001``, ``3.14``, ``c#`` in a folded text, which MeCab cuts in pieces.

    Letters alone are words and digits alone are numbers, both without these terms.
    """
    for code in _CODE.findall(folded):
        if not (code.isalpha() or code.isdigit() or len(code) > MAX_EXACT_CHARS):
            yield code


def article_labels(text: str) -> Iterator[str]:
    """The articles that a question names, as documents label them: 第二十条の二 → 第20条の2."""
    for match in _ARTICLE.finditer(fold_text(text)):
        number, *branches = map(parse_number, re.split("条の|の", match["number"].removesuffix("条")))
        yield f"{match['part'] or ''}第{number}条{''.join(f'の{branch}' for branch in branches)}"


def date_terms(text: str) -> Iterator[str]:
    """``d:2024-04-01``, ``d:2024-04``, ``y:2024`` as far as a date goes; ``fy:2024`` for a fiscal year."""
    for date in find_dates(text):
        first, last = date.first, date.last
        if first.year == last.year:
            yield f"y:{first.year}"
        elif (first.month, first.day) == FISCAL_YEAR_START:
            yield f"fy:{first.year}"
        if (first.year, first.month) == (last.year, last.month):
            yield f"d:{first.year}-{first.month:02}"
        if first == last:
            yield f"d:{first.isoformat()}"
