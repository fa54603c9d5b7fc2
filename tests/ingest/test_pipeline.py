"""Paths → store: what changed is read, what is bad is told, and a run can end at any moment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from ingest.pipeline import ingest
from ingest.rebuild import rebuild
from ingest.report import IngestReport, Progress, Status
from rag.assembly import index_identity, load_embedder
from rag.embedding.base import Embedder, Vectors
from rag.errors import RagError, ReadError, StoreBusy, StoreError, StoreMismatch, StoreNotFound
from rag.settings import EmbeddingSettings, IngestSettings, Settings, load_settings
from rag.store.base import Store
from rag.store.local import create_store, open_store
from rag.text.analyzer import Analysis, load_analyzer
from rag.text.query_terms import query_terms
from rag.types import EVERYTHING, EmbedderIdentity, Scope

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(EmbeddingSettings())


@pytest.fixture
def store(tmp_path: Path, embedder: Embedder) -> Iterator[Store]:
    with create_store(tmp_path / "store", index_identity(load_analyzer(), embedder)) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two rules in a folder."""
    path = tmp_path / "規程"
    path.mkdir()
    (path / "休暇.txt").write_text("年次有給休暇は二十日とする。", encoding="utf-8")
    (path / "旅費.txt").write_text("宿泊費は一泊一万円までとする。", encoding="cp932")
    return path


def names(store: Store, collection: str = "default") -> list[str]:
    return sorted(info.name for info in store.document_infos(Scope(collections=frozenset({collection}))))


def ends(report: IngestReport) -> dict[str, Status]:
    return {Path(file.source).name: file.status for file in report.files}


def found(store: Store, word: str) -> int:
    """How many chunks the keyword index finds for a word."""
    terms = query_terms(word, load_analyzer().analyze(word))
    return len(store.search_keyword(terms, EVERYTHING, 10))


def test_only_what_changed_is_read_again(folder: Path, store: Store, embedder: Embedder):
    settings = IngestSettings()
    first = ingest([folder], store, embedder, settings)
    assert ends(first) == {"休暇.txt": Status.ADDED, "旅費.txt": Status.ADDED}
    assert (first.num_documents, first.num_chars) == (2, 29)
    assert found(store, "有給休暇") == 1

    again = ingest([folder], store, embedder, settings)
    assert ends(again) == {"休暇.txt": Status.UNCHANGED, "旅費.txt": Status.UNCHANGED}
    assert again.num_chunks == 0

    (folder / "休暇.txt").write_text("慶弔休暇は五日とする。", encoding="utf-8")
    os.utime(folder / "旅費.txt")
    changed = ingest([folder], store, embedder, settings)
    assert ends(changed) == {"休暇.txt": Status.UPDATED, "旅費.txt": Status.UNCHANGED}
    assert (found(store, "有給"), found(store, "慶弔")) == (0, 1)

    smaller = ingest([folder], store, embedder, IngestSettings(max_chunk_chars=50))
    assert ends(smaller) == {"休暇.txt": Status.UPDATED, "旅費.txt": Status.UPDATED}


def test_a_file_that_is_gone_is_removed_only_when_asked_and_only_below_the_folder(
    folder: Path, store: Store, embedder: Embedder, tmp_path: Path
):
    outside = tmp_path / "規程集.txt"
    outside.write_text("外の規程です。", encoding="utf-8")
    ingest([folder, outside], store, embedder, IngestSettings())
    ingest([folder], store, embedder, IngestSettings(collection="別"))
    (folder / "旅費.txt").unlink()
    outside.unlink()

    assert ends(ingest([folder], store, embedder, IngestSettings())) == {"休暇.txt": Status.UNCHANGED}
    assert names(store) == ["休暇.txt", "旅費.txt", "規程集.txt"]

    pruned = ingest([folder], store, embedder, IngestSettings(), prune=True)
    assert ends(pruned) == {"休暇.txt": Status.UNCHANGED, "旅費.txt": Status.REMOVED}
    assert names(store) == ["休暇.txt", "規程集.txt"]
    assert names(store, "別") == ["休暇.txt", "旅費.txt"]


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("空.txt", b"", "EmptyDocument"),
    ("空白.txt", "\u3000\n".encode(), "EmptyDocument"),
    ("絵.txt", bytes(range(256)) * 8, "UnsupportedFormat"),
    ("箱.zip", b"PK\x05\x06" + bytes(18), "EmptyDocument"),
    ("壊れた.docx", b"PK\x03\x04" + b"\x00" * 200, "DamagedDocument"),
    ("大きい.txt", "あ".encode() * 2_000, "LimitExceeded"),
    ("~$旅費.docx", b"lock", "lock-file"),
]


