"""How near the words of a question are to the words of a sentence, word by word.

Exact matching misses 辞める ⇔ 退職; a vector of the whole sentence blurs it. Here each word of the
question looks for its nearest word in the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder
from rag.text.analyzer import Analysis, Feature

Matrix = NDArray[np.float32]
Places = NDArray[np.intp]

Vectors = Callable[[Sequence[Feature]], tuple[Matrix, Places]]
"""Words → the unit vectors of the distinct ones, and which of them each word is."""


def nearest_words(
    question: Sequence[Feature], texts: Sequence[Sequence[Feature]], vectors: Vectors
) -> Matrix:
    """For each text and each word of the question the cosine of the nearest word in the text.

    Shape (texts, words of question), values in [0, 1]; 0 for a text without words.
    """
    words, at = vectors([*question, *chain.from_iterable(texts)])
    near = np.maximum(words @ words[at[: len(question)]].T, 0)
    lengths = np.array([len(text) for text in texts], np.intp)
    filled = lengths > 0
    result = np.zeros((len(texts), len(question)), np.float32)
    if filled.any():
        begins = (np.cumsum(lengths) - lengths)[filled]
        # All texts' words in one column, so that numpy finds each text's maxima in one pass.
        result[filled] = np.maximum.reduceat(near[at[len(question) :]], begins, axis=0)
    return result


def vectors_by(embedder: Embedder) -> Vectors:
    """The vectors that an embedder gives to texts of one word."""

    def vectors(features: Sequence[Feature]) -> tuple[Matrix, Places]:
        places = {feature: place for place, feature in enumerate(dict.fromkeys(features))}
        alone = [Analysis("word", (0,), (1,), (feature,)) for feature in places]
        found = embedder.embed_documents([feature.base for feature in places], alone)
        return found, np.array([places[feature] for feature in features], np.intp)

    return vectors


def weighed(nearest: Matrix, weights: Sequence[float]) -> Matrix:
    """The weighted mean over the words of the question, shape (texts,); 0 for a question without words."""
    shares = np.asarray(weights, np.float32)
    mean: Matrix = nearest @ (shares / max(float(shares.sum()), 1e-9))
    return mean
