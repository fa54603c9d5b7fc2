"""Files → documents, and nothing more: for what needs a text now and not an index.

Files are read as `ingest.pipeline` reads them, in a child process within limits; there is no chunking, no
embedding and no store. Run by itself as ``python -m ingest.reading FD`` it is that process.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path, PurePosixPath

from ingest.document import build_document
from ingest.messages import Configuration, FileJob, PreparedDocument, decode_job
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
    """Read files, and every file below folders, in the order of their names.

    Raises ReadError for a path that is not there; what cannot be read otherwise is told in its `Read`.
    """
    found = find_files(paths)
    configuration = Configuration(settings.max_chunk_chars, settings.max_memory_bytes, None)
    limits = Limits(settings.timeout_seconds, settings.max_memory_bytes)
    read_by_source = {
        report.source: Read(report.source, None, report.message) for report in found.passed_over
    }
    jobs = _Jobs(settings)
    with WorkerPool(MODULE, configuration.to_bytes(), limits, num_workers) as pool:
        for job, result in pool.run(jobs.of(found.files)):
            read_by_source[job.key] = _outcome(job.key, result)
    read_by_source |= jobs.refused
    order = [file.source for file in found.files] + [report.source for report in found.passed_over]
    return [read_by_source[source] for source in order]


def _outcome(source: str, result: bytes | RagError) -> Read:
    if isinstance(result, RagError):
        return Read(source, None, str(result))
    prepared = PreparedDocument.from_bytes(result)
    return Read(source, prepared.document, "", prepared.warnings)


class _Jobs:
    """Files as jobs; those that are too large or cannot be opened are refused with the reason."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self.refused: dict[str, Read] = {}

    def of(self, files: Iterable[SourceFile]) -> Iterator[Job]:
        for file in files:
            try:
                data = read_source(file.path, self._settings.max_file_bytes)
            except ReadError as error:
                self.refused[file.source] = Read(file.source, None, str(error))
                continue
            sha256 = hashlib.sha256(data).hexdigest()
            job = FileJob(file.source, self._settings.collection, sha256, "", data)
            yield Job(file.source, job.to_bytes())


def build_work(_configuration: Configuration) -> Work:
    """Bytes of a job → bytes of a document without chunks."""
    return _work


def _work(data: bytes) -> bytes:
    job = decode_job(data)
    if not isinstance(job, FileJob):
        raise ReadError("only files are read here")
    built = build_document(
        read(job.data, PurePosixPath(job.source).name),
        source=job.source,
        collection=job.collection,
        sha256=job.sha256,
        size_bytes=len(job.data),
    )
    return PreparedDocument(built.document, (), None, built.warnings, built.dropped).to_bytes()


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), build_work)
