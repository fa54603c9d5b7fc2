"""Immutable pieces of the dense index, each a FAISS index of float16 vectors with the ids of its chunks.

New vectors make a new segment; when enough small ones have come together they are merged into one, so that
a vector is rewritten a few times in its life, however large the store is. Chunk ids ascend within a segment
and from segment to segment. A vector of zeros is in no segment: it is near to nothing.

A small segment is searched from end to end. A large one has a sketch beside it, four bits for every two
dimensions (product quantisation, "fast scan"): what looks near in the sketch is compared exactly. On 100,000
vectors of the bundled embedder that takes .6 ms instead of 2.5 and finds .988 of the nearest fifty; lists of
vectors (IVF) found .93 in .8 ms, .97 in 1.2. Where a scope shows little of a segment, all of that little is
compared.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.store.local.files import write_file
from rag.store.local.ranking import Scored

SUFFIX = ".faiss"
SKETCH_SUFFIX = ".sketch"

MERGE_COUNT = 8
"""So many segments of one tier become one of the next; tiers grow by this factor as well."""

SMALLEST_TIER = 1_024
MAX_DEAD_SHARE = 0.5
"""A segment with a larger share of dead vectors is written again without them."""

SKETCHED_FROM = 32_768
"""Below, comparing with every vector takes less than a millisecond, and nothing is missed."""

SKETCHED_SHARE = 0.3
"""Where a scope shows less of a segment than this, the sketch is left aside."""

COMPARED_PER_HIT = 10
MIN_COMPARED = 500
TRAINED_VECTORS = 16_384
NEVER = sys.maxsize

_ROWS_AT_ONCE = 16_384

Rows = NDArray[np.float32]
Batch = tuple[NDArray[np.int64], Rows]


@dataclass(frozen=True)
class Segment:
    """Vectors of one piece: FAISS counts them from 0, ``chunk_ids`` says whose they are."""

    chunk_ids: NDArray[np.int64]
    mapped: Any
    """`faiss.IndexIDMap`, which owns ``vectors``."""
    vectors: Any
    """`faiss.IndexScalarQuantizer` with inner product."""
    sketch: Any = None
    """`faiss.IndexPQFastScan` of the same vectors, in a large segment."""
    file_name: str = ""
    """Empty until it is saved."""

    def __len__(self) -> int:
        return len(self.chunk_ids)

    @classmethod
    def build(
        cls, dimension: int, batches: Iterator[Batch], *, sketched_from: int = SKETCHED_FROM
    ) -> Segment:
        """From batches of (chunk ids, rows of shape (batch, dimension)), ids ascending throughout.

        With ``sketched_from`` vectors or more it gets a sketch.
        """
        # Small rounds are done before a second thread has woken: a sketch took two forty times as long.
        faiss.omp_set_num_threads(1)
        quantizer = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        mapped = faiss.IndexIDMap(quantizer)
        for chunk_ids, rows in batches:
            near_something = rows.any(axis=1)
            if near_something.any():
                mapped.add_with_ids(rows[near_something], chunk_ids[near_something])
        is_large = mapped.ntotal >= sketched_from and dimension % 4 == 0
        return cls._of(mapped, _sketch(quantizer) if is_large else None)

    @classmethod
    def load(cls, path: Path) -> Segment:
        """Map a file into memory. Raises RuntimeError when it is no index of this kind."""
        # Adding to a mapped index would end the process; segments are never added to.
        mapped = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(mapped, faiss.IndexIDMap):
            raise RuntimeError(f"{path.name} is no segment but {type(mapped).__name__}")
        sketch = path.with_suffix(SKETCH_SUFFIX)
        return cls._of(mapped, faiss.read_index(str(sketch)) if sketch.exists() else None, path.name)

    @classmethod
    def _of(cls, mapped: Any, sketch: Any, file_name: str = "") -> Segment:
        chunk_ids = faiss.vector_to_array(mapped.id_map)
        return cls(chunk_ids, mapped, faiss.downcast_index(mapped.index), sketch, file_name)

    @property
    def file_names(self) -> set[str]:
        """All that it is saved in."""
        sketch = {Path(self.file_name).with_suffix(SKETCH_SUFFIX).name} if self.sketch is not None else set()
        return {self.file_name} | sketch

    def save(self, folder: Path) -> Segment:
        """Write it under the id of its first chunk, so that names sort as the segments do."""
        path = folder / f"segment-{self.chunk_ids[0]:012d}{SUFFIX}"
        write_file(path, lambda beside: faiss.write_index(self.mapped, str(beside)))
        if self.sketch is not None:
            sketch = path.with_suffix(SKETCH_SUFFIX)
            write_file(sketch, lambda beside: faiss.write_index(self.sketch, str(beside)))
        return replace(self, file_name=path.name)

    def rows(self, alive: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """The living vectors in batches, exactly as they were added."""
        for first in range(0, len(self), _ROWS_AT_ONCE):
            kept = alive[first : first + _ROWS_AT_ONCE]
            rows = self.vectors.reconstruct_n(first, len(kept))
            yield self.chunk_ids[first : first + _ROWS_AT_ONCE][kept], rows[kept]

    def search(self, vector: NDArray[np.float32], shown: NDArray[np.bool_] | None, top_k: int) -> Scored:
        """The best ``top_k`` and everything that scores like the last of them.

        ``shown`` masks inside the search, shape (len(self),); None shows everything.
        """
        # One query is one thread's work: a second thread would only be waited for.
        faiss.omp_set_num_threads(1)
        num_shown = len(self) if shown is None else int(np.count_nonzero(shown))
        if self.sketch is not None and num_shown > SKETCHED_SHARE * len(self):
            compared = max(COMPARED_PER_HIT * top_k, MIN_COMPARED) * len(self) // num_shown
            return self._search_sketch(vector, shown, min(compared, len(self)))
        parameters = None
        if shown is not None:
            # The Python layer of FAISS takes an array and keyword arguments; its type stubs do not know.
            selector = faiss.IDSelectorBitmap(np.packbits(shown, bitorder="little"))  # type: ignore[call-arg,arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        fetched = min(top_k + 1, num_shown)
        while fetched:
            scores, places = self.vectors.search(vector[None], fetched, params=parameters)
            found = places[0] >= 0  # FAISS fills up with -1
            if fetched == num_shown or scores[0, -1] < scores[0, top_k - 1]:
                return Scored(self.chunk_ids[places[0][found]], scores[0][found])
            fetched = min(fetched * 4, num_shown)
        return Scored(np.empty(0, np.int64), np.empty(0, np.float32))

    def _search_sketch(self, vector: Rows, shown: NDArray[np.bool_] | None, compared: int) -> Scored:
        """The exact scores of the ``compared`` vectors that look nearest."""
        nearest = faiss.IndexRefine(self.sketch, self.vectors)
        parameters = faiss.IndexRefineSearchParameters(k_factor=1.0)  # type: ignore[call-arg]
        scores, places = nearest.search(vector[None], compared, params=parameters)
        kept = places[0] >= 0
        if shown is not None:
            kept &= shown[places[0]]
        return Scored(self.chunk_ids[places[0][kept]], scores[0][kept])


def _sketch(vectors: Any) -> Any:
    """A sketch of all vectors of an index."""
    sketch = faiss.IndexPQFastScan(vectors.d, vectors.d // 2, 4, faiss.METRIC_INNER_PRODUCT)
    sketch.pq.cp.seed = 0
    step = max(vectors.ntotal // TRAINED_VECTORS, 1)
    sketch.train(vectors.reconstruct_batch(np.arange(0, vectors.ntotal, step)))
    for first in range(0, vectors.ntotal, _ROWS_AT_ONCE):
        sketch.add(vectors.reconstruct_n(first, min(_ROWS_AT_ONCE, vectors.ntotal - first)))
    return sketch


def merge(
    dimension: int,
    segments: Sequence[Segment],
    alive: Sequence[NDArray[np.bool_]],
    *,
    sketched_from: int = SKETCHED_FROM,
) -> Segment:
    """One segment of the living vectors of some neighbours."""
    batches = (batch for segment, kept in zip(segments, alive, strict=True) for batch in segment.rows(kept))
    return Segment.build(dimension, batches, sketched_from=sketched_from)


def plan_merges(sizes: Sequence[int]) -> list[slice]:
    """Which neighbours to merge, given the living vectors of all segments from the oldest to the newest.

    When `MERGE_COUNT` of one tier stand at the new end, they and the smaller ones among them become one:

    >>> plan_merges([50_000, 900, 800, 900, 700, 900, 900, 800, 5])
    [slice(1, 9, None)]
    """
    groups = [(slice(place, place + 1), size) for place, size in enumerate(sizes)]
    tier = 0
    while tier <= max((_tier(size) for _, size in groups), default=-1):
        run = len(groups)
        while run and _tier(groups[run - 1][1]) <= tier:
            run -= 1
        if sum(_tier(size) == tier for _, size in groups[run:]) >= MERGE_COUNT:
            merged = slice(groups[run][0].start, groups[-1][0].stop)
            groups[run:] = [(merged, sum(size for _, size in groups[run:]))]
        tier += 1
    return [group for group, _ in groups if group.stop - group.start > 1]


def _tier(size: int) -> int:
    """0 below `SMALLEST_TIER`, then one more for each factor of `MERGE_COUNT`."""
    tier, limit = 0, SMALLEST_TIER
    while size >= limit:
        tier, limit = tier + 1, limit * MERGE_COUNT
    return tier
