"""What the span reader makes of the hits: where an answer stands in their sentences, and how they rank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.candidates import Candidate
from rag.comprehension import Passage, Reading, SpanReader, find_span, word_range
from rag.comprehension.reader import NEVER
from rag.retrieval.rerank import describe
from rag.text.analyzer import Analysis
from rag.types import Span

Column = NDArray[np.float64]


class HitReader:
    """The bundled reader with the weights of the bundled re-ranker, whichever one ordered the hits."""

    def __init__(self, reader: SpanReader, ranking: Column) -> None:
        self._reader = reader
        self._ranking = ranking

    def facts(self, question: Analysis, candidates: Sequence[Candidate]) -> Column:
        """How much of the answer begins in the sentence, how surely at all, and in so relevant a chunk.

        Shape (candidates, 3), values in [0, 1].
        """
        readings = self._read(question, candidates)
        starts = [_in_sentence(c, r.starts) for c, r in zip(candidates, readings, strict=True)]
        ends = [_in_sentence(c, r.ends) for c, r in zip(candidates, readings, strict=True)]
        most = max(float(part.max(initial=NEVER)) for part in starts)
        masses = np.array([float(np.exp(part - most).sum()) for part in starts])
        peaks = [
            float(begin.max(initial=NEVER) + end.max(initial=NEVER))
            for begin, end in zip(starts, ends, strict=True)
        ]
        relevance = np.array([reading.relevance for reading in readings])
        return np.column_stack([masses / masses.sum(), _squashed(np.array(peaks) / 2), _squashed(relevance)])

    def rank(self, question: Analysis, candidates: Sequence[Candidate]) -> list[float]:
        """The re-ranker's scores of the hits that the candidates stand in, best first."""
        first = {candidate.hit.chunk.id: candidate for candidate in candidates}
        readings = self._read(question, list(first.values()))
        scores: Column = describe([one.hit for one in first.values()], readings) @ self._ranking
        return sorted(scores.tolist(), reverse=True)

    def short_answer(self, question: Analysis, candidate: Candidate) -> str:
        """The words of the sentence where the answer most likely is: 「20日」."""
        (reading,) = self._read(question, [candidate])
        found = find_span(reading, candidate.around.chunk_analysis, _within(candidate))
        return candidate.hit.chunk.text[found.span.start : found.span.end] if found else ""

    def _read(self, question: Analysis, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading a candidate; sentences of one chunk share it."""
        around = {c.hit.chunk.id: c.around for c in candidates}
        passages = [Passage(one.chunk_analysis, one.heading_analysis) for one in around.values()]
        read = dict(zip(around, self._reader.read(question, passages), strict=True))
        return [read[c.hit.chunk.id] for c in candidates]


def _within(candidate: Candidate) -> Span:
    """The sentence in offsets of its chunk."""
    start = candidate.hit.chunk.start
    return Span(candidate.span.start - start, candidate.span.end - start)


def _in_sentence(candidate: Candidate, logits: NDArray[np.float32]) -> NDArray[np.float32]:
    first, last = word_range(candidate.around.chunk_analysis, _within(candidate))
    return logits[first:last]


def _squashed(logits: Column) -> Column:
    """Logits as numbers in [0, 1]."""
    squashed: Column = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return squashed
