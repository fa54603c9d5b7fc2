"""HTML tables: which of them hold data, and where their rows and cells are."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers.trees import Element, local_name

_MAX_SPAN = 200
_LAYOUT_TAGS = frozenset(
    {"table", "h1", "h2", "h3", "h4", "h5", "h6", "form", "nav", "article", "section", "pre"}
)
_MAX_BLOCKS_IN_CELL = 12


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
