"""Layout of the office documents of data/sample/ (used by ``build_sample.py``).

The sources are plain text with a small markup, one block per line:
``#`` heading, ``##`` subheading, ``-`` bullet, ``1.`` step, ``>`` slide note,
``|a|b`` table row (the first row of a table is its head), ``===`` page break;
any other line is a paragraph.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from pptx.util import Inches, Pt

STAMP = dt.datetime(2025, 6, 16, 9, 0, 0)
LINE = re.compile(r"^(##? |- |\d+\. |> |\||===)?(.*)$")

Block = tuple[str, Any]


def blocks(source: Path) -> Iterator[Block]:
    """Yield (kind, content) for a source file; table rows are gathered into one block."""
    rows: list[list[str]] = []
    for line in source.read_text(encoding="utf-8").splitlines():
        match = LINE.match(line)
        assert match is not None
        mark, text = (match[1] or "").strip(), match[2]
        if mark == "|":
            rows.append(text.split("|"))
            continue
        if rows:
            yield "|", rows
            rows = []
        if mark.endswith(".") and mark[:-1].isdigit():
            yield "1.", line
        elif mark or text:
            yield mark, text
    if rows:
        yield "|", rows


def fix_zip(path: Path) -> None:
    """Rewrite an office file with fixed member dates and a fixed modification stamp."""
    with zipfile.ZipFile(path) as old:
        members = [(info.filename, old.read(info)) for info in old.infolist()]
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, raw in members:
            data = raw
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, raw)
            info = zipfile.ZipInfo(name, date_time=STAMP.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)


def set_properties(properties: Any, title: str, author: str) -> None:
    """Fill the core properties shared by the office formats."""
    properties.author = author
    properties.last_modified_by = author
    properties.title = title
    properties.created = STAMP
    properties.modified = STAMP


def build_docx(source: Path, target: Path, author: str) -> None:
    """Lay out a source as a Word document with headings, lists and tables."""
    document = docx.Document()
    title = ""
    for kind, content in blocks(source):
        if kind == "#":
            title = title or content
            document.add_heading(content, level=0)
        elif kind == "##":
            document.add_heading(content, level=1)
        elif kind == "-":
            document.add_paragraph(content, style="List Bullet")
        elif kind == "|":
            table = document.add_table(rows=0, cols=len(content[0]), style="Table Grid")
            for row in content:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(content)
    set_properties(document.core_properties, title, author)
    document.save(str(target))
    fix_zip(target)


def add_slide_table(slide: Any, rows: list[list[str]]) -> None:
    """Put a table below the title of a slide."""
    shape = slide.shapes.add_table(
        len(rows), len(rows[0]), Inches(0.5), Inches(1.6), Inches(9), Inches(0.5 * len(rows))
    )
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            cell = shape.table.cell(i, j)
            cell.text = text
            for paragraph in cell.text_frame.paragraphs:
                paragraph.font.size = Pt(16)


def build_pptx(source: Path, target: Path, author: str) -> None:
    """Lay out a source as slides: each ``#`` starts one, ``>`` lines become its notes."""
    deck = pptx.Presentation()
    slide: Any = None
    body: list[str] = []

    def flush() -> None:
        if slide is not None and body and len(slide.placeholders) > 1:
            slide.placeholders[1].text_frame.text = "\n".join(body)
        body.clear()

    title = ""
    for kind, content in blocks(source):
        if kind == "#":
            flush()
            slide = deck.slides.add_slide(deck.slide_layouts[1 if title else 0])
            slide.shapes.title.text = content
            title = title or content
        elif kind == ">":
            slide.notes_slide.notes_text_frame.text = content
        elif kind == "|":
            empty = slide.placeholders[1]._element
            empty.getparent().remove(empty)
            add_slide_table(slide, content)
        else:
            body.append(content)
    flush()
    set_properties(deck.core_properties, title, author)
    deck.save(str(target))
    fix_zip(target)


THIN = Side(style="thin", color="808080")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def cell_value(text: str) -> str | int | dt.date | None:
    """Return the typed value of a cell: a date, a whole number, text or nothing."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return dt.date.fromisoformat(text)
    if text.isdecimal():
        return int(text)
    return text or None


def fill_form(sheet: Worksheet, rows: list[list[str]]) -> None:
    """Draw a form on a fine grid of narrow columns with merged cells."""
    for column in range(1, 27):
        sheet.column_dimensions[get_column_letter(column)].width = 3.2
    for span, role, text in rows:
        sheet.merge_cells(span)
        cell = sheet[span.split(":")[0]]
        cell.value = cell_value(text)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        if isinstance(cell.value, dt.date):
            cell.number_format = 'yyyy"年"m"月"d"日"'
        if role == "title":
            cell.font = Font(size=16, bold=True)
            cell.alignment = Alignment(horizontal="center", vertical="center")
        elif role == "label":
            cell.fill = PatternFill("solid", fgColor="DDEBF7")
        if role in ("label", "value"):
            for part in [part for row in sheet[span] for part in row]:
                part.border = BOX


def fill_table(sheet: Worksheet, rows: list[list[str]]) -> None:
    """Write a plain table with a bold head and dates as date cells."""
    for row in rows:
        sheet.append([cell_value(text) for text in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cell in [cell for row in sheet.iter_rows(min_row=2) for cell in row]:
        if isinstance(cell.value, dt.date):
            cell.number_format = "yyyy/m/d"
    for letter, width in zip("ABCDEF", (13, 30, 15, 18, 15, 26), strict=True):
        sheet.column_dimensions[letter].width = width


def build_xlsx(source: Path, target: Path, author: str) -> None:
    """Write a workbook: a form first, then plain tables, the last of them hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for kind, content in blocks(source):
        if kind == "#":
            book.create_sheet(content)
        else:
            fill = fill_form if len(book.worksheets) == 1 else fill_table
            fill(book.worksheets[-1], content)
    book.worksheets[-1].sheet_state = "hidden"
    properties = book.properties
    properties.creator = properties.lastModifiedBy = author
    properties.title = target.stem
    properties.created = properties.modified = STAMP
    book.save(target)
    fix_zip(target)
