"""Whether the documents answer at all: what is known of the best sentence and of the search, in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.candidates import Candidate
from rag.answering.coverage import covered, pairs_present
from rag.answering.features import FACTS, Focus, Matrix
from rag.types import Hit

ANSWER_FEATURES = (
    *FACTS,
    "chunk_base_covered",
    "chunk_bigram_covered",
    "best_base_covered",
    "best_similarity",
    "best_soft_covered",
    "keyword_strength",
    "dense_strength",
    "margin",
    "hit_margin",
    "rarity",
    "rank_score",
    "rank_margin",
    "best_relevance",
    "best_answer_peak",
    "relevance_logit",
    "answer_peak_logit",
    "store_size",
)


def answer_features(
    focus: Focus,
    candidates: Sequence[Candidate],
    features: Matrix,
    scores: NDArray[np.float32],
    hits: Sequence[Hit],
    *,
    ranked: Sequence[float],
) -> NDArray[np.float32]:
    """What is known about the best sentence and the search, by `ANSWER_FEATURES`; shape (features,).

    ``ranked`` is what the re-ranker says of the hits, best first.
    """
    best = int(np.argmax(scores))
    chosen = candidates[best]
    chunk = [c for c in candidates if c.hit.chunk.id == chosen.hit.chunk.id]
    bases = chosen.around.bases.union(*(c.bases for c in chunk))
    folded = [chosen.around.folded_heading, *(c.folded for c in chunk)]
    here = np.logical_or.reduce(pairs_present(focus.bigram, folded), axis=0)
    bigrams = {term for term, stands in zip(focus.bigram, here.tolist(), strict=True) if stands}
    others = np.delete(scores, best)
    total = sum(focus.base.values()) + sum(focus.bigram.values()) or 1.0
    legs = {leg.leg: leg.score for leg in hits[0].legs}
    facts = features[:, : len(FACTS)]
    named = dict(zip(FACTS, facts.max(axis=0), strict=True))
    return np.asarray(
        (
            *facts[best],
            covered(focus.base, bases),
            covered(focus.bigram, bigrams),
            named["base_covered_with_context"],
            named["similarity"],
            named["soft_covered_with_context"],
            legs.get("keyword", 0.0) / total,
            legs.get("dense", 0.0),
            float(scores[best] - others.max()) if len(others) else 1.0,
            hits[0].score - hits[1].score if len(hits) > 1 else hits[0].score,
            max(focus.base.values(), default=0.0) / 12,
            ranked[0] / 10,
            ranked[0] - ranked[1] if len(ranked) > 1 else 1.0,
            _logit(named["relevance"]),
            _logit(named["answer_peak"]),
            _logit(facts[best, FACTS.index("relevance")]),
            _logit(facts[best, FACTS.index("answer_peak")]),
            math.log(focus.num_chunks) / 12,
        ),
        np.float32,
    )


def _logit(share: float) -> float:
    """A number in [0, 1] back on the scale where differences near the ends count; tenths."""
    inner = min(max(float(share), 1e-6), 1 - 1e-6)
    return math.log(inner / (1 - inner)) / 10
