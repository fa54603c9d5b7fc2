"""What an embedder is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.text.analyzer import Analysis
from rag.types import EmbedderIdentity

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Texts → unit vectors, shape (len(texts), dimension), float32, each row of length 1.

    A text without anything to embed (empty, only symbols) gets a row of zeros. ``analyses`` are those
    of the texts: an embedder over words uses them instead of analysing again, others ignore them.
    """

    @property
    def identity(self) -> EmbedderIdentity:
        """What must agree between index and query."""
        ...

    def embed_documents(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        """Vectors of chunks (with title and headings put before by the caller)."""
        ...

    def embed_queries(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        """Vectors of questions."""
        ...
