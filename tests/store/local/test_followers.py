"""Followers: damage is noticed before use and mended from SQLite, generations come and go."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from rag.errors import StoreError
from rag.store.local import LocalStore, create_store, open_store
from rag.types import EVERYTHING
from tests.contracts.store_material import IDENTITY, make_document, make_terms, make_vector

FOLLOWERS = ("keyword", "dense")


def search(store: LocalStore, words: str = "休暇 申請") -> tuple[list[str], list[str]]:
    """Texts found by keyword and by vector."""
    legs = (
        store.search_keyword(make_terms(words), EVERYTHING, 50),
        store.search_dense(make_vector(words), EVERYTHING, 50),
    )
    found = [store.chunks([hit.chunk_id for hit in hits], EVERYTHING).values() for hits in legs]
    return sorted(c.text for c in found[0]), sorted(c.text for c in found[1])


def generation(place: Path, follower: str) -> Path:
    """The one generation that a follower has."""
    (folder,) = (place / follower).glob("gen-*")
    return folder


def problems(store: LocalStore) -> list[str]:
    return [follower.problem for follower in store.statistics().followers]


def wait_until(condition: Callable[[], bool]) -> None:
    """The followers catch up in a thread beside."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def flip_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "a flipped bit": flip_byte,
    "a byte less": truncate,
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": lambda path: path.unlink(),
}
CASES = [
    ("keyword", "*.idx", "a flipped bit"),
    ("keyword", "*.term", "a byte less"),
    ("keyword", "*.fast", "deleted"),
    ("keyword", "meta.json", "a flipped bit"),
    ("keyword", "meta.json", "emptied"),
    ("keyword", "frequencies-*", "a flipped bit"),
    ("keyword", "manifest.json", "a byte less"),
    ("keyword", "manifest.json", "deleted"),
    ("dense", "*.faiss", "a flipped bit"),
    ("dense", "*.faiss", "emptied"),
    ("dense", "dead.npy", "a byte less"),
    ("dense", "manifest.json", "emptied"),
]


@pytest.fixture
def published(place: Path) -> Path:
    """A store with two documents, one of them replaced, all published and closed."""
    with create_store(place, IDENTITY) as store:
        store.add(*make_document("a.txt", "休暇 旧い"))
        store.add(*make_document("b.txt", "休暇 届"))
        store.add(*make_document("a.txt", "休暇 申請"))
        store.publish()
    return place


EXPECTED = (["休暇 届", "休暇 申請"], ["休暇 届", "休暇 申請"])


@pytest.mark.parametrize(("follower", "pattern", "damage"), CASES)
def test_damage_is_noticed_and_mended(
    published: Path, caplog: pytest.LogCaptureFixture, follower: str, pattern: str, damage: str
) -> None:
    (path,) = generation(published, follower).glob(pattern)
    DAMAGE[damage](path)
    with open_store(published, IDENTITY) as store:
        assert sum(map(bool, problems(store))) == 1
        assert search(store) == EXPECTED
        assert problems(store) == ["", ""]
        assert f"the {follower} index" in caplog.text
    caplog.clear()
    with open_store(published, IDENTITY) as store:
        assert search(store) == EXPECTED
        assert caplog.text == ""


@pytest.mark.parametrize("follower", FOLLOWERS)
def test_damage_during_a_later_publication_is_noticed(published: Path, follower: str) -> None:
    flip_byte(next(generation(published, follower).glob("*.faiss" if follower == "dense" else "*.idx")))
    with open_store(published, IDENTITY) as store:
        store.add(*make_document("c.txt", "休暇 新規"))
        store.publish()
        assert problems(store) == ["", ""]
        assert search(store)[0] == ["休暇 届", "休暇 新規", "休暇 申請"]


@pytest.mark.parametrize("follower", FOLLOWERS)
def test_a_missing_follower_is_made_again(published: Path, follower: str) -> None:
    shutil.rmtree(published / follower)
    with open_store(published, IDENTITY) as store:
        assert problems(store).count("it is missing") == 1
        assert search(store) == EXPECTED
        assert problems(store) == ["", ""]


