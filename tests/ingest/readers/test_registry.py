"""The name proposes, the bytes decide; what cannot be read says why."""

from __future__ import annotations

import pytest

from ingest.readers.archive import ArchiveLimits, open_archive, read_part
from ingest.readers.formats import BY_SUFFIX, FORMATS
from ingest.readers.registry import find_reader, read
from rag.errors import (
    DamagedDocument,
    EmptyDocument,
    EncryptedDocument,
    LimitExceeded,
    ReadError,
    UnsupportedFormat,
)
from tests.ingest.readers.made import docx, paragraph, texts, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
ELF = b"\x7fELF" + bytes(200)
TEXT = "就業規則について説明します。".encode()


@pytest.mark.parametrize(
    ("name", "data", "error", "reason"),
    [
        ("a.txt", b"", EmptyDocument, r"0 bytes"),
        ("a.txt", b" \r\n\0 ", EmptyDocument, r"5 bytes"),
        ("a.txt", ELF, UnsupportedFormat, r"named \.txt but is a program: there is no text"),
        ("a.bmp", b"BM" + bytes(range(256)) * 20, UnsupportedFormat, r"binary data"),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedDocument, r"password"),
        ("a.xls", OLE + "Workbook\0".encode("utf-16-le"), DamagedDocument, r"workbook cannot be opened"),
        ("a.msg", OLE, UnsupportedFormat, r"OLE container"),
        ("a.rtf", b"{\\rtf1 }", EmptyDocument, r"no text"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", UnsupportedFormat, r"unpack it"),
        ("a.docx", b"PK\x03\x04 cut off", DamagedDocument, r"get a fresh copy"),
        ("a.txt", bytes(range(256)) * 20, UnsupportedFormat, r"named \.txt but binary data"),
        ("unknown", bytes(range(256)) * 20, UnsupportedFormat, r"binary data of an unknown kind"),
        ("a.gz", b"\x1f\x8b\x08\x00rest", UnsupportedFormat, r"archive"),
    ],
)
def test_files_that_cannot_be_read_say_why(
    name: str, data: bytes, error: type[ReadError], reason: str
) -> None:
    with pytest.raises(error, match=reason) as caught:
        read(data, name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "data", "media_type", "warning"),
    [
        ("規則.txt", TEXT, "text/plain", None),
        ("README", TEXT, "text/plain", None),
        ("規則.xyz", TEXT, "text/plain", "no reader is known for .xyz"),
        ("規則.pdf", TEXT, "text/plain", "named .pdf but is a plain text"),
        ("規則.docx", TEXT, "text/plain", "named .docx but is a plain text"),
        ("規則.md", TEXT, "text/markdown", None),
        ("規則.txt", "<!DOCTYPE html><p>規則</p>".encode(), "text/html", "named .txt but is an HTML"),
        (
            "表.xls",
            "<html><body><p>規則</p></body></html>".encode(),
            "text/html",
            "named .xls but is an HTML",
        ),
        (
            "規則.xml",
            "<?xml version='1.0'?><!DOCTYPE html><html><p>規則</p></html>".encode(),
            "text/html",
            None,
        ),
        ("規則", "<?xml version='1.0'?><a>規則</a>".encode(), "application/xml", None),
        (
            "手紙",
            "From: a@example.jp\r\nTo: b@example.jp\r\nSubject: x\r\n\r\n規則です。".encode(),
            "message/rfc822",
            None,
        ),
        ("メモ.txt", "From: a@example.jp\nTo: b\nSubject: c\n\n規則です。".encode(), "text/plain", None),
        ("UTF16.txt", "規則です。\n\n".encode("utf-16"), "text/plain", None),
    ],
)
def test_the_content_decides(name: str, data: bytes, media_type: str, warning: str | None) -> None:
    reading = read(data, name)
    assert reading.media_type == media_type
    assert any("規則" in text for text in texts(reading))
    assert (warning is None) == (reading.warnings == ())
    assert warning is None or reading.warnings[0].startswith(warning)


def test_a_word_document_under_another_name() -> None:
    reading = read(docx(paragraph("規則")), "規則.txt")
    assert texts(reading) == ["規則"]
    assert reading.warnings == ("named .txt but is a Word document: read as such",)


def test_a_reader_is_found_without_reading() -> None:
    assert callable(find_reader("規則.txt", TEXT))


def test_what_a_parser_cannot_swallow_is_told_as_damage() -> None:
    with pytest.raises(DamagedDocument, match=r"get a fresh copy|not what its format promises"):
        read(zipped({"word/document.xml": "x"}), "a.docx")


def test_a_file_with_nothing_to_read() -> None:
    with pytest.raises(EmptyDocument, match="no text"):
        read(docx("<w:p/>"), "a.docx")


def test_formats_are_complete() -> None:
    assert all((one.module is None) == bool(one.reason) for one in FORMATS)
    assert len({one.key for one in FORMATS}) == len(FORMATS)
    assert sum(len(one.suffixes) for one in FORMATS) == len(BY_SUFFIX)


def test_zip_bombs_are_refused_before_unpacking() -> None:
    bomb = zipped({"word/document.xml": b"0" * 25_000_000})
    with pytest.raises(LimitExceeded, match=r"25,000,000 bytes, \d+ times its size"):
        read(bomb, "a.docx")


def test_an_archive_beyond_its_limits() -> None:
    with pytest.raises(LimitExceeded, match="3 parts, more than 2"):
        open_archive(zipped({"a": "", "b": "", "c": ""}), "a.docx", ArchiveLimits(max_parts=2))
    with pytest.raises(LimitExceeded, match="unpacks to 11 bytes, more than 10"):
        open_archive(zipped({"a": "x" * 11}), "a.docx", ArchiveLimits(max_total_bytes=10))


def test_encrypted_and_broken_parts() -> None:
    data = bytearray(zipped({"a": "secret"}))
    encrypted = bytes(data).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    with pytest.raises(EncryptedDocument, match="password"):
        open_archive(encrypted, "a.docx")
    data[35] ^= 0xFF
    damaged = open_archive(bytes(data), "a.docx")
    with pytest.raises(DamagedDocument, match="part a cannot be unpacked"):
        read_part(damaged, "a", "a.docx")
    assert read_part(damaged, "missing", "a.docx") is None
