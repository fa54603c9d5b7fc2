"""What the span reader makes of the hits: where an answer stands in their sentences, and how they rank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.answering.candidates import Candidate
from rag.comprehension import Passage, Reading, SpanReader, find_span, word_range
from rag.comprehension.reader import NEVER
from rag.retrieval.rerank import Ranking, describe, with_coverage
from rag.text.analyzer import Analysis

Column = NDArray[np.float64]


class HitReader:
    """The bundled reader with the weights of the bundled re-ranker, whichever one ordered the hits."""

    def __init__(self, reader: SpanReader, ranking: Ranking) -> None:
        self.words = reader.words
        self._reader = reader
        self._weights = ranking.read

    def facts(self, question: Analysis, candidates: Sequence[Candidate]) -> Column:
        """How much of the answer begins in the sentence, how surely at all, and in so relevant a chunk.

        Shape (candidates, 3), values in [0, 1].
        """
        readings = self._read(question, candidates)
        words = [slice(*word_range(one.around.chunk_analysis, one.within)) for one in candidates]
        sizes = np.array([some.stop - some.start for some in words])
        told = list(zip(readings, words, strict=True))
        starts = np.concatenate([reading.starts[some] for reading, some in told])
        ends = np.concatenate([reading.ends[some] for reading, some in told])
        masses = _by_text(np.add, np.exp(starts - starts.max(initial=NEVER)), sizes, 0)
        peaks = _by_text(np.maximum, starts, sizes, NEVER) + _by_text(np.maximum, ends, sizes, NEVER)
        relevance = np.array([reading.relevance for reading in readings])
        return np.column_stack([masses / masses.sum(), _squashed(peaks / 2), _squashed(relevance)])

    def rank(self, question: Analysis, candidates: Sequence[Candidate]) -> list[float]:
        """The re-ranker's scores of the hits that the candidates stand in, best first."""
        first = list({candidate.hit.chunk.id: candidate for candidate in candidates}.values())
        passages = [Passage(one.around.chunk_analysis, one.around.heading_analysis) for one in first]
        looks, readings = self._reader.look(question, passages), self._reader.read(question, passages)
        facts = describe([one.hit for one in first], looks, readings)
        scores: Column = with_coverage(question, facts) @ self._weights
        return sorted(scores.tolist(), reverse=True)

    def short_answer(self, question: Analysis, candidate: Candidate) -> str:
        """The words of the sentence where the answer most likely is: 「20日」."""
        (reading,) = self._read(question, [candidate])
        found = find_span(reading, candidate.around.chunk_analysis, candidate.within)
        return candidate.hit.chunk.text[found.span.start : found.span.end] if found else ""

    def _read(self, question: Analysis, candidates: Sequence[Candidate]) -> list[Reading]:
        """One reading a candidate; sentences of one chunk share it."""
        around = {c.hit.chunk.id: c.around for c in candidates}
        passages = [Passage(one.chunk_analysis, one.heading_analysis) for one in around.values()]
        read = dict(zip(around, self._reader.read(question, passages), strict=True))
        return [read[c.hit.chunk.id] for c in candidates]


def _by_text(join: np.ufunc, values: NDArray[np.float32], sizes: NDArray[np.intp], nothing: float) -> Column:
    """``join`` over so many values after so many, ``nothing`` over none."""
    filled = sizes > 0
    joined = np.full(len(sizes), nothing, np.float64)
    if filled.any():
        joined[filled] = join.reduceat(values, (np.cumsum(sizes) - sizes)[filled])
    return joined


def _squashed(logits: Column) -> Column:
    """Logits as numbers in [0, 1]."""
    squashed: Column = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return squashed
