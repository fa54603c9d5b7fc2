"""What parent and reading process say to each other, as bytes; nothing is pickled.

The parent sends a `Configuration`, then jobs; the process answers `Kind.READY`, then one message a job:
a byte for the kind, and the body. A body of several parts is packed with their lengths before it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache
from typing import Self

import orjson
from pydantic import TypeAdapter

import rag.errors
from ingest.chunking import Chunking
from ingest.readers.base import DEFAULT_OPTIONS, Member, ReadOptions
from rag.errors import RagError, ReadError
from rag.settings import IngestSettings
from rag.store.packing import PackedDocument
from rag.types import Chunk, Document, DocumentInfo

_LENGTH = struct.Struct("<Q")


class Kind(IntEnum):
    """The first byte of a message from a reading process."""

    READY = 1
    BROKEN = 2
    DONE = 3
    FAILED = 4
    DONE_AND_ENDING = 5
    FAILED_AND_ENDING = 6
    ALIVE = 7

    @property
    def is_result(self) -> bool:
        """The body is the result of the job, and not an error."""
        return self in {Kind.DONE, Kind.DONE_AND_ENDING}

    @property
    def is_last(self) -> bool:
        """The process does not take another job."""
        return self in {Kind.DONE_AND_ENDING, Kind.FAILED_AND_ENDING}

    @property
    def ending(self) -> Kind:
        """The same word as the last one of its process."""
        return Kind.DONE_AND_ENDING if self.is_result else Kind.FAILED_AND_ENDING


@dataclass(frozen=True, slots=True)
class Configuration:
    """The first message to a reading process; ``embedder`` is the folder of a static embedder or None."""

    chunking: Chunking
    max_memory_bytes: int
    embedder: str | None
    options: ReadOptions = DEFAULT_OPTIONS
    user_dictionary: str | None = None

    @classmethod
    def of(
        cls, settings: IngestSettings, embedder: str | None = None, chunking: Chunking | None = None
    ) -> Self:
        """What the settings say; ``chunking`` tells what a large embedder reads besides."""
        password = settings.password.get_secret_value() if settings.password else None
        options = ReadOptions(
            password, settings.ocr == "auto", settings.timeout_seconds, settings.ocr_timeout_seconds
        )
        words = None if settings.user_dictionary is None else str(settings.user_dictionary)
        sizes = chunking or Chunking.of(settings)
        return cls(sizes, settings.max_memory_bytes, embedder, options, words)

    def to_bytes(self) -> bytes:
        """As JSON."""
        return orjson.dumps(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The same value again."""
        values = orjson.loads(data)
        parts = {"options": ReadOptions(**values["options"]), "chunking": Chunking(**values["chunking"])}
        return cls(**{**values, **parts})


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file to read: what is known of it, and its bytes."""

    source: str
    collection: str
    sha256: str
    recipe: str
    data: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        """The facts as JSON, then the file."""
        facts = {name: getattr(self, name) for name in ("source", "collection", "sha256", "recipe")}
        return pack([orjson.dumps(facts), self.data])


@dataclass(frozen=True, slots=True)
class DocumentJob:
    """A document that was read before, to be cut, analysed and embedded again."""

    document: Document

    def to_bytes(self) -> bytes:
        """No facts, then the document as JSON."""
        return pack([b"", _documents().dump_json(self.document)])


def decode_job(data: bytes) -> FileJob | DocumentJob:
    """What `FileJob.to_bytes` or `DocumentJob.to_bytes` made."""
    facts, body = unpack(data)
    if not facts:
        return DocumentJob(_documents().validate_json(body))
    return FileJob(**orjson.loads(facts), data=body)


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document as it was read, and its chunks where it was cut; ``members`` are files inside it."""

    document: Document
    chunks: tuple[Chunk, ...] = ()
    warnings: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    members: tuple[Member, ...] = ()

    def to_bytes(self) -> bytes:
        """As JSON; the text of a chunk is not sent, it stands in the document."""
        return pack(
            [
                orjson.dumps([self.warnings, dict(self.dropped)]),
                _documents().dump_json(self.document),
                _chunks().dump_json([replace(chunk, text="") for chunk in self.chunks]),
                *_members_to_parts(self.members),
            ]
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The same value again."""
        facts, document_json, chunks_json, *members = unpack(data)
        warnings, dropped = orjson.loads(facts)
        document = _documents().validate_json(document_json)
        chunks = (
            replace(chunk, text=document.text[chunk.start : chunk.end])
            for chunk in _chunks().validate_json(chunks_json)
        )
        return cls(document, tuple(chunks), tuple(warnings), dropped, _members_of(members))


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """All that a store needs of a document, packed, and what is told of its reading.

    ``texts`` are those of its chunks as embedders see them, where it has no vectors yet; ``members`` are
    files inside it that are still to be read.
    """

    packed: PackedDocument
    texts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    members: tuple[Member, ...] = ()

    @property
    def info(self) -> DocumentInfo:
        """What is known of the document."""
        return self.packed.info

    def to_bytes(self) -> bytes:
        """The facts as JSON, then the packed document and the members."""
        facts = orjson.dumps([self.warnings, dict(self.dropped), self.texts])
        return pack([facts, self.packed.to_bytes(), *_members_to_parts(self.members)])

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The same value again."""
        facts, packed, *members = unpack(data)
        warnings, dropped, texts = orjson.loads(facts)
        return cls(
            PackedDocument.from_bytes(packed), tuple(texts), tuple(warnings), dropped, _members_of(members)
        )


def _members_to_parts(members: Sequence[Member]) -> list[bytes]:
    return [part for member in members for part in _member_parts(member)]


def _members_of(parts: Sequence[bytes]) -> tuple[Member, ...]:
    return tuple(map(_member, parts[::3], parts[1::3], parts[2::3]))


def _member_parts(member: Member) -> tuple[bytes, bytes, bytes]:
    error = encode_error(member.error) if member.error is not None else b""
    return member.name.encode(), member.data, error


def _member(name: bytes, data: bytes, error: bytes) -> Member:
    told = decode_error(error) if error else None
    return Member(name.decode(), data, told if isinstance(told, ReadError) else None)


def encode_error(error: RagError) -> bytes:
    """The class and the line for people."""
    return orjson.dumps([type(error).__name__, str(error)])


def decode_error(data: bytes) -> RagError:
    """An equal error; a class that is not one of ours becomes a plain ReadError."""
    name, message = orjson.loads(data)
    kind = getattr(rag.errors, name, None)
    if isinstance(kind, type) and issubclass(kind, RagError):
        return kind(message)
    return ReadError(message)


def pack(parts: Sequence[bytes]) -> bytes:
    """Parts with the length of each before it: ``[b"ab"]`` → 8 bytes of length, ``ab``."""
    return b"".join(piece for part in parts for piece in (_LENGTH.pack(len(part)), part))


def unpack(data: bytes) -> list[bytes]:
    """The parts again."""
    parts, place = [], 0
    while place < len(data):
        (length,) = _LENGTH.unpack_from(data, place)
        place += _LENGTH.size
        parts.append(data[place : place + length])
        place += length
    return parts


@cache
def _documents() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


@cache
def _chunks() -> TypeAdapter[list[Chunk]]:
    return TypeAdapter(list[Chunk])