def test_bad_files_are_told_and_stop_nobody(folder: Path, store: Store, embedder: Embedder):
    for name, data, _ in BAD_FILES:
        (folder / name).write_bytes(data)
    seen: list[Progress] = []
    report = ingest([folder], store, embedder, IngestSettings(max_file_bytes=5_000), progress=seen.append)
    assert {Path(file.source).name: file.reason for file in report.skipped} == {
        n: why for n, _, why in BAD_FILES
    }
    assert all(file.message for file in report.skipped)
    assert names(store) == ["休暇.txt", "旅費.txt"]
    assert [progress.num_done for progress in seen] == list(range(1, 10))
    assert {progress.num_files for progress in seen} == {9}


def test_a_file_that_can_no_longer_be_read_keeps_its_former_state(
    folder: Path, store: Store, embedder: Embedder
):
    ingest([folder], store, embedder, IngestSettings())
    (folder / "休暇.txt").write_bytes(b"")
    [skipped] = ingest([folder], store, embedder, IngestSettings()).skipped
    assert skipped.message.endswith("the store keeps what was read of it before")
    assert found(store, "有給休暇") == 1


def test_a_file_that_takes_too_long_is_given_up(folder: Path, store: Store, embedder: Embedder):
    report = ingest([folder], store, embedder, IngestSettings(timeout_seconds=0.000_01))
    assert report.skipped_by_reason == {"LimitExceeded": 2}
    assert "raise ingest.timeout_seconds" in report.skipped[0].message


def test_too_little_memory_to_begin_with_is_told_once(folder: Path, store: Store, embedder: Embedder):
    with pytest.raises(RagError, match=r"raise ingest\.max_memory_bytes"):
        ingest([folder], store, embedder, IngestSettings(max_memory_bytes=50_000_000))


