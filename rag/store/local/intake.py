"""A document on its way into the store: checked and encoded before the transaction begins.

Whatever is wrong with it is found here, so that a transaction either happens as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.base import IndexedChunk
from rag.store.local import codec
from rag.store.local.vocabulary import check_fields
from rag.text.terms import Terms
from rag.types import Chunk, Document


@dataclass(frozen=True, slots=True)
class Intake:
    """What the tables take: one value a chunk in each column, in order of position."""

    document: Document
    text: bytes
    spans: bytes
    chunks: tuple[tuple[object, ...], ...]
    analyses: tuple[bytes, ...]
    vectors: tuple[bytes, ...]
    terms: tuple[Terms, ...]


def prepare(document: Document, chunks: Sequence[IndexedChunk], dimension: int) -> Intake:
    """Check and encode; raises StoreError that names the chunk and what is wrong with it."""
    _check_encodable(document)
    for indexed in chunks:
        _check_span(document, indexed.chunk)
        check_fields(indexed.terms)
    return Intake(
        document,
        codec.encode_text(document.text),
        codec.encode_spans(document.sections, document.annotations, document.locators),
        tuple(_chunk_row(indexed.chunk) for indexed in chunks),
        tuple(_encode_analysis(indexed) for indexed in chunks),
        tuple(_encode_vector(document, indexed, dimension) for indexed in chunks),
        tuple(indexed.terms for indexed in chunks),
    )


def decode_vector(data: bytes) -> NDArray[np.float32]:
    """A stored vector, shape (dimension,)."""
    return np.frombuffer(data, dtype="<f2").astype(np.float32)


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


def _chunk_row(chunk: Chunk) -> tuple[object, ...]:
    return (
        chunk.position,
        chunk.start,
        chunk.end,
        chunk.text,
        codec.encode_sentences(chunk.sentences),
        codec.encode_words(chunk.heading_path),
        codec.encode_locator(chunk.locator),
    )


def _encode_analysis(indexed: IndexedChunk) -> bytes:
    analysis = indexed.analysis
    return analysis if isinstance(analysis, bytes) else analysis.to_bytes()


def _check_encodable(document: Document) -> None:
    try:
        document.text.encode()
    except UnicodeEncodeError as error:
        raise StoreError(
            f"{document.source} holds half of a surrogate pair at character {error.start}: "
            "remove such characters while reading"
        ) from error


def _check_span(document: Document, chunk: Chunk) -> None:
    if chunk.document_id != document.id:
        raise StoreError(
            f"chunk {chunk.position} belongs to document {chunk.document_id}, "
            f"not to {document.id} ({document.source})"
        )
    if chunk.text != document.text[chunk.start : chunk.end]:
        raise StoreError(
            f"chunk {chunk.position} of {document.source} is not the text of its span "
            f"[{chunk.start}, {chunk.end})"
        )


def _encode_vector(document: Document, indexed: IndexedChunk, dimension: int) -> bytes:
    vector = np.asarray(indexed.vector)
    place = f"the vector of chunk {indexed.chunk.position} of {document.source}"
    if vector.shape != (dimension,):
        raise StoreError(
            f"{place} has shape {vector.shape}, the store was made for ({dimension},): check the embedder"
        )
    with np.errstate(over="ignore"):
        stored = vector.astype("<f2")
    if not np.isfinite(stored).all():
        raise StoreError(f"{place} holds values that are no finite float16: check the embedder")
    return stored.tobytes()
