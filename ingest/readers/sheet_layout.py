"""Cells of a sheet → blocks: where tables begin and end, which rows are forms, what is a title.

Japanese offices use sheets as squared paper (方眼紙): narrow columns, merged cells, labels beside their
values. Such rows are told from left to right, 「申請部署: 営業課 / 申請者: 担当C」; tables with the header
that stands over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ingest.outline import heading_level
from ingest.readers.base import Block, BlockKind
from ingest.readers.rows import SEPARATOR, find_header, is_form, names_columns, tell_row, tidy_cell
from ingest.readers.sheet_cells import SheetCell
from rag.types import Locator

_TITLE_LEVEL = 2
_TITLE_CHARS = 40
_MAX_HANGING_ROWS = 1_000
_WIDE_TABLE = 3
_MAX_BLANK_ROWS = 2
_ALIGNED_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the sheet: the cells that begin in it, and those that hang into it from above."""

    number: int
    cells: tuple[SheetCell, ...]
    hanging: tuple[SheetCell, ...] = ()

    @property
    def is_head(self) -> bool:
        """Whether every cell is marked and they could name columns."""
        if len(self.cells) < 2 or not all(cell.is_marked for cell in self.cells):  # noqa: PLR2004
            return False
        names = [tidy_cell(cell.text) for cell in self.cells]
        return names_columns(list(dict.fromkeys(names)), len(names) // 2 + 1)

    @property
    def has_span(self) -> bool:
        """Whether a cell stands over several columns."""
        return any(cell.last_column > cell.column for cell in self.cells)

    @property
    def marked_columns(self) -> set[int]:
        return {cell.column for cell in self.cells if cell.is_marked}


def sheet_blocks(cells: Sequence[SheetCell], sheet: str) -> Iterator[Block]:
    """The blocks of one sheet, top to bottom."""
    above: _Region | None = None
    for rows in _regions(cells):
        region = _Region(rows, sheet)
        if above is not None and region.goes_on(above):
            yield from region.told_under(above.heads)
            region.heads = above.heads
        else:
            yield from region.blocks()
        above = region


def _regions(cells: Sequence[SheetCell]) -> Iterator[list[_Row]]:
    """Rows between blank rows."""
    region: list[_Row] = []
    open_cells: list[SheetCell] = []
    bottom = 0
    for number, group in groupby(cells, key=lambda cell: cell.row):
        if region and number > bottom + 1:
            yield region
            region, open_cells = [], []
        found = tuple(group)
        open_cells = [cell for cell in open_cells if cell.last_row >= number]
        region.append(_Row(number, found, tuple(open_cells)))
        open_cells += [cell for cell in found if number < cell.last_row < number + _MAX_HANGING_ROWS]
        bottom = max([number, *(cell.last_row for cell in open_cells)])
    if region:
        yield region


class _Region:
    """Rows without a blank row between them."""

    def __init__(self, rows: Sequence[_Row], sheet: str) -> None:
        self._rows = rows
        self._sheet = sheet
        self._is_form = _is_form(rows)
        self._header = None if self._is_form else find_header(_texts(rows))
        self.heads: list[SheetCell] = []

    def goes_on(self, above: _Region) -> bool:
        """Whether these rows belong to the table above, from which a blank row or two part them.

        They have no header of their own, and nearly all hold three cells or more that begin in its columns.
        """
        num_blank = self._rows[0].number - above._rows[-1].number - 1
        columns = {cell.column for cell in above.heads}
        if num_blank > _MAX_BLANK_ROWS or len(columns) < _WIDE_TABLE or self._has_own_heads:
            return False
        num_fitting = sum(_fits(row, columns) for row in self._rows)
        return num_fitting >= len(self._rows) * _ALIGNED_SHARE

    @property
    def _has_own_heads(self) -> bool:
        return self._is_form or self._header is not None or any(row.is_head for row in self._rows)

    def told_under(self, heads: Sequence[SheetCell]) -> Iterator[Block]:
        """All rows told with the heads of another region."""
        for row in self._rows:
            cells = sorted((*row.cells, *row.hanging), key=lambda cell: cell.column)
            yield self._block(BlockKind.TABLE_ROW, _tell(cells, heads), row)

    def blocks(self) -> Iterator[Block]:
        index = 0
        while index < len(self._rows):
            num_heads = self._num_heads(index)
            if num_heads:
                end = self._end_of_table(index, num_heads)
                yield from self._table(index, index + num_heads, end)
                index = end
            else:
                yield self._line(self._rows[index])
                index += 1

    def _num_heads(self, index: int) -> int:
        """How many rows from here on name the columns of a table; 0 where none begins."""
        row = self._rows[index]
        if self._header == index + 1 and row.has_span and not row.is_head:
            return 2
        if not row.is_head:
            return int(index == self._header)
        num_heads = 1
        while self._spans_next(index + num_heads - 1):
            num_heads += 1
        return num_heads if index + num_heads < len(self._rows) else 0

    def _spans_next(self, index: int) -> bool:
        """Whether a row of heads stands over another, one head over several."""
        if index + 2 >= len(self._rows):
            return False
        row, below = self._rows[index], self._rows[index + 1]
        return row.has_span and all(cell.is_marked for cell in below.cells)

    def _end_of_table(self, index: int, num_heads: int) -> int:
        """Up to the next header, or to a row whose cells begin elsewhere."""
        first = index + num_heads
        columns = {cell.column for row in self._rows[index:first] for cell in row.cells}
        for end in range(first + 1, len(self._rows)):
            row = self._rows[end]
            aligned = sum(cell.column in columns for cell in row.cells)
            if row.is_head or (len(row.cells) > 1 and aligned * 2 < len(row.cells)):
                return end
        return len(self._rows)

    def _table(self, index: int, first: int, end: int) -> Iterator[Block]:
        heads = self.heads = [cell for row in self._rows[index:first] for cell in row.cells]
        for row in self._rows[first:end]:
            hanging = tuple(cell for cell in row.hanging if cell.row >= self._rows[first].number)
            if len(row.cells) == 1 and not hanging and len(heads) >= _WIDE_TABLE:
                yield self._line(row)
            else:
                cells = sorted((*row.cells, *hanging), key=lambda cell: cell.column)
                yield self._block(BlockKind.TABLE_ROW, _tell(cells, heads), row)

    def _line(self, row: _Row) -> Block:
        if len(row.cells) == 1:
            return self._single(row)
        text = _tell_pairs(row.cells) if self._is_form else tell_row(None, [cell.text for cell in row.cells])
        return self._block(BlockKind.TABLE_ROW, text, row)

    def _single(self, row: _Row) -> Block:
        cell = row.cells[0]
        text = tidy_cell(cell.text)
        is_title = cell.is_marked and len(text) <= _TITLE_CHARS and not text.endswith("。")
        if is_title or heading_level(text):
            return self._block(BlockKind.HEADING, text, row, level=_TITLE_LEVEL)
        return self._block(BlockKind.PARAGRAPH, cell.text, row)

    def _block(self, kind: BlockKind, text: str, row: _Row, level: int = 0) -> Block:
        return Block(kind, text, level=level, place=Locator(0, 0, sheet=self._sheet, cells=_range(row.cells)))


def _fits(row: _Row, columns: set[int]) -> bool:
    """Whether a row stands in the columns of a table, and in some of them."""
    aligned = sum(cell.column in columns for cell in row.cells)
    return aligned >= len(row.cells) * _ALIGNED_SHARE and aligned >= _WIDE_TABLE


def _is_form(rows: Sequence[_Row]) -> bool:
    """Whether rows pair labels with values: by their marks, on squared paper, or in two columns."""
    lines = [row.cells for row in rows if len(row.cells) > 1]
    if not lines or any(row.is_head for row in rows):
        return False
    cells = [cell for line in lines for cell in line]
    if any(cell.is_marked for cell in cells):
        return sum(_alternates(line) for line in lines) * 2 > len(lines)
    is_squared = sum(cell.last_column > cell.column for cell in cells) * 2 > len(cells)
    has_pairs = all(len(line) % 2 == 0 for line in lines)
    return (is_squared and has_pairs) or is_form(_texts(rows))


def _alternates(cells: Sequence[SheetCell]) -> bool:
    """Label, value, label, value; a label may stand beside another."""
    marks = [cell.is_marked for cell in cells]
    return marks[0] and not marks[-1] and not any(a is b is False for a, b in pairwise(marks))


def _texts(rows: Sequence[_Row]) -> list[list[str]]:
    """The rows as a plain table, blank where no cell begins."""
    width = max((cell.column for row in rows for cell in row.cells), default=0)
    columns = sorted({cell.column for row in rows for cell in row.cells})
    place = {column: i for i, column in enumerate(columns)}
    table = [[""] * min(width, len(columns)) for _ in rows]
    for line, row in zip(table, rows, strict=True):
        for cell in row.cells:
            line[place[cell.column]] = cell.text
    return table


def _tell(cells: Sequence[SheetCell], heads: Sequence[SheetCell]) -> str:
    """A row under its heads: values under one head together, values beside all heads alone."""
    told: dict[tuple[int, ...], list[str]] = {}
    names: dict[tuple[int, ...], str] = {}
    for cell in cells:
        over = [head for head in heads if head.column <= cell.column <= head.last_column]
        key = tuple(head.column for head in over) or (-cell.column,)
        names[key] = " ".join(dict.fromkeys(tidy_cell(head.text) for head in over))
        told.setdefault(key, []).append(tidy_cell(cell.text))
    parts = ((names[key], " ".join(values)) for key, values in told.items())
    return SEPARATOR.join(f"{name}: {text}" if name else text for name, text in parts)


def _tell_pairs(cells: Sequence[SheetCell]) -> str:
    """Marked cells are labels of what follows them; a label right beside another belongs to it."""
    if not any(cell.is_marked for cell in cells):
        cells = [cell._replace(is_marked=index % 2 == 0) for index, cell in enumerate(cells)]
    parts: list[str] = []
    label = ""
    before: SheetCell | None = None
    for cell in cells:
        text = tidy_cell(cell.text)
        if cell.is_marked:
            is_beside = before is not None and before.is_marked and before.last_column + 1 == cell.column
            if label and not is_beside:
                parts.append(label)
                label = ""
            label = f"{label} {text}".strip()
        elif label:
            parts.append(f"{label.rstrip('：:')}: {text}")
            label = ""
        else:
            parts.append(text)
        before = cell
    return SEPARATOR.join([*parts, label] if label else parts)


def _range(cells: Sequence[SheetCell]) -> str:
    """``B4:D9``, or ``B4`` for one cell."""
    first = f"{_letters(min(cell.column for cell in cells))}{min(cell.row for cell in cells)}"
    last = f"{_letters(max(cell.last_column for cell in cells))}{max(cell.last_row for cell in cells)}"
    return first if first == last else f"{first}:{last}"


def _letters(column: int) -> str:
    """28 → AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
