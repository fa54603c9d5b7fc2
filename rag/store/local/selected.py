"""Searching among a selection: a short one is scored chunk by chunk, else the index is asked ever deeper."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from rag.store.base import ScoredChunk, Selection
from rag.store.local.bm25 import QueryTerms
from rag.store.local.catalog import find_blobs
from rag.store.local.changes import State
from rag.store.local.dense_view import DenseView
from rag.store.local.keyword_view import KeywordView, score_stored
from rag.store.local.ranking import Scored, take_best
from rag.store.packing import VECTOR_TYPE
from rag.types import Scope

MAX_SCORED = 2_000
"""So many chunks are scored one by one, in some 20 ms; with more the index is asked first."""

MAX_DEPTH = 10_000

Ids = NDArray[np.int64]


def search_keyword(
    connection: sqlite3.Connection,
    state: State,
    view: KeywordView,
    query: QueryTerms,
    scope: Scope,
    *,
    top_k: int,
    only: Selection | None,
) -> list[ScoredChunk]:
    """`KeywordView.search`, among a selection where there is one."""

    def search(depth: int) -> list[ScoredChunk]:
        return view.search(connection, state, query, scope, depth) if len(query) else []

    def score(chunk_ids: Ids) -> Scored:
        frequencies = view.frequencies(query)
        scored = score_stored(connection, chunk_ids.tolist(), query, frequencies, state.statistics)
        found = scored.scores > 0
        return Scored(scored.chunk_ids[found], scored.scores[found])

    return search(top_k) if only is None else search_among(search, score, only, top_k)


def search_dense(
    connection: sqlite3.Connection,
    view: DenseView,
    vector: NDArray[np.float32],
    scope: Scope,
    *,
    top_k: int,
    only: Selection | None,
) -> list[ScoredChunk]:
    """`DenseView.search`, among a selection where there is one."""

    def search(depth: int) -> list[ScoredChunk]:
        return view.search(connection, vector, scope, depth)

    def score(chunk_ids: Ids) -> Scored:
        blobs = find_blobs(connection, "chunk_vectors", chunk_ids.tolist())
        stored = np.frombuffer(b"".join(blobs.values()), VECTOR_TYPE)
        vectors = stored.reshape(-1, len(vector)).astype(np.float32)
        near_something = vectors.any(axis=1)
        found = np.fromiter(blobs, np.int64, len(blobs))[near_something]
        return Scored(found, vectors[near_something] @ vector)

    return search(top_k) if only is None else search_among(search, score, only, top_k)


def search_among(
    search: Callable[[int], list[ScoredChunk]], score: Callable[[Ids], Scored], only: Selection, top_k: int
) -> list[ScoredChunk]:
    """``search`` finds so many of all chunks, ``score`` tells the scores of some."""
    listed = None if only.inverted else only.chunk_ids
    if listed is not None and len(listed) <= MAX_SCORED:
        return take_best([score(listed)], top_k)
    depth = 4 * top_k
    while True:
        found = search(depth)
        shown = only.shows(np.array([chunk_id for chunk_id, _ in found], dtype=np.int64))
        best = [scored for scored, kept in zip(found, shown, strict=True) if kept][:top_k]
        if len(best) == top_k or len(found) < depth:
            return best
        if depth >= MAX_DEPTH:
            return best if listed is None else take_best(list(_in_batches(score, listed)), top_k)
        depth = min(depth * 8, MAX_DEPTH)


def _in_batches(score: Callable[[Ids], Scored], chunk_ids: Ids) -> Iterator[Scored]:
    for first in range(0, len(chunk_ids), MAX_SCORED):
        yield score(chunk_ids[first : first + MAX_SCORED])
