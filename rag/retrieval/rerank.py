"""Re-ranking: the first hits of a search are read beside the question, and ordered anew.

The bundled re-ranker adds up a handful of facts: what the legs said, and what the span reader makes of a
chunk. Its weights stand in ``data/models/reranking.json``, fitted by ``training/reranking.py``. A
cross-encoder takes its place by name (`rag.embedding.cross_encoder`).

Who asks in the documents' words has the answer among the first hits. Who asks in other words has it
further down, or high in one leg alone: then more is read.
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

WEIGHTS = (*FACTS, *(f"{fact}_where_covered" for fact in FACTS))
"""The second half counts as much as the best hit covers the question's words."""

IN_OTHER_WORDS = 0.65
"""Where no hit covers a larger share of the question, it was asked in other words than the documents'."""

LEG = "reranked"

Column = NDArray[np.float64]


class Reranker(Protocol):
    """Tells how well each hit answers."""

    def score(self, question: Question, hits: Sequence[Hit]) -> Sequence[float]:
        """One score a hit, in their order; higher is better."""
        ...

    def understands(self, question: Question) -> bool:
        """Whether it can read the question; else hits stay in the order of the search."""
        ...

    def are_enough(self, question: Question, hits: Sequence[Hit]) -> bool:
        """Whether the answer stands among these, or hits further down ought to be read as well."""
        ...


class FoundHits(Protocol):
    """What a search found, such as `rag.retrieval.hybrid.Found`."""

    def best(self, top_k: int) -> Sequence[Hit]:
        """At most ``top_k`` hits, best first."""
        ...

    def of_each(self, count: int) -> Sequence[Hit]:
        """The first ``count`` hits of every leg, best of all legs first."""
        ...


class Search(Protocol):
    """A search of several legs, such as `rag.retrieval.hybrid.HybridRetriever`."""

    def find(self, question: Question, wanted: int) -> FoundHits:
        """Ask every leg for its best ``wanted``."""
        ...


class RerankingRetriever:
    """Orders the first ``depth`` hits of a search by a re-ranker; the rest follow as they were.

    Where these are not enough, the first ``reach`` hits of every leg are read; never with a reach of 0.
    """

    def __init__(self, search: Search, reranker: Reranker, depth: int, reach: int) -> None:
        self._search = search
        self._reranker = reranker
        self._depth = depth
        self._reach = reach

    def retrieve(self, question: Question, top_k: int) -> Sequence[Hit]:
        """At most ``top_k`` hits, best first; scores in (0, 1), ties in the order of the search.

        A question that names an article, 「第20条」, wants that one: the search knows it, a reader does not.
        """
        found = self._search.find(question, max(top_k, self._depth))
        hits = found.best(max(top_k, self._depth))
        if any(article_labels(question.text)) or not self._reranker.understands(question):
            return hits[:top_k]
        read = self._candidates(question, found, hits)
        if not read:
            return hits
        known = {hit.chunk.id for hit in read}
        rest = [hit for hit in hits if hit.chunk.id not in known]
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

    def candidates(self, question: Question) -> Sequence[Hit]:
        """The hits that are read."""
        found = self._search.find(question, self._depth)
        return self._candidates(question, found, found.best(self._depth))

    def _candidates(self, question: Question, found: FoundHits, hits: Sequence[Hit]) -> Sequence[Hit]:
        first = hits[: self._depth]
        if not (first and self._reach) or self._reranker.are_enough(question, first):
            return first
        return found.of_each(self._reach)


class SpanReranker:
    """The bundled re-ranker: `WEIGHTS` over the facts of hits, from `load_ranking`."""

    def __init__(self, store: Store, analyzer: Analyzer, reader: SpanReader, weights: Column) -> None:
        self._store = store
        self._analyzer = analyzer
        self._reader = reader
        self._weights = weights

    def score(self, question: Question, hits: Sequence[Hit]) -> Sequence[float]:
        """The weighted sum of the facts of each hit."""
        scores: Sequence[float] = (self.columns(question, hits) @ self._weights).tolist()
        return scores

    def understands(self, question: Question) -> bool:
        """Whether it asks: the span reader has seen questions, and no lists of words."""
        return asks(self._asked(question))

    def are_enough(self, question: Question, hits: Sequence[Hit]) -> bool:
        """Whether one of them has most of the question's words, in it or above it."""
        return coverage(self._asked(question), self.facts(question, hits)) >= IN_OTHER_WORDS

    def columns(self, question: Question, hits: Sequence[Hit]) -> NDArray[np.float64]:
        """What `WEIGHTS` are for, of each hit, shape (hits, weights)."""
        return with_coverage(self._asked(question), self.facts(question, hits))

    def facts(self, question: Question, hits: Sequence[Hit]) -> NDArray[np.float64]:
        """`FACTS` of each hit, shape (hits, facts)."""
        asked = self._asked(question)
        analyses = self._store.analyses([hit.chunk.id for hit in hits])
        passages = [
            Passage(analyses.get(hit.chunk.id) or self._analyzer.analyze(hit.chunk.text), self._heading(hit))
            for hit in hits
        ]
        return describe(hits, self._reader.read(asked, passages))

    def _asked(self, question: Question) -> Analysis:
        return self._analyzer.analyze(read_question(question).text)

    def _heading(self, hit: Hit) -> Analysis:
        return self._analyzer.analyze("\n".join((hit.document.title, *hit.chunk.heading_path)))


def with_coverage(question: Analysis, facts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Facts as they are and again times the coverage, which is what `WEIGHTS` are for; (hits, weights)."""
    return np.hstack([facts, facts * coverage(question, facts)])


def coverage(question: Analysis, facts: NDArray[np.float64]) -> float:
    """The share of the question's words that the best hit has, in it or above it.

    Words that are searched for say what is wanted, however they are spelled: 1.
    """
    if not asks(question):
        return 1.0
    return float(facts[:, FACTS.index("covered_with_heading")].max(initial=0.0))


def asks(question: Analysis) -> bool:
    """Whether this is a question: 「費用は？」 is; 「平成十年六月」 and 「広告の費用」 are words to find."""
    return any(
        feature.pos.startswith(_OF_SENTENCES) or feature.base in _OF_QUESTIONS
        for feature in question.features
    )


_OF_SENTENCES = ("動詞", "形容詞", "助動詞", "代名詞")
_OF_QUESTIONS = frozenset({"?", "は", "何"})


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
        return np.asarray([values[name] for name in WEIGHTS], np.float64)
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            f"the weights of the re-ranker in {file} cannot be used ({error!r}): install swallow-rag again"
        ) from error
