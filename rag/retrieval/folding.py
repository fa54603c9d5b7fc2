"""Hits that say the same are shown once, and on request no document takes all the places.

Two chunks say nearly the same when nine tenths of their runs of five characters agree, and all of their
numbers, of their negations, and of what they have of the question: the rule with fifteen days for twenty, or
with 支給しない for 支給する, says something else, and so does 大阪支店's when 大阪支店 was asked for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.base import Retriever
from rag.text.fold import fold_text
from rag.text.terms import pairs_within
from rag.types import Hit, Question

MIN_OVERLAP = 0.9
"""The share of runs that two chunks have in common, of all that either has."""

MIN_NEAR = 0.9
"""Length and scores that differ by more need no look at the texts."""

RUN_CHARS = 5
_MORE = 8
"""Hits beyond the wanted ones, to fill the places of what was folded."""

_REACH_FOR_VARIETY = 4

_SPACES = re.compile(r"\s+")
_NUMBERS = re.compile("[0-9〇一二三四五六七八九十百千万億]+")
_NEGATIONS = re.compile("ない|なく|なけ|ませ[んぬ]|ず|ぬ|不|非|未|無|除|禁")
_MULTIPLIER = np.uint64(1_000_003)

Key = tuple[frozenset[tuple[str, int]], frozenset[tuple[str, int]], frozenset[str]]


class FoldingRetriever:
    """Asks another retriever for more hits than are wanted, and folds them.

    ``max_per_document`` is how many hits one document gets before all others have theirs; 0 is no limit.
    """

    def __init__(self, retriever: Retriever, *, fold: bool = True, max_per_document: int = 0) -> None:
        self._retriever = retriever
        self._fold = fold
        self._max_per_document = max_per_document

    def retrieve(self, question: Question, top_k: int) -> Sequence[Hit]:
        """At most ``top_k`` hits, best first; what says the same stands in ``duplicates``."""
        reach = top_k * _REACH_FOR_VARIETY if self._max_per_document else top_k + _MORE
        hits = self._retriever.retrieve(question, reach)
        if self._fold:
            wanted = len(hits) if self._max_per_document else top_k
            hits = fold_duplicates(question.text, hits, wanted)
        if self._max_per_document:
            hits = spread(hits, self._max_per_document)
        return hits[:top_k]


class _Told:
    """A hit with what is compared of it, worked out when it is first asked for."""

    def __init__(self, hit: Hit, asked: Sequence[str]) -> None:
        self.hit = hit
        self._asked = asked

    @cached_property
    def folded(self) -> str:
        """The text as it is compared, without blanks."""
        return _SPACES.sub("", fold_text(self.hit.chunk.text))

    @cached_property
    def key(self) -> Key:
        """What must be equal to the letter: numbers, negations, words of the question."""
        return (
            frozenset(Counter(_NUMBERS.findall(self.folded)).items()),
            frozenset(Counter(_NEGATIONS.findall(self.folded)).items()),
            frozenset(pair for pair in self._asked if pair in self.folded),
        )

    @cached_property
    def runs(self) -> NDArray[np.uint64]:
        """Its runs of characters as numbers."""
        return hash_runs(self.folded)

    def says_the_same(self, other: _Told) -> bool:
        """Whether both say nearly the same."""
        if self.key != other.key:
            return False
        if self.folded == other.folded:
            return True
        shorter = min(len(self.folded), len(other.folded))
        return shorter >= RUN_CHARS and overlap(self.runs, other.runs) >= MIN_OVERLAP


def fold_duplicates(question: str, hits: Sequence[Hit], top_k: int) -> list[Hit]:
    """At most ``top_k`` hits in their order; each with those after it that say the same."""
    asked = pairs_within(fold_text(question))
    told = [_Told(hit, asked) for hit in hits]
    near = _find_near(hits)
    shown: list[int] = []
    duplicates: dict[int, list[Hit]] = defaultdict(list)
    for place, new in enumerate(told):
        same = next((one for one in shown if near[one, place] and told[one].says_the_same(new)), None)
        if same is not None:
            duplicates[same].append(new.hit)
        elif len(shown) < top_k:
            shown.append(place)
    return [
        replace(hits[place], duplicates=tuple(duplicates[place])) if place in duplicates else hits[place]
        for place in shown
    ]


def _find_near(hits: Sequence[Hit]) -> NDArray[np.bool_]:
    """Which pairs are of about one length, and about as good to every leg; shape (hits, hits)."""
    legs = dict.fromkeys(score.leg for hit in hits for score in hit.legs)
    by_leg = [{score.leg: score.score for score in hit.legs} for hit in hits]
    columns = [
        [len(hit.chunk.text) for hit in hits],
        *([one.get(leg, np.nan) for one in by_leg] for leg in legs),
    ]
    near = np.ones((len(hits), len(hits)), dtype=np.bool_)
    for column in np.array(columns, dtype=np.float64):
        lower, upper = np.minimum.outer(column, column), np.maximum.outer(column, column)
        near &= ~(lower < MIN_NEAR * upper)  # what a leg did not tell is no difference
    return near


def spread(hits: Sequence[Hit], max_per_document: int) -> list[Hit]:
    """No document has more than so many hits before every other has had its own; the rest comes behind."""
    counts: Counter[str] = Counter()
    first: list[Hit] = []
    rest: list[Hit] = []
    for hit in hits:
        counts[hit.chunk.document_id] += 1
        (first if counts[hit.chunk.document_id] <= max_per_document else rest).append(hit)
    return first + rest


def hash_runs(text: str) -> NDArray[np.uint64]:
    """Every run of `RUN_CHARS` characters as a number, each once, ascending."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    count = max(len(codes) - RUN_CHARS + 1, 0)
    hashes = np.zeros(count, dtype=np.uint64)
    for place in range(RUN_CHARS):
        hashes = hashes * _MULTIPLIER + codes[place : place + count]  # wraps round, as hashes do
    return np.unique(hashes)


def overlap(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """What both have of what either has; 0 for nothing.

    >>> round(overlap(hash_runs("年次有給休暇を与える"), hash_runs("年次有給休暇を与えた")), 2)
    0.71
    """
    both = len(np.intersect1d(one, other, assume_unique=True))
    either = len(one) + len(other) - both
    return both / either if either else 0.0
