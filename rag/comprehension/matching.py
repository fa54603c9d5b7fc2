"""What of the question stands in a passage: exactly, by lemma, and by nearness of word vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.comprehension.network import Asked, Layout, Told
from rag.comprehension.words import Matrix, Numbers, Words


@dataclass(frozen=True, slots=True)
class Matching:
    """Every word of the passages held against every word of the question.

    ``cosines``, ``same`` (base forms) and ``by_lemma`` are (words of question, words of passages), each
    distinct word of the passages once; the last two are 1 where words match. ``at`` says which word stands
    in each filled row of the layout, ``near`` its cosines: (filled rows, words of question).
    """

    words: Words
    question: Words
    at: Numbers
    layout: Layout
    cosines: Matrix
    same: Matrix
    by_lemma: Matrix
    near: Matrix

    @classmethod
    def of(cls, words: Words, question: Words, at: Numbers, layout: Layout) -> Matching:
        """Hold ``words`` against ``question``, both from one table."""
        cosines = question.vectors @ words.vectors.T
        same = (question.bases[:, None] == words.bases).astype(np.float32)
        by_lemma = (question.lemmas[:, None] == words.lemmas).astype(np.float32)
        near = np.ascontiguousarray(cosines.T).take(at, axis=0)
        return cls(words, question, at, layout, cosines, same, by_lemma, near)

    @property
    def weights(self) -> Matrix:
        """How much each word of the question counts; 0 for particles and signs."""
        weights: Matrix = self.question.contents * self.question.weights
        return weights

    def asked(self, above: Matrix) -> Asked:
        """Which words of the question each passage has; ``above`` those that its headings have."""
        standing = np.zeros((len(above), len(self.words.weights)), np.float32)
        standing[self.layout.owners, self.at] = 1
        found = standing @ np.maximum(self.same, self.by_lemma).T > 0
        return Asked(found * self.question.contents, above)

    def told(self, asked: Asked) -> Told:
        """What the network is told of the words of the passages."""
        words, contents = self.words, self.question.contents[:, None]
        facts = np.column_stack(
            [
                (self.same * contents).max(axis=0),
                (self.by_lemma * contents).max(axis=0),
                self.same.max(axis=0),
                (self.cosines * contents).max(axis=0),
                (self.same * self.weights[:, None]).max(axis=0),
                words.weights,
                words.contents,
                words.shapes,
            ]
        )
        named = asked.above @ self.same > 0
        return Told(facts, self.at, named[self.layout.owners, self.at])

    def covered(self, asked: Asked) -> Matrix:
        """Shares of the question's weight: inside, inside or above, and softly; (passages, 3)."""
        weights = self.weights
        total = max(float(weights.sum()), 1e-3)
        bounds = np.flatnonzero(np.diff(self.layout.owners, prepend=-1))
        nearest = np.maximum.reduceat(self.near, bounds, axis=0) * self.question.contents
        either = np.maximum(asked.inside, asked.above)
        parts = (asked.inside, either, np.maximum(nearest, 0))
        shares: Matrix = np.column_stack([part @ weights / total for part in parts])
        return shares.astype(np.float32)
