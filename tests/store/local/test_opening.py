"""Making and opening a store: what is refused, in which words, and formats of the past."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import StoreBusy, StoreError, StoreMismatch, StoreNotFound
from rag.store.local import LocalStore, create_store, open_store, read_identity, store_exists
from rag.store.local.identity import check_identity
from rag.store.local.lock import WriterLock
from rag.store.local.migrations import format_version, migrate
from rag.types import EVERYTHING, EmbedderIdentity, IndexIdentity
from tests.contracts.store_material import IDENTITY, make_document, make_terms


def test_a_store_that_is_not_there(place: Path) -> None:
    for look in (lambda: open_store(place, IDENTITY), lambda: read_identity(place)):
        with pytest.raises(StoreNotFound, match="swallow-rag ingest FOLDER") as caught:
            look()
        assert str(place) in str(caught.value)
    assert not store_exists(place)
    assert not place.exists()


def test_a_store_is_there_once_it_was_made(place: Path) -> None:
    create_store(place, IDENTITY).close()
    assert store_exists(place)
    assert read_identity(place) == IDENTITY


def test_a_second_store_in_the_same_place_is_refused(place: Path) -> None:
    create_store(place, IDENTITY).close()
    with pytest.raises(StoreError, match="already"):
        create_store(place, IDENTITY)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="no store can be made at"):
        create_store(tmp_path / "file", IDENTITY)


def test_a_making_that_was_killed_is_no_store_and_can_be_repeated(place: Path) -> None:
    place.mkdir()
    (place / "store.sqlite.new").write_bytes(b"half a database")
    assert not store_exists(place)
    create_store(place, IDENTITY).close()
    assert store_exists(place)


EMBEDDER = IDENTITY.embedder
OTHERS = [
    (replace(IDENTITY, analyzer="mecab-2"), ["analyzer 'mecab-1', now 'mecab-2'"]),
    (replace(IDENTITY, dictionary="unidic-3"), ["dictionary 'unidic-lite-1.0.8', now 'unidic-3'"]),
    (replace(IDENTITY, fold="fold-2"), ["fold 'fold-1', now 'fold-2'"]),
    (replace(IDENTITY, embedder=replace(EMBEDDER, dimension=9)), ["embedder.dimension 8, now 9"]),
    (
        IndexIdentity(EmbedderIdentity("別", "2", 8, "質問: "), "mecab-1", "unidic-lite-1.0.8", "fold-1"),
        [
            "embedder.name '小さな埋め込み', now '別'",
            "embedder.revision '1', now '2'",
            "embedder.query_prefix ''",
        ],
    ),
]


@pytest.mark.parametrize(("other", "parts"), OTHERS)
def test_another_identity_is_refused_by_name(place: Path, other: IndexIdentity, parts: list[str]) -> None:
    create_store(place, IDENTITY).close()
    with pytest.raises(StoreMismatch, match="swallow-rag rebuild") as caught:
        open_store(place, other)
    message = str(caught.value)
    assert all(part in message for part in [*parts, str(place)])
    assert "\n" not in message


def test_any_identity_is_taken_when_none_is_asked_for(place: Path) -> None:
    with create_store(place, IDENTITY) as store:
        store.add(*make_document("a.txt", "休暇"))
    with open_store(place, None, read_only=True) as store:
        assert store.identity == IDENTITY
        assert store.document_infos(EVERYTHING)[0].name == "a.txt"


def test_equal_identities_are_no_mismatch(tmp_path: Path) -> None:
    check_identity(tmp_path, IDENTITY, replace(IDENTITY))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"this is no database, whatever its name says", "is no store or is damaged"),
        (b"", "no store of swallow-rag"),
    ],
)
def test_a_file_that_is_no_store(place: Path, content: bytes, message: str) -> None:
    place.mkdir()
    (place / "store.sqlite").write_bytes(content)
    with pytest.raises(StoreError, match=message):
        open_store(place, IDENTITY)


def test_damaged_pages_are_reported_in_one_line(place: Path) -> None:
    with create_store(place, IDENTITY) as store:
        for number in range(20):
            store.add(*make_document(f"{number}.txt", "休暇 申請 " * 50))
    data = bytearray((place / "store.sqlite").read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    (place / "store.sqlite").write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        open_store(place, IDENTITY)


def test_a_newer_format_asks_for_an_upgrade(place: Path) -> None:
    create_store(place, IDENTITY).close()
    with closing(sqlite3.connect(place / "store.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreMismatch, match=r"format 99.*upgrade swallow-rag"):
        open_store(place, IDENTITY)


def memory_store(version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE documents (id TEXT)")
    connection.execute("INSERT INTO documents VALUES ('d-1')")
    connection.execute(f"PRAGMA user_version = {version}")
    return connection


STEPS = {
    1: ["ALTER TABLE documents ADD COLUMN recipe TEXT NOT NULL DEFAULT ''"],
    2: [
        "CREATE TABLE levels (document TEXT, level TEXT)",
        "INSERT INTO levels SELECT id, 'N3' FROM documents",
    ],
}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_migrations_run_one_after_the_other(version: int) -> None:
    with closing(memory_store(version)) as connection:
        if version == 2:
            connection.execute(STEPS[1][0])
        assert migrate(connection, target=3, steps=STEPS) == (version < 3)
        assert format_version(connection) == 3
        if version < 3:
            assert connection.execute("SELECT * FROM levels").fetchall() == [("d-1", "N3")]
            assert connection.execute("SELECT recipe FROM documents").fetchall() == [("",)]
        assert not migrate(connection, target=3, steps=STEPS)


def test_a_migration_that_fails_leaves_the_old_format() -> None:
    steps = {1: STEPS[1], 2: ["ALTER TABLE nowhere ADD COLUMN x"]}
    with closing(memory_store(1)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, target=3, steps=steps)
        assert format_version(connection) == 1
        assert connection.execute("SELECT * FROM documents").fetchall() == [("d-1",)]


def test_a_format_without_a_way_forward() -> None:
    with closing(memory_store(1)) as connection, pytest.raises(StoreMismatch, match="swallow-rag rebuild"):
        migrate(connection, target=3, steps={})


def test_a_migration_waits_for_no_writer(place: Path) -> None:
    create_store(place, IDENTITY).close()
    with closing(sqlite3.connect(place / "store.sqlite")) as connection:
        connection.execute("PRAGMA user_version = -1")
    lock = WriterLock(place)
    lock.acquire()
    with pytest.raises(StoreBusy):
        open_store(place, IDENTITY)
    lock.release()
    with pytest.raises(StoreMismatch, match="format -1"):
        open_store(place, IDENTITY)


def test_a_lock_whose_holder_is_unknown(place: Path) -> None:
    create_store(place, IDENTITY).close()
    lock = WriterLock(place)
    lock.acquire()
    (place / "writer.pid").unlink()
    with open_store(place, IDENTITY) as store, pytest.raises(StoreBusy, match="another process"):
        store.publish()
    lock.release()


def test_a_closed_store_says_so(store: LocalStore) -> None:
    store.close()
    with pytest.raises(StoreError, match="was closed"):
        store.search_keyword(make_terms("休暇"), EVERYTHING, 5)
    store.close()


def test_originals_are_kept_once_and_while_they_are_needed(store: LocalStore, place: Path) -> None:
    def kept() -> list[Path]:
        return [path for path in (place / "originals").rglob("*") if path.is_file()]

    store.add(*make_document("a.txt", "休暇"), b"same bytes")
    store.add(*make_document("b.txt", "休暇"), b"same bytes")
    store.add(*make_document("c.txt", "休暇"), b"other bytes")
    assert len(kept()) == 2
    store.remove("規程集//社内/a.txt")
    store.remove("規程集//社内/c.txt")
    store.publish()
    assert [path.read_bytes() for path in kept()] == [b"same bytes"]
    store.add(*make_document("b.txt", "休暇"), b"new bytes")
    store.publish()
    assert [path.read_bytes() for path in kept()] == [b"new bytes"]


def test_originals_are_not_kept_when_not_wanted(place: Path) -> None:
    with create_store(place, IDENTITY, keep_originals=False) as store:
        document, chunks = make_document("a.txt", "休暇")
        store.add(document, chunks, b"bytes")
        assert store.original(document.id, EVERYTHING) is None
    assert not (place / "originals").exists()


def test_damaged_originals_are_reported(store: LocalStore, place: Path) -> None:
    document, chunks = make_document("a.txt", "休暇")
    store.add(document, chunks, b"bytes")
    (path,) = (path for path in (place / "originals").rglob("*") if path.is_file())
    path.write_bytes(b"bytez")
    with pytest.raises(StoreError, match=r"original of /社内/a.txt is damaged"):
        store.original(document.id, EVERYTHING)
    path.unlink()
    with pytest.raises(StoreError, match=r"original of /社内/a.txt cannot be read"):
        store.original(document.id, EVERYTHING)
