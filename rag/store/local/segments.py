"""Immutable pieces of the dense index, each a FAISS index of float16 vectors with the ids of its chunks.

New vectors make a new segment; when enough small ones have come together they are merged into one, so that
a vector is rewritten a few times in its life, however large the store is. Chunk ids ascend within a segment
and from segment to segment. A vector of zeros is in no segment: it is near to nothing.

A small segment is searched from end to end. A large one is parted into lists of vectors that are near to
each other (IVF), and a query looks into the nearest lists; where a scope shows little of it, all of that
little is compared. Vectors are float16 in both, so that merging loses nothing.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from rag.store.local.files import write_file
from rag.store.local.ranking import Scored

SUFFIX = ".faiss"

MERGE_COUNT = 8
"""So many segments of one tier become one of the next; tiers grow by this factor as well."""

SMALLEST_TIER = 1_024
MAX_DEAD_SHARE = 0.5
"""A segment with a larger share of dead vectors is written again without them."""

PARTED_FROM = 32_768
"""Below, comparing with every vector takes less than two milliseconds, and nothing is missed."""

COMPARED_SHARE = 0.1
"""Where a scope shows less of a segment than this, all of it is compared."""

TRAINED_PER_LIST = 48
TRAINING_ROUNDS = 8
MIN_PROBES = 16
NEVER = sys.maxsize

_ROWS_AT_ONCE = 16_384

Rows = NDArray[np.float32]
Batch = tuple[NDArray[np.int64], Rows]
Source = Callable[[], Iterator[Batch]]
"""Gives the same batches each time that it is asked."""


@dataclass(frozen=True)
class Segment:
    """Vectors of one piece: FAISS counts them from 0, ``chunk_ids`` says whose they are."""

    chunk_ids: NDArray[np.int64]
    mapped: Any
    """`faiss.IndexIDMap`, which owns ``vectors``."""
    vectors: Any
    """`faiss.IndexScalarQuantizer` or `faiss.IndexIVFScalarQuantizer` with inner product."""
    file_name: str = ""
    """Empty until it is saved."""

    def __len__(self) -> int:
        return len(self.chunk_ids)

    @classmethod
    def build(cls, dimension: int, source: Source, *, parted_from: int = PARTED_FROM) -> Segment:
        """From batches of (chunk ids, rows of shape (batch, dimension)), ids ascending throughout.

        ``source`` is asked several times: for ``parted_from`` rows or more lists are learned first.
        """
        count, sample = _sample(source, parted_from)
        mapped = faiss.IndexIDMap(_empty_index(dimension, count, sample))
        for chunk_ids, rows in source():
            near_something = rows.any(axis=1)
            if near_something.any():
                mapped.add_with_ids(rows[near_something], chunk_ids[near_something])
        return cls._of(mapped)

    @classmethod
    def load(cls, path: Path) -> Segment:
        """Map a file into memory. Raises RuntimeError when it is no index of this kind."""
        # Adding to a mapped index would end the process; segments are never added to.
        mapped = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        if not isinstance(mapped, faiss.IndexIDMap):
            raise RuntimeError(f"{path.name} is no segment but {type(mapped).__name__}")
        return cls._of(mapped, path.name)

    @classmethod
    def _of(cls, mapped: Any, file_name: str = "") -> Segment:
        return cls(
            faiss.vector_to_array(mapped.id_map), mapped, faiss.downcast_index(mapped.index), file_name
        )

    def save(self, folder: Path) -> Segment:
        """Write it under the id of its first chunk, so that names sort as the segments do."""
        name = f"segment-{self.chunk_ids[0]:012d}{SUFFIX}"
        write_file(folder / name, lambda beside: faiss.write_index(self.mapped, str(beside)))
        return replace(self, file_name=name)

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
        selector = None
        if shown is not None:
            # The Python layer of FAISS takes an array and keyword arguments; its type stubs do not know.
            selector = faiss.IDSelectorBitmap(np.packbits(shown, bitorder="little"))  # type: ignore[call-arg,arg-type]
        fetched = min(top_k + 1, num_shown)
        everywhere = num_shown < len(self) * COMPARED_SHARE
        while fetched:
            scores, places = self.vectors.search(
                vector[None], fetched, params=self._parameters(selector, everywhere)
            )
            found = places[0] >= 0  # FAISS fills up with -1
            if not found[: min(top_k, num_shown)].all() and not everywhere:
                everywhere = True  # too few in the lists that were looked into
            elif fetched == num_shown or scores[0, -1] < scores[0, top_k - 1]:
                return Scored(self.chunk_ids[places[0][found]], scores[0][found])
            else:
                fetched = min(fetched * 4, num_shown)
        return Scored(np.empty(0, np.int64), np.empty(0, np.float32))

    @property
    def is_parted(self) -> bool:
        """Whether a query looks into some lists instead of at every vector."""
        return isinstance(self.vectors, faiss.IndexIVF)

    def _parameters(self, selector: Any, everywhere: bool) -> Any:
        selection = {} if selector is None else {"sel": selector}
        if not self.is_parted:
            return faiss.SearchParameters(**selection) if selection else None
        lists = self.vectors.nlist
        probes = lists if everywhere else _num_probes(lists)
        return faiss.SearchParametersIVF(nprobe=probes, **selection)  # type: ignore[call-arg]


def _num_lists(count: int) -> int:
    """A power of two near the square root: 256 for 65,536 vectors, 1,024 for a million."""
    return 1 << round(math.log2(count) / 2)


def _num_probes(num_lists: int) -> int:
    return max(num_lists // 16, MIN_PROBES)


def _sample(source: Source, parted_from: int) -> tuple[int, Rows]:
    """How many vectors there are, and enough of them to learn lists from."""
    count = sum(int(rows.any(axis=1).sum()) for _, rows in source())
    if count < parted_from:
        return count, np.empty((0, 0), np.float32)
    step = max(count // (_num_lists(count) * TRAINED_PER_LIST), 1)
    parts = [rows[rows.any(axis=1)][::step] for _, rows in source()]
    return count, np.ascontiguousarray(np.concatenate(parts))


def _empty_index(dimension: int, count: int, sample: Rows) -> Any:
    kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    if not len(sample):
        return faiss.IndexScalarQuantizer(dimension, kind, metric)
    coarse = faiss.IndexFlatIP(dimension)
    parted = faiss.IndexIVFScalarQuantizer(coarse, dimension, _num_lists(count), kind, metric, False)
    parted.cp.niter, parted.cp.min_points_per_centroid, parted.cp.seed = TRAINING_ROUNDS, 1, 0
    parted.train(sample)
    return parted


def merge(
    dimension: int,
    segments: Sequence[Segment],
    alive: Sequence[NDArray[np.bool_]],
    *,
    parted_from: int = PARTED_FROM,
) -> Segment:
    """One segment of the living vectors of some neighbours."""

    def living_rows() -> Iterator[Batch]:
        for segment, kept in zip(segments, alive, strict=True):
            yield from segment.rows(kept)

    return Segment.build(dimension, living_rows, parted_from=parted_from)


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
