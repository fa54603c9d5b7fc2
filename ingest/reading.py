"""Files → documents, and nothing more: for what needs a text now and not an index.

Files are read as `ingest.pipeline` reads them, in a child process within limits; there is no chunking, no
embedding and no store. Run by itself as ``python -m ingest.reading FD`` it is that process.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path, PurePosixPath

from ingest.containers import JobQueue, Nesting, member_source
from ingest.document import build_document
from ingest.messages import Configuration, FileJob, ReadDocument, decode_job
from ingest.readers.base import DEFAULT_OPTIONS, Member, ReadOptions
from ingest.readers.members import LISTINGS
from ingest.readers.registry import read
from ingest.sources import SourceFile, find_files, read_source
from ingest.worker import Work, serve
from ingest.workers import Job, Limits, WorkerPool
from rag.errors import RagError, ReadError
from rag.settings import IngestSettings
from rag.types import Document

MODULE = "ingest.reading"


@dataclass(frozen=True, slots=True)
class Read:
    """One file: its document, or the reason why there is none."""

    source: str
    document: Document | None
    problem: str = ""
    warnings: tuple[str, ...] = ()


def read_documents(paths: Iterable[Path], settings: IngestSettings, *, num_workers: int = 1) -> list[Read]:
    """Read files, and every file below folders, in the order of their names, members after their containers.

    Raises ReadError for a path that is not there; what cannot be read otherwise is told in its `Read`.
    """
    found = find_files(paths)
    configuration = Configuration.of(settings)
    limits = Limits(settings.timeout_seconds, settings.max_memory_bytes)
    run = _Run(settings)
    with WorkerPool(MODULE, configuration.to_bytes(), limits, num_workers) as pool:
        run.read(found.files, pool)
    passed_over = [Read(report.source, None, report.message) for report in found.passed_over]
    return [one for file in found.files for one in run.outcomes(file.source)] + passed_over


class _Run:
    """How every file and every member ended so far."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._nesting = Nesting(settings.max_file_bytes)
        self._read: dict[str, Read] = {}
        self._members: dict[str, list[str]] = {}

    def read(self, files: Iterable[SourceFile], pool: WorkerPool) -> None:
        """Read files, and the members of those that are containers."""
        queue = JobQueue(self._jobs(files))
        for job, result in pool.run(queue):
            if isinstance(result, RagError):
                self._read[job.key] = Read(job.key, None, str(result))
                continue
            prepared = ReadDocument.from_bytes(result)
            queue.put(self._member_jobs(job.key, prepared.members))
            if prepared.document.media_type not in LISTINGS:
                self._read[job.key] = Read(job.key, prepared.document, "", prepared.warnings)

    def outcomes(self, source: str) -> Iterator[Read]:
        """A file and what was in it, in its order; what only lists its members is no document here."""
        if source in self._read:
            yield self._read[source]
        for member in self._members.get(source, ()):
            yield from self.outcomes(member)

    def _jobs(self, files: Iterable[SourceFile]) -> Iterator[Job]:
        """Files as jobs; those that are too large or cannot be opened are told."""
        for file in files:
            try:
                data = read_source(file.path, self._settings.max_file_bytes)
            except ReadError as error:
                self._read[file.source] = Read(file.source, None, str(error))
                continue
            yield self._job(file.source, data)

    def _member_jobs(self, container: str, members: Iterable[Member]) -> Iterator[Job]:
        for member in members:
            source = member_source(container, member.name)
            self._members.setdefault(container, []).append(source)
            try:
                self._nesting.admit(container, member)
            except ReadError as error:
                self._read[source] = Read(source, None, str(error))
                continue
            yield self._job(source, member.data)

    def _job(self, source: str, data: bytes) -> Job:
        sha256 = hashlib.sha256(data).hexdigest()
        return Job(source, FileJob(source, self._settings.collection, sha256, "", data).to_bytes())


def build_work(configuration: Configuration) -> Work:
    """Bytes of a job → bytes of a document without chunks."""
    return partial(_work, options=configuration.options)


def _work(data: bytes, options: ReadOptions = DEFAULT_OPTIONS) -> bytes:
    job = decode_job(data)
    if not isinstance(job, FileJob):
        raise ReadError("only files are read here")
    reading = read(job.data, PurePosixPath(job.source).name, options)
    built = build_document(
        reading,
        source=job.source,
        collection=job.collection,
        sha256=job.sha256,
        size_bytes=len(job.data),
    )
    return ReadDocument(built.document, (), built.warnings, built.dropped, reading.members).to_bytes()


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), build_work)
