"""Which words get a row of their own, and which character n-grams stand behind every word."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.corpus import CORPORA
from training.words import read_corpus_words

MIN_COUNT = 12
"""Rarer words of the corpora live from their n-grams alone."""

MAX_ROW_CHARS = 12


def count_corpus(folder: Path) -> dict[str, Counter[str]]:
    """Word → count, for each corpus; English slugs are counted with the rest."""
    return {name: _count_lines(folder, name) for name in CORPORA}


def _count_lines(folder: Path, name: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for document in read_corpus_words(folder, name):
        for _, words in document:
            counts.update(words)
    return counts


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words with a row (the first ``num_rows``) and further words that were seen in training pairs."""

    words: tuple[str, ...]
    num_rows: int
    probabilities: tuple[float, ...]

    @property
    def index(self) -> dict[str, int]:
        """Word → its place."""
        return {word: place for place, word in enumerate(self.words)}


def build_vocabulary(corpora: dict[str, Counter[str]], pairs: Counter[str], *, max_rows: int) -> Vocabulary:
    """The words that matter most, each corpus having the same say.

    ``pairs`` counts the words of the training pairs, weighted as one more corpus, so that the words
    of questions and dictionaries are not crowded out by those of the laws.
    """
    shares: defaultdict[str, float] = defaultdict(float)
    for counts in [*corpora.values(), pairs]:
        total = sum(counts.values())
        for word, count in counts.items():
            shares[word] += count / total
    frequent = sum(corpora.values(), Counter())
    rows = [
        word
        for word, _ in sorted(shares.items(), key=lambda item: (-item[1], item[0]))
        if _deserves_row(word, frequent[word], pairs[word])
    ][:max_rows]
    kept = set(rows)
    extra = sorted(word for word in pairs if word not in kept)
    words = (*rows, *extra)
    total_share = sum(shares.values())
    return Vocabulary(words, len(rows), tuple(shares[word] / total_share for word in words))


def _deserves_row(word: str, in_corpora: int, in_pairs: int) -> bool:
    if len(word) > MAX_ROW_CHARS or not word or "\n" in word:
        return False
    if word.isdigit() and len(word) > len("2024"):
        return False
    return in_corpora >= MIN_COUNT or in_pairs > 1


def initial_log_weights(probabilities: Sequence[float], smoothing: float = 3e-4) -> list[float]:
    """log(a / (a + p)) for each word: common words weigh less (Arora et al., 2017)."""
    return [math.log(smoothing / (smoothing + probability)) for probability in probabilities]


def spread(texts: Iterable[Sequence[str]]) -> Counter[str]:
    """Word → count over texts."""
    counts: Counter[str] = Counter()
    for words in texts:
        counts.update(words)
    return counts
