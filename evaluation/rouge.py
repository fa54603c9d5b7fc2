"""ROUGE-1, ROUGE-2 and ROUGE-L as F over MeCab's words, as XL-Sum measures Japanese.

A word is the surface that MeCab cuts, folded for comparison; signs do not count. Each figure is the
harmonic mean of precision and recall on one pair of texts: no stemming, no bootstrapping. The tests hold
that the numbers are those of the package ``rouge-score`` with the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rag.text.analyzer import Analysis, Analyzer
from rag.text.fold import fold_text

_SIGNS = ("補助記号", "記号", "空白")

Words = tuple[str, ...]


class Rouge(NamedTuple):
    """F in [0, 1] over words, over pairs of words, and over the longest common subsequence."""

    one: float
    two: float
    longest: float

    @property
    def mean(self) -> float:
        """The mean of the three."""
        return (self.one + self.two + self.longest) / 3


def words_of(text: str, analyzer: Analyzer) -> Words:
    """「有給休暇は、２０日。」 → 有給, 休暇, は, 20, 日."""
    return analysed_words(text, analyzer.analyze(text))


def analysed_words(text: str, analysis: Analysis) -> Words:
    """The same from an analysis of the text."""
    return tuple(
        fold_text(text[start:end])
        for start, end, feature in analysis.morphemes()
        if not feature.pos.startswith(_SIGNS)
    )


def rouge(summary: Words, reference: Words) -> Rouge:
    """The three figures for one summary and one reference; 0 where either has no words."""
    return Rouge(
        _f(*_overlap(summary, reference)),
        _f(*_overlap(tuple(pairwise(summary)), tuple(pairwise(reference)))),
        _f(longest_common(summary, reference), len(summary), len(reference)),
    )


def mean_rouge(pairs: Sequence[Rouge]) -> Rouge:
    """The mean of each figure; zeros for no pairs."""
    count = max(1, len(pairs))
    return Rouge(*(sum(pair[i] for pair in pairs) / count for i in range(3)))


def longest_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest common subsequence, a bit for each word of ``first``.

    Source: Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).
    """
    places: dict[str, int] = {}
    for place, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << place
    everything = (1 << len(first)) - 1
    open_places = everything
    for word in second:
        found = open_places & places.get(word, 0)
        open_places = (open_places + found | open_places - found) & everything
    return len(first) - open_places.bit_count()


def _overlap(summary: Sequence[object], reference: Sequence[object]) -> tuple[int, int, int]:
    common = Counter(summary) & Counter(reference)
    return common.total(), len(summary), len(reference)


def _f(common: int, num_summary: int, num_reference: int) -> float:
    """The harmonic mean of precision and recall, which is twice the overlap over both lengths."""
    return 2 * common / (num_summary + num_reference) if common else 0.0
