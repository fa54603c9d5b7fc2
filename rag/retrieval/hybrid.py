"""Several legs fused by weighted scores.

Ranks alone lose what the scores say: with a weak dense leg, reciprocal rank fusion lowered BM25's
recall at 1 from .89 to .72. So each leg's scores are brought to [0, 1] within the query and added by
weights that were fitted for the embedder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.retrieval.base import Leg, Query
from rag.store.base import ScoredChunk, Selection, Store
from rag.text.analyzer import Analyzer
from rag.text.synonyms import SynonymFile
from rag.types import Hit, LegScore, Question

FEWER = {"keyword": 3}
"""How many times fewer hits of a leg are enough beside others."""


@dataclass(frozen=True, slots=True)
class WeightedLeg:
    """A leg and its share of the fused score."""

    leg: Leg
    weight: float


class HybridRetriever:
    """Asks every leg for ``candidates`` chunks and fuses what they return.

    With one leg this is that leg alone, so the three modes of the settings are one class.
    """

    def __init__(
        self,
        store: Store,
        analyzer: Analyzer,
        legs: Sequence[WeightedLeg],
        candidates: int,
        synonyms: SynonymFile | None = None,
    ) -> None:
        self._store = store
        self._analyzer = analyzer
        self._legs = tuple(legs)
        self._candidates = candidates
        self._synonyms = synonyms

    def retrieve(self, question: Question, top_k: int) -> Sequence[Hit]:
        """At most ``top_k`` hits, best first; ties by chunk id."""
        return self.find(question, top_k).best(top_k)

    def find(self, question: Question, wanted: int) -> Found:
        """Ask every leg for its best ``wanted`` chunks, and what it says of those that only others found."""
        query = Query.from_question(question, self._analyzer, self._synonyms).selected(self._store)
        legs = self._search(query, max(self._candidates, wanted))
        return Found(self._store, query, legs, {one.leg.name: one.weight for one in self._legs})

    def _search(self, query: Query, wanted: int) -> dict[str, Sequence[ScoredChunk]]:
        """What each leg finds, best first, and what it says of the chunks that only another leg found."""
        found = {weighted.leg.name: weighted.leg.search(query, wanted) for weighted in self._legs}
        everything = {chunk_id for scored in found.values() for chunk_id, _ in scored}
        told = dict(found)
        for weighted in self._legs:
            mine = found[weighted.leg.name]
            others = sorted(everything.difference(chunk_id for chunk_id, _ in mine))
            if others:
                asked = replace(query, only=Selection(np.array(others, dtype=np.int64)))
                told[weighted.leg.name] = [*mine, *weighted.leg.search(asked, len(others))]
        return told


class Found:
    """What the legs said to one question; hits are read when they are asked for."""

    def __init__(
        self,
        store: Store,
        query: Query,
        legs: Mapping[str, Sequence[ScoredChunk]],
        weights: Mapping[str, float],
    ) -> None:
        self._store = store
        self._query = query
        self._legs = legs
        self._fused = fuse(legs, weights)

    def best(self, top_k: int) -> list[Hit]:
        """At most ``top_k`` hits, best first; ties by chunk id."""
        return self._hits(self._ordered(self._fused)[:top_k])

    def of_each(self, count: int) -> list[Hit]:
        """The first ``count`` hits of every leg, best of all legs first; ties by chunk id.

        Of a keyword leg beside others a third: where its first hits are not right, the next hardly are.
        """
        counts = {
            leg: count if len(self._legs) == 1 else -(-count // FEWER.get(leg, 1)) for leg in self._legs
        }
        first = {one.chunk_id for leg, listed in self._legs.items() for one in listed[: counts[leg]]}
        return self._hits(self._ordered(first))

    def _ordered(self, chunk_ids: Iterable[int]) -> list[int]:
        return sorted(chunk_ids, key=lambda chunk_id: (-self._fused[chunk_id], chunk_id))

    def _hits(self, chunk_ids: Sequence[int]) -> list[Hit]:
        scope = self._query.scope
        chunks = self._store.chunks(chunk_ids, scope)
        documents = self._store.infos(sorted({c.document_id for c in chunks.values()}), scope)
        said: dict[int, list[LegScore]] = {chunk_id: [] for chunk_id in chunk_ids}
        for leg, scored in self._legs.items():
            for rank, (chunk_id, score) in enumerate(scored, start=1):
                if chunk_id in said:
                    said[chunk_id].append(LegScore(leg, rank, score))
        # A document removed between search and reading is left out rather than shown half.
        return [
            Hit(chunk, documents[chunk.document_id], self._fused[chunk_id], tuple(said[chunk_id]))
            for chunk_id in chunk_ids
            if (chunk := chunks.get(chunk_id)) is not None and chunk.document_id in documents
        ]


def fuse(found: Mapping[str, Sequence[ScoredChunk]], weights: Mapping[str, float]) -> dict[int, float]:
    """Add the legs' scores, each brought to [0, 1] within this query, by weight.

    A chunk of which a leg says nothing gets 0 there: it has none of the words, or no vector.

    >>> fuse({"keyword": [ScoredChunk(1, 8.0), ScoredChunk(2, 4.0)]}, {"keyword": 1.0})
    {1: 1.0, 2: 0.5}
    """
    fused: dict[int, float] = {}
    for leg, scored in found.items():
        if not scored:
            continue
        # BM25 has a natural zero; cosines crowd together, so the least of all candidates is the zero.
        floor = 0.0 if leg == "keyword" else min(score for _, score in scored)
        width = max(score for _, score in scored) - floor
        for chunk_id, score in scored:
            share = (score - floor) / width if width > 0 else 1.0
            fused[chunk_id] = fused.get(chunk_id, 0.0) + weights[leg] * share
    return fused
