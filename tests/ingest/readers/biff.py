"""Workbooks of Excel 97 made record by record ([MS-XLS]), without the OLE container around them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PLAIN, MARKED = 0, 1
"""Cell formats that are always there; those of `book(formats=…)` follow from 2 on."""

Value = str | float | bool


@dataclass(frozen=True)
class MadeSheet:
    """A sheet: cells by (row, column) from 0, each a value or (value, number of its cell format)."""

    name: str
    cells: Mapping[tuple[int, int], Value | tuple[Value, int]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    is_hidden: bool = False


def book(*sheets: MadeSheet, formats: Sequence[str | int] = (), is_1904: bool = False) -> bytes:
    """A workbook; ``formats`` are number formats as text or as the number of a built-in one."""
    head = _bof(5) + _record(0x42, struct.pack("<H", 1200)) + _record(0x22, struct.pack("<H", is_1904))
    head += _font(400) + _font(700)
    custom = {code: 164 + index for index, code in enumerate(formats) if isinstance(code, str)}
    for code, number in custom.items():
        head += _record(0x41E, struct.pack("<H", number) + _text(code, "<HB"))
    head += _look(0, 0) + _look(1, 0, colour=13)
    for code in formats:
        head += _look(0, custom[code] if isinstance(code, str) else code)
    bodies = [_sheet(sheet) for sheet in sheets]
    directory = [struct.pack("<BB", sheet.is_hidden, 0) + _text(sheet.name, "<BB") for sheet in sheets]
    place = len(head) + sum(8 + len(entry) for entry in directory) + 4
    for entry, body in zip(directory, bodies, strict=True):
        head += _record(0x85, struct.pack("<L", place) + entry)
        place += len(body)
    return head + _record(0x0A) + b"".join(bodies)


def _sheet(sheet: MadeSheet) -> bytes:
    data = _bof(0x10)
    for column in sheet.hidden_columns:
        data += _record(0x7D, struct.pack("<6H", column, column, 2000, 0, 1, 0))
    for row in sheet.hidden_rows:
        data += _record(0x208, struct.pack("<6HL", row, 0, 9, 255, 0, 0, 0x20))
    for (row, column), cell in sheet.cells.items():
        value, look = cell if isinstance(cell, tuple) else (cell, PLAIN)
        place = struct.pack("<3H", row, column, look)
        if isinstance(value, bool):
            data += _record(0x205, place + struct.pack("<BB", value, 0))
        elif isinstance(value, str):
            data += _record(0x204, place + _text(value, "<HB"))
        else:
            data += _record(0x203, place + struct.pack("<d", value))
    if sheet.merged:
        areas = b"".join(struct.pack("<4H", *area) for area in sheet.merged)
        data += _record(0xE5, struct.pack("<H", len(sheet.merged)) + areas)
    return data + _record(0x0A)


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _bof(kind: int) -> bytes:
    return _record(0x809, struct.pack("<4H2L", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def _text(text: str, head: str) -> bytes:
    return struct.pack(head, len(text), 1) + text.encode("utf-16-le")


def _font(weight: int) -> bytes:
    return _record(0x31, struct.pack("<5H4B", 220, 0, 0x7FFF, weight, 0, 0, 0, 128, 0) + _text("MS", "<BB"))


def _look(font: int, number_format: int, colour: int | None = None) -> bytes:
    pattern = (1 << 26) if colour is not None else 0
    fixed = struct.pack("<3H4B2L", font, number_format, 0, 0, 0, 0, 0, 0, pattern)
    return _record(0xE0, fixed + struct.pack("<H", (colour or 64) | (65 << 7)))


def old_book(*texts: str) -> bytes:
    """A workbook of Excel 95 that does not say which code page its bytes are in: one column of texts."""
    font = struct.pack("<5H4B", 220, 0, 0x7FFF, 400, 0, 0, 0, 128, 0) + b"\x02MS"
    head = _old_bof(5) + _record(0x31, font) + _record(0xE0, struct.pack("<3H2BIi", 0, 0, 0, 0, 0, 0, 0))
    place = len(head) + 4 + 7 + len("表".encode("cp932")) + 4
    head += _record(0x85, struct.pack("<LBBB", place, 0, 0, 2) + "表".encode("cp932")) + _record(0x0A)
    cells = b""
    for row, text in enumerate(texts):
        data = text.encode("cp932")
        cells += _record(0x204, struct.pack("<4H", row, 0, 0, len(data)) + data)
    return head + _old_bof(0x10) + cells + _record(0x0A)


def _old_bof(kind: int) -> bytes:
    return _record(0x809, struct.pack("<4H", 0x500, kind, 0x0DBB, 0x07CC))
