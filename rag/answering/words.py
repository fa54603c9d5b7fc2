"""How near the words of a question are to the words of a sentence, word by word.

Exact matching misses 辞める ⇔ 退職; a vector of the whole sentence blurs it. Here each word of the
question looks for its nearest word in the sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder, Vectors
from rag.text.analyzer import Analysis, Feature

_MAX_REMEMBERED = 50_000


class WordVectors:
    """Unit vectors of single words, remembered; a word without a vector is all zeros."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[Feature, NDArray[np.float32]] = {}

    def __call__(self, features: Sequence[Feature]) -> Vectors:
        """Shape (len(features), dimension)."""
        missing = [feature for feature in dict.fromkeys(features) if feature not in self._known]
        if missing:
            if len(self._known) + len(missing) > _MAX_REMEMBERED:
                self._known.clear()
                missing = list(dict.fromkeys(features))
            alone = [Analysis("word", (0,), (1,), (feature,)) for feature in missing]
            found = self._embedder.embed_documents([feature.base for feature in missing], alone)
            self._known.update(zip(missing, found, strict=True))
        if not features:
            return np.zeros((0, self._embedder.identity.dimension), np.float32)
        return np.stack([self._known[feature] for feature in features])


def soft_coverage(
    question: Sequence[Feature],
    weights: Sequence[float],
    sentences: Sequence[Collection[Feature]],
    vectors: WordVectors,
) -> NDArray[np.float32]:
    """For each sentence the weighted mean over the question's words of the nearest word's cosine.

    Shape (len(sentences),), values in [0, 1]; 0 for a question without words.
    """
    words = list(dict.fromkeys(feature for sentence in sentences for feature in sentence))
    if not question or not words:
        return np.zeros(len(sentences), np.float32)
    places = {feature: place for place, feature in enumerate(words)}
    near = np.maximum(vectors(question) @ vectors(words).T, 0.0)
    shares = np.asarray(weights, np.float32)[:, None]
    shares = shares / max(float(shares.sum()), 1e-9)
    # All sentences' words in one row, so that numpy finds each sentence's maxima in one pass.
    columns = [places[feature] for sentence in sentences for feature in sentence]
    lengths = np.array([len(sentence) for sentence in sentences])
    filled = lengths > 0
    begins = (np.cumsum(lengths) - lengths)[filled]
    result = np.zeros(len(sentences), np.float32)
    result[filled] = (np.maximum.reduceat(near[:, columns], begins, axis=1) * shares).sum(axis=0)
    return result
