"""Best first, ties by chunk id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.store.base import ScoredChunk


@dataclass(frozen=True, slots=True)
class Scored:
    """Chunk ids and their scores, in any order; no chunk twice."""

    chunk_ids: NDArray[np.int64]
    scores: NDArray[np.floating[Any]]

    def __len__(self) -> int:
        return len(self.chunk_ids)

    def worst(self) -> float:
        """The lowest score; there is at least one."""
        return float(self.scores.min())


def take_best(parts: Sequence[Scored], top_k: int) -> list[ScoredChunk]:
    """The ``top_k`` best of all parts."""
    if not parts:
        return []
    chunk_ids = np.concatenate([part.chunk_ids for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    order = np.lexsort((chunk_ids, -scores))[:top_k]
    return [ScoredChunk(int(chunk_ids[place]), float(scores[place])) for place in order]
