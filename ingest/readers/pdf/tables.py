"""Cells that stand side by side → rows, and rows under each other → tables told with their header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ingest.readers.lines import glue
from ingest.readers.pdf.paragraphs import Paragraph
from ingest.readers.rows import SEPARATOR, find_header, is_form
from rag.types import Annotation, Locator

_GAP_EMS = 0.6
_MAX_CELL_CHARS = 300
_NEXT_LINE_EMS = 1.9
_OVERLAP_SHARE = 0.5

Row = list[Paragraph]


class _Extent(NamedTuple):
    """Where something stands: along the line, and across."""

    start: float
    end: float
    top: float
    bottom: float


def tell_tables(found: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs with rows of cells told as 「部名: 茶道部 / 場所: 和室」."""
    told: list[Paragraph] = []
    table: list[Row] = []
    for row in _rows(found):
        if len(row) == 1 and table and _goes_on_in(table, row[0]):
            continue
        if table and not (len(row) > 1 and _fits(table, row)):
            told += _told(table)
            table = []
        if len(row) > 1:
            table.append(row)
        else:
            told += row
    return [*told, *_told(table)]


def _rows(found: Sequence[Paragraph]) -> Iterator[Row]:
    row: Row = []
    for one in found:
        if row and not _is_beside(row[-1], one):
            yield row
            row = []
        row.append(one)
    if row:
        yield row


def _extent(one: Paragraph) -> _Extent:
    lines = [placed.line for placed in one.lines]
    return _Extent(
        min(line.start for line in lines),
        max(line.end for line in lines),
        min(line.middle - line.size / 2 for line in lines),
        max(line.middle + line.size / 2 for line in lines),
    )


def _is_beside(a: Paragraph, b: Paragraph) -> bool:
    """Whether ``b`` is the next cell in the row of ``a``."""
    if (
        len({line.page for line in (*a.lines, *b.lines)}) > 1
        or max(len(a.text), len(b.text)) > _MAX_CELL_CHARS
    ):
        return False
    if a.lines[0].line.is_vertical != b.lines[0].line.is_vertical:
        return False
    left, right = _extent(a), _extent(b)
    shared = min(left.bottom, right.bottom) - max(left.top, right.top)
    height = min(left.bottom - left.top, right.bottom - right.top)
    return shared > height * _OVERLAP_SHARE and right.start - left.end > max(a.size, b.size) * _GAP_EMS


def _columns(table: Sequence[Row]) -> list[_Extent]:
    """The columns of a table so far: those of its widest row, as wide as their cells."""
    widest = max(table, key=len)
    columns = [_extent(cell) for cell in widest]
    for row in table:
        for cell in row:
            place = _column_of(columns, _extent(cell))
            if place is not None:
                known, extent = columns[place], _extent(cell)
                columns[place] = known._replace(
                    start=min(known.start, extent.start), end=max(known.end, extent.end)
                )
    return columns


def _column_of(columns: Sequence[_Extent], cell: _Extent) -> int | None:
    """The column that a cell stands in: the one it overlaps most, or none."""
    shared = [min(one.end, cell.end) - max(one.start, cell.start) for one in columns]
    best = max(range(len(columns)), key=lambda place: shared[place])
    return best if shared[best] > 0 else None


def _fits(table: Sequence[Row], row: Row) -> bool:
    """Whether a row goes under a table: on its page, each cell in a column of its own."""
    if table[-1][0].page != row[0].page:
        return False
    columns = _columns(table)
    places = [_column_of(columns, _extent(cell)) for cell in row]
    return None not in places and len(set(places)) == len(places) and len(row) <= len(columns)


def _goes_on_in(table: list[Row], one: Paragraph) -> bool:
    """Append the second line of a cell to it; true when ``one`` was that."""
    row = table[-1]
    columns = _columns(table)
    extent = _extent(one)
    place = _column_of(columns, extent)
    if place in {None, 0} or one.page != row[0].page or extent.end > columns[-1].end + one.size:
        return False
    for index, cell in enumerate(row):
        step = extent.top - _extent(cell).bottom
        if _column_of(columns, _extent(cell)) == place and 0 <= step + cell.size < _NEXT_LINE_EMS * cell.size:
            row[index] = _woven([("", cell), (glue(cell.text, one.text), one)], is_row=False)
            return True
    return False


def _told(table: Sequence[Row]) -> Iterator[Paragraph]:
    if not table:
        return
    columns = _columns(table)
    rows = [_in_columns(row, columns) for row in table]
    texts = [[cell.text if cell else "" for cell in row] for row in rows]
    header = _header(rows, texts)
    is_pairs = header is None and len(table) > 1 and is_form(texts)
    for index, row in enumerate(rows):
        if index == header:
            continue
        names = texts[header] if header is not None and index > header else [""] * len(row)
        cells = [(name, cell) for name, cell in zip(names, row, strict=True) if cell is not None]
        yield _woven([(_lead(place, name, is_pairs), cell) for place, (name, cell) in enumerate(cells)])


def _header(rows: Sequence[Sequence[Paragraph | None]], texts: Sequence[Sequence[str]]) -> int | None:
    """The row that names the columns: one in letters of its own, or one that reads like it."""
    if len(rows) == 1:
        return None
    fonts = [{cell.font for cell in row if cell} for row in rows]
    stands_out = (
        len(fonts[0]) == 1 and "" not in fonts[0] and not any(fonts[0] & below for below in fonts[1:])
    )
    if stands_out and all(texts[0]):
        return 0
    return None if is_form(texts) else find_header(texts)


def _in_columns(row: Row, columns: Sequence[_Extent]) -> list[Paragraph | None]:
    cells: list[Paragraph | None] = [None] * len(columns)
    for cell in row:
        place = _column_of(columns, _extent(cell))
        if place is not None and cells[place] is None:
            cells[place] = cell
        else:
            cells.append(cell)
    return cells[: len(columns)]


def _lead(place: int, name: str, is_pairs: bool) -> str:
    """What stands before a cell: a separator and the name of its column."""
    separator = (": " if is_pairs else SEPARATOR) if place else ""
    return f"{separator}{name}: " if name else separator


def _woven(parts: Sequence[tuple[str, Paragraph]], *, is_row: bool = True) -> Paragraph:
    """Cells as one paragraph, each behind its lead; marks and places move along."""
    text = ""
    marks: list[Annotation] = []
    places: list[Locator] = []
    for lead, cell in parts:
        text += lead
        shift = len(text)
        text += cell.text
        marks += [replace(one, start=one.start + shift, end=one.end + shift) for one in cell.marks]
        places += [replace(one, start=one.start + shift, end=one.end + shift) for one in cell.places]
    lines = tuple(line for _, cell in parts for line in cell.lines)
    return Paragraph(text, lines, tuple(marks), tuple(places), is_row)
