"""Tables with merged cells and marked heads → rows that can be told alone; for HTML and office files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.readers.rows import Telling, find_header, is_form, tell_pairs, tell_table

MAX_COLUMNS = 1_000
"""Cells do not span beyond it, as in browsers: three hundred rows of wide cells would fill the memory."""

_REPEATED_CHARS = 60


class Cell(NamedTuple):
    """A cell's text and whether it heads a column or row."""

    text: str
    is_head: bool = False


Grid = Sequence[Sequence[Cell]]


def fill_grid(rows: Sequence[Sequence[tuple[Cell, int, int]]]) -> list[list[Cell]]:
    """Rows of (cell, columns, rows it spans) → a grid; a cell over several rows is told in each of them.

    Over several columns it is told in the first, except in a row of heads.
    """
    grid: list[list[Cell]] = []
    hanging: dict[int, tuple[Cell, int]] = {}
    for row in rows:
        line: list[Cell] = []
        waiting = list(reversed(row))
        while waiting or len(line) in hanging:
            column = len(line)
            if column in hanging:
                cell, left = hanging.pop(column)
                line.append(cell)
                if left > 1:
                    hanging[column] = cell, left - 1
                continue
            cell, columns, down = waiting.pop()
            for offset in range(min(columns, max(MAX_COLUMNS - column, 1))):
                shown = cell if offset == 0 or cell.is_head else Cell("", cell.is_head)
                line.append(shown)
                if down > 1:
                    hanging[column + offset] = repeated(shown), down - 1
        grid.append(line)
    return grid


def repeated(cell: Cell) -> Cell:
    """A merged cell in the next of its rows: told again where it names something, not where it explains."""
    return cell if len(cell.text) <= _REPEATED_CHARS else Cell("", cell.is_head)


def tell_grid(grid: Grid) -> Iterator[Telling]:
    """The rows of a data table, each told with its header; heads are taken as marked, else looked for."""
    rows = [[cell.text for cell in line] for line in grid]
    num_heads = 0
    while num_heads < len(grid) and grid[num_heads] and all(cell.is_head for cell in grid[num_heads]):
        num_heads += 1
    if 0 < num_heads < len(grid):
        header = _joined(rows[:num_heads])
        for number, text in tell_table([header, *rows[num_heads:]], header_index=0):
            yield Telling(number + num_heads - 1, text)
    elif all(line and line[0].is_head for line in grid) or is_form(rows):
        yield from tell_pairs(rows)
    else:
        yield from tell_table(rows, header_index=find_header(rows))


def _joined(rows: Sequence[Sequence[str]]) -> list[str]:
    """Heads over heads: 「金額」 over 「税抜」 is 「金額 税抜」."""
    width = max(map(len, rows))
    columns = [[row[i] for row in rows if i < len(row) and row[i]] for i in range(width)]
    return [" ".join(dict.fromkeys(column)) for column in columns]
