"""What an embedder is, and what models read of a chunk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.text.analyzer import Analysis
from rag.text.columns import Columns, Integers
from rag.types import Chunk, Document, DocumentInfo, EmbedderIdentity

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


class ColumnEmbedder(Protocol):
    """An embedder over words that takes them as columns, as a reading process has them."""

    def embed_columns(self, columns: Columns, parts: Integers) -> Vectors:
        """Unit vectors of texts put together of others: a row of ``parts`` names the texts of each."""
        ...


def chunk_context(document: Document | DocumentInfo, chunk: Chunk) -> tuple[str, str]:
    """What is known of a chunk from outside its text, as (title, heading).

    Example: ``("就業規則", "第3章 休暇 第20条（年次有給休暇）")``. A heading equal to the title is told once.
    """
    path = [heading for heading in chunk.heading_path if heading != document.title]
    return document.title, " ".join(path)


def embedded_text(document: Document | DocumentInfo, chunk: Chunk) -> str:
    """A chunk as embedders and re-rankers see it, with title and headings before it, a line each."""
    return "\n".join(filter(None, (*chunk_context(document, chunk), chunk.text)))
