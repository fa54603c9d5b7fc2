"""The dense index: FAISS segments, and the chunks in them that have left."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.store.local.changes import Changes
from rag.store.local.dense_view import DenseView, departed_ranges, living, read_segment
from rag.store.local.files import write_bytes
from rag.store.local.generations import DamagedGeneration
from rag.store.local.scope import ChunkRanges
from rag.store.local.segments import MAX_DEAD_SHARE, SKETCH_SUFFIX, SUFFIX, Segment, merge, plan_merges

DEAD = "dead.npy"


class DenseIndex:
    """How the dense follower's files are made and opened, for vectors of one dimension."""

    name = "dense"

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension

    def build(self, folder: Path, connection: sqlite3.Connection, changes: Changes) -> int:
        """Write new vectors as a segment of their own, note who left, merge what has grown small or many."""
        segments = _load_segments(folder)
        dead = _load_dead(folder).joined(departed_ranges(changes, changes.since))
        new = read_segment(connection, self._dimension, changes)
        if len(new):
            segments.append(new)
        segments = self._tidy(segments, dead)
        _save_segments(folder, segments)
        _save_dead(folder, dead.touching(segment.chunk_ids for segment in segments))
        return sum(int(alive.sum()) for alive in living(segments, dead))

    def load(self, folder: Path, change_number: int) -> DenseView:
        """Map the segments into memory."""
        try:
            segments, dead = _load_segments(folder), _load_dead(folder)
        except (OSError, ValueError, RuntimeError) as error:
            raise DamagedGeneration(f"{folder.name} cannot be opened: {error}") from error
        return DenseView.of(self._dimension, tuple(segments), dead, change_number)

    def empty(self) -> DenseView:
        """A view without segments: everything is in the overlay."""
        return DenseView.of(self._dimension, (), ChunkRanges.of([]), 0)

    def _tidy(self, segments: Sequence[Segment], dead: ChunkRanges) -> list[Segment]:
        """Merge neighbours, write segments that are mostly dead again, drop those without a living vector."""
        alive = living(segments, dead)
        present = [place for place, mask in enumerate(alive) if mask.any()]
        segments, alive = [segments[place] for place in present], [alive[place] for place in present]
        merges = {group.start: group for group in plan_merges([int(mask.sum()) for mask in alive])}
        tidy: list[Segment] = []
        place = 0
        while place < len(segments):
            group = merges.get(place, slice(place, place + 1))
            tidy.append(self._joined(segments[group], alive[group]))
            place = group.stop
        return tidy

    def _joined(self, segments: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]) -> Segment:
        if len(segments) == 1 and alive[0].mean() >= 1 - MAX_DEAD_SHARE:
            return segments[0]
        return merge(self._dimension, segments, alive)


def _load_segments(folder: Path) -> list[Segment]:
    return [Segment.load(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]


def _save_segments(folder: Path, segments: Sequence[Segment]) -> None:
    """Write those that are new and delete the files of those that are no more."""
    saved = [segment if segment.file_name else segment.save(folder) for segment in segments]
    names = {name for segment in saved for name in segment.file_names}
    for path in (*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*{SKETCH_SUFFIX}")):
        if path.name not in names:
            path.unlink()


def _load_dead(folder: Path) -> ChunkRanges:
    path = folder / DEAD
    return ChunkRanges(np.load(path, allow_pickle=False)) if path.exists() else ChunkRanges.of([])


def _save_dead(folder: Path, dead: ChunkRanges) -> None:
    buffer = io.BytesIO()
    np.save(buffer, dead.bounds, allow_pickle=False)
    write_bytes(folder / DEAD, buffer.getvalue())
