"""The tables of the truth, and what a fresh store begins with.

A document's version is named by the change that put it in: ``documents.number`` is that change number.
Chunk ids are handed out by ``state.next_chunk_id``, so that none is ever used twice, and the chunks of a
document have ids in one run ``[first_chunk, end_chunk)``. Blobs stand in narrow tables of their own, so
that a follower that catches up reads what it needs and nothing else.
"""

from __future__ import annotations

import sqlite3
import uuid

import orjson

from rag.store.local.identity import identity_to_json
from rag.store.terms import FIELD_NAMES
from rag.types import IndexIdentity

FORMAT_VERSION = 2
"""Kept in ``PRAGMA user_version``; a change of it comes with a step in `rag.store.local.migrations`."""

PAGE_BYTES = 8192
"""Several chunks' terms (2 to 4 KB each) fit a page of 8 KB; a page of 4 KB would be half empty."""

TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        change_number INTEGER NOT NULL,
        forgotten_number INTEGER NOT NULL, -- departures up to here are no longer listed
        next_chunk_id INTEGER NOT NULL,
        num_documents INTEGER NOT NULL,
        num_chunks INTEGER NOT NULL,
        num_chars INTEGER NOT NULL,
        field_lengths TEXT NOT NULL -- JSON: terms in all chunks, in the order of the fields
    )""",
    """CREATE TABLE documents (
        number INTEGER PRIMARY KEY, -- the change that put it in
        id TEXT NOT NULL UNIQUE,
        collection TEXT NOT NULL,
        source TEXT NOT NULL,
        name TEXT NOT NULL,
        title TEXT NOT NULL,
        media_type TEXT NOT NULL,
        encoding TEXT,
        sha256 TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        recipe TEXT NOT NULL,
        author TEXT,
        date TEXT,
        effective_from TEXT,
        effective_to TEXT,
        level TEXT,
        day INTEGER, -- ordinal of date or effective_from: what a Scope's dates compare with
        num_chars INTEGER NOT NULL,
        first_chunk INTEGER NOT NULL,
        end_chunk INTEGER NOT NULL,
        original TEXT -- hash of the file under originals/
    )""",
    "CREATE INDEX documents_by_place ON documents (collection, source)",
    "CREATE INDEX documents_by_original ON documents (original)",
    """CREATE TABLE bodies (
        document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
        text BLOB NOT NULL, -- compressed
        spans BLOB NOT NULL -- sections, annotations, locators; compressed
    )""",
    """CREATE TABLE chunks (
        id INTEGER PRIMARY KEY,
        document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        position INTEGER NOT NULL,
        start_char INTEGER NOT NULL,
        end_char INTEGER NOT NULL,
        text TEXT NOT NULL,
        sentences BLOB NOT NULL,
        heading_path TEXT NOT NULL,
        locator TEXT
    )""",
    "CREATE INDEX chunks_by_document ON chunks (document)",
    """CREATE TABLE chunk_analyses (
        chunk INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE, data BLOB NOT NULL
    )""",
    """CREATE TABLE chunk_terms (
        chunk INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE, data BLOB NOT NULL
    )""",
    """CREATE TABLE chunk_vectors (
        chunk INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE, data BLOB NOT NULL -- float16
    )""",
    """CREATE TABLE words (
        id INTEGER PRIMARY KEY, written TEXT NOT NULL -- what an id in an analysis stands for
    )""",
    """CREATE TABLE departures (
        change_number INTEGER PRIMARY KEY,
        document INTEGER NOT NULL, -- its number, not its id
        first_chunk INTEGER NOT NULL,
        end_chunk INTEGER NOT NULL,
        frequencies BLOB NOT NULL, -- in how many of these chunks each term stood
        original TEXT
    )""",
)


def create_tables(connection: sqlite3.Connection, identity: IndexIdentity) -> None:
    """Lay out an empty store in a database that holds nothing yet."""
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("BEGIN IMMEDIATE")
    for statement in TABLES:
        connection.execute(statement)
    meta = {"store_id": uuid.uuid4().hex, "identity": identity_to_json(identity)}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    nothing = orjson.dumps([0] * len(FIELD_NAMES)).decode()
    connection.execute("INSERT INTO state VALUES (1, 0, 0, 1, 0, 0, 0, ?)", (nothing,))
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
    connection.execute("COMMIT")
