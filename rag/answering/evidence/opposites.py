"""Words that exclude each other, as data: one of a row instead of another turns a statement round.

A row of ``opposites.tsv`` is a dimension: what kind of thing it is, and its values, each a pattern over its
spellings in comparison form: 有料|有償 and 無料|無償.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rag.answering.evidence.discrepancy import Kind


class Value(NamedTuple):
    """One value of a dimension that a text names."""

    row: int
    column: int
    text: str
    kind: Kind


class _Dimension(NamedTuple):
    kind: Kind
    values: tuple[re.Pattern[str], ...]


def _read_table(file: Path) -> Iterator[_Dimension]:
    for line in file.read_text(encoding="utf-8").splitlines():
        kind, *values = line.split("\t")
        yield _Dimension("date" if kind == "date" else "negation", tuple(map(re.compile, values)))


_TABLE = tuple(_read_table(Path(__file__).with_name("opposites.tsv")))


def read_values(folded: str) -> tuple[Value, ...]:
    """Every value that stands in a text in comparison form; of two that overlap the longer one.

    >>> [value.text for value in read_values("非公開")]
    ['非公開']
    """
    return tuple(value for row in range(len(_TABLE)) for value in _of_row(folded, row))


def _of_row(folded: str, row: int) -> Iterator[Value]:
    found = [
        (match.span(), column, match[0])
        for column, pattern in enumerate(_TABLE[row].values)
        for match in pattern.finditer(folded)
    ]
    for span, column, text in found:
        covered = any(other[0] <= span[0] and span[1] <= other[1] and other != span for other, _, _ in found)
        if not covered:
            yield Value(row, column, text, _TABLE[row].kind)
