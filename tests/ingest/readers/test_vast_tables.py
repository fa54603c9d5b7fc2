"""Small files that claim to be vast: merged cells, spans, and archives that lie about their sizes."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest
from openpyxl import Workbook

from benchmarks.fuzzing.archives import one_gigabyte, sheet
from ingest.readers.archive import look_into
from ingest.readers.merged_areas import MAX_CELLS, without_vast_merges
from ingest.readers.registry import read
from rag.errors import DamagedDocument


def workbook(*merged: str) -> bytes:
    """A sheet with a few cells and these areas, as they stand in the file."""
    book = Workbook()
    for row in (["品名", "単価"], ["りんご", 100], ["みかん", 80]):
        book.active.append(row)
    book.active["E1"] = "備考"
    book.active.merge_cells("E1:F2")
    buffer = io.BytesIO()
    book.save(buffer)
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged).encode()
    changed = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(changed, "w") as target:
        for part in source.infolist():
            target.writestr(part, source.read(part).replace(b"</mergeCells>", areas + b"</mergeCells>"))
    return changed.getvalue()


def slimmed(data: bytes) -> list[str]:
    """The areas that are left."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        left = without_vast_merges(data, archive, "a.xlsx")
    with zipfile.ZipFile(io.BytesIO(left)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    return [piece.split('"')[0] for piece in xml.split('mergeCell ref="')[1:]]


def test_a_merge_of_the_whole_sheet_is_taken_out_and_the_others_stay() -> None:
    assert slimmed(workbook("A5:XFD1048576", "G1:G1048576")) == ["E1:F2"]


def test_ordinary_merges_change_nothing() -> None:
    data = workbook("A5:C9")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert without_vast_merges(data, archive, "a.xlsx") is data


def test_many_merges_are_taken_out_from_the_largest() -> None:
    areas = [f"A{row}:J{row + 9_999}" for row in range(10, 300_000, 10_000)]
    assert len(slimmed(workbook("A5:C6", *areas))) == MAX_CELLS // 100_000 - 1 + 2


@pytest.mark.timeout(120)
def test_the_text_of_a_vast_merge_is_read() -> None:
    texts = [block.text for block in read(workbook("A5:XFD1048576"), "a.xlsx").blocks]
    assert any("りんご" in text for text in texts)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(4))
def test_sheets_that_claim_to_be_large_are_read_or_refused(seed: int) -> None:
    case = sheet(random.Random(seed))
    try:
        assert read(case.data, case.name).blocks
    except DamagedDocument as error:
        assert case.name in str(error)


@pytest.mark.timeout(120)
def test_cells_that_claim_to_span_millions_of_others() -> None:
    row = '<tr><th rowspan="1000000000" colspan="1000000000">品名</th><td>値</td></tr>'
    assert len(read(f"<table>{row * 300}</table><p>本文。</p>".encode(), "a.html").blocks) == 301


def test_a_part_that_is_packed_in_more_than_it_says_to_hold_is_refused() -> None:
    case = one_gigabyte(random.Random(2))
    lying = bytearray(case.data)
    struct.pack_into("<I", lying, lying.rindex(b"PK\1\2") + 24, 10)
    with pytest.raises(DamagedDocument, match="lies about its sizes"):
        look_into(bytes(lying), "a.zip")
