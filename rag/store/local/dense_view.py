"""Searching the dense index as of one change: published segments, those in memory, minus what left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from rag.store.base import ScoredChunk
from rag.store.local.changes import Changes
from rag.store.local.ranking import take_best
from rag.store.local.scope import ChunkRanges, visible_chunks
from rag.store.local.segments import MERGE_COUNT, NEVER, SKETCHED_FROM, Batch, Segment, merge
from rag.types import Scope

_ROWS_AT_ONCE = 16_384
_MAX_REMEMBERED_SCOPES = 32

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class DenseView:
    """The dense index at ``change_number``: ``published`` segments at ``base``, ``overlay`` segments since.

    ``dead`` are chunks that left, ``alive`` masks of the others, one for each segment of both kinds.
    """

    dimension: int
    base: int
    change_number: int
    published: tuple[Segment, ...]
    overlay: tuple[Segment, ...]
    dead: ChunkRanges
    alive: tuple[Mask, ...]
    _scopes: dict[Scope, tuple[Mask, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, dimension: int, published: tuple[Segment, ...], dead: ChunkRanges, base: int) -> DenseView:
        """A generation with nothing over it."""
        return cls(dimension, base, base, published, (), dead, tuple(living(published, dead)))

    def advanced(self, connection: sqlite3.Connection, changes: Changes) -> DenseView:
        """Lay later changes over it."""
        dead = self.dead.joined(departed_ranges(changes, changes.until))
        overlay = self.overlay
        new = read_segment(connection, self.dimension, changes, sketched_from=NEVER)
        if len(new):
            overlay = (*overlay, new)
        if len(overlay) > MERGE_COUNT:
            overlay = (merge(self.dimension, overlay, living(overlay, dead), sketched_from=NEVER),)
        return replace(
            self,
            change_number=changes.until,
            overlay=overlay,
            dead=dead,
            alive=tuple(living((*self.published, *overlay), dead)),
            _scopes={},
        )

    def search(
        self, connection: sqlite3.Connection, vector: NDArray[np.float32], scope: Scope, top_k: int
    ) -> list[ScoredChunk]:
        """The nearest chunks by inner product, ties by chunk id."""
        segments = (*self.published, *self.overlay)
        masks = self.alive if scope.is_open else self._shown(connection, scope)
        found = [
            segment.search(vector, None if mask.all() else mask, top_k)
            for segment, mask in zip(segments, masks, strict=True)
        ]
        return take_best(found, top_k)

    def _shown(self, connection: sqlite3.Connection, scope: Scope) -> tuple[Mask, ...]:
        """What of each segment the scope shows; remembered, for a scope is used again and again."""
        key = replace(scope, user=None)
        masks = self._scopes.get(key)
        if masks is None:
            visible = visible_chunks(connection, scope)
            segments = (*self.published, *self.overlay)
            masks = tuple(
                alive & visible.contains(segment.chunk_ids)
                for segment, alive in zip(segments, self.alive, strict=True)
            )
            if len(self._scopes) >= _MAX_REMEMBERED_SCOPES:
                self._scopes.clear()
            self._scopes[key] = masks
        return masks


def departed_ranges(changes: Changes, change_number: int) -> ChunkRanges:
    """Chunks that left an index which holds the truth up to ``change_number``."""
    return ChunkRanges.of((d.first_chunk, d.end_chunk) for d in changes.departures_from(change_number))


def living(segments: Sequence[Segment], dead: ChunkRanges) -> list[Mask]:
    """For each segment, which of its vectors belong to chunks that are still there."""
    return [~dead.contains(segment.chunk_ids) for segment in segments]


def read_segment(
    connection: sqlite3.Connection, dimension: int, changes: Changes, *, sketched_from: int = SKETCHED_FROM
) -> Segment:
    """The vectors of all chunks that came with ``changes``, from the truth."""
    return Segment.build(dimension, _read_rows(connection, changes), sketched_from=sketched_from)


def _read_rows(connection: sqlite3.Connection, changes: Changes) -> Iterator[Batch]:
    if not changes.additions:
        return
    # Chunk ids grow with change numbers: everything from the first new one on is new.
    cursor = connection.execute(
        "SELECT chunk, data FROM chunk_vectors WHERE chunk >= ? ORDER BY chunk",
        (changes.additions[0].first_chunk,),
    )
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        chunk_ids = np.array([chunk_id for chunk_id, _ in rows], dtype=np.int64)
        stored = np.frombuffer(b"".join(data for _, data in rows), dtype="<f2")
        yield chunk_ids, stored.reshape(len(rows), -1).astype(np.float32)
