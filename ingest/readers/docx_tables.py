"""The cells of a Word table in their grid, merged ones filled in."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.readers.grids import Cell
from ingest.readers.ooxml import W, attribute, is_on
from ingest.readers.trees import Element, local_name

_MAX_SPAN = 200


@dataclass(frozen=True, slots=True)
class TableCell:
    """Where the text of a grid cell is; ``is_shown`` is false where it only goes on from the left."""

    element: Element
    is_head: bool
    is_shown: bool = True

    def told(self, text: str) -> Cell:
        """The cell with its text."""
        return Cell(text if self.is_shown else "", self.is_head)


def cell_rows(table: Element) -> list[list[TableCell]]:
    """Rows of cells, as many in each as the grid has columns.

    A cell merged downwards stands in each of its rows; one merged to the right in its first column, or
    in all of them where it heads them.
    """
    rows: list[list[TableCell]] = []
    for row in _descend(table, "tr"):
        is_head = is_on(row.find(f"{W}trPr/{W}tblHeader"))
        line = [TableCell(row, is_head, is_shown=False)] * _skipped(row)
        for cell in _descend(row, "tc"):
            above = rows[-1][len(line)] if rows and len(line) < len(rows[-1]) else None
            properties = cell.find(f"{W}tcPr")
            shown = TableCell(above.element if above and _goes_on(properties) else cell, is_head)
            line.append(shown)
            line += [TableCell(shown.element, is_head, is_shown=is_head)] * (_span(properties) - 1)
        rows.append(line)
    return rows


def is_frame(rows: list[list[TableCell]]) -> bool:
    """Whether a table only frames text: a single column, or tables in its cells."""
    if max(map(len, rows), default=0) < 2:  # noqa: PLR2004
        return True
    cells = {id(cell.element): cell.element for row in rows for cell in row}
    nested = sum(cell.find(f".//{W}tbl") is not None for cell in cells.values() if local_name(cell) == "tc")
    return nested * 2 >= len(cells)


def _descend(parent: Element, tag: str) -> list[Element]:
    """Children of a name, also those that content controls and tracked changes wrap."""
    found: list[Element] = []
    for child in parent:
        name = local_name(child)
        if name == tag:
            found.append(child)
        elif name in {"sdt", "sdtContent", "ins", "customXml"}:
            found += _descend(child, tag)
    return found


def _span(properties: Element | None) -> int:
    value = attribute(properties.find(f"{W}gridSpan")) if properties is not None else None
    return min(max(int(value or 1), 1), _MAX_SPAN)


def _skipped(row: Element) -> int:
    value = attribute(row.find(f"{W}trPr/{W}gridBefore"))
    return min(max(int(value or 0), 0), _MAX_SPAN)


def _goes_on(properties: Element | None) -> bool:
    merge = properties.find(f"{W}vMerge") if properties is not None else None
    return merge is not None and attribute(merge) in {None, "continue"}
