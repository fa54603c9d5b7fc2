"""The cells of one sheet that people see, with their text as Excel shows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from ingest.readers.cell_format import JAPANESE_BUILT_IN, Value, show_value

Sheet = Any
"""An openpyxl worksheet, read whole or row by row; openpyxl has no types of its own."""

_VISIBLE_TINT = 0.05
_WHITE_INDEXES = frozenset({1, 9, 64, 65})


_DEFAULT_NAME = re.compile(r"(?:sheet|シート|worksheet)\s*[0-9０-９]*", re.I)


class SheetCell(NamedTuple):
    """A cell, or several merged into one; rows and columns count from 1, both ends included.

    ``is_marked``: filled with a colour or bold, as people mark heads and labels.
    """

    text: str
    row: int
    column: int
    last_row: int
    last_column: int
    is_marked: bool = False


def is_default_name(name: str) -> bool:
    """Whether a sheet is called as Excel calls it: ``Sheet1``."""
    return _DEFAULT_NAME.fullmatch(name) is not None


def sheet_cells(sheet: Sheet, epoch: Any, dropped: Counter[str]) -> Iterator[SheetCell]:
    """The cells with text in them, row by row; what stands in hidden rows and columns is counted."""
    merged = {
        (one.min_row, one.min_col): one for one in getattr(getattr(sheet, "merged_cells", None), "ranges", ())
    }
    hidden_rows, hidden_columns = _hidden(sheet)
    for cell in _filled_cells(sheet):
        text = _text(cell, epoch).strip()
        if not text:
            continue
        if cell.row in hidden_rows or cell.column in hidden_columns:
            dropped["hidden-cells"] += len(text)
            continue
        area = merged.get((cell.row, cell.column))
        last_row, last_column = (area.max_row, area.max_col) if area else (cell.row, cell.column)
        yield SheetCell(text, cell.row, cell.column, last_row, last_column, _is_marked(cell))


def _filled_cells(sheet: Sheet) -> Iterator[Any]:
    """Cells that hold a value; a sheet may be formatted down to its millionth row."""
    stored = getattr(sheet, "_cells", None)
    if stored is not None:
        yield from (stored[place] for place in sorted(stored) if stored[place].value is not None)
    else:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def _hidden(sheet: Sheet) -> tuple[set[int], set[int]]:
    rows = {number for number, row in getattr(sheet, "row_dimensions", {}).items() if row.hidden}
    columns: set[int] = set()
    for one in getattr(sheet, "column_dimensions", {}).values():
        if one.hidden:
            columns.update(range(one.min or one.index, (one.max or one.min or 0) + 1))
    return rows, columns


def _text(cell: Any, epoch: Any) -> str:
    value: Value = cell.value
    code = cell.number_format
    if isinstance(value, int | float) and not isinstance(value, bool):
        japanese = JAPANESE_BUILT_IN.get(_format_number(cell))
        if japanese is not None:
            from openpyxl.utils.datetime import from_excel

            return show_value(from_excel(value, epoch), japanese)
    return show_value(value, code)


def _format_number(cell: Any) -> int:
    """The number of a format, which openpyxl forgets where it does not know it."""
    style = getattr(cell, "_style", None) or getattr(cell, "style_array", None)
    return int(style.numFmtId) if style is not None else 0


def _is_marked(cell: Any) -> bool:
    if not cell.has_style:
        return False
    return bool(cell.font and cell.font.b) or (cell.fill is not None and _is_coloured(cell.fill))


def _is_coloured(fill: Any) -> bool:
    """Filled with a colour that is seen: white (also as the theme's first colour) marks nothing."""
    if fill.patternType != "solid":
        return False
    colour = fill.fgColor
    if colour.type == "rgb":
        return not str(colour.rgb).upper().endswith("FFFFFF")
    if colour.type == "theme":
        return not (colour.theme == 0 and abs(colour.tint or 0) < _VISIBLE_TINT)
    return colour.indexed not in _WHITE_INDEXES
