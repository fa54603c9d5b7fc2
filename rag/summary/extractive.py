"""The summary without a model: sentences of the document as they stand, in its own order.

A summary of one line is the best clause or sentence; a longer one is chosen by `rag.summary.selection`
among the sentences that can be read alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder
from rag.summary.base import BUDGETS, Budget, Chapter, Length, PartCoverage, Request
from rag.summary.citing import Citer
from rag.summary.clause_features import clause_features
from rag.summary.clauses import clauses
from rag.summary.features import sentence_features
from rag.summary.focus import nearness
from rag.summary.grounds import Grounds, gather
from rag.summary.material import Kind, Material, Sentence, prepare
from rag.summary.model import SummaryModel
from rag.summary.selection import select
from rag.summary.standalone import readable_span
from rag.text.analyzer import Analyzer
from rag.types import Document, Span, Statement

MAX_CLAUSE_SENTENCES = 14
"""Clauses are looked for in so many sentences; a text without headings says what it is about early on."""

FOCUS_WEIGHT = 6.0
"""What the nearness to a question counts beside scores of variance 1."""

MIN_CHAPTER_CHARS = 120


@dataclass(frozen=True, slots=True)
class Outline:
    """A run of parts that is one chapter: those under a heading of the highest level."""

    title: str
    parts: range


class ExtractiveSummarizer:
    """Chooses sentences; nothing is written, nothing downloaded."""

    name = "extractive"

    def __init__(self, analyzer: Analyzer, embedder: Embedder, model: SummaryModel) -> None:
        self._analyzer = analyzer
        self._embedder = embedder
        self._model = model

    def grounds(self, document: Document) -> Grounds:
        """The document made ready; what every summary of it begins with."""
        return gather(prepare(document, self._analyzer), self._embedder, self._analyzer)

    def chapters(self, facts: Grounds, request: Request) -> tuple[Chapter, ...]:
        """The chosen statements, citations numbered through, in the order of the document."""
        citer = Citer(facts.material, self._analyzer)
        numbers = iter(range(1, 1_000_000))
        if request.length is Length.LINE and not request.by_chapter:
            span = self.line(facts, request)
            spans = {"": [span] if span else []}
        elif request.by_chapter:
            spans = self._by_chapter(facts, request)
        else:
            room = bounded(request.budget, facts.material)
            first = None if request.focus else self._topic(facts, request)
            spans = {"": self._spans(facts, facts.readable, room, request.focus, first)}
        return tuple(
            Chapter(title, tuple(citer.verbatim(*span, next(numbers)) for span in chosen))
            for title, chosen in spans.items()
        )

    def line(self, facts: Grounds, request: Request) -> Span | None:
        """The one clause or sentence that says most; None for a text without any."""
        room = min(request.budget.max_chars, BUDGETS[Length.LINE].max_chars)
        found = [one for sentence in self._likely(facts, request) for one in clauses(sentence, room)]
        if not found:
            spans = self._spans(facts, facts.readable, Budget(room, 1), request.focus)
            return spans[0] if spans else None
        features = clause_features(facts, found, self._embedder)
        weights = self._model.headed if facts.material.document.sections else self._model.plain
        best = found[int(np.argmax(features @ weights))]
        return Span(best.start, best.end)

    def _topic(self, facts: Grounds, request: Request) -> int | None:
        """The place, among the readable sentences, of the one that the line is taken from."""
        span = self.line(facts, request)
        places = (i for i, one in enumerate(facts.readable) if span and one.start <= span.start < one.end)
        return next(places, None)

    def _likely(self, facts: Grounds, request: Request) -> Sequence[Sentence]:
        """The sentences in which the line is looked for."""
        if not request.focus:
            return facts.readable[:MAX_CLAUSE_SENTENCES]
        near = nearness(request.focus, facts, facts.readable, self._embedder, self._analyzer)
        return [facts.readable[place] for place in np.argsort(-near, kind="stable")[:1]]

    def _by_chapter(self, facts: Grounds, request: Request) -> dict[str, list[Span]]:
        """Each chapter by itself, with a share of the room that grows with its length."""
        room = bounded(request.budget, facts.material)
        outlines = outline(facts.material)
        total = sum(_num_chars(one, facts.material) for one in outlines) or 1
        spans: dict[str, list[Span]] = {}
        for one in outlines:
            share = _num_chars(one, facts.material) / total
            chars = max(MIN_CHAPTER_CHARS, round(room.max_chars * share))
            budget = Budget(chars, max(1, round(room.max_statements * share)))
            inside = [sentence for sentence in facts.readable if sentence.part in one.parts]
            title = one.title if one.title not in spans else f"{one.title} ({one.parts.start + 1})"
            spans[title] = self._spans(facts, inside, budget, request.focus)
        return spans

    def _spans(
        self,
        facts: Grounds,
        sentences: Sequence[Sentence],
        budget: Budget,
        focus: str,
        first: int | None = None,
    ) -> list[Span]:
        if not facts.readable:
            sentences = _anything(facts.material)
        if not sentences:
            return []
        spans = [readable_span(one) or Span(one.start, one.end) for one in sentences]
        chosen = select(
            self.scores(facts, sentences, focus),
            facts.rows[[one.number for one in sentences]],
            [one.part for one in sentences],
            [span.end - span.start for span in spans],
            max_chars=budget.max_chars,
            max_sentences=budget.max_statements,
            min_worth=budget.min_worth,
            first=first,
        )
        return [spans[place] for place in chosen]

    def scores(self, facts: Grounds, sentences: Sequence[Sentence], focus: str = "") -> NDArray[np.float32]:
        """What each sentence is worth to the summary; with ``focus`` also to the question."""
        found: NDArray[np.float32] = sentence_features(facts, sentences) @ self._model.sentence
        if not focus:
            return found
        found = (found - found.mean()) / (found.std() or 1.0)
        near = nearness(focus, facts, sentences, self._embedder, self._analyzer)
        return found + np.float32(FOCUS_WEIGHT) * near


def bounded(budget: Budget, material: Material) -> Budget:
    """The budget within its share of the document: the summary of a short text is shorter still."""
    most = int(len(material.document.text) * budget.max_share)
    return replace(budget, max_chars=min(budget.max_chars, max(most, MIN_CHAPTER_CHARS)))


def outline(material: Material) -> list[Outline]:
    """The chapters: parts under one heading of the highest level that occurs more than once."""
    depths = Counter(len(part.path) for part in material.parts if part.path)
    level = next((depth for depth in sorted(depths) if _distinct(material, depth) > 1), 0)
    runs: list[Outline] = []
    for part in material.parts:
        title = part.path[level - 1] if level and len(part.path) >= level else part.title
        is_same = bool(runs) and level > 0 and len(part.path) >= level and runs[-1].title == title
        if is_same:
            runs[-1] = Outline(title, range(runs[-1].parts.start, part.number + 1))
        else:
            runs.append(Outline(title, range(part.number, part.number + 1)))
    return runs


def _distinct(material: Material, depth: int) -> int:
    return len({part.path[:depth] for part in material.parts if len(part.path) >= depth})


def _num_chars(one: Outline, material: Material) -> int:
    return sum(material.parts[number].num_chars for number in one.parts)


def _anything(material: Material) -> list[Sentence]:
    """For a text of which nothing reads alone: all but headings and code."""
    kept = [one for one in material.sentences if one.kind in {Kind.PROSE, Kind.ASIDE}]
    return kept or [one for one in material.sentences if one.kind is not Kind.CODE]


def coverage(material: Material, statements: Sequence[Statement]) -> tuple[PartCoverage, ...]:
    """How many statements cite each part."""
    counts = Counter(
        part
        for statement in statements
        for part in {material.part_at(c.start).number for c in statement.citations}
    )
    return tuple(
        PartCoverage(part.title, part.path, part.num_chars, counts[part.number]) for part in material.parts
    )
