"""Searching the keyword index as of one change: a generation, minus what left, plus what came since.

tantivy's own scores only choose candidates. The scores that leave here are computed from stored terms with
the statistics of the whole store (`rag.store.local.bm25`), for the generation and for the overlay alike.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.store.base import ScoredChunk
from rag.store.local.bm25 import QueryTerms, Statistics, find_matches, score_chunks
from rag.store.local.candidates import FREQUENT_SHARE, MIN_CHUNKS_TO_SKIP, CandidateSearch, OpenKeywordIndex
from rag.store.local.catalog import find_blobs
from rag.store.local.changes import Changes, State
from rag.store.local.documents import read_term_block
from rag.store.local.ranking import Scored, take_best
from rag.store.local.scope import ChunkRanges, not_in_force, visible_chunks
from rag.store.local.term_block import Frequencies, TermBlock
from rag.types import Scope

CANDIDATES_PER_HIT = 2
MIN_CANDIDATES = 100
"""On questions of JSQuAD, 2 candidates a hit give the same 20 best as 40, and .9998 of the 50 best."""

MAX_CANDIDATES = 10_000
"""Among more chunks than this with equal scores, the hits are not always those with the lowest ids."""


@dataclass(frozen=True)
class KeywordView:
    """The keyword index at ``change_number``: the generation at ``base``, overlaid.

    ``masked`` are numbers of documents that stand in the generation and have left, ``departed`` says in how
    many of their chunks each term stood; ``added`` are the terms of chunks that came since.
    """

    index: OpenKeywordIndex | None
    base: int
    change_number: int
    added: TermBlock
    masked: tuple[int, ...]
    departed: Frequencies

    @classmethod
    def of(cls, index: OpenKeywordIndex | None, base: int) -> KeywordView:
        """A generation with nothing over it."""
        return cls(index, base, base, TermBlock.decode([]), (), Frequencies.total([]))

    def advanced(self, connection: sqlite3.Connection, changes: Changes) -> KeywordView:
        """Lay later changes over it."""
        gone = ChunkRanges.of((d.first_chunk, d.end_chunk) for d in changes.departures)
        added = self.added.select(~gone.contains(self.added.chunk_ids)) if len(gone) else self.added
        if changes.additions:
            # Chunk ids grow with change numbers: everything from the first new one on is new.
            added = added.joined(read_term_block(connection, changes.additions[0].first_chunk))
        left = changes.departures_from(self.base)
        return replace(
            self,
            change_number=changes.until,
            added=added,
            masked=self.masked + tuple(departure.document for departure in left),
            departed=Frequencies.total([self.departed, *(departure.frequencies for departure in left)]),
        )

    def frequencies(self, query: QueryTerms) -> NDArray[np.int64]:
        """In how many chunks each term of the query stands."""
        added = np.bincount(find_matches(self.added, query).terms, minlength=len(query))
        published = self.index.frequencies.of(query.ids) if self.index else np.zeros(len(query), np.int64)
        frequencies: NDArray[np.int64] = published - self.departed.of(query.ids) + added
        return frequencies

    def search(
        self, connection: sqlite3.Connection, state: State, query: QueryTerms, scope: Scope, top_k: int
    ) -> list[ScoredChunk]:
        """The best chunks by BM25, ties by chunk id; only chunks with at least one of the terms."""
        asked = self.frequencies(query)
        query, frequencies = query.select(asked > 0), asked[asked > 0]
        if not len(query):
            return []
        matches, statistics = find_matches(self.added, query), state.statistics
        scores = score_chunks(self.added, query, matches, frequencies, statistics)
        overlay = self._in_scope(connection, scope, Scored(self.added.chunk_ids, scores))
        if self.index is None:
            return take_best([overlay], top_k)
        frequent = frequencies > max(FREQUENT_SHARE * state.num_chunks, MIN_CHUNKS_TO_SKIP)
        weights = query.boosts * statistics.rarity(frequencies)
        hidden = self.masked + not_in_force(connection, scope)
        conditions = self.index.conditions(scope, hidden)
        candidates = CandidateSearch(self.index, query, weights, frequent, conditions)
        limit = max(CANDIDATES_PER_HIT * top_k, MIN_CANDIDATES)
        while True:
            chunk_ids = candidates.find(limit)
            scored = score_stored(connection, chunk_ids, query, frequencies, statistics)
            best = take_best([overlay, scored], top_k)
            # When even the worst candidate is good enough, equals of it were cut off.
            enough = len(chunk_ids) < limit or not len(scored) or scored.worst() < best[-1].score
            if enough or limit >= MAX_CANDIDATES:
                return best
            limit = min(limit * 4, MAX_CANDIDATES)

    def _in_scope(self, connection: sqlite3.Connection, scope: Scope, scored: Scored) -> Scored:
        shown = scored.scores > 0
        if not scope.is_open and shown.any():
            shown &= visible_chunks(connection, scope, after=self.base).contains(scored.chunk_ids)
        return Scored(scored.chunk_ids[shown], scored.scores[shown])


def score_stored(
    connection: sqlite3.Connection,
    chunk_ids: list[int],
    query: QueryTerms,
    frequencies: NDArray[np.int64],
    statistics: Statistics,
) -> Scored:
    """BM25 of these chunks, whichever of them still exist; 0 where no term matches."""
    rows = find_blobs(connection, "chunk_terms", chunk_ids)
    block = TermBlock.decode(rows.items())
    scores = score_chunks(block, query, find_matches(block, query), frequencies, statistics)
    return Scored(block.chunk_ids, scores)
