"""Tables stay tables: rows that readers told as 「見出し: 値 / 見出し: 値」 are put back into columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from rag.summary.base import SummaryTable
from rag.summary.citing import Citer
from rag.summary.material import Kind, Material, Sentence

MAX_ROWS = 20
MIN_ROWS = 2
MAX_TABLES = 12

_CELLS = " / "
_NAMED = re.compile(r"(?P<name>[^:：/]{1,40})[:：]\s*(?P<value>.+)", re.DOTALL)


def find_tables(material: Material, citer: Citer) -> tuple[tuple[SummaryTable, ...], int]:
    """The first `MAX_TABLES` tables of two rows or more, in order, and how many there are in all.

    At most `MAX_ROWS` rows of each are given; ``num_left_out`` counts the others.
    """
    runs = [run for run in _runs(material) if len(run) >= MIN_ROWS]
    return tuple(_table(run, material, citer) for run in runs[:MAX_TABLES]), len(runs)


def _runs(material: Material) -> Iterator[list[Sentence]]:
    """Rows that follow each other under one heading."""
    rows = [one for one in material.sentences if one.kind is Kind.ROW]
    # Neighbours in the document have the same difference between number and place in this list.
    placed = enumerate(rows)
    for _, group in groupby(placed, key=lambda item: (item[1].number - item[0], item[1].part)):
        yield [sentence for _, sentence in group]


def _cells(text: str) -> list[tuple[str, str]]:
    """「部名: 茶道部 / 和室」 → (部名, 茶道部), ("", 和室)."""
    named = [(cell.strip(), _NAMED.fullmatch(cell.strip())) for cell in text.split(_CELLS)]
    return [(match["name"].strip(), match["value"].strip()) if match else ("", cell) for cell, match in named]


def _table(run: Sequence[Sentence], material: Material, citer: Citer) -> SummaryTable:
    shown = run[:MAX_ROWS]
    rows = [_cells(row.text) for row in shown]
    # A row leaves its empty cells out: the columns are the names of all rows together.
    header = tuple(dict.fromkeys(name for row in rows for name, _ in row if name))
    return SummaryTable(
        material.parts[run[0].part].title,
        header,
        tuple(_in_columns(row, header) for row in rows),
        tuple(citer.cite(row.start, row.end) for row in shown),
        len(run) - len(shown),
    )


def _in_columns(row: Sequence[tuple[str, str]], header: Sequence[str]) -> tuple[str, ...]:
    """The values under their names; those without a name follow."""
    named = {name: value for name, value in row if name}
    return (*(named.get(name, "") for name in header), *(value for name, value in row if not name))
