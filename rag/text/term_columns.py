"""The index terms of many texts as columns; the rules are those of `rag.text.terms`.

Words give terms that are worked out once for each word of the language. Pairs of characters are counted as
pairs of numbers and get a name only where one is met for the first time. What is left (numbers, codes, dates)
is rare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rag.text.columns import Columns, Integers
from rag.text.exact import code_terms, date_terms, number_terms
from rag.text.terms import RUN, role
from rag.text.vocabulary import Feature, WordTable

Pairs = NDArray[np.uint64]

_SECOND_BITS = 21
_ALONE = (1 << _SECOND_BITS) - 1
"""Stands for the second character where there is none."""


def character_pairs(folded: Sequence[str]) -> tuple[Integers, Pairs]:
    """The terms of the field ``bigram``: which text each stands in, and its characters as a number."""
    # No folded text holds a new line, and a new line is no part of a run.
    lines = "\n".join(["", *folded, ""]).encode("utf-32-le")
    codes = np.frombuffer(lines, np.uint32).astype(np.uint64)
    texts = np.cumsum(codes == ord("\n")) - 1
    in_run = _in_runs()[codes]
    goes_on = in_run[:-1] & in_run[1:]
    alone = in_run.copy()
    alone[:-1] &= ~in_run[1:]
    alone[1:] &= ~in_run[:-1]
    pairs, singles = np.flatnonzero(goes_on), np.flatnonzero(alone)
    shift = np.uint64(_SECOND_BITS)
    return (
        np.concatenate([texts[pairs], texts[singles]]),
        np.concatenate(
            [codes[pairs] << shift | codes[pairs + 1], codes[singles] << shift | np.uint64(_ALONE)]
        ),
    )


def pair_name(pair: int) -> str:
    """The term that a number of `character_pairs` stands for."""
    first, second = pair >> _SECOND_BITS, pair & _ALONE
    return chr(first) if second == _ALONE else chr(first) + chr(second)


def exact_terms(texts: Sequence[str], columns: Columns) -> Iterator[tuple[int, str]]:
    """Numbers, codes and dates for the field ``base``: the number of the text and the term."""
    numerals = np.flatnonzero(_is_numeral.of(columns.vocabulary)[columns.numbers])
    owners = np.searchsorted(columns.bounds, numerals, side="right") - 1
    text_of = dict(zip(numerals.tolist(), owners.tolist(), strict=True))
    for place, term in number_terms(_Words(columns), numerals.tolist()):
        yield text_of[place], term
    for number, (text, folded) in enumerate(zip(texts, columns.folded, strict=True)):
        for term in code_terms(folded):
            yield number, term
        for term in date_terms(text):
            yield number, term


class _Words:
    """The words of all texts as `number_terms` looks at them; no word joins that of another text."""

    def __init__(self, columns: Columns) -> None:
        self._words = columns.vocabulary.words
        self._numbers = columns.numbers
        self._is_joined = np.zeros(len(columns.numbers) + 1, np.bool_)
        self._is_joined[1:-1] = columns.starts[1:] == columns.ends[:-1]
        self._is_joined[columns.bounds] = False

    def feature(self, place: int) -> Feature:
        return self._words[int(self._numbers[place])].feature

    def is_joined(self, place: int) -> bool:
        return bool(self._is_joined[place])


@cache
def _in_runs() -> NDArray[np.bool_]:
    """For each code point whether it belongs to a run of letters and digits."""
    table = np.zeros(0x11_0000, np.bool_)
    for match in re.finditer(RUN, "".join(map(chr, range(len(table))))):
        table[match.start() : match.end()] = True
    return table


_is_numeral = WordTable(lambda: lambda word: role(word.feature).is_numeral, np.bool_)
