"""Re-ranking: the first hits of a search are read beside the question, and ordered anew.

The bundled re-ranker adds up a handful of facts: what the legs said, and what the span reader makes of a
chunk. Its weights stand in ``data/models/reranking.json``, fitted by ``training/reranking.py``. A
cross-encoder takes its place by name (`rag.embedding.cross_encoder`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.comprehension import Passage, Reading, SpanReader
from rag.errors import ModelUnavailable
from rag.retrieval.base import Retriever
from rag.retrieval.query_language import read_question
from rag.store.base import Store
from rag.text.analyzer import Analysis, Analyzer
from rag.text.exact import article_labels
from rag.types import Hit, LegScore, Question

FACTS = (
    "keyword",
    "dense",
    "relevance",
    "answer_share",
    "answer_peak",
    "covered",
    "covered_with_heading",
    "softly_covered",
)
"""Of a hit: its legs' scores as shares of the best, what the reader says, which words are there."""

LEG = "reranked"

Column = NDArray[np.float64]


class Reranker(Protocol):
    """Tells how well each hit answers."""

    def score(self, question: Question, hits: Sequence[Hit]) -> Sequence[float]:
        """One score a hit, in their order; higher is better."""
        ...


class RerankingRetriever:
    """Orders the first ``depth`` hits of another retriever by a re-ranker; the rest follow as they were."""

    def __init__(self, retriever: Retriever, reranker: Reranker, depth: int) -> None:
        self._retriever = retriever
        self._reranker = reranker
        self._depth = depth

    def retrieve(self, question: Question, top_k: int) -> Sequence[Hit]:
        """At most ``top_k`` hits, best first; scores in (0, 1), ties in the order of the search.

        A question that names an article, 「第20条」, wants that one: the search knows it, a reader does not.
        """
        hits = self._retriever.retrieve(question, max(top_k, self._depth))
        if any(article_labels(question.text)):
            return hits[:top_k]
        read, rest = hits[: self._depth], hits[self._depth :]
        if not read:
            return hits
        scores = np.asarray(self._reranker.score(question, read), np.float64)
        shares = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        order = np.argsort(-scores, kind="stable").tolist()
        best = [
            replace(
                read[place],
                score=float(shares[place]),
                legs=(*read[place].legs, LegScore(LEG, rank, float(scores[place]))),
            )
            for rank, place in enumerate(order, start=1)
        ]
        least = best[-1].score
        return [*best, *(replace(hit, score=least * hit.score) for hit in rest)][:top_k]


class SpanReranker:
    """The bundled re-ranker: ``weights`` over `FACTS`, from `load_ranking`."""

    def __init__(self, store: Store, analyzer: Analyzer, reader: SpanReader, weights: Column) -> None:
        self._store = store
        self._analyzer = analyzer
        self._reader = reader
        self._weights = weights
        self._headings: dict[str, Analysis] = {}

    def score(self, question: Question, hits: Sequence[Hit]) -> Sequence[float]:
        """The weighted sum of the facts of each hit."""
        scores: Sequence[float] = (self.facts(question, hits) @ self._weights).tolist()
        return scores

    def facts(self, question: Question, hits: Sequence[Hit]) -> NDArray[np.float64]:
        """`FACTS` of each hit, shape (hits, facts)."""
        asked = self._analyzer.analyze(read_question(question).text)
        analyses = self._store.analyses([hit.chunk.id for hit in hits])
        passages = [
            Passage(analyses.get(hit.chunk.id) or self._analyzer.analyze(hit.chunk.text), self._heading(hit))
            for hit in hits
        ]
        return describe(hits, self._reader.read(asked, passages))

    def _heading(self, hit: Hit) -> Analysis:
        text = "\n".join((hit.document.title, *hit.chunk.heading_path))
        if len(self._headings) > _MAX_REMEMBERED:
            self._headings = {}
        if text not in self._headings:
            self._headings[text] = self._analyzer.analyze(text)
        return self._headings[text]


_MAX_REMEMBERED = 1_000


def describe(hits: Sequence[Hit], readings: Sequence[Reading]) -> NDArray[np.float64]:
    """`FACTS` of hits that were read, shape (hits, facts)."""
    legs = [{leg.leg: leg.score for leg in hit.legs} for hit in hits]
    starts = [float(reading.starts.max(initial=-30.0)) for reading in readings]
    ends = [float(reading.ends.max(initial=-30.0)) for reading in readings]
    masses = [float(np.exp(reading.starts - max(starts)).sum()) for reading in readings]
    return np.column_stack(
        [
            _share(np.array([said.get("keyword", 0.0) for said in legs]), 0.0),
            _share(dense := np.array([said.get("dense", 0.0) for said in legs]), float(dense.min())),
            np.array([reading.relevance for reading in readings]).clip(-30) / 10,
            np.array(masses) / max(sum(masses), 1e-9),
            (np.array(starts) + np.array(ends)).clip(-40) / 20,
            np.array([reading.covered for reading in readings]),
        ]
    )


def _share(scores: Column, floor: float) -> Column:
    """Scores brought to [0, 1]."""
    width = float(scores.max()) - floor
    return (scores - floor) / width if width > 0 else np.ones_like(scores)


def load_ranking(file: Path) -> Column:
    """The weights of ``reranking.json``; ModelUnavailable when it is absent or made for other facts."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))["weights"]
        return np.asarray([values[name] for name in FACTS], np.float64)
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            f"the weights of the re-ranker in {file} cannot be used ({error!r}): install swallow-rag again"
        ) from error
