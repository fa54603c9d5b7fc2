"""Passages → a store of their own: every paragraph one document, made as ingestion makes them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from evaluation.squad import Passage
from ingest.document import document_id
from ingest.prepare import Preparer
from rag.assembly import Assembly, index_identity
from rag.embedding.base import Embedder
from rag.settings import Settings
from rag.store.base import IndexedChunk, Store
from rag.store.local import create_store
from rag.text.analyzer import Analysis, load_analyzer
from rag.types import Document

COLLECTION = "evaluation"


def build_pool(folder: Path, passages: Iterable[Passage], settings: Settings, embedder: Embedder) -> Assembly:
    """Index passages in a new store in ``folder``; a document's source is its passage's id."""
    analyzer = load_analyzer()
    store = create_store(folder, index_identity(analyzer, embedder), keep_originals=False)
    preparer = Preparer(analyzer, embedder, settings.ingest.max_chunk_chars)
    for passage in passages:
        _add(store, preparer, passage)
    store.publish()
    return Assembly(settings, analyzer, embedder, store)


def _add(store: Store, preparer: Preparer, passage: Passage) -> None:
    document = Document(
        document_id(COLLECTION, passage.id), passage.id, COLLECTION, passage.article, passage.text
    )
    prepared = preparer.prepare(document)
    if prepared.vectors is None:
        raise TypeError("the preparer was made without an embedder")
    store.add(
        document,
        [
            IndexedChunk(entry.chunk, Analysis.from_bytes(entry.analysis), entry.terms, vector)
            for entry, vector in zip(prepared.chunks, prepared.vectors, strict=True)
        ],
    )
