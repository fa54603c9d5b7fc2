"""Files inside files on their way into a store: each a document, none twice, none lost, none left behind."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.containers import MAX_DEPTH, Nesting, with_members
from ingest.pipeline import ingest
from ingest.readers.base import Member
from ingest.readers.ocr.engine import find_engine
from ingest.reading import read_documents
from ingest.rebuild import rebuild
from ingest.report import IngestReport, Progress, Status
from rag.assembly import index_identity, load_embedder
from rag.embedding.base import Embedder
from rag.errors import DamagedDocument, LimitExceeded
from rag.settings import EmbeddingSettings, IngestSettings, load_settings
from rag.store.base import Store
from rag.store.local import create_store, open_store
from rag.text.analyzer import load_analyzer
from rag.types import EVERYTHING
from tests.ingest.readers.locked import locked_zip
from tests.ingest.readers.made import docx, mail_with, mailbox_of, paragraph, zipped, zipped_by_windows

TEXT = "表彰は毎年四月に行う。".encode()
OTHER = "慶弔は総務課に届け出る。".encode()


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(EmbeddingSettings())


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Iterator[Store]:
    with create_store(tmp_path / "store", index_identity(load_analyzer(), embedder)) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "資料"
    path.mkdir()
    return path


def sources(store: Store, folder: Path) -> list[str]:
    """What the store holds, below the folder."""
    return [info.source.removeprefix(f"{folder}/") for info in store.document_infos(EVERYTHING)]


def ends(report: IngestReport, folder: Path) -> dict[str, Status]:
    return {file.source.removeprefix(f"{folder}/"): file.status for file in report.files}


def test_every_member_becomes_a_document_once(store: Store, embedder: Embedder, folder: Path):
    rules = docx(paragraph("宿泊費は一泊一万二千円までとする。"))
    (folder / "書類.zip").write_bytes(
        zipped_by_windows({"規程/表彰.txt": TEXT, "送付.eml": mail_with({"旅費.docx": rules})})
    )
    (folder / "受信.mbox").write_bytes(mailbox_of(mail_with({"慶弔.txt": OTHER}, "慶弔")))
    told: list[Progress] = []
    report = ingest([folder], store, embedder, IngestSettings(), progress=told.append)
    assert sources(store, folder) == [
        "受信.mbox",
        "受信.mbox/2025-06-16 慶弔.eml",
        "受信.mbox/2025-06-16 慶弔.eml/慶弔.txt",
        "書類.zip",
        "書類.zip/規程/表彰.txt",
        "書類.zip/送付.eml",
        "書類.zip/送付.eml/旅費.docx",
    ]
    assert set(ends(report, folder).values()) == {Status.ADDED}
    assert (told[-1].num_done, told[-1].num_files) == (7, 7)
    infos = {info.name: info for info in store.document_infos(EVERYTHING)}
    assert infos["書類.zip"].num_chunks == 0
    assert store.document(infos["旅費.docx"].id, EVERYTHING).text == "宿泊費は一泊一万二千円までとする。"
    assert store.original(infos["旅費.docx"].id, EVERYTHING) == rules
    before = store.statistics().change_number
    again = ingest([folder], store, embedder, IngestSettings(), prune=True)
    assert list(ends(again, folder).values()) == [Status.UNCHANGED] * 7
    assert store.statistics().change_number == before


def test_a_member_that_failed_is_tried_again_and_nothing_else(store: Store, embedder: Embedder, folder: Path):
    path = folder / "送付.eml"
    path.write_bytes(mail_with({"一.txt": TEXT, "図.bin": bytes(range(256)) * 4}))
    first = ingest([folder], store, embedder, IngestSettings())
    before = store.statistics().change_number
    second = ingest([folder], store, embedder, IngestSettings())
    assert ends(first, folder)["送付.eml/図.bin"] is Status.SKIPPED
    assert ends(second, folder) == {
        "送付.eml": Status.UNCHANGED,
        "送付.eml/一.txt": Status.UNCHANGED,
        "送付.eml/図.bin": Status.SKIPPED,
    }
    assert store.statistics().change_number == before


def test_what_changed_is_followed(store: Store, embedder: Embedder, folder: Path):
    """Other members, no archive any more, damaged, deleted: told file by file, nothing left behind."""
    box = zipped({"三.txt": TEXT})
    (folder / "換.zip").write_bytes(zipped({"一.txt": TEXT, "二.txt": TEXT, "箱.zip": box}))
    for name in ("文.zip", "壊.zip", "消.zip"):
        (folder / name).write_bytes(zipped({"a/一.txt": TEXT}))
    ingest([folder], store, embedder, IngestSettings())
    (folder / "換.zip").write_bytes(zipped({"一.txt": TEXT, "二.txt": OTHER}))
    (folder / "文.zip").write_bytes(TEXT)
    (folder / "壊.zip").write_bytes(zipped({"a/一.txt": TEXT})[:-30])
    (folder / "消.zip").unlink()
    report = ingest([folder], store, embedder, IngestSettings(), prune=True)
    assert ends(report, folder) == {
        "換.zip": Status.UPDATED,
        "換.zip/一.txt": Status.UNCHANGED,
        "換.zip/二.txt": Status.UPDATED,
        "換.zip/箱.zip": Status.REMOVED,
        "換.zip/箱.zip/三.txt": Status.REMOVED,
        "文.zip": Status.UPDATED,
        "文.zip/a/一.txt": Status.REMOVED,
        "壊.zip": Status.SKIPPED,
        "消.zip": Status.REMOVED,
        "消.zip/a/一.txt": Status.REMOVED,
    }
    assert sources(store, folder) == sorted(
        ["壊.zip", "壊.zip/a/一.txt", "換.zip", "換.zip/一.txt", "換.zip/二.txt", "文.zip"]
    )


def test_what_is_refused_costs_itself(store: Store, embedder: Embedder, folder: Path):
    """Locked, packed too deeply, a folder called like the archive beside it."""
    deep = zipped({"底.txt": TEXT})
    for _ in range(MAX_DEPTH):
        deep = zipped({"箱.zip": deep})
    (folder / "深.zip").write_bytes(deep)
    (folder / "鍵.zip").write_bytes(locked_zip("一.txt", TEXT, b"himitsu"))
    (folder / "名.zip").write_bytes(zipped({"箱.zip": zipped({"一.txt": TEXT}), "箱.zip/一.txt": OTHER}))
    report = ingest([folder], store, embedder, IngestSettings())
    told = {file.source.removeprefix(f"{folder}/"): (file.reason, file.message) for file in report.skipped}
    reasons = {source: reason for source, (reason, _) in told.items()}
    assert reasons == {
        "深.zip/箱.zip/箱.zip/箱.zip/箱.zip/底.txt": "LimitExceeded",
        "鍵.zip": "EncryptedDocument",
        "名.zip/箱.zip/一.txt": "ReadError",
    }
    assert "two of this name" in told["名.zip/箱.zip/一.txt"][1]
    settings = load_settings(None, arguments={"ingest.password": "himitsu"}, environment={}).ingest
    ingest([folder / "鍵.zip"], store, embedder, settings)
    assert "鍵.zip/一.txt" in sources(store, folder)


@pytest.mark.skipif(find_engine() is None, reason="tesseract with jpn is not on this machine")
def test_pages_of_pictures_are_read_once_there_is_an_engine(store: Store, embedder: Embedder, folder: Path):
    """A page of text and one that is a picture: unchanged as long as nobody can read the second."""
    (folder / "走査.pdf").write_bytes(half_scanned())
    without = IngestSettings(ocr="off")
    assert ends(ingest([folder], store, embedder, without), folder) == {"走査.pdf": Status.ADDED}
    assert ends(ingest([folder], store, embedder, without), folder) == {"走査.pdf": Status.UNCHANGED}
    assert ends(ingest([folder], store, embedder, IngestSettings()), folder) == {"走査.pdf": Status.UPDATED}
    assert ends(ingest([folder], store, embedder, IngestSettings()), folder) == {"走査.pdf": Status.UNCHANGED}


def half_scanned() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(200, 200))
    canvas.drawString(20, 100, "A page of text.")
    canvas.showPage()
    canvas._code.append("q 150 0 0 150 20 20 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_what_a_member_may_be():
    nesting = Nesting(max_file_bytes=10)
    assert nesting.admit("/a.zip", Member("一.txt", b"1")) == "/a.zip/一.txt"
    with pytest.raises(LimitExceeded, match=r"11 bytes, more than ingest.max_file_bytes = 10"):
        nesting.admit("/a.zip", Member("二.txt", b"1" * 11))
    with pytest.raises(DamagedDocument):
        nesting.admit("/a.zip", Member("三.txt", error=DamagedDocument("x")))


def test_all_that_comes_out_of_one_file_is_limited():
    nesting = Nesting(max_file_bytes=10, max_members=2)
    nesting.admit("/a.zip", Member("b.zip", b"1"))
    nesting.admit("/a.zip/b.zip", Member("c.txt", b"1"))
    with pytest.raises(LimitExceeded, match="more than 2 files"):
        nesting.admit("/a.zip/b.zip", Member("d.txt", b"1"))
    nesting.admit("/x.zip", Member("d.txt", b"1"))


def test_a_rebuild_keeps_containers_as_they_are(
    store: Store, embedder: Embedder, folder: Path, tmp_path: Path
):
    (folder / "書類.zip").write_bytes(zipped({"一.txt": TEXT}))
    ingest([folder], store, embedder, IngestSettings())
    store.close()
    rebuild(load_settings(None, arguments={"store.path": tmp_path / "store"}, environment={}))
    with open_store(tmp_path / "store", None) as rebuilt:
        report = ingest([folder], rebuilt, embedder, IngestSettings())
        assert set(ends(report, folder).values()) == {Status.UNCHANGED}
        assert [info.num_chunks for info in rebuilt.document_infos(EVERYTHING)] == [0, 1]


def test_what_is_chosen_brings_its_members_along(store: Store, embedder: Embedder, folder: Path):
    for name in ("甲.zip", "甲.zip.zip"):
        (folder / name).write_bytes(zipped({"一.txt": TEXT}))
    ingest([folder], store, embedder, IngestSettings())
    infos = store.document_infos(EVERYTHING)
    chosen = with_members([one for one in infos if one.name == "甲.zip"], infos)
    assert [one.source.removeprefix(f"{folder}/") for one in chosen] == ["甲.zip", "甲.zip/一.txt"]
    assert with_members(chosen[1:], infos) == chosen[1:]


def test_files_are_read_with_what_is_in_them(folder: Path):
    (folder / "送付.eml").write_bytes(mail_with({"一.txt": TEXT, "図.bin": bytes(range(256)) * 4}))
    (folder / "書類.zip").write_bytes(zipped({"二.txt": OTHER}))
    found = read_documents([folder], IngestSettings())
    assert [Path(one.source).name for one in found] == ["二.txt", "送付.eml", "一.txt", "図.bin"]
    assert [one.document is None for one in found] == [False, False, False, True]
