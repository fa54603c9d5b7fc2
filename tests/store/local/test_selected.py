"""Searching among a selection: scored one by one, asked ever deeper, and scored after all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.store.base import ScoredChunk, Selection
from rag.store.local.ranking import Scored
from rag.store.local.selected import MAX_DEPTH, MAX_SCORED, search_among

NUM_CHUNKS = 50_000


class Index:
    """Chunk 1 is the best, chunk 2 the next, …; remembers what it was asked."""

    def __init__(self) -> None:
        self.depths: list[int] = []
        self.scored: list[int] = []

    def search(self, depth: int) -> list[ScoredChunk]:
        self.depths.append(depth)
        return [ScoredChunk(number, -float(number)) for number in range(1, min(depth, NUM_CHUNKS) + 1)]

    def score(self, chunk_ids: NDArray[np.int64]) -> Scored:
        self.scored.append(len(chunk_ids))
        return Scored(chunk_ids, -chunk_ids.astype(np.float64))


def find(index: Index, only: Selection, top_k: int = 3) -> list[int]:
    return [chunk_id for chunk_id, _ in search_among(index.search, index.score, only, top_k)]


def ids(first: int, last: int) -> NDArray[np.int64]:
    return np.arange(first, last + 1)


def test_a_short_selection_is_scored_chunk_by_chunk() -> None:
    index = Index()
    assert find(index, Selection(ids(40_001, 40_000 + MAX_SCORED))) == [40_001, 40_002, 40_003]
    assert (index.depths, index.scored) == ([], [MAX_SCORED])


def test_a_long_one_is_looked_for_deeper_and_deeper() -> None:
    index = Index()
    assert find(index, Selection(ids(500, 30_000))) == [500, 501, 502]
    assert index.depths == sorted(index.depths)
    assert (len(index.depths), index.scored) == (3, [])


def test_a_long_one_that_is_nowhere_near_the_best_is_scored_after_all() -> None:
    index = Index()
    assert find(index, Selection(ids(20_001, 25_000))) == [20_001, 20_002, 20_003]
    assert index.depths[-1] == MAX_DEPTH
    assert sum(index.scored) == 5_000
    assert max(index.scored) == MAX_SCORED


def test_what_is_left_out_is_passed_over() -> None:
    index = Index()
    assert find(index, Selection(ids(1, 200), inverted=True)) == [201, 202, 203]
    assert find(index, Selection(ids(1, NUM_CHUNKS), inverted=True)) == []
    assert index.scored == [], "what is not listed cannot be scored"


def test_an_index_that_has_no_more_is_not_asked_again() -> None:
    index = Index()
    few = [ScoredChunk(1, 1.0), ScoredChunk(2, 0.5)]
    found = search_among(lambda depth: few, index.score, Selection(ids(2, 9_000)), 3)
    assert found == [ScoredChunk(2, 0.5)]
