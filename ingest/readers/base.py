"""What a reader is: the bytes of one file in, blocks of text out.

A reader knows its format and nothing else: encodings are judged in `ingest.encoding`, tidying and
joining into one text happen in `ingest.normalise` and `ingest.document`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from rag.errors import ReadError
from rag.types import Annotation, Attributes, Locator


class BlockKind(StrEnum):
    """What a block is in its document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list-item"
    TABLE_ROW = "table-row"
    CODE = "code"
    QUOTE = "quote"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or table row, with where it stands in the original.

    Annotation offsets are into ``text``. ``place`` is a locator whose start and end are not used yet;
    where a block stands in several places (a paragraph that runs on to the next page), ``places`` holds
    one locator for each stretch of the text instead, with offsets into it. ``level`` is the level of a
    heading, from 1. A table row is told as 「見出し: 値 / 見出し: 値」.
    """

    kind: BlockKind
    text: str
    level: int = 0
    place: Locator | None = None
    annotations: tuple[Annotation, ...] = ()
    places: tuple[Locator, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file: an attachment, a mail of a mailbox, a file of an archive.

    ``name`` is its path inside, 「規程/旅費.docx」: made harmless, and given to no other member. Where it
    could not be taken out, ``error`` says why and ``data`` is empty.
    """

    name: str
    data: bytes = field(default=b"", repr=False)
    error: ReadError | None = None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a reader is told besides the file.

    ``password`` opens what is locked; ``ocr`` allows text recognition where its engine is there;
    ``timeout_seconds`` is what the file may take between two beats, ``ocr_timeout_seconds`` what
    recognising its pages may take in all; None for no limit. ``beat`` tells whoever waits that a slow
    reading goes on.
    """

    password: str | None = None
    ocr: bool = True
    timeout_seconds: float | None = None
    ocr_timeout_seconds: float | None = None
    beat: Callable[[], None] | None = field(default=None, repr=False, compare=False)


DEFAULT_OPTIONS = ReadOptions()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one file.

    ``dropped`` counts characters that were left out, by reason (``{"hidden-sheet": 120}``);
    ``encoding_confidence`` is in [0, 1] and None where bytes were not decoded by us. ``members`` are files
    inside it, to be read as documents of their own. ``needs_ocr``: pictures in it were not read, because
    text could not be recognised here.
    """

    blocks: tuple[Block, ...]
    media_type: str
    title: str | None = None
    encoding: str | None = None
    encoding_confidence: float | None = None
    attributes: Attributes = field(default_factory=Attributes)
    warnings: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    needs_ocr: bool = False


class Reader(Protocol):
    """One format family. Raises a ReadError with the reason when the file cannot be read.

    Readers of formats that `Format.has_options` marks take `ReadOptions` as a third argument.
    """

    def __call__(self, data: bytes, name: str) -> Reading:
        """Read the bytes of the file called ``name``."""
        ...
