"""Every kind of file that is told apart, as data: its names, first bytes, and reader or why it has none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    ``module`` holds its reader, a function ``read(data, name) -> Reading``; where it is None, ``reason``
    says why the kind cannot be read and what to do. ``is_text`` kinds have no first bytes of their own.
    ``has_options`` readers take `ReadOptions` too. A kind with a ``target`` is converted to that kind first.
    """

    key: str
    label: str
    suffixes: tuple[str, ...]
    module: str | None = None
    reason: str = ""
    is_text: bool = False
    magic: tuple[bytes, ...] = ()
    has_options: bool = False
    target: str = ""


def _text(key: str, label: str, suffixes: str) -> Format:
    return Format(key, label, tuple(suffixes.split()), f"ingest.readers.{key}", is_text=True)


def _packed(key: str, label: str, suffixes: str, *magic: bytes, has_options: bool = False) -> Format:
    module = f"ingest.readers.{key}"
    return Format(key, label, tuple(suffixes.split()), module, magic=magic, has_options=has_options)


def _converted(key: str, label: str, target: str) -> Format:
    return Format(key, label, (f".{key}",), "ingest.readers.converted", target=target)


def _unread(key: str, label: str, suffixes: str, reason: str, *magic: bytes) -> Format:
    return Format(key, label, tuple(suffixes.split()), reason=reason, magic=magic)


FORMATS = (
    _text("plain", "plain text", ".txt .text .log .rst .tex .adoc .org"),
    _text("markdown", "Markdown", ".md .markdown .mkd .mdx"),
    _text("html", "HTML", ".html .htm .xhtml .shtml"),
    _text("xml", "XML", ".xml"),
    _text("delimited", "CSV", ".csv .tsv .tab"),
    _text("mail", "mail", ".eml"),
    _text("mailbox", "mailbox", ".mbox .mbx"),
    _packed("pdf", "PDF", ".pdf", b"%PDF-", has_options=True),
    _packed("docx", "Word document", ".docx .docm .dotx"),
    _packed("pptx", "PowerPoint presentation", ".pptx .pptm .ppsx"),
    _packed("xlsx", "Excel workbook", ".xlsx .xlsm .xltx"),
    _packed("epub", "EPUB book", ".epub"),
    _packed("zip_archive", "zip archive", ".zip", has_options=True),
    _packed("rtf", "RTF document", ".rtf", b"{\\rtf"),
    _converted("doc", "Word 97–2003 document", "docx"),
    _packed("xls", "Excel 97–2003 workbook", ".xls"),
    _converted("ppt", "PowerPoint 97–2003 presentation", "pptx"),
    _converted("xlsb", "binary Excel workbook", "xlsx"),
    _converted("odt", "OpenDocument text", "docx"),
    _converted("ods", "OpenDocument spreadsheet", "xlsx"),
    _converted("odp", "OpenDocument presentation", "pptx"),
    _packed("msg", "Outlook mail", ".msg"),
    _unread("ole", "OLE container", ".jtd", "not read, save it as PDF"),
    _packed(
        "image",
        "picture",
        ".png .jpg .jpeg .gif .tif .tiff",
        *(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*"),
        has_options=True,
    ),
    _unread("other_image", "picture", ".bmp .webp .heic .svg", "not read, save it as PNG or JPEG"),
    _unread(
        "archive",
        "archive",
        ".gz .tgz .bz2 .xz .7z .rar .lzh .tar",
        "not opened, unpack it and ingest the files in it",
        *(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"),
    ),
    _unread(
        "program",
        "program",
        ".exe .dll .so .class .pyc",
        "there is no text to read in it",
        *(b"\x7fELF", b"MZ\x90\0", b"\xca\xfe\xba\xbe"),
    ),
    _unread(
        "media",
        "sound or film",
        ".mp3 .mp4 .wav .mov .avi .m4a .ogg .flac",
        "not read, ingest a transcript",
        *(b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3"),
    ),
    _unread(
        "database",
        "database",
        ".sqlite .db .mdb .accdb",
        "not read, export its tables as CSV",
        b"SQLite format 3\0",
    ),
)

BY_KEY = {one.key: one for one in FORMATS}
BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}
MAGIC = tuple((start, one) for one in FORMATS for start in one.magic)
