"""Terms as numbers: each pair of field and term that ever stood in the store has an id.

Rows of terms are then short and exact, scoring is arithmetic on arrays, and the keyword index can be made
again without a word of text. Ids begin at 1, grow in order of appearance and are never given twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count

import numpy as np

from rag.errors import StoreError
from rag.store.local.bm25 import FIELD_NAMES, QueryTerms
from rag.store.local.term_block import FieldTerms
from rag.text.query_terms import WeightedTerms
from rag.text.terms import Terms

MAX_REMEMBERED = 300_000
"""Terms that a writer keeps in memory (about 40 MB); the frequent ones come back at once."""

_MAX_VARIABLES = 500


class Vocabulary:
    """Gives terms their ids for one writer, and remembers them between documents."""

    def __init__(self, max_remembered: int = MAX_REMEMBERED) -> None:
        self._max_remembered = max_remembered
        self._known: list[dict[str, int]] = [{} for _ in FIELD_NAMES]

    def number(
        self, connection: sqlite3.Connection, chunks: Sequence[Terms], next_id: int
    ) -> tuple[list[list[FieldTerms]], int]:
        """The terms of some chunks with ids in place of words, field by field, and the next free id.

        New terms get theirs from ``next_id`` on. Runs inside the caller's transaction; call `forget` when
        that is rolled back.
        """
        if sum(map(len, self._known)) > self._max_remembered:
            self.forget()
        for field, name in enumerate(FIELD_NAMES):
            known = self._known[field]
            unknown = {word for terms in chunks for word in terms.get(name, ()) if word not in known}
            next_id = self._learn(connection, field, unknown, next_id)
        numbered = [
            [self._number_field(field, terms.get(name, {})) for field, name in enumerate(FIELD_NAMES)]
            for terms in chunks
        ]
        return numbered, next_id

    def forget(self) -> None:
        """Drop what is remembered, such as ids of a transaction that was rolled back."""
        for known in self._known:
            known.clear()

    def _number_field(self, field: int, counts: Mapping[str, int]) -> FieldTerms:
        return FieldTerms.of(map(self._known[field].__getitem__, counts), counts.values())

    def _learn(self, connection: sqlite3.Connection, field: int, words: Collection[str], next_id: int) -> int:
        found = find_ids(connection, field, words)
        new = sorted(words - found.keys())  # sorted, so that the same documents make the same store
        added = dict(zip(new, count(next_id), strict=False))
        connection.executemany(
            "INSERT INTO terms VALUES (?, ?, ?)", ((field, word, term_id) for word, term_id in added.items())
        )
        self._known[field] |= found | added
        return next_id + len(new)


def check_fields(terms: WeightedTerms) -> None:
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


def find_ids_containing(connection: sqlite3.Connection, field: int, part: str) -> tuple[int, ...]:
    """The ids of all words of the field that have ``part`` in them; looks at every one of them."""
    rows = connection.execute("SELECT id FROM terms WHERE field = ? AND instr(term, ?)", (field, part))
    return tuple(term_id for (term_id,) in rows)


def find_query(connection: sqlite3.Connection, terms: WeightedTerms) -> QueryTerms:
    """Those terms of a query that stand in the store or once stood there."""
    check_fields(terms)
    known = []
    for field, name in enumerate(FIELD_NAMES):
        asked: Mapping[str, float] = terms.get(name, {})
        for word, term_id in find_ids(connection, field, asked).items():
            known.append((term_id, field, asked[word], word))
    known.sort()
    return QueryTerms(
        np.array([term_id for term_id, *_ in known], dtype=np.uint32),
        np.array([field for _, field, *_ in known], dtype=np.intp),
        np.array([count for *_, count, _ in known], dtype=np.float64),
        tuple(word for *_, word in known),
    )
