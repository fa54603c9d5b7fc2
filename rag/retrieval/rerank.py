"""Re-ranking: the first hits of a search are read beside the question, and ordered anew.

The bundled re-ranker adds up a handful of facts: what the legs said, how near the words of question and
chunk are (`rag.comprehension.looking`), and what the span reader makes of the chunk. Its weights stand in
``data/models/reranking.json``, fitted by ``training/reranking.py``. A cross-encoder takes its place by name
(`rag.embedding.cross_encoder`).

Who asks in the documents' words has the answer among the first hits. Who asks in other words has it
further down, or high in one leg alone: then many are looked at, and the best of these are read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.comprehension import LOOKS, Passage, Reading, SpanReader
from rag.errors import ModelUnavailable
from rag.retrieval.asking import asks
from rag.retrieval.query_language import read_question
from rag.store.base import Store
from rag.text.analyzer import Analysis, Analyzer
from rag.text.exact import article_labels
from rag.types import Hit, LegScore, Question

SEEN = ("keyword", "dense", *LOOKS)
"""Facts of a hit that was looked at: its legs' scores as shares of the best, then how near its words are."""

READ = (*SEEN, "relevance", "answer_share", "answer_peak")
"""Facts of a hit that was read."""


def weighted(facts: Sequence[str]) -> tuple[str, ...]:
    """Names of weights of facts; the second half counts as much as the best hit covers the question."""
    return (*facts, *(f"{fact}_where_covered" for fact in facts))


IN_OTHER_WORDS = 0.65
"""Where no hit covers a larger share of the question, it was asked in other words than the documents'."""

MORE_READ = 2
"""So many times as many are read of a question in other words."""

MAX_REMEMBERED = 10_000
"""Analyses of titles and headings kept; the chunks of a document share them."""

LEG = "reranked"

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weights of the bundled re-ranker: ``seen`` choose what is read, ``read`` order it."""

    seen: Column
    read: Column


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

    def choose(self, question: Question, hits: Sequence[Hit], count: int) -> Sequence[Hit]:
        """The ``count`` of many hits that are most worth reading, in their order."""
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

    Where these are not enough, the most promising of the first ``reach`` hits of every leg are read; never
    with a reach of 0.
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
        read = self._candidates(question, hits)
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
        return self._candidates(question, self.first(question))

    def first(self, question: Question) -> Sequence[Hit]:
        """The first hits of the search, which may be enough."""
        return self._search.find(question, self._depth).best(self._depth)

    def _candidates(self, question: Question, hits: Sequence[Hit]) -> Sequence[Hit]:
        first = hits[: self._depth]
        if not (first and self._reach) or self._reranker.are_enough(question, first):
            return first
        return self._reranker.choose(question, self.promising(question), MORE_READ * self._depth)

    def promising(self, question: Question) -> Sequence[Hit]:
        """What a question in other words is chosen from: the first hits of every leg."""
        return self._search.find(question, self._reach).of_each(self._reach)


class SpanReranker:
    """The bundled re-ranker: a `Ranking`, from `load_ranking`, over the facts of hits."""

    def __init__(self, store: Store, analyzer: Analyzer, reader: SpanReader, ranking: Ranking) -> None:
        self._store = store
        self._analyzer = analyzer
        self._reader = reader
        self._ranking = ranking
        self._headings: dict[str, Analysis] = {}

    def score(self, question: Question, hits: Sequence[Hit]) -> Sequence[float]:
        """The weighted sum of the facts of each hit, which is read for it."""
        scores: Sequence[float] = (self.read(question, hits) @ self._ranking.read).tolist()
        return scores

    def understands(self, question: Question) -> bool:
        """Whether it asks: the span reader has seen questions, and no lists of words."""
        return asks(self._asked(question))

    def are_enough(self, question: Question, hits: Sequence[Hit]) -> bool:
        """Whether one of them has most of the question's words, in it or above it."""
        asked = self._asked(question)
        return coverage(asked, self._look(asked, hits)) >= IN_OTHER_WORDS

    def choose(self, question: Question, hits: Sequence[Hit], count: int) -> Sequence[Hit]:
        """Those with the largest weighted sum of what can be seen without reading."""
        order = np.argsort(-(self.see(question, hits) @ self._ranking.seen), kind="stable")
        return [hits[place] for place in sorted(order[:count].tolist())]

    def see(self, question: Question, hits: Sequence[Hit]) -> NDArray[np.float64]:
        """`SEEN` of each hit and again times the coverage, shape (hits, 2 x facts)."""
        asked = self._asked(question)
        return with_coverage(asked, describe_seen(hits, self._look(asked, hits)))

    def read(self, question: Question, hits: Sequence[Hit]) -> NDArray[np.float64]:
        """`READ` of each hit and again times the coverage, shape (hits, 2 x facts)."""
        asked, passages = self._asked(question), self._passages(hits)
        looks, readings = self._reader.look(asked, passages), self._reader.read(asked, passages)
        return with_coverage(asked, describe(hits, looks, readings))

    def _look(self, asked: Analysis, hits: Sequence[Hit]) -> NDArray[np.float32]:
        return self._reader.look(asked, self._passages(hits))

    def _passages(self, hits: Sequence[Hit]) -> list[Passage]:
        analyses = self._store.analyses([hit.chunk.id for hit in hits])
        return [
            Passage(analyses.get(hit.chunk.id) or self._analyzer.analyze(hit.chunk.text), self._heading(hit))
            for hit in hits
        ]

    def _asked(self, question: Question) -> Analysis:
        return self._analyzer.analyze(read_question(question).text)

    def _heading(self, hit: Hit) -> Analysis:
        above = "\n".join((hit.document.title, *hit.chunk.heading_path))
        found = self._headings.get(above)
        if found is None:
            if len(self._headings) >= MAX_REMEMBERED:
                self._headings = {}
            self._headings[above] = found = self._analyzer.analyze(above)
        return found


