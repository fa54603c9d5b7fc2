"""What a follower says is wrong with it, as far as searches have noticed."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pytest

from rag.store.local.changes import Changes, State
from rag.store.local.follower import MAX_BEHIND, Follower


@dataclass(frozen=True)
class EmptyView:
    """A view of nothing at some change."""

    base: int = 0
    change_number: int = 0

    def advanced(self, connection: sqlite3.Connection, changes: Changes) -> Self:
        return replace(self, change_number=changes.until)


class EmptyIndex:
    """An index that holds nothing."""

    name = "empty"

    def build(self, folder: Path, connection: sqlite3.Connection, changes: Changes) -> int:
        return 0

    def load(self, folder: Path, change_number: int) -> EmptyView:
        return EmptyView(change_number, change_number)

    def empty(self) -> EmptyView:
        return EmptyView()


def searched(folder: Path, change_number: int) -> Follower[EmptyView]:
    """A follower without generations, of a store that has come so far."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE documents (number, first_chunk, end_chunk, collection, source, name, day)"
    )
    connection.execute(
        "CREATE TABLE departures (change_number, document, first_chunk, end_chunk, frequencies, original)"
    )
    follower = Follower(EmptyIndex(), folder, "store")
    follower.view(connection, State((), change_number, 0, 1, 0, 0, 0))
    connection.close()
    return follower


@pytest.mark.parametrize(
    ("change_number", "trouble"), [(0, ""), (MAX_BEHIND, ""), (MAX_BEHIND + 1, "20,001 changes behind")]
)
def test_a_follower_far_behind_says_so(tmp_path: Path, change_number: int, trouble: str) -> None:
    told = searched(tmp_path, change_number).trouble()
    assert (trouble in told) if trouble else told == ""


def test_a_problem_comes_first(tmp_path: Path) -> None:
    follower = searched(tmp_path, MAX_BEHIND + 1)
    follower.search_memory("it is damaged")
    assert follower.trouble() == "it is damaged"
    assert Follower(EmptyIndex(), tmp_path, "store").trouble() == "", "nobody has searched yet"
