"""A `Scope` as a condition in SQL, and the chunks that it shows as ranges of ids."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray

from rag.types import Scope

# Dates as ISO text compare as dates do; a document that names no days of force always holds.
_NOT_IN_FORCE = (
    "(documents.effective_from IS NOT NULL AND documents.effective_from > :as_of)"
    " OR (documents.effective_to IS NOT NULL AND documents.effective_to < :as_of)"
)

IN_SCOPE = (
    "(:collections IS NULL OR documents.collection IN (SELECT value FROM json_each(:collections)))"  # noqa: S608
    " AND (:sources IS NULL OR documents.source IN (SELECT value FROM json_each(:sources))"
    " OR documents.name IN (SELECT value FROM json_each(:sources)))"
    " AND (:day_from IS NULL OR documents.day >= :day_from)"
    " AND (:day_to IS NULL OR documents.day <= :day_to)"
    f" AND (:as_of IS NULL OR NOT ({_NOT_IN_FORCE}))"
)
"""True for documents in scope, with `scope_values` as its values; a document without a date is outside of
every range of dates."""


def scope_values(scope: Scope) -> dict[str, str | int | None]:
    """What `IN_SCOPE` compares with."""
    return {
        "collections": _as_json(scope.collections),
        "sources": _as_json(scope.sources),
        "day_from": scope.date_from.toordinal() if scope.date_from else None,
        "day_to": scope.date_to.toordinal() if scope.date_to else None,
        "as_of": scope.as_of.isoformat() if scope.as_of else None,
    }


def not_in_force(connection: sqlite3.Connection, scope: Scope) -> tuple[int, ...]:
    """The numbers of documents that were not in force on the scope's day; none without such a day."""
    if scope.as_of is None:
        return ()
    sql = f"SELECT number FROM documents WHERE {_NOT_IN_FORCE}"  # noqa: S608
    return tuple(number for (number,) in connection.execute(sql, {"as_of": scope.as_of.isoformat()}))


def _as_json(names: frozenset[str]) -> str | None:
    return orjson.dumps(sorted(names)).decode() if names else None


@dataclass(frozen=True, slots=True)
class ChunkRanges:
    """Half-open ranges of chunk ids, shape (ranges, 2)."""

    bounds: NDArray[np.int64]

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]]) -> ChunkRanges:
        """From (first, end) pairs, in any order."""
        return cls(np.array(list(pairs), dtype=np.int64).reshape(-1, 2))

    def __len__(self) -> int:
        return len(self.bounds)

    def contains(self, chunk_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the ids, given in ascending order, stand in a range."""
        steps = np.zeros(len(chunk_ids) + 1, dtype=np.int64)
        np.add.at(steps, np.searchsorted(chunk_ids, self.bounds[:, 0]), 1)
        np.add.at(steps, np.searchsorted(chunk_ids, self.bounds[:, 1]), -1)
        return np.cumsum(steps[:-1]) > 0

    def joined(self, other: ChunkRanges) -> ChunkRanges:
        """Both together."""
        return ChunkRanges(np.concatenate([self.bounds, other.bounds]))

    def touching(self, columns: Iterable[NDArray[np.int64]]) -> ChunkRanges:
        """Those ranges that hold an id of one of the columns, each of which ascends."""
        touched = np.zeros(len(self), dtype=np.bool_)
        for chunk_ids in columns:
            first, end = np.searchsorted(chunk_ids, self.bounds).T
            touched |= end > first
        return ChunkRanges(self.bounds[touched])


def visible_chunks(connection: sqlite3.Connection, scope: Scope, *, after: int = 0) -> ChunkRanges:
    """The chunks of documents in scope that were put in after the change ``after``."""
    sql = f"SELECT first_chunk, end_chunk FROM documents WHERE number > :after AND {IN_SCOPE}"  # noqa: S608
    return ChunkRanges.of(connection.execute(sql, {"after": after, **scope_values(scope)}))
