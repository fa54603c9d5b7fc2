"""Files of others, held by short anchors, their order, and a hash of what was read; never by their text.

The anchors were taken from the printed pages, from the raw bytes, or by another program, not from our
readers. After a change that is meant, ``UPDATE_GOLDEN=1`` writes the hashes again.
"""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

import pytest

from ingest.document import build_document
from ingest.readers.base import ReadOptions
from ingest.readers.registry import find_reader, read
from rag.errors import EncryptedDocument, ReadError

FORMATS = Path(__file__).parents[4] / "shared" / "data" / "formats"
TABLE = Path(__file__).with_name("shared_formats.tsv")
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

needs_formats = pytest.mark.skipif(
    not FORMATS.exists(), reason="the shared formats are not beside the checkout"
)


def text_of(path: str) -> str:
    data = (FORMATS / path).read_bytes()
    reading = read(data, Path(path).name)
    return build_document(reading, source=path, collection="x", sha256="", size_bytes=len(data)).document.text


@needs_formats
@pytest.mark.parametrize("row", ROWS, ids=[row["path"] for row in ROWS])
def test_anchors_stand_in_order(row: dict[str, str]) -> None:
    text = text_of(row["path"])
    for pair in row["order"].split(";"):
        first, second = pair.split("<")
        assert 0 <= text.find(first) < text.find(second), pair
    assert "\ufffd" not in text
    assert not any("\ue000" <= char <= "\uf8ff" for char in text)
    found = hashlib.sha256(text.encode()).hexdigest()[:16]
    if os.environ.get("UPDATE_GOLDEN"):
        TABLE.write_text(TABLE.read_text(encoding="utf-8").replace(row["sha256"], found), encoding="utf-8")
    else:
        assert found == row["sha256"]


def test_the_table_keeps_its_promise() -> None:
    assert len(ROWS) >= 40
    anchors = [anchor for row in ROWS for pair in row["order"].split(";") for anchor in pair.split("<")]
    assert max(map(len, anchors)) <= 12


@needs_formats
def test_every_file_has_a_reader() -> None:
    paths = [path for path in sorted(FORMATS.rglob("*")) if path.is_file() and path.name != "manifest.tsv"]
    assert all(callable(find_reader(path.name, path.read_bytes())) for path in paths)
    assert len(paths) == 244


@needs_formats
def test_a_password_is_asked_for() -> None:
    data = (FORMATS / "pdf" / "aes-256.pdf").read_bytes()
    with pytest.raises(EncryptedDocument, match="password"):
        read(data, "aes-256.pdf")
    assert read(data, "aes-256.pdf", ReadOptions(password="foo")).blocks


@needs_formats
@pytest.mark.parametrize("name", ["raster-dp2020_03.pdf", "scan-digidepo_2531162_0024.pdf"])
def test_pages_of_pictures_are_named(name: str) -> None:
    data = (FORMATS / "pdf" / name).read_bytes()
    with pytest.raises(ReadError, match="with only pictures not read"):
        read(data, name, ReadOptions(ocr=False))


@needs_formats
@pytest.mark.parametrize(
    ("name", "base", "reading"),
    [("pdf/ruby-rules-ja.pdf", "霧", "きり"), ("pdf/ruby-rules-ja.pdf", "様式", "スタイル")],
)
def test_ruby_of_a_printed_page(name: str, base: str, reading: str) -> None:
    blocks = read((FORMATS / name).read_bytes(), Path(name).name).blocks
    found = {
        (block.text[one.start : one.end], one.value)
        for block in blocks
        for one in block.annotations
        if one.kind == "ruby"
    }
    assert (base, reading) in found


@needs_formats
@pytest.mark.parametrize("paper", ["cio-dp2020_03", "cio-dp2021_02"])
def test_a_paper_reads_alike_from_word_and_from_pdf(paper: str) -> None:
    """Every sentence of the Word file stands whole, in one paragraph, in what is read from the PDF."""
    pdf = [
        "".join(block.text.split())
        for block in read((FORMATS / f"pdf/{paper}.pdf").read_bytes(), "a.pdf").blocks
    ]
    word = read((FORMATS / f"docx/{paper}.docx").read_bytes(), "a.docx").blocks
    sentences = [s for block in word for s in "".join(block.text.split()).split("。")[:-1] if len(s) >= 15]
    missing = [sentence for sentence in sentences if not any(sentence in text for text in pdf)]
    assert len(sentences) > 90
    assert len(missing) <= len(sentences) // 100
