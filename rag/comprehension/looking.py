"""A first look: how near passages are to a question by the vectors of their words, before any is read.

To look at a passage costs a small part of what reading costs, so that many can be looked at and the best be
read. Every word of the question is held against every word of the passage (late interaction, Khattab and
Zaharia 2020, with word vectors), and the question as a whole against stretches of the passage: a question
asks about one of its sentences, which the vector of the whole passage drowns among the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from rag.comprehension.words import Matrix, Numbers, Words, WordTable
from rag.text.analyzer import Feature

LOOKS = (
    "covered",
    "covered_with_heading",
    "softly_covered",
    "softly_covered_with_heading",
    "nearest_stretch",
    "nearest_stretch_with_heading",
)
"""Shares of the question's words by weight: in the passage, in it or above it (the verb of a noun counts as
it does), and the same by nearness of word vectors; then the cosine of the nearest stretch, alone and with
title and headings."""

STEP = 16
"""Words; a stretch has twice as many and overlaps the next by half."""

HEADING_SHARE = 0.5

Features = tuple[Feature, ...]


def look(
    table: WordTable, asked: Features, bodies: Sequence[Features], headings: Sequence[Features]
) -> Matrix:
    """`LOOKS` of each passage, shape (passages, 6); bodies and headings of words, some of them empty."""
    words, at, counterparts = table.beside(
        asked, [*chain.from_iterable(bodies), *chain.from_iterable(headings)]
    )
    question, texts = words.take(at[: len(asked)]), at[len(asked) :]
    sizes = np.array([len(text) for text in chain(bodies, headings)], np.intp)
    matches, count = _Matches(words, question, counterparts), len(bodies)
    has, near = matches.of_texts(texts, sizes)
    around = [np.maximum(found[:count], found[count:]) for found in (has, near)]
    shares = [matches.share(found) for found in (has[:count], around[0], near[:count], around[1])]
    in_bodies = int(sizes[:count].sum())
    weighted = np.vstack(
        [words.vectors * words.weights[:, None], np.zeros(words.vectors.shape[1], np.float32)]
    )
    stretches = _Stretches(weighted, texts[:in_bodies], sizes[:count])
    above = HEADING_SHARE * _sums(weighted, texts[in_bodies:], _begins(sizes[count:]), sizes[count:])
    whole = question.weights @ question.vectors
    cosines = [stretches.nearest(whole, vectors) for vectors in (np.zeros_like(above), above)]
    return np.column_stack([*shares, *cosines]).astype(np.float32)


class _Matches:
    """Every word of a question held against every distinct word of some texts."""

    def __init__(self, words: Words, question: Words, counterparts: Sequence[Numbers]) -> None:
        same = (question.bases[:, None] == words.bases) | (question.lemmas[:, None] == words.lemmas)
        related = [np.isin(words.lemmas, lemmas) for lemmas in counterparts]
        same |= np.array(related, np.bool_).reshape(same.shape)
        self._same = same.T.astype(np.float32)
        self._near: Matrix = np.maximum(words.vectors @ question.vectors.T, self._same)
        self._weights: Matrix = question.contents * question.weights

    def of_texts(self, at: Numbers, sizes: Numbers) -> tuple[Matrix, Matrix]:
        """Which words each text has, and how near it comes to each; twice (texts, words of the question)."""
        return _most(self._same.take(at, axis=0), sizes), _most(self._near.take(at, axis=0), sizes)

    def share(self, found: Matrix) -> Matrix:
        """By weight, of each text."""
        shares: Matrix = found @ self._weights / max(float(self._weights.sum()), 1e-3)
        return shares


class _Stretches:
    """The vectors of all stretches of all texts, from the vectors of words and the last, that of no word."""

    def __init__(self, weighted: Matrix, at: Numbers, sizes: Numbers) -> None:
        counts = -(-sizes // STEP)
        self._num_texts = len(sizes)
        self._owners = np.repeat(np.arange(len(sizes)), counts)
        inside = STEP * (np.arange(len(self._owners)) - np.repeat(_begins(counts), counts))
        lengths = np.minimum(sizes[self._owners] - inside, STEP)
        halves = _sums(weighted, at, _begins(sizes)[self._owners] + inside, lengths)
        goes_on = np.flatnonzero(self._owners[1:] == self._owners[:-1])
        self._vectors = halves.copy()
        self._vectors[goes_on] += halves[goes_on + 1]

    def nearest(self, question: Matrix, above: Matrix) -> Matrix:
        """The largest cosine of each text; ``above`` is added to all of its stretches. 0 without a word."""
        found = np.zeros(self._num_texts, np.float32)
        vectors = self._vectors + above[self._owners]
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(question)
        np.maximum.at(found, self._owners, vectors @ question / np.maximum(lengths, 1e-6))
        return found


def _sums(weighted: Matrix, at: Numbers, begins: Numbers, lengths: Numbers) -> Matrix:
    """The sums of so many vectors from each place on; the last vector is that of no word.

    Place by place over all texts: a third of the time of ``reduceat`` over the rows of a matrix.
    """
    sums = np.zeros((len(begins), weighted.shape[1]), np.float32)
    rows = np.append(at, len(weighted) - 1)
    for place in range(int(lengths.max(initial=0))):
        sums += weighted.take(rows[np.where(lengths > place, begins + place, len(at))], axis=0)
    return sums


def _begins(sizes: Numbers) -> Numbers:
    """Where each of so many begins when they follow each other."""
    return np.cumsum(sizes) - sizes


def _most(values: Matrix, sizes: Numbers) -> Matrix:
    """The largest row by row of each text, zeros for an empty one."""
    most = np.zeros((len(sizes), values.shape[1]), np.float32)
    filled = sizes > 0
    if filled.any():
        most[filled] = np.maximum.reduceat(values, _begins(sizes)[filled], axis=0)
    return most
