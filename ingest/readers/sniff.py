"""What a file really is, told from its bytes; its name is only a hint."""

from __future__ import annotations

import re
import zipfile

from ingest.encoding import decode
from ingest.plausibility import judge
from ingest.readers.archive import look_into, read_part
from ingest.readers.formats import BY_KEY, MAGIC, Format
from rag.errors import EncryptedDocument

_HEAD_BYTES = 4096
_PDF_WITHIN_BYTES = 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MIN_TEXT_SHARE = 0.9
_MARKS = b"\0\xef\xbb\xbf\xfe\xff"
"""Byte order marks and the NULs of UTF-16: without them ASCII is the same in every encoding."""
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\f\x0b\x1b"))

_ZIP_PARTS = (  # a part that only this kind has
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("META-INF/container.xml", "epub"),
)
_OPEN_DOCUMENTS = (
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
)
_OLE_STREAMS = (  # names in the directory of an OLE container, which are UTF-16
    ("__properties_version1.0", "msg"),  # first, because a workbook may be attached
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
_TEXT_STARTS = (
    (re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype\s+html|<html[\s>])", re.I | re.S), "html"),
    (re.compile(r"\s*<\?xml\s", re.I), "xml"),
)
_MAILBOX = re.compile(r"From \S+.*\d{4}\r?\n[A-Za-z][A-Za-z0-9-]*:[ \t]")
_MAIL = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*:[ \t].*\r?\n(?:[ \t].*\r?\n)*){3,}")
_MAIL_FIELDS = re.compile(
    r"^(?:from|received|message-id|mime-version|return-path|delivered-to):", re.I | re.M
)


def sniff(data: bytes, name: str) -> Format | None:
    """The kind that the first bytes prove, or None for what may be text of any kind.

    Raises EncryptedDocument for office files behind a password, and what `look_into` raises.
    """
    if b"%PDF-" in data[:_PDF_WITHIN_BYTES]:
        return BY_KEY["pdf"]
    for start, found in MAGIC:
        if data.startswith(start):
            return found
    if data.startswith(_OLE):
        return _sniff_ole(data, name)
    if data.startswith(_ZIP):
        return _sniff_zip(data, name)
    return None


def _sniff_ole(data: bytes, name: str) -> Format:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedDocument(f"{name}: an office file behind a password: save a copy without one")
    for stream, key in _OLE_STREAMS:
        if f"{stream}\0".encode("utf-16-le") in data:
            return BY_KEY[key]
    return BY_KEY["ole"]


def _sniff_zip(data: bytes, name: str) -> Format:
    archive = look_into(data, name)
    parts = set(archive.namelist())
    for part, key in _ZIP_PARTS:
        if part in parts:
            return BY_KEY[key]
    return BY_KEY[_open_document(archive, name) or "zip_archive"]


def _open_document(archive: zipfile.ZipFile, name: str) -> str | None:
    """Which kind of OpenDocument file it says it is, in its first part."""
    kinds = [
        part for part in archive.infolist()[:1] if part.filename == "mimetype" and not part.flag_bits & 1
    ]
    kind = (read_part(archive, "mimetype", name) or b"") if kinds else b""
    return next((key for start, key in _OPEN_DOCUMENTS if kind.startswith(start)), None)


def sniff_text(data: bytes) -> str | None:
    """``html``, ``xml``, ``mailbox`` or ``mail`` where the beginning of a text says so, else None."""
    head = data[:_HEAD_BYTES].translate(None, _MARKS).decode("latin-1")
    for pattern, key in _TEXT_STARTS:
        if pattern.match(head):
            return key
    if _MAILBOX.match(head):
        return "mailbox"
    fields = _MAIL.match(head)
    return "mail" if fields and _MAIL_FIELDS.search(fields[0]) else None


def is_binary(data: bytes) -> bool:
    """Whether the bytes are no text in any encoding that we know; those of UTF-16 hold NULs and are."""
    if len(data.translate(None, _CONTROLS)) == len(data):
        return False
    return judge(decode(data).text).text_share < _MIN_TEXT_SHARE
