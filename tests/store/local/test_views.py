"""Views of the indexes, below the store: overlays, old snapshots, candidates, connections."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import orjson
import pytest

from rag.errors import StoreBusy, StoreError
from rag.store.local import LocalStore, create_store, open_store
from rag.store.local.bm25 import FIELDS
from rag.store.local.candidates import CandidateSearch, OpenKeywordIndex
from rag.store.local.changes import read_state
from rag.store.local.connections import Connections, connect
from rag.store.local.dense import DenseIndex
from rag.store.local.files import write_file
from rag.store.local.follower import Follower, SnapshotTooOld
from rag.store.local.generations import DamagedGeneration
from rag.store.local.keyword import KeywordIndex
from rag.store.local.opening import open_database
from rag.store.local.segments import MERGE_COUNT
from rag.store.local.vocabulary import number_query
from rag.text.analyzer import load_analyzer
from rag.text.terms import index_terms
from rag.types import EVERYTHING, Scope
from tests.contracts.store_material import DIMENSION, IDENTITY, make_document, make_terms, make_vector


def test_every_field_of_the_terms_has_a_weight() -> None:
    empty = load_analyzer().analyze("")
    assert index_terms("", empty, "", empty, "", empty).keys() == FIELDS.keys()


def test_a_reader_keeps_up_with_many_small_changes(store: LocalStore, place: Path) -> None:
    with open_store(place, IDENTITY, read_only=True) as reader:
        for number in range(2 * MERGE_COUNT + 3):
            store.add(*make_document(f"{number}.txt", f"休暇 語{number}"))
            if number % 4 == 3:
                store.remove(f"規程集//社内/{number - 1}.txt")
            expected = number + 1 - (number + 1) // 4
            assert len(reader.search_dense(make_vector("休暇"), EVERYTHING, 50)) == expected
            assert len(reader.search_keyword(make_terms("休暇"), EVERYTHING, 50)) == expected


def test_many_scopes_on_one_view(store: LocalStore) -> None:
    store.add(*make_document("a.txt", "休暇"))
    for number in range(40):
        scope = Scope(collections=frozenset({f"集{number}"}))
        assert store.search_dense(make_vector("休暇"), scope, 5) == []
    assert len(store.search_dense(make_vector("休暇"), Scope(user="総務部"), 5)) == 1


@pytest.mark.parametrize("index", [KeywordIndex(), DenseIndex(DIMENSION)])
def test_a_snapshot_from_before_the_publication_is_refused(
    store: LocalStore, place: Path, index: KeywordIndex
) -> None:
    store.add(*make_document("a.txt", "休暇"))
    follower = Follower(index, place, open_database(place, None).store_id)
    with closing(connect(place / "store.sqlite")) as connection:
        connection.execute("BEGIN")
        old = read_state(connection)
        store.add(*make_document("b.txt", "休暇"))
        store.publish()
        with pytest.raises(SnapshotTooOld):
            follower.view(connection, old)
        connection.execute("COMMIT")
        connection.execute("BEGIN")
        assert follower.view(connection, read_state(connection)).change_number == 2
        with pytest.raises(SnapshotTooOld):
            follower.view(connection, old)
        connection.execute("COMMIT")


@pytest.mark.parametrize(
    ("index", "name"), [(KeywordIndex(), "meta.json"), (DenseIndex(DIMENSION), "segment-1.faiss")]
)
def test_files_that_cannot_be_opened_are_damage(tmp_path: Path, index: KeywordIndex, name: str) -> None:
    (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(DamagedGeneration, match="cannot be opened"):
        index.load(tmp_path, 1)


def test_mostly_dead_segments_are_written_again(store: LocalStore, place: Path) -> None:
    for number in range(10):
        store.add(*make_document(f"{number}.txt", "休暇"))
    store.publish()
    sizes = []
    for number in range(8):
        store.remove(f"規程集//社内/{number}.txt")
        if number in {2, 7}:
            store.publish()
            (segment,) = place.glob("dense/gen-*/*.faiss")
            (dead,) = place.glob("dense/gen-*/dead.npy")
            sizes.append((segment.name, len(np.load(dead))))
    assert sizes == [("segment-000000000001.faiss", 3), ("segment-000000000009.faiss", 0)]
    store.remove("規程集//社内/8.txt")
    store.remove("規程集//社内/9.txt")
    store.publish()
    assert not list(place.glob("dense/gen-*/*.faiss"))


@pytest.fixture
def opened(store: LocalStore, place: Path) -> OpenKeywordIndex:
    """The keyword index of three chunks, of which one holds a rare term."""
    for number, words in enumerate(["の 休暇", "の 申請", "の 届"]):
        store.add(*make_document(f"{number}.txt", words))
    store.publish()
    (folder,) = place.glob("keyword/gen-*")
    index = KeywordIndex().load(folder, 3).index
    assert index
    return index


@pytest.mark.parametrize(
    ("limit", "found"),
    [(1, [1]), (2, [1, 2])],  # one candidate is enough; for two the frequent term is needed
)
def test_frequent_terms_are_asked_for_when_needed(
    opened: OpenKeywordIndex, limit: int, found: list[int]
) -> None:
    query = number_query({"base": Counter(["の", "休暇"])})
    frequent = np.array([word == "の" for word in query.words])
    search = CandidateSearch(opened, query, np.ones(2), frequent, opened.conditions(EVERYTHING, []))
    assert search.find(limit) == found


def test_frequent_terms_alone_are_asked_for(opened: OpenKeywordIndex) -> None:
    query = number_query({"base": Counter(["の"])})
    conditions = opened.conditions(EVERYTHING, [2])
    search = CandidateSearch(opened, query, np.ones(1), np.ones(1, np.bool_), conditions)
    assert sorted(search.find(10)) == [1, 3]


def test_a_pasted_page_is_a_query_too(store: LocalStore) -> None:
    words = [f"語{number}" for number in range(400)]
    for number in range(0, 400, 20):
        store.add(*make_document(f"{number}.txt", " ".join(words[number : number + 20])))
    store.publish()
    found = store.search_keyword(make_terms(" ".join(words)), EVERYTHING, 50)
    assert sorted(hit.chunk_id for hit in found) == list(range(1, 21))


@pytest.mark.parametrize("broken", ["term", "source"])
def test_a_transaction_that_fails_leaves_nothing_behind(store: LocalStore, broken: str) -> None:
    document, chunks = make_document("\udc82.txt" if broken == "source" else "a.txt", "休暇 新語")
    if broken == "term":
        chunks[0].terms["reading"] = Counter(["\ud800"])  # type: ignore[index]
    with pytest.raises(StoreError, match="surrogate"):
        store.add(document, chunks)
    assert store.statistics().num_documents == 0
    store.add(*make_document("b.txt", "休暇 新語"))
    store.publish()
    assert len(store.search_keyword(make_terms("新語"), EVERYTHING, 5)) == 1


def test_connections_of_threads_that_ended_are_closed(store: LocalStore) -> None:
    for _ in range(5):
        thread = threading.Thread(target=lambda: store.document_infos(EVERYTHING))
        thread.start()
        thread.join()
    assert len(store._connections._open) <= 2


def test_a_database_that_stays_locked(place: Path) -> None:
    create_store(place, IDENTITY).close()
    connections = Connections(place / "store.sqlite", busy_timeout_seconds=0.05)
    with closing(connect(place / "store.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="try again"), connections.transaction():
            pass
        other.execute("ROLLBACK")
    with pytest.raises(StoreError, match="cannot be used"), connections.plain() as connection:
        connection.execute("SELECT nothing FROM nowhere")
    connections.close()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(beside: Path) -> None:
        beside.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_file(path, fail)
    assert [found.read_bytes() for found in tmp_path.iterdir()] == [b"old"]


def test_manifests_name_every_file(store: LocalStore, place: Path) -> None:
    store.add(*make_document("a.txt", "休暇"))
    store.publish()
    for folder in place.glob("*/gen-*"):
        manifest = orjson.loads((folder / "manifest.json").read_bytes())
        files = {path.name for path in folder.iterdir() if path.suffix != ".lock"} - {"manifest.json"}
        assert manifest["files"].keys() == files
        assert manifest["change_number"] == 1


def test_the_truth_is_plain_sqlite(store: LocalStore, place: Path) -> None:
    """Whoever lost everything else can read the texts with any SQLite."""
    store.add(*make_document("a.txt", "休暇 申請"))
    with closing(sqlite3.connect(place / "store.sqlite")) as connection:
        assert connection.execute("SELECT text FROM chunks").fetchall() == [("休暇 申請",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
