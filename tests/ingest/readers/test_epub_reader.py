"""Books, made part by part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from ingest.readers.registry import read
from rag.errors import DamagedDocument, EncryptedDocument
from tests.ingest.readers.made import marks, told, zipped

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
ITEM = '<item id="{0}" href="{1}" media-type="application/xhtml+xml" {2}/>'


def book(chapters: Mapping[str, str | None], further: Mapping[str, str] | None = None) -> bytes:
    """A book of these pages, in order; None is a page that is missing, ``nav…`` the table of contents."""
    items = "".join(
        ITEM.format(
            f"i{n}", name.replace("章", "%E7%AB%A0"), 'properties="nav"' if name.startswith("nav") else ""
        )
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>灯台の夜</dc:title><dc:creator>港太郎</dc:creator><dc:date>2024-04-01</dc:date></metadata>"
        f'<manifest>{items}<item id="css" href="a.css" media-type="text/css"/></manifest>'
        f'<spine>{spine}<itemref idref="css"/><itemref idref="none"/></spine></package>'
    )
    pages = {f"OEBPS/{name}": page for name, page in chapters.items() if page is not None}
    parts = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": package, **pages, **(further or {})}
    return zipped({"mimetype": "application/epub+zip", **parts})


PAGES = {
    "nav.xhtml": "<html><body><ol><li>一</li></ol></body></html>",
    "第一章.xhtml": "<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><body>"
    "<h2>一</h2><p><ruby>岬<rt>みさき</rt></ruby>の灯台&nbsp;。</p></body></html>",
    "2.xhtml": "<html><body><p>次の章。</p></body></html>",
    "3.xhtml": None,
}


def test_a_book() -> None:
    reading = read(book(PAGES), "灯台.epub")
    assert (reading.title, reading.attributes.author) == ("灯台の夜", "港太郎")
    assert reading.attributes.date == dt.date(2024, 4, 1)
    assert told(reading) == ["heading2 一", "paragraph 岬の灯台\u00a0。", "paragraph 次の章。"]
    assert marks(reading.blocks[1]) == [("岬", "みさき")]
    assert dict(reading.dropped) == {"table-of-contents": 1}
    assert reading.warnings == ("1 chapters are missing from the file",)


def test_a_locked_book() -> None:
    locked = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:CipherData>'
        '<e:CipherReference URI="OEBPS/{}"/></e:CipherData></e:EncryptedData></encryption>'
    )
    with pytest.raises(EncryptedDocument, match="locked"):
        read(book(PAGES, {"META-INF/encryption.xml": locked.format("2.xhtml")}), "灯台.epub")
    fonts_alone = book(PAGES, {"META-INF/encryption.xml": locked.format("font.otf")})
    assert len(read(fonts_alone, "灯台.epub").blocks) == 3


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"META-INF/container.xml": "<container/>"}, "names no contents"),
        ({"META-INF/container.xml": CONTAINER}, r"part OEBPS/book\.opf is missing"),
    ],
)
def test_damaged_books(parts: dict[str, str], reason: str) -> None:
    with pytest.raises(DamagedDocument, match=reason):
        read(zipped(parts), "a.epub")
