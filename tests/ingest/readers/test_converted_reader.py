"""Old and foreign office formats, through LibreOffice where the system has it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document

from ingest.readers.base import ReadOptions
from ingest.readers.registry import read
from rag.errors import DamagedDocument, LimitExceeded, UnsupportedFormat
from tests.ingest.readers.made import texts, zipped

OFFICE = shutil.which("soffice")
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument\0".encode("utf-16-le")

needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not on this machine")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One document as .doc and as .odt, made by LibreOffice itself."""
    folder = tmp_path_factory.mktemp("office")
    source = folder / "規程.docx"
    document = Document()
    document.add_paragraph("旅費規程")
    document.add_paragraph("宿泊費は一泊一万二千円①までとする。")
    document.save(str(source))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for kind in ("doc", "odt"):
        subprocess.run(
            [str(OFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(source)],
            check=True,
            capture_output=True,
        )
    return {kind: (folder / f"規程.{kind}").read_bytes() for kind in ("doc", "odt")}


@needs_office
@pytest.mark.parametrize("kind", ["doc", "odt"])
def test_what_was_saved_is_read_back(saved: dict[str, bytes], kind: str) -> None:
    reading = read(saved[kind], f"規程.{kind}", ReadOptions(timeout_seconds=120))
    assert texts(reading) == ["旅費規程", "宿泊費は一泊一万二千円①までとする。"]
    assert reading.warnings == ("read through LibreOffice, as .docx",)


@needs_office
def test_what_it_cannot_open_is_told() -> None:
    with pytest.raises(DamagedDocument, match=r"a\.doc: LibreOffice could not open it"):
        read(OLD_WORD, "a.doc")


@needs_office
def test_what_takes_too_long_is_told(saved: dict[str, bytes]) -> None:
    with pytest.raises(LimitExceeded, match=r"a\.doc: soffice was not done.*ingest\.timeout_seconds"):
        read(saved["doc"], "a.doc", ReadOptions(timeout_seconds=0.1))


@pytest.mark.parametrize(
    ("name", "data", "target"),
    [
        ("a.doc", OLD_WORD, "docx"),
        (
            "a.ppt",
            OLD_WORD.replace("WordDocument".encode("utf-16-le"), "PowerPoint Document".encode("utf-16-le")),
            "pptx",
        ),
        ("a.odt", zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "docx"),
        ("a.ods", zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "xlsx"),
        ("a.odp", zipped({"mimetype": "application/vnd.oasis.opendocument.presentation"}), "pptx"),
        ("a.xlsb", zipped({"xl/workbook.bin": "x"}), "xlsx"),
    ],
)
def test_without_libreoffice_the_reason_says_what_to_do(
    name: str, data: bytes, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        UnsupportedFormat, match=rf"not here: apt-get install libreoffice-core, or save it as \.{target}"
    ):
        read(data, name)
