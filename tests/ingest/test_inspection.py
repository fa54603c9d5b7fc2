"""What is shown of one file before it is put into a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.chunking import Chunking
from ingest.inspection import build_work, inspect_file
from ingest.messages import Configuration, DocumentJob, pack
from rag.errors import LimitExceeded, ReadError, UnsupportedFormat
from rag.settings import IngestSettings
from rag.types import Document
from tests.ingest.readers.made import zipped

RULE = """\
休暇規程

第１章　総則

（目的）
第１条　この規程は、休暇について定める。

（年次有給休暇）
第２条　年次有給休暇は、一年につき二十日とする。

附則
この規程は、令和６年４月１日から施行する。
"""


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    path = tmp_path / "休暇規程.txt"
    path.write_bytes(RULE.encode("cp932"))
    return path


def test_encoding_sections_articles_dates_and_chunks_are_told(rule: Path) -> None:
    found = inspect_file(rule, IngestSettings())
    assert found.document.source == rule.as_posix()
    assert found.document.encoding == "cp932"
    assert 0.5 < (found.encoding_confidence or 0) <= 1
    assert ("第１章　総則", "第2条（年次有給休暇）") in [one.path for one in found.document.sections]
    assert found.num_annotations["article"] == 2
    assert found.num_annotations["date"] == 1
    assert "".join("".join(chunk.text.split()) for chunk in found.chunks) == "".join(
        found.document.text.split()
    )
    assert (found.pages, found.sheets, found.dropped, found.warnings) == ((), (), {}, ())


def test_the_chunks_are_those_of_the_settings(rule: Path) -> None:
    small = inspect_file(rule, IngestSettings(max_chunk_chars=50))
    assert len(small.chunks) > len(inspect_file(rule, IngestSettings()).chunks)


def test_what_was_left_out_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes("品名,単価\nりん\0ご,100\n".encode())
    found = inspect_file(path, IngestSettings())
    assert found.dropped == {"control": 1}
    assert found.num_annotations == {"table-row": 1}


def test_sheets_are_told(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "単価表"
    for row in (["品名", "単価"], ["りんご", 100], ["みかん", 80]):
        book.active.append(row)
    book.save(tmp_path / "単価.xlsx")
    assert inspect_file(tmp_path / "単価.xlsx", IngestSettings()).sheets == ("単価表",)


@pytest.mark.parametrize(
    ("data", "settings", "error", "words"),
    [
        (b"\x7fELF\0\0\0\0" * 40, IngestSettings(), UnsupportedFormat, "a.bin"),
        (b"a" * 50, IngestSettings(max_file_bytes=49), LimitExceeded, "ingest.max_file_bytes = 49"),
    ],
    ids=["no reader", "too large"],
)
def test_what_cannot_be_read_is_told_as_a_run_would(
    tmp_path: Path, data: bytes, settings: IngestSettings, error: type[ReadError], words: str
) -> None:
    (tmp_path / "a.bin").write_bytes(data)
    with pytest.raises(error, match=words):
        inspect_file(tmp_path / "a.bin", settings)


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="does not exist"):
        inspect_file(tmp_path / "ない.txt", IngestSettings())


def test_the_process_takes_files_alone() -> None:
    job = DocumentJob(Document("d", "/a.txt", "default", "a", "本文"))
    with pytest.raises(ReadError, match="only files"):
        build_work(Configuration(Chunking(400), 10**9, None))(pack([b"", job.to_bytes()]))


def test_a_file_inside_files_is_named_as_its_source_is(tmp_path: Path) -> None:
    inner = zipped({"規程/休暇.txt": RULE})
    (tmp_path / "書類.zip").write_bytes(zipped({"古い.zip": inner, "空.txt": ""}))
    assert inspect_file(tmp_path / "書類.zip", IngestSettings()).num_annotations == {"member": 2}
    path = tmp_path / "書類.zip" / "古い.zip" / "規程" / "休暇.txt"
    found = inspect_file(path, IngestSettings())
    assert found.document.source == path.as_posix()
    assert found.num_annotations["article"] == 2
    with pytest.raises(ReadError, match=r"書類\.zip holds no ない\.txt: it holds 古い\.zip、空\.txt"):
        inspect_file(tmp_path / "書類.zip" / "ない.txt", IngestSettings())
    with pytest.raises(ReadError, match="empty"):
        inspect_file(tmp_path / "書類.zip" / "空.txt", IngestSettings())
