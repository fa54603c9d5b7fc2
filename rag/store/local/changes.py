"""How far the truth has come, and what has changed since a number."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from rag.store.local.bm25 import Statistics
from rag.store.local.term_block import Frequencies


@dataclass(frozen=True, slots=True)
class State:
    """The one row that says how far the truth has come, and what it holds in all.

    Departures up to ``forgotten_number`` are no longer listed, because every follower has passed them.
    """

    field_lengths: tuple[int, ...]
    change_number: int
    forgotten_number: int
    next_chunk_id: int
    num_documents: int
    num_chunks: int
    num_chars: int

    @property
    def statistics(self) -> Statistics:
        """What BM25 needs of it."""
        return Statistics.of(self.num_chunks, self.field_lengths)


def read_state(connection: sqlite3.Connection) -> State:
    """The state that the connection sees."""
    row: list[Any] = connection.execute(
        "SELECT field_lengths, change_number, forgotten_number, next_chunk_id, num_documents, num_chunks, "
        "num_chars FROM state"
    ).fetchone()
    return State(tuple(orjson.loads(row[0])), *row[1:])


def write_state(connection: sqlite3.Connection, state: State) -> None:
    """Replace the row."""
    connection.execute(
        "UPDATE state SET change_number = ?, forgotten_number = ?, next_chunk_id = ?, "
        "num_documents = ?, num_chunks = ?, num_chars = ?, field_lengths = ?",
        (
            state.change_number,
            state.forgotten_number,
            state.next_chunk_id,
            state.num_documents,
            state.num_chunks,
            state.num_chars,
            orjson.dumps(state.field_lengths).decode(),
        ),
    )


class Addition(NamedTuple):
    """A document that stands in the truth, as a follower needs it; chunks ``[first_chunk, end_chunk)``."""

    number: int
    first_chunk: int
    end_chunk: int
    collection: str
    source: str
    name: str
    day: int | None


class Departure(NamedTuple):
    """A document that was removed or replaced by the change ``change_number``."""

    change_number: int
    document: int
    first_chunk: int
    end_chunk: int
    frequencies: Frequencies


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the truth after the change ``since``: documents that came and stayed, and that went."""

    since: int
    until: int
    additions: tuple[Addition, ...]
    departures: tuple[Departure, ...]

    def departures_from(self, change_number: int) -> list[Departure]:
        """Those that an index which holds the truth up to ``change_number`` has to take out."""
        return [departure for departure in self.departures if departure.document <= change_number]

    @property
    def num_departed_chunks(self) -> int:
        """Chunks that an index at ``since`` has to take out."""
        return sum(d.end_chunk - d.first_chunk for d in self.departures_from(self.since))


def read_changes(connection: sqlite3.Connection, since: int, until: int) -> Changes:
    """The changes after ``since``; ``until`` is the number that the connection sees."""
    additions = connection.execute(
        "SELECT number, first_chunk, end_chunk, collection, source, name, day FROM documents "
        "WHERE number > ? ORDER BY number",
        (since,),
    )
    departures = connection.execute(
        "SELECT change_number, document, first_chunk, end_chunk, frequencies FROM departures "
        "WHERE change_number > ? ORDER BY change_number",
        (since,),
    )
    return Changes(
        since,
        until,
        tuple(Addition(*row) for row in additions),
        tuple(
            Departure(number, document, first, end, Frequencies.from_bytes(data))
            for number, document, first, end, data in departures
        ),
    )


def count_pending(connection: sqlite3.Connection, since: int) -> int:
    """How many chunks came or went after ``since``: what a follower at that change has to catch up with."""
    (pending,) = connection.execute(
        "SELECT (SELECT coalesce(sum(end_chunk - first_chunk), 0) FROM documents WHERE number > :since) + "
        "(SELECT coalesce(sum(end_chunk - first_chunk), 0) FROM departures WHERE change_number > :since)",
        {"since": since},
    ).fetchone()
    return int(pending)
