"""BM25 over several fields, with the statistics of the whole store.

The keyword index proposes candidates with statistics of its own: rounded lengths, frequencies that still
count what was removed. Scores come from here, computed from the stored terms with exact numbers, so that a
chunk has the same score whether it stands in a published generation or only in SQLite, and however the
index is laid out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.store.hashing import Ids
from rag.store.local.term_block import TermBlock
from rag.store.terms import FIELD_NAMES

K1 = 0.6
"""How soon a term that repeats stops counting; fitted on JaQuAD (MRR@10 .904, with 1.2 .894)."""


class FieldWeight(NamedTuple):
    """How much a field counts, and how much its length is held against it (0 not at all, 1 fully)."""

    boost: float
    b: float


FIELDS = {
    "base": FieldWeight(1.0, 0.75),
    "bigram": FieldWeight(1.0, 0.75),
    "title": FieldWeight(0.3, 0.3),
    "heading": FieldWeight(0.3, 0.3),
    "lemma": FieldWeight(0.1, 0.75),
    "reading": FieldWeight(0.1, 0.75),
}
"""How much each field of `rag.text.terms.Terms` counts; no part of the store's format.

Lemma and reading are there to find 「帰る」 by 「かえる」 and count for little elsewhere: weights of 0.3 and
0.2 lowered R@1 on questions of JSQuAD among 10,834 passages from .911 to .908.
"""

_B = np.array([FIELDS[name].b for name in FIELD_NAMES])
_BOOSTS = np.array([FIELDS[name].boost for name in FIELD_NAMES])


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """The terms of a query: ids (ascending), fields by number, how much each is asked for."""

    ids: Ids
    fields: NDArray[np.intp]
    counts: NDArray[np.float64]
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, kept: NDArray[np.bool_]) -> QueryTerms:
        """The terms where ``kept`` is true."""
        words = tuple(word for word, keep in zip(self.words, kept.tolist(), strict=True) if keep)
        return QueryTerms(self.ids[kept], self.fields[kept], self.counts[kept], words)

    @property
    def boosts(self) -> NDArray[np.float64]:
        """The weight of each term before its rarity."""
        boosts: NDArray[np.float64] = self.counts * _BOOSTS[self.fields]
        return boosts


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the whole store: number of chunks, mean length of each field."""

    num_chunks: int
    mean_lengths: NDArray[np.float64]

    @classmethod
    def of(cls, num_chunks: int, field_lengths: Sequence[int]) -> Statistics:
        """From the totals that the store counts along."""
        lengths = np.array(field_lengths, dtype=np.float64) / max(num_chunks, 1)
        return cls(num_chunks, np.maximum(lengths, 1e-9))

    def rarity(self, frequencies: NDArray[np.int64]) -> NDArray[np.float64]:
        """Inverse document frequency, above 0 also for a term that stands everywhere."""
        rarity: NDArray[np.float64] = np.log1p((self.num_chunks - frequencies + 0.5) / (frequencies + 0.5))
        return rarity


class Matches(NamedTuple):
    """Where query terms stand in a block: places in the block's columns, and which query term each is."""

    places: NDArray[np.intp]
    terms: NDArray[np.intp]


def find_matches(block: TermBlock, query: QueryTerms) -> Matches:
    """Look every term of the block up in the query, in one pass over the block."""
    if not len(query) or not len(block.term_ids):
        return Matches(np.empty(0, np.intp), np.empty(0, np.intp))
    # Most terms of a block are told from those of the query by the lowest bits alone.
    asked = np.zeros(1 << 16, dtype=np.bool_)
    asked[query.ids.astype(np.uint16)] = True
    places = np.flatnonzero(asked[block.low_bits])
    found = block.term_ids[places]
    terms = np.minimum(np.searchsorted(query.ids, found), len(query) - 1)
    same = query.ids[terms] == found
    return Matches(places[same], terms[same])


def score_chunks(
    block: TermBlock,
    query: QueryTerms,
    matches: Matches,
    frequencies: NDArray[np.int64],
    statistics: Statistics,
) -> NDArray[np.float64]:
    """BM25 of every chunk of the block, shape (chunks,); 0 where no term matches.

    A chunk's terms are added up in a fixed order, so that equal chunks get equal scores to the last bit.
    """
    places, terms = matches
    chunks = block.chunks_of(places)
    fields = query.fields[terms]
    counts = block.counts[places].astype(np.float64)
    relative_lengths = block.lengths[chunks, fields] / statistics.mean_lengths[fields]
    saturation = counts * (K1 + 1) / (counts + K1 * (1 - _B[fields] + _B[fields] * relative_lengths))
    weights = query.boosts * statistics.rarity(frequencies)
    scores = np.bincount(chunks, weights[terms] * saturation, minlength=len(block))
    return scores.astype(np.float64, copy=False)  # bincount of nothing counts in integers
