"""Cut off, flipped and hostile files: a reading or one clear reason, and nothing else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ingest.readers.registry import read
from rag.errors import DamagedDocument, ReadError
from tests.ingest.readers.made import docx, paragraph, zipped

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
NAMES = sorted(path.name for path in SAMPLE.iterdir() if path.is_file()) if SAMPLE.exists() else []


def damaged(data: bytes, how: str) -> bytes:
    """Half of the bytes, or a few of them changed, always the same ones."""
    chance = random.Random(f"{how}{len(data)}")
    if how == "cut":
        return data[: len(data) // 2]
    changed = bytearray(data)
    for _ in range(40):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    if how == "torn":
        del changed[len(changed) // 3 : len(changed) // 3 + 50]
    return bytes(changed)


def outcome(data: bytes, name: str) -> str:
    """The one line that a report would show, empty where the file was read."""
    try:
        read(data, name)
    except ReadError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("how", ["cut", "flipped", "torn"])
@pytest.mark.parametrize("name", NAMES)
def test_damage_is_read_around_or_told(name: str, how: str) -> None:
    line = outcome(damaged((SAMPLE / name).read_bytes(), how), name)
    assert "\n" not in line
    assert not line or name in line


DEEP = "<w:tbl><w:tr><w:tc>" * 300 + "</w:tc></w:tr></w:tbl>" * 300
HOSTILE = {
    "deep.html": b"<div>" * 100_000 + "深い".encode(),
    "deep.md": b"> " * 5_000 + "深い".encode(),
    "deep.xml": b"<?xml version='1.0'?>" + b"<a>" * 10_000 + b"x" + b"</a>" * 10_000,
    "deep.docx": docx(DEEP + paragraph("深い")),
    "brackets.txt": ("《" * 5_000 + "［＃" * 5_000 + "改ページ］").encode(),
    "blanks.txt": b"x" + b" " * 500_000 + "。".encode(),
    "one.csv": b'"' * 100_001,
    "headers.eml": b"Subject: x\r\n" * 3_000 + b"From: a@example.jp\r\n\r\n" + "本文".encode(),
    "boundary.eml": b"From: a\r\nTo: b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    + b"--x\r\n\r\n" * 2_000,
    "name.docx": zipped({"../../etc/passwd": "x", "word/document.xml": "<x/>"}),
    "empty.zip.docx": b"PK\x05\x06" + bytes(18),
    "loop.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\ntrailer<</Root 1 0 R>>",
    "dates.txt": "令和6年4月1日".encode() * 2_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_end_quickly_with_a_reading_or_a_reason(name: str) -> None:
    line = outcome(HOSTILE[name], name)
    assert not line or name in line


def test_what_is_nested_too_deeply_is_refused() -> None:
    parts = "<w:sdt><w:sdtContent>" * 2_000 + paragraph("深い") + "</w:sdtContent></w:sdt>" * 2_000
    with pytest.raises(DamagedDocument, match="depth"):
        read(docx(parts), "a.docx")
