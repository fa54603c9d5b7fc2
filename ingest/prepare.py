"""Document → all that a store needs of it: chunks, their analyses, index terms and vectors.

One MeCab pass over each chunk serves its terms, its vector and, from the store, everything later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from ingest.chunk import chunk_document
from ingest.chunking import Chunking, Measure
from ingest.document import build_document
from ingest.marks import Marks
from ingest.messages import DocumentJob, FileJob, PreparedDocument, decode_job
from ingest.readers.base import DEFAULT_OPTIONS, ReadOptions
from ingest.readers.members import LISTINGS
from ingest.readers.registry import read
from rag.embedding.base import Embedder, chunk_context, embedded_text
from rag.store.packing import pack_document
from rag.text.analyzer import Analysis, Analyzer, Feature
from rag.text.sentences import split_sentences
from rag.text.terms import index_terms
from rag.types import Chunk, Document, Span

RECIPE_VERSION = 4
"""Raise it when reading, normalising or chunking gives another result for the same bytes."""

NEEDS_OCR = "-ocr"
"""Ends the recipe of a document that holds pages of pictures nobody could read; see `ingest.pipeline`."""


def recipe(chunking: Chunking) -> str:
    """What shapes a document besides its bytes: ``1:400``. The index's own identity covers the rest."""
    return f"{RECIPE_VERSION}:{chunking.recipe}"


class _Context(NamedTuple):
    """Title or headings with their analysis."""

    text: str
    analysis: Analysis


class Preparer:
    """Does the work of a reading process; without an embedder the vectors are left to the parent."""

    def __init__(
        self,
        analyzer: Analyzer,
        embedder: Embedder | None,
        chunking: Chunking,
        options: ReadOptions = DEFAULT_OPTIONS,
    ) -> None:
        self._analyzer = analyzer
        self._embedder = embedder
        self._chunking = chunking
        self._measure = Measure(chunking)
        self._options = options
        self._context = lru_cache(maxsize=1_000)(self._analyze_context)

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
        contexts = [tuple(map(self._context, chunk_context(document, chunk))) for chunk in chunks]
        analyses = [self._analyzer.analyze(chunk.text) for chunk in chunks]
        marks = Marks(document)
        terms = [
            index_terms(chunk.text, analysis, *title, *heading, marks=marks.of(Span(chunk.start, chunk.end)))
            for chunk, analysis, (title, heading) in zip(chunks, analyses, contexts, strict=True)
        ]
        packed = pack_document(document, chunks, analyses, terms, None)
        texts = [embedded_text(document, chunk) for chunk in chunks]
        if self._embedder is None:
            return PreparedDocument(packed, tuple(texts))
        joined = [
            join_analyses([*context, _Context(chunk.text, analysis)])
            for chunk, analysis, context in zip(chunks, analyses, contexts, strict=True)
        ]
        return PreparedDocument(packed.with_vectors(self._embedder.embed_documents(texts, joined)))

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

    def _analyze_context(self, text: str) -> _Context:
        return _Context(text, self._analyzer.analyze(text))


def join_analyses(parts: Sequence[tuple[str, Analysis]]) -> Analysis:
    """The analysis of texts that are put one below the other, a new line between them, without the empty."""
    starts: list[int] = []
    ends: list[int] = []
    features: list[Feature] = []
    place = 0
    for text, analysis in parts:
        starts += map(place.__add__, analysis.starts)
        ends += map(place.__add__, analysis.ends)
        features += analysis.features
        place += len(text) + 1 if text else 0
    return Analysis(parts[-1][1].analyzer, tuple(starts), tuple(ends), tuple(features))
