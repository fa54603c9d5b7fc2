"""Every stored document analysed and embedded again, into a new store that takes the old one's place.

Needed when embedder, analyzer or chunk size have changed. Nothing is read from the original files: the
text is in the store. The old store stays as it is until the new one is complete.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ingest.chunking import Chunking
from ingest.embed import with_vectors
from ingest.messages import DocumentJob, PreparedDocument
from ingest.pipeline import num_cores, open_pool
from ingest.prepare import NEEDS_OCR, recipe
from ingest.report import FileReport, IngestReport, Progress, ProgressCallback, Status, ignore_progress
from ingest.workers import Job, WorkerPool
from rag.assembly import index_identity, load_embedder
from rag.errors import RagError, StoreError
from rag.settings import Settings
from rag.store.base import Store
from rag.store.local import create_store, open_store
from rag.store.local.lock import WriterLock
from rag.store.local.vector_cache import open_vector_cache
from rag.text.analyzer import load_analyzer
from rag.types import EVERYTHING, DocumentInfo

OWNED = frozenset({"originals", "keyword", "dense"})
"""Folders of a store that are made anew; any other folder in it is carried over."""


def rebuild(settings: Settings, *, progress: ProgressCallback = ignore_progress) -> IngestReport:
    """Rebuild the store at ``settings.store.path`` for these settings.

    Raises StoreNotFound, StoreBusy when another process writes, and StoreError when a document cannot be
    prepared again; the old store is then untouched. Pages that have the old store open must be restarted.
    """
    began = time.monotonic()
    path = settings.store.path
    recover(path)
    with open_store(path, None, read_only=True) as old, _locked(path):
        beside = path.with_name(f"{path.name}.rebuilding")
        shutil.rmtree(beside, ignore_errors=True)
        reports = _copy(old, beside, settings, progress)
        _swap(path, beside)
    return IngestReport(tuple(reports), time.monotonic() - began)


def recover(path: Path) -> None:
    """Put the old store back where a kill came between the two renames of a rebuild."""
    before = _before(path)
    if before.exists() and not path.exists():
        before.rename(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Nobody writes to the old store while it is copied."""
    lock = WriterLock(path)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _copy(old: Store, beside: Path, settings: Settings, progress: ProgressCallback) -> list[FileReport]:
    """Make the new store and fill it."""
    embedder = load_embedder(settings.embedding)
    identity = index_identity(load_analyzer(settings.ingest.user_dictionary), embedder)
    num_workers = settings.ingest.workers or num_cores()
    with (
        create_store(beside, identity, keep_originals=settings.store.keep_originals) as new,
        open_pool(embedder, settings.ingest, num_workers) as pool,
    ):
        copy = _Copy(old, new, recipe(Chunking.of(settings.ingest, embedder)), progress)
        known = open_vector_cache(old, embedder.identity)
        for prepared in with_vectors(copy.prepared(pool), embedder, known):
            copy.write(prepared)
        new.publish()
    return copy.reports


class _Copy:
    """The documents of one store on their way into another."""

    def __init__(self, old: Store, new: Store, recipe: str, progress: ProgressCallback) -> None:
        self._old = old
        self._new = new
        self._recipe = recipe
        self._progress = progress
        self._infos = {info.id: info for info in old.document_infos(EVERYTHING)}
        self.reports: list[FileReport] = []

    def prepared(self, pool: WorkerPool) -> Iterator[PreparedDocument]:
        """Every document, prepared again."""
        for job, result in pool.run(map(self._job, self._infos.values())):
            if isinstance(result, RagError):
                source = self._infos[job.key].source
                raise StoreError(
                    f"{source} cannot be rebuilt, so the store stays as it was: {result}"
                ) from result
            yield PreparedDocument.from_bytes(result)

    def write(self, prepared: PreparedDocument) -> None:
        """Put one document with its original into the new store."""
        info = prepared.info
        self._new.add_packed(prepared.packed, self._old.original(info.id, EVERYTHING))
        report = FileReport(info.source, Status.UPDATED, num_chunks=info.num_chunks, num_chars=info.num_chars)
        self.reports.append(report)
        self._progress(Progress(len(self.reports), len(self._infos), report))

    def _job(self, info: DocumentInfo) -> Job:
        recipe = self._recipe + (NEEDS_OCR if info.recipe.endswith(NEEDS_OCR) else "")
        document = replace(self._old.document(info.id, EVERYTHING), recipe=recipe)
        return Job(info.id, DocumentJob(document).to_bytes())


def _swap(path: Path, beside: Path) -> None:
    """Let the new store take the old one's place; see `recover` for a kill in between."""
    before = _before(path)
    shutil.rmtree(before, ignore_errors=True)
    for folder in path.iterdir():
        if folder.is_dir() and folder.name not in OWNED:
            shutil.copytree(folder, beside / folder.name, dirs_exist_ok=True)
    path.rename(before)
    beside.rename(path)
    shutil.rmtree(before)


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.before-rebuild")
