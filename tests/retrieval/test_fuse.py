"""Fusing the scores of several legs."""

from __future__ import annotations

import pytest

from rag.assembly import Assembly
from rag.retrieval.dense import DenseLeg
from rag.retrieval.hybrid import HybridRetriever, WeightedLeg, fuse
from rag.retrieval.keyword import KeywordLeg
from rag.store.base import ScoredChunk
from rag.types import Question

KEYWORD = [ScoredChunk(1, 10.0), ScoredChunk(2, 9.0), ScoredChunk(3, 1.0)]
DENSE = [ScoredChunk(2, 0.9), ScoredChunk(4, 0.7), ScoredChunk(1, 0.5)]


def test_scores_are_added_by_weight_within_the_query() -> None:
    fused = fuse({"keyword": KEYWORD, "dense": DENSE}, {"keyword": 0.75, "dense": 0.25})
    assert fused == pytest.approx({1: 0.75, 2: 0.675 + 0.25, 3: 0.075, 4: 0.125})


def test_no_weight_means_no_influence() -> None:
    fused = fuse({"keyword": KEYWORD, "dense": DENSE}, {"keyword": 1.0, "dense": 0.0})
    assert sorted(fused, key=lambda chunk: -fused[chunk])[:3] == [1, 2, 3]
    assert fused[4] == 0.0


def test_a_leg_that_finds_nothing_leaves_the_other_as_it_is() -> None:
    assert fuse({"keyword": KEYWORD, "dense": []}, {"keyword": 1.0, "dense": 0.5}) == pytest.approx(
        {1: 1.0, 2: 0.9, 3: 0.1}
    )


def test_equal_scores_are_all_full() -> None:
    assert fuse({"dense": [ScoredChunk(1, 0.4), ScoredChunk(2, 0.4)]}, {"dense": 1.0}) == {1: 1.0, 2: 1.0}


def test_the_first_of_each_leg_come_in_the_order_of_all(parts: Assembly) -> None:
    legs = [
        WeightedLeg(KeywordLeg(parts.store), 0.9),
        WeightedLeg(DenseLeg(parts.store, parts.embedder), 0.1),
    ]
    retriever = HybridRetriever(parts.store, parts.analyzer, legs, candidates=10)
    question = Question("会社をやめたいときはいつまでに言えばいい？")
    everything, first = retriever.retrieve(question, 10_000), retriever.find(question, 10).of_each(6)
    counts = {"dense": 6, "keyword": 2}
    wanted = [hit for hit in everything if any(leg.rank <= counts[leg.leg] for leg in hit.legs)]
    assert [hit.chunk.id for hit in first] == [hit.chunk.id for hit in wanted]
    assert 6 <= len(first) <= 8
    assert len(HybridRetriever(parts.store, parts.analyzer, legs[:1], 10).find(question, 10).of_each(3)) == 3
    assert [hit.score for hit in first] == sorted((hit.score for hit in first), reverse=True)
