"""Documents and what is known of their spans, chunks, and what a search may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int


class Box(NamedTuple):
    """A rectangle on a page in points, origin at the top left."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a span of the text stands in the original file.

    ``page`` counts from 1 (for slides: the slide), ``lines`` are the first and last line of the
    decoded file, counted from 1, ``cells`` is a range such as ``"B4:D9"``.
    """

    start: int
    end: int
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    sheet: str | None = None
    cells: str | None = None
    lines: tuple[int, int] | None = None
    part: str | None = None

    @property
    def label(self) -> str:
        """The place as a person would say it: ``3ページ``, ``シート「経費」B4:D9``, ``12行目``."""
        if self.sheet is not None:
            return f"シート「{self.sheet}」{self.cells or ''}"
        if self.page is not None:
            return f"スライド{self.page}" if self.part in {"slide", "notes"} else f"{self.page}ページ"
        if self.lines is not None:
            first, last = self.lines
            return f"{first}行目" if first == last else f"{first}〜{last}行目"
        return ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """Something known about a span: its ruby, a date, an article number, that it came from OCR.

    Example: ``Annotation("ruby", 0, 2, "とうきょう")`` over 「東京」. Kinds in use: ``ruby``,
    ``emphasis``, ``note``, ``gaiji``, ``date``, ``table-row``, ``quoted``, ``hidden``, ``instruction``,
    ``ocr`` (its confidence), ``inserted`` and ``comment`` (by whom), ``member`` (a file inside); and in rules
    ``article`` (第20条), ``paragraph``, ``item``, ``reference``, ``definition``, ``term`` (see `Target`).
    """

    kind: str
    start: int
    end: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The span of one heading: from the heading to the next of the same or a higher level."""

    level: int
    title: str
    start: int
    end: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known about a document as a whole; anything unknown is None."""

    author: str | None = None
    date: dt.date | None = None
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None
    level: str | None = None

    def in_force(self, day: dt.date) -> bool:
        """Whether the document held on a day, both ends included; one that names no days always does."""
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Document:
    """One source's text, as people read it, with all that is known about its spans.

    ``id`` is derived from collection and source (see `document_id`), so that reading a file again
    replaces it; ``sha256`` is that of the original bytes. ``recipe`` names what else shaped the result
    (versions of reading and chunking, chunk size): where both are equal a file is not read again.
    """

    id: str
    source: str
    collection: str
    title: str
    text: str
    media_type: str = "text/plain"
    encoding: str | None = None
    sha256: str = ""
    size_bytes: int = 0
    sections: tuple[Section, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    locators: tuple[Locator, ...] = ()
    attributes: Attributes = field(default_factory=Attributes)
    recipe: str = ""

    @property
    def name(self) -> str:
        """The last part of the source: ``就業規則.txt``."""
        return PurePosixPath(self.source).name


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What lists and hits show of a document, without its text."""

    id: str
    source: str
    collection: str
    title: str
    media_type: str = "text/plain"
    encoding: str | None = None
    sha256: str = ""
    size_bytes: int = 0
    num_chars: int = 0
    num_chunks: int = 0
    change_number: int = 0
    attributes: Attributes = field(default_factory=Attributes)
    recipe: str = ""

    @property
    def name(self) -> str:
        """The last part of the source: ``就業規則.txt``."""
        return PurePosixPath(self.source).name


@dataclass(frozen=True, slots=True)
class Chunk:
    """The retrieved unit: a span of its document's text.

    ``text == document.text[start:end]`` always holds; ``sentences`` tile ``[start, end)`` in
    document offsets. ``id`` is given by the store and never used twice; 0 before.
    """

    document_id: str
    position: int
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...] = ()
    heading_path: tuple[str, ...] = ()
    locator: Locator | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """What one search may see; every search has one.

    ``collections`` and ``sources`` are alternatives joined by "or"; empty means no limit. A source
    matches a document's whole source or its last part (``就業規則.txt``). ``user`` is who asks.
    ``as_of`` leaves out what was not in force on that day (`Attributes.in_force`).
    """

    user: str | None = None
    collections: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    as_of: dt.date | None = None

    @property
    def is_open(self) -> bool:
        """True when every document may be seen."""
        return not (self.collections or self.sources or self.date_from or self.date_to or self.as_of)


EVERYTHING = Scope()
