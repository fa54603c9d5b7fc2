"""Putting documents into the tables and taking them out, with the totals kept along."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.store import codec
from rag.store.local.changes import State, write_state
from rag.store.local.term_block import TermBlock
from rag.store.local.words import KnownWords
from rag.store.packing import PackedDocument
from rag.types import DocumentInfo


def put_document(
    connection: sqlite3.Connection,
    state: State,
    packed: PackedDocument,
    words: KnownWords,
    original: str | None,
) -> State:
    """Insert a document in place of the one with its id, as one change; returns the new state."""
    number = state.change_number + 1
    state = take_document(connection, state, packed.info.id) or replace(state, change_number=number)
    first, end = state.next_chunk_id, state.next_chunk_id + len(packed.places)
    _insert_document(connection, packed, (number, *_document_row(packed.info), first, end, original))
    words.insert(connection, packed.words)
    _insert_chunks(connection, number, packed, first)
    state = replace(
        state,
        next_chunk_id=end,
        num_documents=state.num_documents + 1,
        num_chunks=state.num_chunks + end - first,
        num_chars=state.num_chars + packed.info.num_chars,
        field_lengths=_add_lengths(state, packed.terms.field_lengths, 1),
    )
    write_state(connection, state)
    return state


def take_document(connection: sqlite3.Connection, state: State, document_id: str) -> State | None:
    """Delete a document as one change; None when it is not there.

    What the followers need to take it out too stays behind as a departure.
    """
    row = connection.execute(
        "SELECT number, first_chunk, end_chunk, num_chars, original FROM documents WHERE id = ?",
        (document_id,),
    ).fetchone()
    if row is None:
        return None
    number, first, end, num_chars, original = row
    block = read_term_block(connection, first, end)
    change_number = state.change_number + 1
    connection.execute(
        "INSERT INTO departures VALUES (?, ?, ?, ?, ?, ?)",
        (change_number, number, first, end, block.frequencies().to_bytes(), original),
    )
    connection.execute("DELETE FROM documents WHERE number = ?", (number,))
    state = replace(
        state,
        change_number=change_number,
        num_documents=state.num_documents - 1,
        num_chunks=state.num_chunks - (end - first),
        num_chars=state.num_chars - num_chars,
        field_lengths=_add_lengths(state, block.field_lengths, -1),
    )
    write_state(connection, state)
    return state


def forget_departures(connection: sqlite3.Connection, state: State, passed: int) -> list[str]:
    """Forget departures up to ``passed``, which every follower has seen.

    Returns the hashes of original files that no document needs any more.
    """
    rows = connection.execute(
        "SELECT DISTINCT original FROM departures WHERE change_number <= ? AND original IS NOT NULL "
        "AND original NOT IN (SELECT original FROM documents WHERE original IS NOT NULL)",
        (passed,),
    ).fetchall()
    connection.execute("DELETE FROM departures WHERE change_number <= ?", (passed,))
    write_state(connection, replace(state, forgotten_number=max(passed, state.forgotten_number)))
    return [original for (original,) in rows]


def read_term_block(connection: sqlite3.Connection, first: int, end: int | None = None) -> TermBlock:
    """The terms of the chunks ``[first, end)``; without ``end`` of all from ``first`` on."""
    last = np.iinfo(np.int64).max if end is None else end - 1
    rows = connection.execute(
        "SELECT chunk, data FROM chunk_terms WHERE chunk BETWEEN ? AND ?", (first, int(last))
    )
    return TermBlock.decode(rows)


def _insert_document(connection: sqlite3.Connection, packed: PackedDocument, row: Sequence[object]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO documents VALUES ({marks})", row)  # noqa: S608  marks only
    connection.execute("INSERT INTO bodies VALUES (?, ?, ?)", (row[0], packed.text, packed.spans))


def _document_row(info: DocumentInfo) -> Sequence[object]:
    known = info.attributes
    day = known.date or known.effective_from
    return (
        info.id,
        info.collection,
        info.source,
        info.name,
        info.title,
        info.media_type,
        info.encoding,
        info.sha256,
        info.size_bytes,
        info.recipe,
        known.author,
        codec.encode_date(known.date),
        codec.encode_date(known.effective_from),
        codec.encode_date(known.effective_to),
        known.level,
        day.toordinal() if day else None,
        info.num_chars,
    )


def _insert_chunks(connection: sqlite3.Connection, number: int, packed: PackedDocument, first: int) -> None:
    text = codec.decode_text(packed.text)
    connection.executemany(
        "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (chunk_id, number, position, start, end, text[start:end], *place)
            for chunk_id, (position, start, end, *place) in enumerate(packed.places, first)
        ),
    )
    vectors = () if packed.vectors is None else map(np.ndarray.tobytes, packed.vectors)
    columns = {
        "chunk_analyses": packed.analyses,
        "chunk_terms": packed.terms.rows(),
        "chunk_vectors": vectors,
    }
    for table, blobs in columns.items():
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", enumerate(blobs, first))  # noqa: S608


def _add_lengths(state: State, lengths: Sequence[int], sign: int) -> tuple[int, ...]:
    return tuple(total + sign * length for total, length in zip(state.field_lengths, lengths, strict=True))