def test_a_follower_of_another_store_is_made_again(published: Path, tmp_path: Path) -> None:
    with create_store(tmp_path / "別", IDENTITY) as other:
        other.add(*make_document("x.txt", "休暇 他社"))
        other.publish()
    for follower in FOLLOWERS:
        shutil.rmtree(published / follower)
        shutil.copytree(tmp_path / "別" / follower, published / follower)
    with open_store(published, IDENTITY) as store:
        assert all("another store" in problem for problem in problems(store))
        assert search(store) == EXPECTED


def test_a_follower_that_is_ahead_is_made_again(published: Path, tmp_path: Path) -> None:
    """As after a backup of the database alone was put back."""
    shutil.copy(published / "store.sqlite", tmp_path / "backup")
    with open_store(published, IDENTITY) as store:
        store.add(*make_document("c.txt", "休暇 後日"))
        store.publish()
    shutil.copy(tmp_path / "backup", published / "store.sqlite")
    with open_store(published, IDENTITY) as store:
        assert all("is at change 4, the store only at 3" in problem for problem in problems(store))
        assert search(store) == EXPECTED
        assert problems(store) == ["", ""]


def test_a_writer_drops_followers_that_are_ahead_before_it_reaches_them(
    published: Path, tmp_path: Path
) -> None:
    shutil.copy(published / "store.sqlite", tmp_path / "backup")
    with open_store(published, IDENTITY) as store:
        store.add(*make_document("c.txt", "休暇 後日"))
        store.publish()
    shutil.copy(tmp_path / "backup", published / "store.sqlite")
    with open_store(published, IDENTITY) as store:
        store.add(*make_document("d.txt", "休暇 別日"))  # the same change number, another content
        assert search(store)[0] == ["休暇 別日", "休暇 届", "休暇 申請"]


def test_an_old_follower_is_made_again(published: Path, tmp_path: Path) -> None:
    """As after a backup of an index alone was put back: what left meanwhile is no longer listed."""
    shutil.copytree(published / "keyword", tmp_path / "keyword")
    with open_store(published, IDENTITY) as store:
        store.remove("規程集//社内/b.txt")
        store.publish()
    shutil.rmtree(published / "keyword")
    shutil.copytree(tmp_path / "keyword", published / "keyword")
    with open_store(published, IDENTITY) as store:
        assert any("is forgotten" in problem for problem in problems(store))
        assert search(store)[0] == ["休暇 申請"]


@pytest.mark.parametrize("read_only", [True, False])
def test_who_cannot_mend_searches_sqlite(
    published: Path, caplog: pytest.LogCaptureFixture, read_only: bool
) -> None:
    with open_store(published, IDENTITY) as writer:
        writer.add(*make_document("c.txt", "休暇 新規"))  # holds the lock
        for follower in FOLLOWERS:
            (generation(published, follower) / "manifest.json").unlink()
        with open_store(published, IDENTITY, read_only=read_only) as store:
            everything = ["休暇 届", "休暇 新規", "休暇 申請"]
            assert search(store) == (everything, everything)
            assert "which is slower" in caplog.text
            assert all(problems(store))
            writer.remove("規程集//社内/b.txt")
            assert search(store)[0] == ["休暇 新規", "休暇 申請"]
            writer.publish()
            caplog.clear()
            assert search(store)[0] == ["休暇 新規", "休暇 申請"]
            assert problems(store) == ["", ""]
            assert caplog.text == ""


