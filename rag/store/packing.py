"""A document on its way into a store: checked and encoded, wherever that is done.

Whatever is wrong with it is found here, before a transaction begins, so that one either happens as a whole or
not at all. Reading processes do it: the one that writes receives columns that it has only to put in place.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store import codec
from rag.store.analyses import pack_analyses
from rag.store.terms import FIELD_NAMES, TERM_TYPE, PackedTerms
from rag.text.analyzer import Analysis
from rag.text.terms import Terms
from rag.types import Attributes, Chunk, Document, DocumentInfo

VECTOR_TYPE = np.dtype("<f2")
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class PackedDocument:
    """What the tables take of a document; one value a chunk in each column, in order of position.

    ``places`` are (position, start, end, sentences, heading path, locator) of the chunks, encoded. ``words``
    are those of the analyses by id. ``vectors``, of shape (chunks, dimension), are None until embedded.
    """

    info: DocumentInfo
    text: bytes
    spans: bytes
    places: tuple[tuple[Any, ...], ...]
    analyses: tuple[bytes, ...]
    words: Mapping[int, str]
    terms: PackedTerms
    vectors: NDArray[np.float16] | None

    @property
    def dimension(self) -> int | None:
        """That of the vectors, None until it is embedded."""
        return None if self.vectors is None else self.vectors.shape[1]

    def with_vectors(self, vectors: NDArray[np.float32]) -> Self:
        """The same document, embedded; raises StoreError for vectors that cannot be kept."""
        return replace(self, vectors=pack_vectors(self.info.source, vectors, len(self.places)))

    def to_bytes(self) -> bytes:
        """For another process."""
        vectors = self.vectors
        places = [[*place[:3], *place[4:]] for place in self.places]
        return join_parts(
            [
                orjson.dumps([self.info, places, self.dimension]),
                np.fromiter(self.words, "<u8", len(self.words)).tobytes(),
                "\n".join(self.words.values()).encode(),  # JSON, which has no new line of its own
                self.text,
                self.spans,
                join_parts([place[3] for place in self.places]),
                join_parts(self.analyses),
                self.terms.header.tobytes(),
                self.terms.records.tobytes(),
                b"" if vectors is None else vectors.tobytes(),
            ]
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The same value again."""
        facts, ids, written, text, spans, sentences, analyses, header, records, vectors = split_parts(data)
        info, places, dimension = orjson.loads(facts)
        words = zip(np.frombuffer(ids, "<u8").tolist(), written.decode().split("\n"), strict=False)
        return cls(
            _info(info),
            text,
            spans,
            tuple(
                (*place[:3], blob, *place[3:])
                for place, blob in zip(places, split_parts(sentences), strict=True)
            ),
            tuple(split_parts(analyses)),
            dict(words),
            PackedTerms(
                np.frombuffer(header, "<u4").reshape(-1, len(FIELD_NAMES), 2),
                np.frombuffer(records, TERM_TYPE),
            ),
            None if dimension is None else np.frombuffer(vectors, VECTOR_TYPE).reshape(-1, dimension),
        )


def pack_document(
    document: Document,
    chunks: Sequence[Chunk],
    analyses: Sequence[Analysis],
    terms: Sequence[Terms],
    vectors: NDArray[np.float32] | None,
) -> PackedDocument:
    """Check and encode; raises StoreError that names the chunk and what is wrong with it.

    Chunks, analyses, terms and the rows of ``vectors`` belong together; without vectors they come later.
    """
    check_document(document, chunks)
    try:
        packed_terms = PackedTerms.of(terms)
    except UnicodeEncodeError as error:
        raise StoreError(
            f"a term of {document.source} holds half of a surrogate pair at character {error.start}: "
            "remove such characters while reading"
        ) from error
    packed = pack_parts(document, chunks, pack_analyses(analyses), packed_terms)
    return packed if vectors is None else packed.with_vectors(vectors)


def pack_parts(
    document: Document,
    chunks: Sequence[Chunk],
    analyses: tuple[Sequence[bytes], Mapping[int, str]],
    terms: PackedTerms,
) -> PackedDocument:
    """Encode a document whose analyses and terms are packed, without vectors; see `check_document`."""
    rows, words = analyses
    return PackedDocument(
        document_info(document, len(chunks)),
        codec.encode_text(document.text),
        codec.encode_spans(document.sections, document.annotations, document.locators),
        tuple(map(_place, chunks)),
        tuple(rows),
        words,
        terms,
        None,
    )


def check_document(document: Document, chunks: Sequence[Chunk]) -> None:
    """Raise StoreError for a text that cannot be written, or a chunk that is no span of it."""
    _check_encodable(document)
    for chunk in chunks:
        _check_span(document, chunk)


def pack_vectors(source: str, vectors: NDArray[np.float32], num_chunks: int) -> NDArray[np.float16]:
    """Vectors as they are kept; raises StoreError for values that float16 has no number for."""
    if len(vectors) != num_chunks:
        raise StoreError(f"{source} has {num_chunks} chunks and {len(vectors)} vectors: check the embedder")
    with np.errstate(over="ignore"):
        stored = vectors.astype(VECTOR_TYPE)
    for position in np.flatnonzero(~np.isfinite(stored).all(axis=1)).tolist():
        raise StoreError(
            f"the vector of chunk {position} of {source} holds values that are no finite float16: "
            "check the embedder"
        )
    return stored


def unpack_vector(data: bytes) -> NDArray[np.float32]:
    """A stored vector, shape (dimension,)."""
    return np.frombuffer(data, VECTOR_TYPE).astype(np.float32)


def document_info(document: Document, num_chunks: int) -> DocumentInfo:
    """What is known of a document without its text; the change number is the store's to give."""
    return DocumentInfo(
        document.id,
        document.source,
        document.collection,
        document.title,
        document.media_type,
        document.encoding,
        document.sha256,
        document.size_bytes,
        len(document.text),
        num_chunks,
        attributes=document.attributes,
        recipe=document.recipe,
    )


def join_parts(parts: Sequence[bytes]) -> bytes:
    """Parts behind a table of their lengths: ``[b"ab"]`` → number, length, ``ab``."""
    sizes = np.fromiter(map(len, parts), "<u8", len(parts)).tobytes()
    return b"".join([_LENGTH.pack(len(parts)), sizes, *parts])


def split_parts(data: bytes) -> list[bytes]:
    """The parts again."""
    (count,) = _LENGTH.unpack_from(data)
    place = _LENGTH.size * (count + 1)
    parts = []
    for size in np.frombuffer(data, "<u8", count, _LENGTH.size).tolist():
        parts.append(data[place : place + size])
        place += size
    return parts


def _place(chunk: Chunk) -> tuple[Any, ...]:
    return (
        chunk.position,
        chunk.start,
        chunk.end,
        codec.encode_sentences(chunk.sentences),
        codec.encode_words(chunk.heading_path),
        codec.encode_locator(chunk.locator),
    )


def _info(values: dict[str, Any]) -> DocumentInfo:
    known = values.pop("attributes")
    known |= {name: codec.decode_date(known[name]) for name in ("date", "effective_from", "effective_to")}
    return DocumentInfo(**values, attributes=Attributes(**known))


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
