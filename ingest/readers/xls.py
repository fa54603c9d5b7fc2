"""Excel workbooks of before 2007: their cells as Excel shows them, laid out like those of newer ones.

Hidden sheets, rows and columns are left out and counted.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.cell_format import JAPANESE_BUILT_IN, show_value
from ingest.readers.sheet_cells import SheetCell, is_default_name
from ingest.readers.sheet_layout import sheet_blocks
from rag.errors import DamagedDocument, EncryptedDocument
from rag.types import Attributes, Locator

MEDIA_TYPE = "application/vnd.ms-excel"

Book = Any
Sheet = Any
"""xlrd has no types of its own."""

_UNICODE_VERSION = 80
_SOLID = 1
_WHITE_INDEXES = frozenset({1, 9, 64, 65})
_BOLD_WEIGHT = 600


def read(data: bytes, name: str) -> Reading:
    """Read a workbook."""
    book = _open(data, name)
    dropped: Counter[str] = Counter()
    return Reading(
        blocks=tuple(_sheets(book, dropped)),
        media_type=MEDIA_TYPE,
        attributes=Attributes(author=(book.user_name or "").strip() or None),
        dropped={reason: number for reason, number in dropped.items() if number},
    )


def _open(data: bytes, name: str) -> Book:
    """The workbook; files of Excel 95 that do not say so are taken to be Japanese."""
    import xlrd

    load = partial(
        xlrd.open_workbook, file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
    )
    try:
        book = load()
        if book.biff_version < _UNICODE_VERSION and book.codepage is None:
            book = load(encoding_override="cp932")
    except Exception as error:  # xlrd lets struct.error, IndexError, AssertionError and others through
        if "encrypted" in str(error):
            raise EncryptedDocument(f"{name}: needs a password: save a copy without one") from error
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DamagedDocument(f"{name}: the workbook cannot be opened ({reason})") from error
    return book


def _sheets(book: Book, dropped: Counter[str]) -> Iterator[Block]:
    sheets = [book.sheet_by_index(index) for index in range(book.nsheets)]
    num_shown = sum(not sheet.visibility for sheet in sheets)
    for sheet in sheets:
        if sheet.visibility:
            dropped["hidden-sheet"] += sum(len(cell.text) for cell in _cells(book, sheet, Counter()))
            continue
        blocks = list(sheet_blocks(list(_cells(book, sheet, dropped)), sheet.name))
        if blocks and (num_shown > 1 or not is_default_name(sheet.name)):
            yield Block(BlockKind.HEADING, sheet.name, level=1, place=Locator(0, 0, sheet=sheet.name))
        yield from blocks


def _cells(book: Book, sheet: Sheet, dropped: Counter[str]) -> Iterator[SheetCell]:
    """The cells with text in them, row by row."""
    merged = {(top, left): (bottom, right) for top, bottom, left, right in sheet.merged_cells}
    hidden_rows = {number for number, row in sheet.rowinfo_map.items() if row.hidden}
    hidden_columns = {number for number, column in sheet.colinfo_map.items() if column.hidden}
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            text = _text(book, cell).strip()
            if not text:
                continue
            if row in hidden_rows or column in hidden_columns:
                dropped["hidden-cells"] += len(text)
                continue
            last_row, last_column = merged.get((row, column), (row + 1, column + 1))
            yield SheetCell(text, row + 1, column + 1, last_row, last_column, _is_marked(book, cell))


def _text(book: Book, cell: Any) -> str:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, ""))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return show_value(bool(cell.value))
    if cell.ctype not in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        return str(cell.value)
    key, code = _format(book, cell)
    japanese = JAPANESE_BUILT_IN.get(key)
    moment = _moment(book, cell.value) if cell.ctype == xlrd.XL_CELL_DATE or japanese else None
    return show_value(cell.value if moment is None else moment, japanese or code)


def _format(book: Book, cell: Any) -> tuple[int, str]:
    """The number of a cell's format, and the format itself."""
    key = book.xf_list[cell.xf_index].format_key
    found = book.format_map.get(key)
    return key, found.format_str if found else "General"


def _moment(book: Book, value: float) -> dt.datetime | dt.time | None:
    """A day and time in the file's own calendar (1900 or 1904); None for a number that is none."""
    import xlrd

    if value < 0:
        return None
    try:
        moment: dt.datetime = xlrd.xldate_as_datetime(value, book.datemode)
    except (ValueError, OverflowError, xlrd.xldate.XLDateError):
        return None
    return moment.time() if 0 <= value < 1 else moment


def _is_marked(book: Book, cell: Any) -> bool:
    """Filled with a colour or bold."""
    look = book.xf_list[cell.xf_index]
    fill = look.background
    font = book.font_list[look.font_index]
    is_filled = fill.fill_pattern == _SOLID and fill.pattern_colour_index not in _WHITE_INDEXES
    return is_filled or bool(font.bold) or font.weight >= _BOLD_WEIGHT
