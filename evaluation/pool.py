"""Passages → a store of their own: every passage one document, made as ingestion makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evaluation.datasets.base import Passage
from evaluation.progress import Phase, Tell, say_nothing
from ingest.chunking import Chunking
from ingest.document import document_id
from ingest.embed import with_vectors
from ingest.messages import DocumentJob, PreparedDocument
from ingest.pipeline import num_cores, open_pool
from ingest.prepare import Preparer
from ingest.workers import Job
from rag.assembly import Assembly, index_identity
from rag.embedding.base import Embedder
from rag.embedding.static import StaticEmbedder
from rag.errors import RagError
from rag.settings import IngestSettings, Settings
from rag.store.local import create_store
from rag.text.analyzer import Analyzer, load_analyzer
from rag.types import Document

COLLECTION = "evaluation"

FEW_PASSAGES = 300
"""So many are prepared before other processes would be ready to help."""


def build_pool(
    folder: Path,
    passages: Iterable[Passage],
    settings: Settings,
    embedder: Embedder,
    *,
    tell: Tell = say_nothing,
) -> Assembly:
    """Index passages in a new store in ``folder``; a document's source is its passage's id.

    Documents are added in the order given, whoever prepared them first, so that equal scores are put in
    the same order in every run.
    """
    analyzer = load_analyzer(settings.ingest.user_dictionary)
    store = create_store(folder, index_identity(analyzer, embedder), keep_originals=False)
    documents = [_document(passage) for passage in passages]
    if len(documents) <= FEW_PASSAGES:
        prepared = _prepare_here(documents, analyzer, embedder, settings.ingest)
    else:
        prepared = _prepare_beside(documents, embedder, settings.ingest)
    for done, one in enumerate(with_vectors(prepared, embedder), start=1):
        store.add_packed(one.packed)
        tell(Phase.INDEXING, done, len(documents))
    store.publish()
    return Assembly(settings, analyzer, embedder, store)


def _document(passage: Passage) -> Document:
    key = document_id(COLLECTION, passage.id)
    return Document(key, passage.id, COLLECTION, passage.title, passage.text)


def _prepare_here(
    documents: Iterable[Document], analyzer: Analyzer, embedder: Embedder, settings: IngestSettings
) -> Iterator[PreparedDocument]:
    beside = embedder if isinstance(embedder, StaticEmbedder) else None  # others embed many chunks at once
    preparer = Preparer(analyzer, beside, Chunking.of(settings, embedder))
    return map(preparer.prepare, documents)


def _prepare_beside(
    documents: Sequence[Document], embedder: Embedder, settings: IngestSettings
) -> Iterator[PreparedDocument]:
    """In reading processes; what ends early waits for its turn."""
    waiting: dict[str, PreparedDocument] = {}
    turns = iter(documents)
    turn = next(turns, None)
    with open_pool(embedder, settings, settings.workers or num_cores()) as pool:
        for job, result in pool.run(Job(one.id, DocumentJob(one).to_bytes()) for one in documents):
            if isinstance(result, RagError):
                raise result
            waiting[job.key] = PreparedDocument.from_bytes(result)
            while turn is not None and (prepared := waiting.pop(turn.id, None)) is not None:
                yield prepared
                turn = next(turns, None)