def test_a_follower_that_cannot_be_written_is_searched_in_sqlite(
    published: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(published / "dense")
    (published / "dense").write_bytes(b"in the way")
    with open_store(published, IDENTITY, publish_every=1) as store:
        assert search(store) == EXPECTED
        assert "dense index cannot be written" in caplog.text
        caplog.clear()
        store.add(*make_document("c.txt", "休暇 新規"))  # is committed all the same
        wait_until(lambda: "dense index cannot be written" in caplog.text)
        assert search(store)[1] == ["休暇 届", "休暇 新規", "休暇 申請"]
        with pytest.raises(StoreError, match="the documents are safe"):
            store.publish()


def test_one_generation_is_kept(store: LocalStore, place: Path) -> None:
    for number in range(3):
        store.add(*make_document(f"{number}.txt", "休暇 申請"))
        store.publish()
        for follower in FOLLOWERS:
            assert generation(place, follower).name == f"gen-{number + 1:08d}"


def test_a_publication_without_changes_does_nothing(store: LocalStore, place: Path) -> None:
    store.add(*make_document("a.txt", "休暇 申請"))
    store.publish()
    before = generation(place, "keyword").stat().st_mtime_ns
    store.publish()
    assert generation(place, "keyword").stat().st_mtime_ns == before


def test_unchanged_files_are_shared_between_generations(store: LocalStore, place: Path) -> None:
    store.add(*make_document("a.txt", "休暇 申請"))
    store.publish()
    files = {path.name: path.stat().st_ino for path in generation(place, "dense").glob("*.faiss")}
    store.add(*make_document("b.txt", "休暇 申請"))
    store.publish()
    later = {path.name: path.stat().st_ino for path in generation(place, "dense").glob("*.faiss")}
    assert files.items() < later.items()


def test_what_a_kill_left_behind_is_cleared_away(store: LocalStore, place: Path) -> None:
    for follower in FOLLOWERS:
        (place / follower / "gen-00000001.draft").mkdir(parents=True)
    store.add(*make_document("a.txt", "休暇 申請"))
    assert search(store)[0] == ["休暇 申請"]
    store.publish()
    assert not list(place.glob("*/*.draft"))


def test_the_writer_publishes_by_itself_when_much_is_pending(place: Path) -> None:
    with create_store(place, IDENTITY, publish_every=10) as store:
        for number in range(9):
            store.add(*make_document(f"{number}.txt", "休暇"))
        assert not list(place.glob("keyword/gen-*"))
        store.add(*make_document("0.txt", "休暇"))  # replacing counts twice
        wait_until(lambda: any(place.glob("dense/gen-00000001")))
        assert generation(place, "keyword").name == "gen-00000001"


def test_adding_goes_on_while_the_followers_catch_up(place: Path) -> None:
    with create_store(place, IDENTITY, publish_every=3) as store:
        for number in range(60):
            store.add(*make_document(f"{number % 40}.txt", f"休暇 語{number}"), b"original %d" % (number % 7))
            if number % 9 == 8:
                store.remove(f"規程集//社内/{number % 40}.txt")
        kept = {info.name for info in store.document_infos(EVERYTHING)}
        assert len(search(store, "休暇")[0]) == len(kept)
    with open_store(place, IDENTITY) as store:
        assert len(search(store, "休暇")[0]) == len(kept)
        assert problems(store) == ["", ""]
        for info in store.document_infos(EVERYTHING):
            assert store.original(info.id, EVERYTHING)


def test_pending_changes_of_the_last_writer_count(place: Path) -> None:
    with create_store(place, IDENTITY) as store:
        store.add(*make_document("a.txt", "休暇", "申請", "届"))
    with open_store(place, IDENTITY, publish_every=4) as store:
        store.add(*make_document("b.txt", "休暇"))
        wait_until(lambda: any(place.glob("keyword/gen-*[0-9]")))


def test_mostly_dead_indexes_are_made_again(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    with create_store(place, IDENTITY) as store:
        for turn in range(3):
            for number in range(2):
                store.add(*make_document(f"{number}.txt", *[f"休暇 語{turn}"] * 400))
            store.publish()
        manifest = orjson.loads((generation(place, "keyword") / "manifest.json").read_bytes())
        assert manifest["num_dead"] == 0  # 800 after the second turn, 1,600 would have been too many
        assert manifest["num_chunks"] == 800
        assert len(store.search_keyword(make_terms("休暇"), EVERYTHING, 1_000)) == 800


def test_dropped_followers_come_back(published: Path) -> None:
    with open_store(published, IDENTITY) as store:
        store.drop_followers()
        assert search(store) == EXPECTED
        assert problems(store) == ["", ""]


def test_a_store_for_reading_refuses_to_write(published: Path) -> None:
    with open_store(published, IDENTITY, read_only=True) as store:
        for write in (
            lambda: store.add(*make_document("c.txt", "休暇")),
            lambda: store.remove("規程集//社内/a.txt"),
            store.publish,
            store.drop_followers,
        ):
            with pytest.raises(StoreError, match="opened for reading"):
                write()


def test_warnings_hold_no_text_of_documents(published: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    flip_byte(next(generation(published, "dense").glob("*.faiss")))
    with open_store(published, IDENTITY) as store:
        search(store)
    assert caplog.text
    assert "休暇" not in caplog.text
