"""A local store in a temporary folder, and other processes that use it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.store.local import LocalStore, create_store
from tests.contracts.store_material import IDENTITY

ROOT = Path(__file__).parents[3]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the store of a test is."""
    return tmp_path / "倉庫"


@pytest.fixture
def store(place: Path) -> Iterator[LocalStore]:
    with create_store(place, IDENTITY) as store:
        yield store


def start_process(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Run a Python program that can import the project; its input and output are pipes."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


READER = """
import json, sys
from pathlib import Path
from rag.store.local import open_store
from rag.types import EVERYTHING
from tests.contracts.store_material import IDENTITY, make_terms, make_vector

with open_store(Path(sys.argv[1]), IDENTITY, read_only=True) as store:
    print("ready", flush=True)
    for line in sys.stdin:
        legs = (
            store.search_keyword(make_terms(line), EVERYTHING, 50),
            store.search_dense(make_vector(line.strip()), EVERYTHING, 50),
        )
        found = [store.chunks([hit.chunk_id for hit in hits], EVERYTHING).values() for hits in legs]
        print(json.dumps([sorted(chunk.text for chunk in chunks) for chunks in found]), flush=True)
"""


class ReaderProcess:
    """Another process that has the store open for reading, and searches when asked."""

    def __init__(self, place: Path) -> None:
        self._process = start_process(READER, place)
        assert self._process.stdout and self._process.stdout.readline() == "ready\n"

    def search(self, words: str) -> tuple[list[str], list[str]]:
        """Texts found by keyword and by vector."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()
        keyword, dense = json.loads(self._process.stdout.readline())
        return keyword, dense

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0


@pytest.fixture
def reader(place: Path, store: LocalStore) -> Iterator[ReaderProcess]:
    """A reader of the test's store in another process."""
    process = ReaderProcess(place)
    yield process
    process.close()
