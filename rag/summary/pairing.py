"""Which sentence of one document says what a sentence of another says: nearest by words and vectors."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.summary.grounds import Grounds
from rag.summary.material import Kind, Sentence
from rag.summary.standalone import trim_start
from rag.text.fold import fold_text

SAME_FROM = 0.55
"""Cosine of dense vectors and rare words together from which two sentences speak of the same."""

OTHER_KIND = 0.6
"""What the common words of a row and a sentence count."""

HEADING_SHARE = 0.3
"""What headings count beside the sentences themselves."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Places of two sentences, or of one alone (the other is None), and how near they are."""

    first: int | None
    second: int | None
    nearness: float


def statements_of(facts: Grounds) -> list[Sentence]:
    """The sentences that say something: prose and rows of tables."""
    wanted = {Kind.PROSE, Kind.ROW, Kind.ASIDE}
    return [one for one in facts.material.sentences if one.kind in wanted and one.terms]


def nearness(
    first: Grounds, ours: Sequence[Sentence], second: Grounds, theirs: Sequence[Sentence]
) -> NDArray[np.float32]:
    """Shape (ours, theirs): words and vectors of the sentences, helped by those of their headings."""
    if not ours or not theirs:
        return np.zeros((len(ours), len(theirs)), np.float32)
    sentences = _rows(first, ours) @ _rows(second, theirs).T
    headings = (
        np.stack([first.heading_rows[one.part] for one in ours])
        @ np.stack([second.heading_rows[one.part] for one in theirs]).T
    )
    words = _shared_words(ours, theirs) * _same_kind(ours, theirs)
    near: NDArray[np.float32] = (1 - HEADING_SHARE) * (sentences + words) / 2 + HEADING_SHARE * headings
    return near.astype(np.float32)


def pair_up(near: NDArray[np.float32], same_from: float = SAME_FROM) -> list[Pair]:
    """Each sentence with at most one other, the nearest first; ordered by the first, then by the second."""
    pairs: list[Pair] = []
    free_first, free_second = set(range(near.shape[0])), set(range(near.shape[1]))
    for flat in np.argsort(-near, axis=None, kind="stable"):
        one, other = divmod(int(flat), near.shape[1])
        if near[one, other] < same_from:
            break
        if one in free_first and other in free_second:
            free_first.remove(one)
            free_second.remove(other)
            pairs.append(Pair(one, other, float(near[one, other])))
    pairs += [Pair(one, None, 0.0) for one in free_first]
    pairs.sort(key=lambda pair: pair.first if pair.first is not None else -1)
    return [*pairs, *(Pair(None, other, 0.0) for other in sorted(free_second))]


def is_same_text(first: str, second: str) -> bool:
    """Whether two sentences are equal but for width, case, blanks and their numbering."""
    return bare(first) == bare(second)


def bare(text: str) -> str:
    """「２　取引先との契約…」 → 「取引先との契約…」, folded, without blanks."""
    return "".join(fold_text(text[trim_start(text) :]).split())


def _rows(facts: Grounds, sentences: Sequence[Sentence]) -> NDArray[np.float32]:
    dense = facts.rows[[one.number for one in sentences], : len(facts.title_row)]
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    rows: NDArray[np.float32] = np.divide(dense, lengths, out=np.zeros_like(dense), where=lengths > 0)
    return rows


def _same_kind(ours: Sequence[Sentence], theirs: Sequence[Sentence]) -> NDArray[np.float32]:
    """1 where both are rows of tables or neither is, less where one is: the table became a sentence."""
    first = np.asarray([one.kind is Kind.ROW for one in ours])
    second = np.asarray([one.kind is Kind.ROW for one in theirs])
    return np.where(first[:, None] == second[None, :], 1.0, OTHER_KIND).astype(np.float32)


def _shared_words(ours: Sequence[Sentence], theirs: Sequence[Sentence]) -> NDArray[np.float32]:
    """Dice's share of common base forms, rare ones counting more; not numbers: they are what changes."""
    counts = Counter(term for one in (*ours, *theirs) for term in one.terms if not term[0].isdecimal())
    places = {term: place for place, term in enumerate(sorted(counts))}
    total = len(ours) + len(theirs)
    weights = np.asarray([math.log(1 + total / counts[term]) for term in places], np.float32)
    # Both sides carry the root, so that their product carries the weight.
    first, second = (_incidence(side, places) * np.sqrt(weights) for side in (ours, theirs))
    sums = (first * first).sum(axis=1)[:, None] + (second * second).sum(axis=1)[None, :]
    shared: NDArray[np.float32] = 2 * (first @ second.T) / np.maximum(sums, 1e-6)
    return shared


def _incidence(sentences: Sequence[Sentence], places: dict[str, int]) -> NDArray[np.float32]:
    found = np.zeros((len(sentences), len(places)), np.float32)
    for row, one in zip(found, sentences, strict=True):
        row[[places[term] for term in one.terms if term in places]] = 1
    return found
