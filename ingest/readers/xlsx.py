"""Excel workbooks: every sheet's tables told row by row, forms told as label and value.

Values stand as Excel shows them. Hidden sheets, rows and columns are left out and counted; formulas give
the value that was saved with them.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.readers.archive import open_archive, read_part
from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.drawing_text import drawing_paragraphs
from ingest.readers.merged_areas import without_vast_merges
from ingest.readers.ooxml import Package, R
from ingest.readers.sheet_cells import is_default_name, sheet_cells
from ingest.readers.sheet_layout import sheet_blocks
from ingest.readers.trees import Element
from rag.errors import DamagedDocument
from rag.types import Attributes, Locator

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LARGE_SHEET_BYTES = 60_000_000
"""Beyond this a workbook is read row by row, in little memory, but without its merged cells."""

_MAIN = "xl/workbook.xml"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_NO_VALUE = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")


def read(data: bytes, name: str) -> Reading:
    """Read a workbook."""
    archive = open_archive(data, name)
    sheet_bytes = sum(
        part.file_size for part in archive.infolist() if part.filename.startswith("xl/worksheets/")
    )
    is_large = sheet_bytes > LARGE_SHEET_BYTES
    workbook = _load(data if is_large else without_vast_merges(data, archive, name), name, is_large=is_large)
    dropped: Counter[str] = Counter()
    blocks = tuple(_sheets(workbook, Package(data, name), dropped))
    properties = workbook.properties
    return Reading(
        blocks=blocks,
        media_type=MEDIA_TYPE,
        title=(properties.title or "").strip() or None,
        attributes=Attributes(
            author=(properties.creator or "").strip() or None,
            date=properties.modified.date() if properties.modified else None,
        ),
        warnings=tuple(_warnings(archive, name, is_large=is_large)),
        dropped={reason: number for reason, number in dropped.items() if number},
    )


def _load(data: bytes, name: str, *, is_large: bool) -> Any:
    """The workbook as openpyxl reads it, with saved values in place of formulas."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # extensions that openpyxl would lose on saving
        try:
            return load_workbook(io.BytesIO(data), data_only=True, read_only=is_large, keep_links=False)
        except Exception as error:  # openpyxl lets KeyError, ValueError, TypeError and its own through
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            raise DamagedDocument(f"{name}: the workbook cannot be opened ({reason})") from error


def _sheets(workbook: Any, package: Package, dropped: Counter[str]) -> Iterator[Block]:
    boxes = _text_boxes(package)
    num_shown = sum(sheet.sheet_state == "visible" for sheet in workbook.worksheets)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            hidden = sheet_cells(sheet, workbook.epoch, Counter())
            dropped["hidden-sheet"] += sum(len(cell.text) for cell in hidden)
            continue
        cells = list(sheet_cells(sheet, workbook.epoch, dropped))
        blocks = [*sheet_blocks(cells, sheet.title), *boxes.get(sheet.title, ())]
        if blocks and (num_shown > 1 or not is_default_name(sheet.title)):
            yield Block(BlockKind.HEADING, sheet.title, level=1, place=Locator(0, 0, sheet=sheet.title))
        yield from blocks


def _text_boxes(package: Package) -> dict[str, list[Block]]:
    """Text in shapes drawn over a sheet, which are no cells, by the name of the sheet."""
    root = package.part(_MAIN)
    paths = dict(package.related(_MAIN, "worksheet"))
    found: dict[str, list[Block]] = {}
    for sheet in root.iter("{*}sheet") if root is not None else ():
        path = paths.get(sheet.get(f"{R}id"))
        drawing = package.related_part(path, "drawing") if path else None
        title = sheet.get("name") or ""
        found[title] = [] if drawing is None else list(_drawn(drawing, title))
    return found


def _drawn(drawing: Element, title: str) -> Iterator[Block]:
    for body in drawing.iter(f"{_DRAWING}txBody"):
        for block in drawing_paragraphs(body, listed=False):
            yield Block(block.kind, block.text, place=Locator(0, 0, sheet=title))


def _warnings(archive: zipfile.ZipFile, name: str, *, is_large: bool) -> Sequence[str]:
    if is_large:
        return ["too large to look at merged cells, hidden rows and formulas without values"]
    parts = (read_part(archive, part.filename, name) or b"" for part in _sheet_parts(archive))
    num_empty = sum(len(_NO_VALUE.findall(part)) for part in parts)
    return [f"{num_empty} formulas were saved without a value: save it in Excel"] if num_empty else []


def _sheet_parts(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [part for part in archive.infolist() if part.filename.startswith("xl/worksheets/sheet")]
