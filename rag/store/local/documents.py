"""Putting documents into the tables and taking them out, with the totals kept along."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from rag.store.local import codec
from rag.store.local.bm25 import FIELD_NAMES
from rag.store.local.changes import State, write_state
from rag.store.local.intake import Intake
from rag.store.local.term_block import TermBlock, encode_terms
from rag.store.local.vocabulary import Vocabulary
from rag.types import Document


def put_document(
    connection: sqlite3.Connection,
    state: State,
    intake: Intake,
    vocabulary: Vocabulary,
    original: str | None,
) -> State:
    """Insert a document in place of the one with its id, as one change; returns the new state."""
    number = state.change_number + 1
    state = take_document(connection, state, intake.document.id) or replace(state, change_number=number)
    first, end = state.next_chunk_id, state.next_chunk_id + len(intake.chunks)
    _insert_document(connection, intake, (number, *_document_row(intake.document), first, end, original))
    numbered, next_term_id = vocabulary.number(connection, intake.terms, state.next_term_id)
    blobs = [encode_terms(fields) for fields in numbered]
    _insert_chunks(connection, number, intake, blobs, first)
    block = TermBlock.decode(enumerate(blobs), len(FIELD_NAMES))
    state = replace(
        state,
        next_chunk_id=end,
        next_term_id=next_term_id,
        num_documents=state.num_documents + 1,
        num_chunks=state.num_chunks + end - first,
        num_chars=state.num_chars + len(intake.document.text),
        field_lengths=_add_lengths(state, block, 1),
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
        field_lengths=_add_lengths(state, block, -1),
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
    return TermBlock.decode(rows, len(FIELD_NAMES))


def _insert_document(connection: sqlite3.Connection, intake: Intake, row: Sequence[object]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO documents VALUES ({marks})", row)  # noqa: S608  marks only
    connection.execute("INSERT INTO bodies VALUES (?, ?, ?)", (row[0], intake.text, intake.spans))


def _document_row(document: Document) -> Iterable[object]:
    known = document.attributes
    day = known.date or known.effective_from
    return (
        document.id,
        document.collection,
        document.source,
        document.name,
        document.title,
        document.media_type,
        document.encoding,
        document.sha256,
        document.size_bytes,
        document.recipe,
        known.author,
        codec.encode_date(known.date),
        codec.encode_date(known.effective_from),
        codec.encode_date(known.effective_to),
        known.level,
        day.toordinal() if day else None,
        len(document.text),
    )


def _insert_chunks(
    connection: sqlite3.Connection, number: int, intake: Intake, terms: Sequence[bytes], first: int
) -> None:
    connection.executemany(
        "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((chunk_id, number, *row) for chunk_id, row in enumerate(intake.chunks, first)),
    )
    connection.executemany("INSERT INTO chunk_analyses VALUES (?, ?)", enumerate(intake.analyses, first))
    connection.executemany("INSERT INTO chunk_terms VALUES (?, ?)", enumerate(terms, first))
    connection.executemany("INSERT INTO chunk_vectors VALUES (?, ?)", enumerate(intake.vectors, first))


def _add_lengths(state: State, block: TermBlock, sign: int) -> tuple[int, ...]:
    lengths = block.lengths.sum(axis=0, dtype=np.int64).tolist()
    return tuple(total + sign * length for total, length in zip(state.field_lengths, lengths, strict=True))
