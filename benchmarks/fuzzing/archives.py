"""Hostile archives: bombs, lies about sizes, names that lead out, documents that claim to be huge."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from functools import cache

from benchmarks.fuzzing.packing import TEXT, Case, docx, xlsx, zipped

_MEGABYTE = 1_000_000


def one_gigabyte(chance: random.Random) -> Case:
    """A gigabyte of one character, packed into a document of a megabyte, which tells its size or lies."""
    packed, crc = _pack_gigabyte(chance.choice((b"a", b"\0", b" ")))
    name = chance.choice((b"word/document.xml", b"xl/sharedStrings.xml", b"a.txt", b"mimetype"))
    claimed = chance.choice((1_000 * _MEGABYTE, 10))
    suffix = chance.choice((".docx", ".xlsx", ".zip", ".epub"))
    return Case(f"gigabyte-{claimed}{suffix}", _raw_zip(name, packed, crc, claimed))


@cache
def _pack_gigabyte(character: bytes) -> tuple[bytes, int]:
    """The packed bytes and their checksum; nothing is ever held unpacked."""
    packer, packed, crc = zlib.compressobj(9, zlib.DEFLATED, -15), io.BytesIO(), 0
    for _ in range(1_000):
        packed.write(packer.compress(character * _MEGABYTE))
        crc = zlib.crc32(character * _MEGABYTE, crc)
    packed.write(packer.flush())
    return packed.getvalue(), crc


def _raw_zip(name: bytes, packed: bytes, crc: int, size: int) -> bytes:
    """An archive of one part whose size is what we say, true or not."""
    fields = (20, 0x800, 8, 0, 0, crc, len(packed), size, len(name))
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *fields, 0) + name + packed
    central = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *fields, 0, 0, 0, 0, 0, 0) + name
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def zip_in_zip(chance: random.Random) -> Case:
    """Archives in archives, each full of the same one."""
    data = zipped({"a.txt": "あ" * chance.choice((10, 1_000_000))})
    for _ in range(chance.choice((2, 5, 30))):
        data = zipped({f"{place}.zip": data for place in range(chance.choice((1, 2, 8)))})[:3_000_000]
    return Case("nested.zip", data)


def many_parts(chance: random.Random) -> Case:
    """An archive with very many parts, all of the same name or not."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for place in range(chance.choice((500, 3_000, 25_000))):
            archive.writestr(f"{place}.txt", "あ")
    return Case(f"parts{chance.choice(('.zip', '.docx', '.epub'))}", buffer.getvalue())


def escaping_paths(chance: random.Random) -> Case:
    """Names that lead out of the archive: upwards, absolute, links, devices, control characters."""
    names = (
        "../../fuzz-escaped.txt",
        "/tmp/fuzz-escaped.txt",
        "..\\..\\fuzz-escaped.txt",
        "C:\\a.txt",
        "CON.txt",
        "a\0b.txt",
        "a/./../../fuzz-escaped.txt",
        "\x1b[2J.txt",
        "~/fuzz-escaped.txt",
        "." * 300 + ".txt",
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in chance.sample(names, 4):
            archive.writestr(zipfile.ZipInfo(name), TEXT)
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return Case(f"escape{chance.choice(('.zip', '.epub', '.docx'))}", buffer.getvalue())


def deep_docx(chance: random.Random) -> Case:
    """Tables in tables, controls in controls, in a Word file."""
    opened, closed = chance.choice(
        (
            ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
            ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
            ("<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>"),
            ("<w:ins>", "</w:ins>"),
        )
    )
    depth = chance.choice((50, 800, 20_000))
    return Case("deep.docx", docx(opened * depth + "<w:p><w:r><w:t>深い</w:t></w:r></w:p>" + closed * depth))


def sheet(chance: random.Random) -> Case:
    """A small sheet that claims to be a large one."""
    last = chance.choice(("XFD1048576", "A1048576", "XFD1", "ZZZZ9999999999", "A0"))
    first_row = '<row r="1"><c r="A1" t="inlineStr"><is><t>品名</t></is></c></row>'
    last_row = f'<row r="1048576"><c r="{last}"><v>1</v></c></row>'
    merged = f'<mergeCells><mergeCell ref="A1:{last}"/></mergeCells>'
    return Case("sheet.xlsx", xlsx(f"<sheetData>{first_row}{last_row}</sheetData>{merged}"))
