"""Which sentences go into a summary: the best that differ from each other, from as many parts as may be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Vectors

REPETITION = 2.0
"""What a sentence loses that says the same as a chosen one; scores have mean 0 and variance 1."""

CROWDING = 0.5
"""What it loses for each sentence already chosen from its part."""

SAME_FROM = 0.85
"""A sentence this near to a chosen one is never taken."""


def select(
    scores: NDArray[np.float32],
    rows: Vectors,
    parts: Sequence[int],
    lengths: Sequence[int],
    *,
    max_chars: int,
    max_sentences: int,
    min_worth: float = -np.inf,
    first: int | None = None,
) -> list[int]:
    """Places of the chosen sentences in ascending order; the best one is taken if it alone is too long.

    ``first`` is taken before all others; the summary ends early when no other is worth ``min_worth``.
    ``rows`` are unit vectors, shape (sentences, dimension); ``lengths`` are characters.
    """
    standing = _standardised(scores)
    nearest = np.zeros(len(scores), np.float32)
    crowd = np.zeros(len(scores), np.float32)
    numbers = np.asarray(parts)
    sizes = np.asarray(lengths)
    left, chosen = max_chars, list[int]()
    open_places = np.ones(len(scores), bool)
    while len(chosen) < max_sentences:
        allowed = open_places & (nearest < SAME_FROM) & (sizes <= left)
        if not chosen and not allowed.any():
            allowed = open_places
        if not allowed.any():
            break
        worth = np.where(allowed, standing - REPETITION * nearest - CROWDING * crowd, -np.inf)
        best = int(np.argmax(worth)) if chosen or first is None else first
        if chosen and worth[best] < min_worth:
            break
        chosen.append(best)
        open_places[best] = False
        left -= int(sizes[best])
        nearest = np.maximum(nearest, rows @ rows[best])
        crowd[numbers == numbers[best]] += 1
    return sorted(chosen)


def _standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    deviation = float(scores.std()) if len(scores) else 0.0
    standing: NDArray[np.float32] = (scores - scores.mean()) / deviation if deviation else scores * 0
    return standing
