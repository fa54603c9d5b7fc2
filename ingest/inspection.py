"""One file → everything that was read of it, without a store: for a person who asks why an answer is wrong.

The file is read as `ingest.pipeline` reads it, in a child process within limits, and cut into the same
chunks (those of the bundled embedder); nothing is analysed or embedded. Run by itself as
``python -m ingest.inspection FD`` it is that process.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path, PurePosixPath

import orjson

from ingest.chunk import chunk_document
from ingest.document import build_document
from ingest.messages import Configuration, FileJob, ReadDocument, decode_job, pack, unpack
from ingest.readers.registry import read
from ingest.sources import read_source
from ingest.worker import Work, serve
from ingest.workers import Job, Limits, WorkerPool
from rag.errors import RagError, ReadError
from rag.settings import IngestSettings
from rag.text.sentences import split_sentences
from rag.types import Chunk, Document

MODULE = "ingest.inspection"
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was read of one file.

    ``encoding_confidence`` is in [0, 1], None where the reader decoded no bytes; ``dropped`` counts
    characters that were left out, by reason.
    """

    document: Document
    chunks: tuple[Chunk, ...]
    encoding_confidence: float | None
    warnings: tuple[str, ...]
    dropped: Mapping[str, int]
    elapsed_seconds: float

    @property
    def num_annotations(self) -> dict[str, int]:
        """How many spans of each kind are known: ``{"date": 5, "ruby": 12}``, in order of their names."""
        return dict(sorted(Counter(one.kind for one in self.document.annotations).items()))

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages or slides that text was found on, in order."""
        return tuple(sorted({place.page for place in self.document.locators if place.page is not None}))

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that text was found on, in the order of the file."""
        return tuple(
            dict.fromkeys(place.sheet for place in self.document.locators if place.sheet is not None)
        )


def inspect_file(path: Path, settings: IngestSettings) -> Inspection:
    """Read one file and tell what was found; 「書類.zip/規程/旅費.docx」 is a file inside a file.

    Raises ReadError with the reason when it cannot be read, as ingestion would report it.
    """
    began = time.monotonic()
    path, inner = _outer(path)
    data = read_source(path, settings.max_file_bytes)
    source = "/".join(filter(None, (path.resolve().as_posix(), inner)))
    file = FileJob(source, settings.collection, hashlib.sha256(data).hexdigest(), "", data)
    configuration = Configuration.of(settings)
    limits = Limits(settings.timeout_seconds, settings.max_memory_bytes)
    with WorkerPool(MODULE, configuration.to_bytes(), limits, 1) as pool:
        job = pack([inner.encode(), file.to_bytes()])
        [(_, result)] = pool.run(iter([Job(source, job)]))
    if isinstance(result, RagError):
        raise result
    facts, body = unpack(result)
    prepared = ReadDocument.from_bytes(body)
    return Inspection(
        prepared.document,
        prepared.chunks,
        orjson.loads(facts),
        prepared.warnings,
        prepared.dropped,
        time.monotonic() - began,
    )


def _outer(path: Path) -> tuple[Path, str]:
    """The file on disk, and the name inside it: (書類.zip, 規程/旅費.docx); an empty name for itself."""
    outer = next((parent for parent in path.parents if parent.is_file()), None)
    return (outer, path.relative_to(outer).as_posix()) if outer else (path, "")


def build_work(configuration: Configuration) -> Work:
    """Bytes of a job → bytes of a document with chunks that were not analysed."""

    def work(data: bytes) -> bytes:
        inner, job = unpack(data)
        file = decode_job(job)
        if not isinstance(file, FileJob):
            raise ReadError("only files are inspected here")
        return _inspected(_member(file, inner.decode(), configuration), configuration)

    return work


def _member(file: FileJob, inner: str, configuration: Configuration) -> FileJob:
    """The file of that name inside a file, however deep; raises ReadError where there is none."""
    if not inner:
        return file
    name = PurePosixPath(file.source.removesuffix(f"/{inner}")).name
    members = read(file.data, name, configuration.options).members
    found = next((one for one in members if f"{inner}/".startswith(f"{one.name}/")), None)
    if found is None:
        inside = "、".join(one.name for one in members[:_NAMED]) or "no files"
        raise ReadError(f"{name} holds no {inner}: it holds {inside}")
    if found.error is not None:
        raise found.error
    sha256 = hashlib.sha256(found.data).hexdigest()
    below = replace(file, data=found.data, sha256=sha256)
    return _member(below, inner[len(found.name) + 1 :], configuration)


def _inspected(file: FileJob, configuration: Configuration) -> bytes:
    reading = read(file.data, PurePosixPath(file.source).name, configuration.options)
    built = build_document(
        reading,
        source=file.source,
        collection=file.collection,
        sha256=file.sha256,
        size_bytes=len(file.data),
    )
    document = built.document
    chunking = configuration.chunking
    chunks = chunk_document(
        document,
        split_sentences(document.text),
        chunking.max_chars,
        overlap_sentences=chunking.overlap_sentences,
    )
    prepared = ReadDocument(document, tuple(chunks), built.warnings, built.dropped)
    return pack([orjson.dumps(reading.encoding_confidence), prepared.to_bytes()])


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), build_work)
