"""What comes in, held against what the store was made for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.base import IndexedChunk
from rag.store.packing import PackedDocument, pack_document
from rag.types import Document


def pack_indexed(document: Document, chunks: Sequence[IndexedChunk], dimension: int) -> PackedDocument:
    """Pack a document with its chunks; raises StoreError that names the chunk and what is wrong with it."""
    for indexed in chunks:
        place = f"the vector of chunk {indexed.chunk.position} of {document.source}"
        _check_shape(place, indexed.vector.shape, dimension)
    return pack_document(
        document,
        [indexed.chunk for indexed in chunks],
        [indexed.analysis for indexed in chunks],
        [indexed.terms for indexed in chunks],
        np.array([indexed.vector for indexed in chunks], np.float32).reshape(len(chunks), dimension),
    )


def check_vectors(packed: PackedDocument, dimension: int) -> None:
    """Raise StoreError when the vectors are missing or of another dimension."""
    if packed.vectors is None:
        raise StoreError(f"{packed.info.source} was not embedded: give it its vectors first")
    if len(packed.places):
        _check_shape(f"a vector of {packed.info.source}", packed.vectors.shape[1:], dimension)


def check_query_vector(vector: NDArray[np.float32], dimension: int) -> NDArray[np.float32] | None:
    """The vector as an index takes it, None when it finds nothing: zeros, or NaN in it.

    Raises StoreError when it has another dimension than the store.
    """
    if vector.shape != (dimension,):
        raise StoreError(
            f"a query vector of shape {vector.shape} does not fit this store of {(dimension,)}: "
            "check the embedder"
        )
    if not vector.any() or not np.isfinite(vector).all():
        return None
    return np.ascontiguousarray(vector, dtype=np.float32)


def _check_shape(vector: str, shape: tuple[int, ...], dimension: int) -> None:
    if shape != (dimension,):
        raise StoreError(
            f"{vector} has shape {shape}, the store was made for ({dimension},): check the embedder"
        )
