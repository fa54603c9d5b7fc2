"""What of the question stands in a passage: exactly, by lemma, and by nearness of word vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.comprehension.network import Asked, Layout
from rag.comprehension.words import Matrix, Numbers, Words

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matching:
    """Every word of the passages held against every word of the question.

    ``cosines``, ``same`` (base forms) and ``by_lemma`` are (words of passages, words of question), each
    distinct word of the passages once.
    """

    cosines: Matrix
    same: Marks
    by_lemma: Marks
    words: Words
    question: Words

    @classmethod
    def of(cls, words: Words, question: Words) -> Matching:
        """Hold ``words`` against ``question``; their numbers of bases and lemmas are of one numbering."""
        same = words.bases[:, None] == question.bases
        by_lemma = words.lemmas[:, None] == question.lemmas
        return cls(words.vectors @ question.vectors.T, same, by_lemma, words, question)

    @property
    def weights(self) -> Matrix:
        """How much each word of the question counts; 0 for particles and signs."""
        weights: Matrix = self.question.contents * self.question.weights
        return weights

    def facts(self) -> Matrix:
        """Of each word: matched exactly, by lemma, at all; nearest cosine; weight of what it matches."""
        contents = self.question.contents
        return np.column_stack(
            [
                (self.same * contents).max(axis=1),
                (self.by_lemma * contents).max(axis=1),
                self.same.max(axis=1),
                (self.cosines * contents).max(axis=1),
                (self.same * self.weights).max(axis=1),
            ]
        ).astype(np.float32)

    def asked(self, rows: Numbers, layout: Layout, above: Matrix) -> Asked:
        """Which words of the question each passage has; ``rows`` lead from the layout's rows to words."""
        inside = (
            self._most((self.same | self.by_lemma).astype(np.float32), rows, layout) * self.question.contents
        )
        return Asked(inside, above)

    def covered(self, asked: Asked, rows: Numbers, layout: Layout) -> Matrix:
        """Shares of the question's weight: inside, inside or above, and softly; (passages, 3)."""
        weights = self.weights
        total = max(float(weights.sum()), 1e-3)
        nearest = np.maximum(self._most(self.cosines * self.question.contents, rows, layout), 0)
        either = np.maximum(asked.inside, asked.above)
        shares: Matrix = np.column_stack([part @ weights / total for part in (asked.inside, either, nearest)])
        return shares.astype(np.float32)

    def _most(self, values: Matrix, rows: Numbers, layout: Layout) -> Matrix:
        """The largest value in each passage; (passages, words of question)."""
        return np.stack(
            [values[rows[b:e]].max(axis=0) for b, e in zip(layout.begins, layout.ends, strict=True)]
        )
