"""Paths → store: parallel, within limits, resumable, with a report that leaves nothing out.

The parent looks at files, hashes them, and is the only one that writes; reading processes do the rest
(`ingest.workers`). A document is in the store as soon as it is written, so a run that is stopped at any
moment is continued by the next one: what is unchanged is not read again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from ingest.chunking import Chunking
from ingest.containers import Holdings, JobQueue, Nesting, member_source
from ingest.embed import with_vectors
from ingest.messages import Configuration, FileJob, PreparedDocument
from ingest.prepare import NEEDS_OCR, recipe
from ingest.readers.base import Member
from ingest.readers.ocr.engine import can_recognise
from ingest.report import FileReport, IngestReport, Progress, ProgressCallback, Status, ignore_progress
from ingest.sources import Found, SourceFile, find_files, is_gone
from ingest.workers import Job, Limits, WorkerPool
from rag.embedding.base import Embedder
from rag.embedding.static import StaticEmbedder
from rag.errors import LimitExceeded, RagError, ReadError
from rag.settings import IngestSettings
from rag.store.base import Store
from rag.store.local.vector_cache import open_vector_cache
from rag.types import DocumentInfo

WORKER = "ingest.worker"
FEW_FILES = 25
FEW_BYTES = 2_000_000
"""Below both one reading process does: a second one would be ready when the work is done."""


def ingest(
    paths: Iterable[Path],
    store: Store,
    embedder: Embedder,
    settings: IngestSettings,
    *,
    prune: bool = False,
    progress: ProgressCallback = ignore_progress,
) -> IngestReport:
    """Bring files, and all files below folders, into ``settings.collection`` of the store.

    Files that the store holds with the same bytes and the same recipe are left as they are. With
    ``prune`` documents of the collection are removed whose file below one of the given folders is gone.
    One bad file is told in the report and never stops the others. Raises ReadError when a given path
    is not there, before anything is read, and StoreBusy when another process writes.
    """
    began = time.monotonic()
    run = _Run(find_files(paths), store, embedder, settings, progress)
    run.pass_over()
    run.ingest_files()
    if prune:
        run.prune()
    store.publish()
    return IngestReport(tuple(run.reports), time.monotonic() - began)


class _Run:
    """One run: what it found, what the store held, and how every file ended so far."""

    def __init__(
        self,
        found: Found,
        store: Store,
        embedder: Embedder,
        settings: IngestSettings,
        progress: ProgressCallback,
    ) -> None:
        self._found = found
        self._store = store
        self._embedder = embedder
        self._settings = settings
        self._progress = progress
        self._recipe = recipe(Chunking.of(settings, embedder))
        self._held = Holdings(store, settings.collection)
        self._nesting = Nesting(settings.max_file_bytes)
        self._num_members = 0
        self._originals: dict[str, bytes] = {}
        self.reports: list[FileReport] = []

    def pass_over(self) -> None:
        """Tell what was found and is no file to read."""
        for report in self._found.passed_over:
            self._tell(report)

    def ingest_files(self) -> None:
        """Read what is new or changed, in child processes, and write it as it comes."""
        known = open_vector_cache(self._store, self._embedder.identity)
        with open_pool(self._embedder, self._settings, self._num_workers()) as pool:
            for prepared in with_vectors(self._prepared(pool), self._embedder, known):
                self._store.add_packed(prepared.packed, self._originals.pop(prepared.info.source))
                self._tell(self._written(prepared))

    def _prepared(self, pool: WorkerPool) -> Iterator[PreparedDocument]:
        queue = JobQueue(self._jobs())
        for job, result in pool.run(queue):
            if isinstance(result, RagError):
                del self._originals[job.key]
                self._tell(self._skipped(job.key, result))
                continue
            prepared = PreparedDocument.from_bytes(result)
            queue.put(self._member_jobs(job.key, prepared.members))
            self._remove(self._held.strangers(job.key, prepared.members))
            if self._is_held(job.key, prepared.info.sha256):  # opened again for its members alone
                del self._originals[job.key]
                self._tell(FileReport(job.key, Status.UNCHANGED))
            else:
                yield replace(prepared, members=())

    def prune(self) -> None:
        """Remove the documents whose file is gone from the given folders."""
        files = ((info, self._held.outermost(info.source)) for info in self._held)
        self._remove([info for info, file in files if self._found.holds(file) and is_gone(Path(file))])

    def _remove(self, infos: Iterable[DocumentInfo]) -> None:
        for info in infos:
            self._store.remove(info.id)
            self._held.forget(info.source)
            self._tell(FileReport(info.source, Status.REMOVED))

    def _jobs(self) -> Iterator[Job]:
        """A job for each file that has to be read; the others are told on the way."""
        for file in self._found.files:
            try:
                data = self._read(file)
            except ReadError as error:
                self._tell(self._skipped(file.source, error))
                continue
            yield from self._job(file.source, data)

    def _member_jobs(self, container: str, members: Iterable[Member]) -> Iterator[Job]:
        for member in members:
            self._num_members += 1
            try:
                source = self._nesting.admit(container, member)
            except ReadError as error:
                self._tell(self._skipped(member_source(container, member.name), error))
                continue
            yield from self._job(source, member.data)

    def _job(self, source: str, data: bytes) -> Iterator[Job]:
        """The job of one source, or none where it is held with all its members."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self._is_held(source, sha256) and self._held.is_complete(source):
            inside = self._held.inside(source)
            self._num_members += len(inside)
            for unchanged in (source, *(info.source for info in inside)):
                self._tell(FileReport(unchanged, Status.UNCHANGED))
            return
        self._originals[source] = data
        job = FileJob(source, self._settings.collection, sha256, self._recipe, data)
        yield Job(source, job.to_bytes())

    def _read(self, file: SourceFile) -> bytes:
        limit = self._settings.max_file_bytes
        if file.size_bytes > limit:
            raise LimitExceeded(
                f"{file.size_bytes} bytes, more than ingest.max_file_bytes = {limit}: raise it to allow more"
            )
        try:
            return file.path.read_bytes()
        except OSError as error:
            raise ReadError(f"the file cannot be opened: {error.strerror}") from error

    def _is_held(self, source: str, sha256: str) -> bool:
        info = self._held.get(source)
        if info is None or info.sha256 != sha256:
            return False
        if info.recipe == self._recipe + NEEDS_OCR:  # read without an engine that may be here by now
            return not can_recognise(self._settings.ocr == "auto")
        return info.recipe == self._recipe

    def _written(self, prepared: PreparedDocument) -> FileReport:
        source = prepared.info.source
        return FileReport(
            source,
            Status.UPDATED if source in self._held else Status.ADDED,
            num_chunks=prepared.info.num_chunks,
            num_chars=prepared.info.num_chars,
            warnings=prepared.warnings,
            dropped=prepared.dropped,
        )

    def _tell(self, report: FileReport) -> None:
        self.reports.append(report)
        num_files = len(self._found.files) + len(self._found.passed_over) + self._num_members
        self._progress(Progress(min(len(self.reports), num_files), num_files, report))

    def _skipped(self, source: str, error: RagError) -> FileReport:
        kept = "; the store keeps what was read of it before" if source in self._held else ""
        return FileReport(source, Status.SKIPPED, type(error).__name__, f"{error}{kept}")

    def _num_workers(self) -> int:
        files = self._found.files
        if len(files) < FEW_FILES and self._found.size_bytes < FEW_BYTES:
            return 1
        return self._settings.workers or num_cores()


def open_pool(embedder: Embedder, settings: IngestSettings, num_workers: int) -> WorkerPool:
    """Reading processes; they embed too where the embedder is light enough to stand in each of them."""
    folder = embedder.folder if isinstance(embedder, StaticEmbedder) else None
    model = str(folder.resolve()) if folder else None
    configuration = Configuration.of(settings, model, Chunking.of(settings, embedder))
    limits = Limits(settings.timeout_seconds, settings.max_memory_bytes)
    return WorkerPool(WORKER, configuration.to_bytes(), limits, num_workers)


def num_cores() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
