"""Questions with the sentences that a search brings, told in features, and which of them are gold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.datasets.base import AskedQuestion
from evaluation.datasets.squad import PassageQuestion
from evaluation.gold import GoldFinder, SpanJudge
from evaluation.questions import GoldQuestion
from rag.answering.answerability import answer_features
from rag.answering.candidates import Candidate, collect_candidates
from rag.answering.features import Focus, SentenceJudge
from rag.answering.hit_reader import HitReader
from rag.assembly import Assembly, load_bundled_embedder, load_bundled_ranking, load_bundled_reader
from rag.retrieval.base import Query
from rag.types import Citation, Hit, Question, Span

Floats = NDArray[np.float32]
Gold = Callable[[Candidate], bool]


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one question: features, and which rows hold the answer."""

    focus: Focus
    candidates: Sequence[Candidate]
    hits: Sequence[Hit]
    features: Floats
    gold: NDArray[np.bool_]
    ranked: Sequence[float]


@dataclass(frozen=True, slots=True)
class Triple:
    """One question as it is, with its gold paragraph out of the hits, and with its whole article out."""

    whole: Example
    without_paragraph: Example | None
    without_article: Example | None

    @property
    def withheld(self) -> list[Example]:
        """The unanswerable ones."""
        return [one for one in (self.without_paragraph, self.without_article) if one is not None]


class ExampleMaker:
    """Asks a store's retriever, and judges what it brings."""

    def __init__(self, parts: Assembly) -> None:
        self._parts = parts
        self._judge = SentenceJudge(
            load_bundled_embedder(), HitReader(load_bundled_reader(), load_bundled_ranking())
        )
        self._retriever = parts.build_retriever()
        self._top_k = parts.settings.retrieval.top_k

    def passage_triples(self, questions: Sequence[PassageQuestion]) -> list[Triple]:
        """Twice as many hits are asked for, so that enough are left without the gold article."""
        triples = []
        for question in questions:
            hits = self._retriever.retrieve(Question(question.text), 2 * self._top_k)

            def is_gold(candidate: Candidate, asked: PassageQuestion = question) -> bool:
                same = candidate.hit.document.source == asked.passage_id
                return same and any(answer in candidate.text for answer in asked.answers)

            elsewhere = [hit for hit in hits if hit.document.source != question.passage_id]
            foreign = [hit for hit in hits if hit.document.title != question.article]
            whole, *others = (
                self._example(question.text, some, is_gold) for some in (hits, elsewhere, foreign)
            )
            if whole is not None:
                triples.append(Triple(whole, *others))
        return triples

    def sample(self, questions: Sequence[GoldQuestion]) -> list[Example]:
        """One example a question of our own set; unanswerable ones have no gold rows."""
        examples = []
        for question in questions:
            hits = self._retriever.retrieve(Question(question.text), self._top_k)

            def is_gold(candidate: Candidate, asked: GoldQuestion = question) -> bool:
                quoted = Citation(1, candidate.hit.document, 0, *candidate.span, candidate.text)
                return any(gold.is_cited_by(quoted) for gold in asked.gold)

            if example := self._example(question.text, hits, is_gold):
                examples.append(example)
        return examples

    def placed(self, questions: Sequence[AskedQuestion], finder: GoldFinder) -> list[Example]:
        """One example a question whose gold sentence is told by its place in an original file."""
        examples = []
        for question in questions:
            judge = finder.judge(question.gold)
            if not isinstance(judge, SpanJudge):
                raise TypeError(f"question {question.id} has no gold sentence")
            hits = self._retriever.retrieve(Question(question.text), self._top_k)

            def is_gold(candidate: Candidate, spans: Mapping[str, Sequence[Span]] = judge.spans) -> bool:
                start, end = candidate.span
                return any(
                    2 * (min(end, span.end) - max(start, span.start))
                    > min(end - start, span.end - span.start)
                    for span in spans.get(candidate.hit.document.id, ())
                )

            if example := self._example(question.text, hits, is_gold):
                examples.append(example)
        return examples

    def _example(self, question: str, hits: Sequence[Hit], is_gold: Gold) -> Example | None:
        hits = hits[: self._top_k]
        candidates = collect_candidates(hits, self._parts.store, self._parts.analyzer)
        if not candidates:
            return None
        query = Query.from_question(Question(question), self._parts.analyzer)
        focus = Focus.from_query(query, self._parts.store)
        features = self._judge.features(focus, candidates)
        gold = np.asarray([is_gold(candidate) for candidate in candidates])
        ranked = self._judge.reader.rank(query.analysis, candidates)
        return Example(focus, candidates, hits, features, gold, ranked)


def _overlaps(one: Span, other: Span) -> bool:
    """Whether they share more than half of the shorter one."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return 2 * shared > min(one.end - one.start, other.end - other.start)


def answer_rows(examples: Sequence[Example], sentence: Floats) -> Floats:
    """The answer model's input for each example; shape (examples, features)."""
    rows = [
        answer_features(e.focus, e.candidates, e.features, e.features @ sentence, e.hits, ranked=e.ranked)
        for e in examples
    ]
    return np.asarray(rows, np.float32)


def first_right(examples: Sequence[Example], sentence: Floats) -> float:
    """Share of the questions whose best sentence holds the answer."""
    return float(np.mean([bool(e.gold[int(np.argmax(e.features @ sentence))]) for e in examples]))