def with_coverage(question: Analysis, facts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Facts as they are and again times the coverage, which is what weights are for; (hits, 2 x facts)."""
    looks = facts[:, SEEN.index(LOOKS[0]) :]
    return np.hstack([facts, facts * coverage(question, looks)])


def coverage(question: Analysis, looks: NDArray[np.floating]) -> float:
    """The share of the question's words that the best hit has, in it or above it, from `LOOKS` of hits.

    Words that are searched for say what is wanted, however they are spelled: 1.
    """
    if not asks(question):
        return 1.0
    return float(looks[:, LOOKS.index("covered_with_heading")].max(initial=0.0))


def describe_seen(hits: Sequence[Hit], looks: NDArray[np.floating]) -> NDArray[np.float64]:
    """`SEEN` of hits by their `LOOKS`, shape (hits, facts)."""
    legs = [{leg.leg: leg.score for leg in hit.legs} for hit in hits]
    dense = np.array([said.get("dense", 0.0) for said in legs])
    keyword = np.array([said.get("keyword", 0.0) for said in legs])
    floor = float(dense.min()) if len(dense) else 0.0
    return np.column_stack([_share(keyword, 0.0), _share(dense, floor), looks])


def describe(
    hits: Sequence[Hit], looks: NDArray[np.floating], readings: Sequence[Reading]
) -> NDArray[np.float64]:
    """`READ` of hits that were read, shape (hits, facts)."""
    starts = [float(reading.starts.max(initial=-30.0)) for reading in readings]
    ends = [float(reading.ends.max(initial=-30.0)) for reading in readings]
    masses = [float(np.exp(reading.starts - max(starts)).sum()) for reading in readings]
    return np.column_stack(
        [
            describe_seen(hits, looks),
            np.array([reading.relevance for reading in readings]).clip(-30) / 10,
            np.array(masses) / max(sum(masses), 1e-9),
            (np.array(starts) + np.array(ends)).clip(-40) / 20,
        ]
    )


def _share(scores: Column, floor: float) -> Column:
    """Scores brought to [0, 1]."""
    width = float(scores.max(initial=floor)) - floor
    return (scores - floor) / width if width > 0 else np.ones_like(scores)


def load_ranking(file: Path) -> Ranking:
    """The weights of ``reranking.json``; ModelUnavailable when it is absent or made for other facts."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        columns = {
            name: np.asarray([values[name][weight] for weight in weighted(facts)], np.float64)
            for name, facts in (("seen", SEEN), ("read", READ))
        }
    except (OSError, ValueError, KeyError) as error:
        raise ModelUnavailable(
            f"the weights of the re-ranker in {file} cannot be used ({error!r}): install swallow-rag again"
        ) from error
    return Ranking(**columns)
