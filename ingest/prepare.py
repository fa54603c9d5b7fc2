"""Document → all that a store needs of it: chunks, their analyses, index terms and vectors.

One MeCab pass over each chunk serves its terms, its vector and, from the store, everything later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np

from ingest.chunk import chunk_document
from ingest.chunking import Chunking, Measure
from ingest.document import build_document
from ingest.marks import Marks
from ingest.messages import DocumentJob, FileJob, PreparedDocument, decode_job
from ingest.readers.base import DEFAULT_OPTIONS, ReadOptions
from ingest.readers.members import LISTINGS
from ingest.readers.registry import read
from rag.embedding.base import ColumnEmbedder, Vectors, chunk_context, embedded_text
from rag.store.analyses import pack_words
from rag.store.packing import check_document, pack_parts
from rag.store.term_columns import pack_columns
from rag.store.terms import PackedTerms
from rag.text.analyzer import Analyzer
from rag.text.sentences import split_sentences
from rag.types import Chunk, Document, Span

RECIPE_VERSION = 4
"""Raise it when reading, normalising or chunking gives another result for the same bytes."""

NEEDS_OCR = "-ocr"
"""Ends the recipe of a document that holds pages of pictures nobody could read; see `ingest.pipeline`."""


def recipe(chunking: Chunking) -> str:
    """What shapes a document besides its bytes: ``1:400``. The index's own identity covers the rest."""
    return f"{RECIPE_VERSION}:{chunking.recipe}"


_BATCH_CHUNKS = 200
"""A long document is worked on in parts whose columns the processor's cache can hold; see `MAX_TEXTS` too."""


class _Batch(NamedTuple):
    """Some chunks of a document, packed; without an embedder there are no vectors."""

    rows: Sequence[bytes]
    words: Mapping[int, str]
    terms: PackedTerms
    vectors: Vectors | None


class Preparer:
    """Does the work of a reading process; without an embedder the vectors are left to the parent."""

    def __init__(
        self,
        analyzer: Analyzer,
        embedder: ColumnEmbedder | None,
        chunking: Chunking,
        options: ReadOptions = DEFAULT_OPTIONS,
    ) -> None:
        self._analyzer = analyzer
        self._embedder = embedder
        self._chunking = chunking
        self._measure = Measure(chunking)
        self._options = options

    def work(self, job: bytes) -> bytes:
        """A job's bytes → a prepared document's bytes; raises ReadError when it cannot be read."""
        match decode_job(job):
            case FileJob() as file:
                prepared = self.read(file)
            case DocumentJob(document):
                prepared = self.prepare(document)
        return prepared.to_bytes()

    def read(self, file: FileJob) -> PreparedDocument:
        """Read the bytes of a file and prepare its document."""
        reading = read(file.data, PurePosixPath(file.source).name, self._options)
        built = build_document(
            reading,
            source=file.source,
            collection=file.collection,
            sha256=file.sha256,
            size_bytes=len(file.data),
        )
        recipe = file.recipe + (NEEDS_OCR if reading.needs_ocr else "")
        prepared = self.prepare(replace(built.document, recipe=recipe))
        return replace(prepared, warnings=built.warnings, dropped=built.dropped, members=reading.members)

    def prepare(self, document: Document) -> PreparedDocument:
        """Cut, analyse and embed a document; the list of what an archive holds has no chunks."""
        chunks = self._chunks(document)
        check_document(document, chunks)
        marks = Marks(document)
        batches = [self._pack(document, batch, marks) for batch in _batches(chunks)]
        rows = [row for batch in batches for row in batch.rows]
        words = {number: written for batch in batches for number, written in batch.words.items()}
        terms = PackedTerms.joined([batch.terms for batch in batches])
        packed = pack_parts(document, chunks, (rows, words), terms)
        if self._embedder is None:
            return PreparedDocument(packed, tuple(embedded_text(document, chunk) for chunk in chunks))
        return PreparedDocument(packed.with_vectors(np.concatenate([batch.vectors for batch in batches])))

    def _pack(self, document: Document, chunks: Sequence[Chunk], marks: Marks) -> _Batch:
        """One MeCab pass over some chunks and what stands around them."""
        contexts = [chunk_context(document, chunk) for chunk in chunks]
        around = {text: number for number, text in enumerate(dict.fromkeys(chain(*contexts)), len(chunks))}
        texts = [*(chunk.text for chunk in chunks), *around]
        parts = np.array(
            [(around[title], around[heading], number) for number, (title, heading) in enumerate(contexts)],
            np.int64,
        ).reshape(-1, 3)
        columns = self._analyzer.analyze_all(texts)
        rows, words = pack_words(columns, len(chunks))
        marked = [marks.of(Span(chunk.start, chunk.end)) for chunk in chunks]
        terms = pack_columns(texts, columns, parts, marked)
        vectors = None if self._embedder is None else self._embedder.embed_columns(columns, parts)
        return _Batch(rows, words, terms, vectors)

    def _chunks(self, document: Document) -> list[Chunk]:
        if document.media_type in LISTINGS:
            return []
        return chunk_document(
            document,
            split_sentences(document.text),
            self._chunking.max_chars,
            overlap_sentences=self._chunking.overlap_sentences,
            ruler=self._measure.ruler(document),
        )


def _batches(chunks: Sequence[Chunk]) -> list[Sequence[Chunk]]:
    """At least one batch, and none too large."""
    return [chunks[first : first + _BATCH_CHUNKS] for first in range(0, max(len(chunks), 1), _BATCH_CHUNKS)]
