"""Files become documents without a store, and what cannot be read says why."""

from pathlib import Path

import pytest

from ingest.messages import DocumentJob
from ingest.reading import _work as work
from ingest.reading import read_documents
from rag.errors import ReadError
from rag.settings import IngestSettings
from rag.types import Document


def test_files_are_read_in_order_and_refusals_are_told(tmp_path: Path):
    (tmp_path / "一.txt").write_text("第一の文です。", encoding="utf-8")
    (tmp_path / "二.bin").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "三.txt").write_text("とても長い文です。" * 200, encoding="utf-8")
    found = read_documents([tmp_path], IngestSettings(max_file_bytes=2_000))
    told = {Path(one.source).name: one for one in found}
    assert told["一.txt"].document is not None
    assert told["一.txt"].document.text == "第一の文です。"
    assert "binary data" in told["二.bin"].problem
    assert "max_file_bytes" in told["三.txt"].problem


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(ReadError, match="does not exist"):
        read_documents([tmp_path / "ない.txt"], IngestSettings())


def test_the_process_reads_files_alone():
    with pytest.raises(ReadError, match="only files"):
        work(DocumentJob(Document("d", "/a.txt", "c", "a", "本文")).to_bytes())