def test_a_file_that_cannot_be_opened_is_told(folder: Path, store: Store, embedder: Embedder):
    def remove(progress: Progress) -> None:
        (folder / "旅費.txt").unlink(missing_ok=True)

    (folder / "_先頭.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    (folder / ".隠し").write_bytes(b"")
    report = ingest([folder], store, embedder, IngestSettings(), progress=remove)
    assert "cannot be opened" in next(file.message for file in report.files if "旅費" in file.source)


def test_a_path_that_is_not_there_stops_before_anything_is_read(
    folder: Path, store: Store, embedder: Embedder
):
    with pytest.raises(ReadError, match="does not exist"):
        ingest([folder, folder / "ない"], store, embedder, IngestSettings())
    assert names(store) == []


def test_who_writes_is_named_to_who_comes_second(
    folder: Path, store: Store, embedder: Embedder, tmp_path: Path
):
    settings = load_settings(arguments={"store.path": tmp_path / "store"}, environment={})
    ingest([folder], store, embedder, settings.ingest)
    (folder / "三.txt").write_text("三つ目です。", encoding="utf-8")

    def second(progress: Progress) -> None:
        if progress.file.status is Status.ADDED:
            with (
                open_store(tmp_path / "store", None) as other,
                pytest.raises(StoreBusy, match="being written to"),
            ):
                other.publish()

    assert ingest([folder], store, embedder, settings.ingest, progress=second).num_documents == 1


class LetterEmbedder:
    """An embedder that is no static model: it stands in the parent, and counts how it is called."""

    identity = EmbedderIdentity("letters", "1", 4)

    def __init__(self) -> None:
        self.calls: list[int] = []

    def embed_documents(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        self.calls.append(len(texts))
        words = [len(analysis.features) for analysis in analyses]
        assert words == [len(analysis.features) for analysis in analyses[:]]
        vectors = np.array([[count, len(text), 1, 1] for count, text in zip(words, texts, strict=True)])
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    embed_queries = embed_documents


def test_another_embedder_embeds_once_for_many_documents(folder: Path, tmp_path: Path):
    letters = LetterEmbedder()
    with create_store(tmp_path / "letters", index_identity(load_analyzer(), letters)) as store:
        assert ingest([folder], store, letters, IngestSettings()).num_documents == 2
        assert letters.calls == [2]
        assert len(store.search_dense(np.ones(4, dtype=np.float32), EVERYTHING, 5)) == 2


def write_many(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        text = "".join(f"第{number}号の規程の第{line}項です。" for line in range(30))
        (folder / f"規程{number:03}.txt").write_text(text, encoding="utf-8")


def start_ingesting(folder: Path, store: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", "from ui.cli import main; main()", "--store", store, "ingest", folder],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def num_stored(path: Path) -> int:
    try:
        with open_store(path, None, read_only=True) as store:
            return store.statistics().num_documents
    except StoreNotFound:
        return 0


@pytest.mark.parametrize(
    ("sent", "code"),
    [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)],
    ids=["a kill", "Ctrl-C"],
)
def test_a_run_that_was_stopped_is_continued(
    tmp_path: Path, embedder: Embedder, sent: signal.Signals, code: int
):
    folder, path = tmp_path / "規程", tmp_path / "store"
    write_many(folder, 80)
    with start_ingesting(folder, path) as running:
        wait_for(lambda: num_stored(path) > 0 or running.poll() is not None)
        running.send_signal(sent)
        _, errors = running.communicate(timeout=30)
    assert running.returncode == code
    assert b"Traceback" not in errors
    with open_store(path, None) as store:
        before = store.statistics().num_documents
        assert 0 < before < 80
        report = ingest([folder], store, embedder, IngestSettings())
        assert (report.count(Status.UNCHANGED), report.num_documents) == (before, 80 - before)
        assert store.statistics().num_documents == 80
        assert found(store, "第7号") > 0


def test_rebuild_makes_the_store_of_the_new_settings(folder: Path, tmp_path: Path):
    letters, path = LetterEmbedder(), tmp_path / "letters"
    old_identity = index_identity(load_analyzer(), letters)
    with create_store(path, old_identity) as store:
        ingest([folder], store, letters, IngestSettings())
    (path / "uploads").mkdir()
    (path / "uploads" / "写し.txt").write_text("写し", encoding="utf-8")
    settings = load_settings(arguments={"store.path": path, "ingest.max_chunk_chars": 50}, environment={})
    seen: list[Progress] = []
    report = rebuild(settings, progress=seen.append)
    assert (report.count(Status.UPDATED), [p.num_done for p in seen]) == (2, [1, 2])
    with pytest.raises(StoreMismatch):
        open_store(path, old_identity)
    embedder = load_embedder(settings.embedding)
    with open_store(path, index_identity(load_analyzer(), embedder)) as store:
        assert found(store, "有給休暇") == 1
        info = store.document_infos(EVERYTHING)[0]
        assert store.original(info.id, EVERYTHING) == (folder / info.name).read_bytes()
        unchanged = ingest([folder], store, embedder, settings.ingest)
        assert unchanged.count(Status.UNCHANGED) == 2
    assert (path / "uploads" / "写し.txt").is_file()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["letters", "規程"]


def settings_at(path: Path, **values: object) -> Settings:
    return load_settings(arguments={"store.path": path, **values}, environment={})


def test_a_rebuild_that_fails_leaves_the_old_store(
    folder: Path, tmp_path: Path, store: Store, embedder: Embedder
):
    ingest([folder], store, embedder, IngestSettings())
    settings = settings_at(tmp_path / "store").with_values({"ingest.timeout_seconds": 0.000_01})
    with pytest.raises(StoreError, match="cannot be rebuilt, so the store stays as it was"):
        rebuild(settings)
    assert found(store, "有給休暇") == 1


def test_a_rebuild_that_was_killed_between_its_two_renames_is_taken_up(
    folder: Path, tmp_path: Path, store: Store, embedder: Embedder
):
    ingest([folder], store, embedder, IngestSettings())
    store.close()
    (tmp_path / "store").rename(tmp_path / "store.before-rebuild")
    assert rebuild(settings_at(tmp_path / "store")).count(Status.UPDATED) == 2


def test_there_is_nothing_to_rebuild_without_a_store(tmp_path: Path):
    with pytest.raises(StoreNotFound):
        rebuild(settings_at(tmp_path / "ない"))
