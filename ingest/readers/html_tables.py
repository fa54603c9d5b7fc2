"""HTML tables: which hold data, and their cells in a grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ingest.readers.rows import Telling, find_header, is_form, tell_pairs, tell_table
from ingest.readers.trees import Element, local_name

_MAX_SPAN = 200
_LAYOUT_TAGS = frozenset(
    {"table", "h1", "h2", "h3", "h4", "h5", "h6", "form", "nav", "article", "section", "pre"}
)
_MAX_BLOCKS_IN_CELL = 12


class Cell(NamedTuple):
    """A cell's text and whether it heads a column or row."""

    text: str
    is_head: bool


Grid = list[list[Cell]]


def is_data_table(table: Element) -> bool:
    """Whether a table holds data: old pages lay out their columns with tables too."""
    rows = list(rows_of(table))
    if max((len(list(cells_of(row))) for row in rows), default=0) < 2:  # noqa: PLR2004
        return False
    for row in rows:
        for cell in cells_of(row):
            inner = [local_name(one).lower() for one in cell.iterdescendants()]
            if (
                _LAYOUT_TAGS & set(inner)
                or sum(tag in {"p", "div", "li"} for tag in inner) > _MAX_BLOCKS_IN_CELL
            ):
                return False
    return True


def rows_of(table: Element) -> Iterator[Element]:
    """The rows of a table itself, not of tables in it."""
    for child in table:
        tag = local_name(child).lower()
        if tag == "tr":
            yield child
        elif tag in {"thead", "tbody", "tfoot"}:
            yield from (row for row in child if local_name(row).lower() == "tr")


def cells_of(row: Element) -> Iterator[Element]:
    """The cells of a row."""
    return (cell for cell in row if local_name(cell).lower() in {"td", "th"})


def span_of(cell: Element, name: str) -> int:
    """``colspan`` or ``rowspan``, at most 200; 1 where it is missing or nonsense."""
    value = cell.get(name) or "1"
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() else 1


def fill_grid(rows: list[list[tuple[Cell, int, int]]]) -> Grid:
    """Rows of (cell, colspan, rowspan) → a grid; a cell over several rows is told in each of them.

    Over several columns it is told in the first, except in a row of heads.
    """
    grid: Grid = []
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
            for offset in range(columns):
                shown = cell if offset == 0 or cell.is_head else Cell("", cell.is_head)
                line.append(shown)
                if down > 1:
                    hanging[column + offset] = shown, down - 1
        grid.append(line)
    return grid


def tell_grid(grid: Grid) -> Iterator[Telling]:
    """The rows of a data table, each told with its header."""
    rows = [[cell.text for cell in line] for line in grid]
    head_rows = 0
    while head_rows < len(grid) and grid[head_rows] and all(cell.is_head for cell in grid[head_rows]):
        head_rows += 1
    if 0 < head_rows < len(grid):
        header = _joined_header(rows[:head_rows])
        for index, text in tell_table([header, *rows[head_rows:]], header_index=0):
            yield Telling(index + head_rows - 1, text)
        return
    if all(line and line[0].is_head for line in grid) or is_form(rows):
        yield from tell_pairs(rows)
        return
    yield from tell_table(rows, header_index=find_header(rows))


def _joined_header(rows: list[list[str]]) -> list[str]:
    """Heads over heads: 「金額」 over 「税抜」 is 「金額 税抜」."""
    width = max(map(len, rows))
    columns = [[row[i] for row in rows if i < len(row) and row[i]] for i in range(width)]
    return [" ".join(dict.fromkeys(column)) for column in columns]
