"""The words of analyses: what an id stands for, told once a store (`rag.store.analyses`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import orjson

from rag.store.analyses import read_word, unpack_analysis, word_ids
from rag.store.hashing import Ids
from rag.text.analyzer import Analysis, Feature

MAX_REMEMBERED = 400_000
MAX_ANALYSES = 256
"""The re-ranker and the answerer ask for the analyses of the same hits."""


class KnownWords:
    """Which words the store of one writer holds for certain, so that only new ones are written."""

    def __init__(self) -> None:
        self._ids: set[int] = set()

    def insert(self, connection: sqlite3.Connection, words: Mapping[int, str]) -> None:
        """Put in those that are new; call `forget` when the caller's transaction is rolled back."""
        if len(self._ids) > MAX_REMEMBERED:
            self.forget()
        new = words.keys() - self._ids
        connection.executemany(
            "INSERT OR IGNORE INTO words VALUES (?, ?)", [(number, words[number]) for number in sorted(new)]
        )
        self._ids |= new

    def forget(self) -> None:
        """Be certain of nothing."""
        self._ids.clear()


class WordTable:
    """The words that this process has read from a store; an id always stands for the same word."""

    def __init__(self) -> None:
        self._words: dict[int, Feature | str] = {}
        self._analyses: dict[bytes, Analysis] = {}

    def unpack(self, connection: sqlite3.Connection, rows: Mapping[int, bytes]) -> dict[int, Analysis]:
        """Stored analyses by the id of their chunk."""
        known = self._analyses if len(self._analyses) < MAX_ANALYSES else {}
        if unknown := [row for row in rows.values() if row not in known]:
            words = self.load(connection, word_ids(unknown))
            known.update((row, unpack_analysis(row, words)) for row in unknown)
        self._analyses = known
        return {chunk_id: known[row] for chunk_id, row in rows.items()}

    def load(self, connection: sqlite3.Connection, ids: Ids) -> Mapping[int, Feature | str]:
        """At least the words of these ids."""
        words = self._words if len(self._words) < MAX_REMEMBERED else {}
        if unknown := [number for number in ids.tolist() if number not in words]:
            rows = connection.execute(
                "SELECT id, written FROM words WHERE id IN (SELECT value FROM json_each(?))",
                (orjson.dumps(unknown).decode(),),
            )
            words.update((number, read_word(written)) for number, written in rows)
        self._words = words
        return words
