"""Hits that say the same are shown once, and on request no document takes all the places.

Two chunks say nearly the same when nine tenths of their runs of five characters agree, and all of their
numbers, of their negations, and of what they have of the question: the rule with fifteen days for twenty, or
with 支給しない for 支給する, says something else, and so does 大阪支店's when 大阪支店 was asked for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.base import Retriever
from rag.text.fold import fold_text
from rag.text.terms import pairs_within
from rag.types import Hit, Question

MIN_OVERLAP = 0.9
"""The share of runs that two chunks have in common, of all that either has."""

RUN_CHARS = 5
VARIETY = 2
"""Hits that one document gets where variety was asked for, without a number."""

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


@dataclass(slots=True)
class _Shown:
    """A hit that is shown; its runs are worked out when another may say the same."""

    hit: Hit
    folded: str
    runs: NDArray[np.uint64] | None = None


def fold_duplicates(question: str, hits: Iterable[Hit], top_k: int) -> list[Hit]:
    """At most ``top_k`` hits in their order; each with those after it that say the same."""
    asked = pairs_within(fold_text(question))
    shown: list[_Shown] = []
    by_key: dict[Key, list[int]] = defaultdict(list)
    duplicates: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        new = _Shown(hit, _SPACES.sub("", fold_text(hit.chunk.text)))
        alike = by_key[_key(new.folded, asked)]
        place = next((place for place in alike if _say_the_same(shown[place], new)), None)
        if place is not None:
            duplicates[place].append(hit)
        elif len(shown) < top_k:
            alike.append(len(shown))
            shown.append(new)
    return [
        replace(one.hit, duplicates=tuple(duplicates[place])) if place in duplicates else one.hit
        for place, one in enumerate(shown)
    ]


def spread(hits: Sequence[Hit], max_per_document: int) -> list[Hit]:
    """No document has more than so many hits before every other has had its own; the rest comes behind."""
    counts: Counter[str] = Counter()
    first: list[Hit] = []
    rest: list[Hit] = []
    for hit in hits:
        counts[hit.chunk.document_id] += 1
        (first if counts[hit.chunk.document_id] <= max_per_document else rest).append(hit)
    return first + rest


def _key(folded: str, asked: Sequence[str]) -> Key:
    """What must be equal to the letter: numbers and negations, each as often, and words of the question."""
    return (
        frozenset(Counter(_NUMBERS.findall(folded)).items()),
        frozenset(Counter(_NEGATIONS.findall(folded)).items()),
        frozenset(pair for pair in asked if pair in folded),
    )


def _say_the_same(one: _Shown, other: _Shown) -> bool:
    if one.folded == other.folded:
        return True
    lengths = len(one.folded), len(other.folded)
    if min(lengths) < MIN_OVERLAP * max(lengths) or min(lengths) < RUN_CHARS:
        return False
    return overlap(_runs(one), _runs(other)) >= MIN_OVERLAP


def _runs(shown: _Shown) -> NDArray[np.uint64]:
    if shown.runs is None:
        shown.runs = hash_runs(shown.folded)
    return shown.runs


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
