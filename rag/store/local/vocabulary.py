"""Terms as numbers: each pair of field and term that ever stood in the store has an id.

Rows of terms are then short and exact, scoring is arithmetic on arrays, and the keyword index can be made
again without a word of text. Ids begin at 1, grow in order of appearance and are never given twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from rag.errors import StoreError
from rag.store.local.bm25 import FIELD_NAMES, QueryTerms
from rag.store.local.term_block import TermIds
from rag.text.terms import Terms

MAX_REMEMBERED = 300_000
"""Terms that a writer keeps in memory (about 40 MB); the frequent ones come back at once."""

_MAX_VARIABLES = 500


class Vocabulary:
    """Gives terms their ids for one writer, and remembers them between documents."""

    def __init__(self) -> None:
        self._known: list[dict[str, int]] = [{} for _ in FIELD_NAMES]

    def number(self, connection: sqlite3.Connection, chunks: Sequence[Terms]) -> list[list[TermIds]]:
        """The terms of some chunks with ids in place of words, field by field; new terms get theirs.

        Runs inside the caller's transaction; call `forget` when that is rolled back.
        """
        if sum(map(len, self._known)) > MAX_REMEMBERED:
            self.forget()
        for field, name in enumerate(FIELD_NAMES):
            words = {word for terms in chunks for word in terms.get(name, ())}
            known = self._known[field]
            # Not ``words - known.keys()``: that walks through everything known, for every document.
            self._learn(connection, field, {word for word in words if word not in known})
        return [
            [
                {ids[word]: count for word, count in terms.get(name, {}).items()}
                for ids, name in zip(self._known, FIELD_NAMES, strict=True)
            ]
            for terms in chunks
        ]

    def forget(self) -> None:
        """Drop what is remembered, such as ids of a transaction that was rolled back."""
        for known in self._known:
            known.clear()

    def _learn(self, connection: sqlite3.Connection, field: int, words: Collection[str]) -> None:
        found = find_ids(connection, field, words)
        new = sorted(words - found.keys())  # sorted, so that the same documents make the same store
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM terms").fetchone()
        added = dict(zip(new, range(last + 1, last + 1 + len(new)), strict=True))
        connection.executemany(
            "INSERT INTO terms (id, field, term) VALUES (?, ?, ?)",
            ((term_id, field, word) for word, term_id in added.items()),
        )
        self._known[field] |= found | added


def check_fields(terms: Terms) -> None:
    """Raise StoreError for a field that the store has no place for."""
    unknown = sorted(terms.keys() - set(FIELD_NAMES))
    if unknown:
        raise StoreError(f"no such field of terms: {', '.join(unknown)} (there are {', '.join(FIELD_NAMES)})")


def find_ids(connection: sqlite3.Connection, field: int, words: Iterable[str]) -> dict[str, int]:
    """The ids of those words that the field knows."""
    wanted = list(words)
    found: dict[str, int] = {}
    for first in range(0, len(wanted), _MAX_VARIABLES):
        batch = wanted[first : first + _MAX_VARIABLES]
        marks = ",".join("?" * len(batch))
        sql = f"SELECT term, id FROM terms WHERE field = ? AND term IN ({marks})"  # noqa: S608  marks only
        found.update(connection.execute(sql, (field, *batch)).fetchall())
    return found


def find_query(connection: sqlite3.Connection, terms: Terms) -> QueryTerms:
    """Those terms of a query that stand in the store or once stood there."""
    check_fields(terms)
    known = []
    for field, name in enumerate(FIELD_NAMES):
        asked: Mapping[str, int] = terms.get(name, {})
        for word, term_id in find_ids(connection, field, asked).items():
            known.append((term_id, field, asked[word], word))
    known.sort()
    return QueryTerms(
        np.array([term_id for term_id, *_ in known], dtype=np.uint32),
        np.array([field for _, field, *_ in known], dtype=np.intp),
        np.array([count for *_, count, _ in known], dtype=np.float64),
        tuple(word for *_, word in known),
    )
