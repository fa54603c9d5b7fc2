"""Several processes on one store: readers see every commit, one writes, a kill loses nothing."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from rag.errors import StoreBusy
from rag.store.local import LocalStore, create_store, open_store
from rag.types import EVERYTHING
from tests.contracts.store_material import IDENTITY, make_document, make_terms, make_vector
from tests.store.local.conftest import ReaderProcess, start_process


def test_another_process_sees_additions_and_removals_at_once(
    store: LocalStore, reader: ReaderProcess
) -> None:
    assert reader.search("休暇") == ([], [])
    store.add(*make_document("a.txt", "休暇 申請"))
    assert reader.search("休暇") == (["休暇 申請"], ["休暇 申請"])
    store.add(*make_document("b.txt", "休暇 届"))
    store.remove("規程集//社内/a.txt")
    assert reader.search("休暇") == (["休暇 届"], ["休暇 届"])


def test_another_process_follows_through_generations(store: LocalStore, reader: ReaderProcess) -> None:
    kept = []
    for number in range(8):
        store.add(*make_document(f"{number}.txt", f"休暇 語{number}"))
        kept.append(f"休暇 語{number}")
        if number % 2:
            store.publish()  # deletes the generation that the reader has open
        if number % 3 == 2:
            store.remove(f"規程集//社内/{number}.txt")
            kept.pop()
        assert reader.search("休暇") == (kept, kept)


def test_one_process_writes(store: LocalStore, place: Path) -> None:
    store.add(*make_document("a.txt", "休暇"))
    with open_store(place, IDENTITY) as second:
        with pytest.raises(StoreBusy, match=r"process \d+: try again") as caught:
            second.add(*make_document("b.txt", "休暇"))
        assert str(place) in str(caught.value)
        assert len(second.search_keyword(make_terms("休暇"), EVERYTHING, 5)) == 1  # reading needs no lock
        store.publish()  # the end of a run lets others write
        second.add(*make_document("b.txt", "休暇"))
        with pytest.raises(StoreBusy):
            store.remove("規程集//社内/a.txt")
    store.remove("規程集//社内/a.txt")  # so does closing
    assert len(store.search_keyword(make_terms("休暇"), EVERYTHING, 5)) == 1


def test_writers_take_turns(store: LocalStore, place: Path) -> None:
    with open_store(place, IDENTITY) as second:
        for turn, (writer, other) in enumerate([(store, second), (second, store), (store, second)]):
            writer.add(*make_document(f"{turn}.txt", f"共通 語{turn}"))
            writer.publish()
            assert len(other.search_keyword(make_terms("共通"), EVERYTHING, 5)) == turn + 1


WRITER = """
import contextlib, sys
from pathlib import Path
from rag.errors import DocumentNotFound
from rag.store.local import open_store
from tests.contracts.store_material import IDENTITY, make_document

first = int(sys.argv[2])
with open_store(Path(sys.argv[1]), IDENTITY, publish_every=12) as store:
    for number in range(first, first + 100_000):
        if number % 5 == 4:
            with contextlib.suppress(DocumentNotFound):  # the last writer was killed right behind this
                store.remove(f"規程集//社内/{number - 2}.txt")
        document = make_document(f"{number}.txt", f"共通 語{number}", f"別 語{number}")
        store.add(*document, b"original %d" % number)
        print(number, flush=True)
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_kill_loses_nothing_that_was_committed(place: Path, seed: int) -> None:
    create_store(place, IDENTITY).close()
    rng = random.Random(seed)
    last = -1
    for _ in range(2):
        writer = start_process(WRITER, place, last + 1)
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.5))  # one publication takes about 0.15 s: most kills fall into one
        writer.kill()
        output = writer.stdout.read()  # `communicate` would forget what was read ahead with the first line
        writer.communicate()
        last = max([last + 1, *map(int, output.split())])
        with open_store(place, IDENTITY) as store:
            last = check_whole(store, last)
    with open_store(place, IDENTITY) as store:
        store.publish()
        check_whole(store, last)
        assert not any(follower.problem for follower in store.statistics().followers)


def check_whole(store: LocalStore, last: int) -> int:
    """Both legs find both chunks of every document up to ``last``, and nothing else."""
    numbers = {int(info.name.removesuffix(".txt")) for info in store.document_infos(EVERYTHING)}
    newest = max(numbers)
    assert newest in {last, last + 1}  # one more may have been committed before it could say so
    removed = {number - 2 for number in range(last + 2) if number % 5 == 4}
    # A kill may fall between a removal and the addition behind it.
    assert numbers | {newest - 1} == (set(range(newest + 1)) - removed) | {newest - 1}
    expected = sorted(f"{word} 語{number}" for number in numbers for word in ("共通", "別"))
    many = 4 * len(numbers)
    by_words = store.search_keyword(make_terms("共通 別"), EVERYTHING, many)
    by_vector = store.search_dense(make_vector("共通"), EVERYTHING, many)
    for hits in (by_words, by_vector):
        chunks = store.chunks([hit.chunk_id for hit in hits], EVERYTHING)
        assert sorted(chunk.text for chunk in chunks.values()) == expected
    for info in store.document_infos(EVERYTHING):
        number = info.name.removesuffix(".txt")
        assert store.document(info.id, EVERYTHING).text == f"共通 語{number}別 語{number}"
        assert store.original(info.id, EVERYTHING) == f"original {number}".encode()
    return newest
