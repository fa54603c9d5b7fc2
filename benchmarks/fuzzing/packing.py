"""A case, a sentence to fill files with, and the ways to pack parts into a file."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

TEXT = "第一条　この規程は、令和六年四月一日から施行する。「休暇」とは、年次有給休暇をいう。\n"

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class Case(NamedTuple):
    """One input: the name that its file gets, and its bytes."""

    name: str
    data: bytes


Family = Callable[[random.Random], Case]


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def docx(body: str) -> bytes:
    """A Word document around the inside of ``w:body``."""
    return zipped(
        {
            "_rels/.rels": _relationships("officeDocument", "word/document.xml"),
            "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        }
    )


def xlsx(inside: str) -> bytes:
    """A workbook of one sheet around the inside of ``worksheet``."""
    types = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
        f'<Override PartName="/xl/s.xml" ContentType="{_SHEET}.worksheet+xml"/>'
    )
    sheets = '<sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets>'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
            "_rels/.rels": _relationships("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": _relationships("worksheet", "s.xml"),
            "xl/s.xml": f'<worksheet xmlns="{_MAIN}">{inside}</worksheet>',
        }
    )


def epub(text: str) -> bytes:
    """A book of one chapter."""
    rootfile = '<rootfiles><rootfile full-path="p.opf"/></rootfiles>'
    item = '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            f"{rootfile}</container>",
            "p.opf": f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{item}</manifest>'
            '<spine><itemref idref="a"/></spine></package>',
            "a.xhtml": f"<html><body><h1>章</h1><p>{text}</p></body></html>",
        }
    )


def _relationships(kind: str, target: str) -> str:
    row = f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{row}</Relationships>'
