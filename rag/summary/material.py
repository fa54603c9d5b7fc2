"""Document → what a summary is made of: its parts, and its sentences with their words.

A part is the stretch of one heading's own text; a text without headings is cut into stretches of whole
paragraphs. MeCab sees each line once, and each sentence is a slice of that analysis.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from rag.text.analyzer import Analysis, Analyzer
from rag.text.sentences import split_sentences
from rag.text.terms import content_terms
from rag.types import Document, Section, Span

MAX_PART_CHARS = 8_000
"""A longer stretch without headings is cut at a line, so that coverage says something of it."""

_SPEAKS = re.compile(r"\w")
_LINE = re.compile(r"[^\n]+")


class Kind(StrEnum):
    """What a sentence is in its document."""

    PROSE = "prose"
    HEADING = "heading"
    ROW = "table-row"
    CODE = "code"
    ASIDE = "aside"


_KINDS = {"table-row": Kind.ROW, "code": Kind.CODE, "quoted": Kind.ASIDE, "note": Kind.ASIDE}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the document under one heading; ``path`` is empty where no heading stands over it."""

    number: int
    title: str
    path: tuple[str, ...]
    start: int
    end: int

    @property
    def num_chars(self) -> int:
        """Length of the stretch."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, white space at its ends left out: ``document.text[start:end] == text``.

    ``line`` counts the lines of the document, ``place`` the sentences of its line, both from 0;
    ``terms`` are its base forms.
    """

    number: int
    start: int
    end: int
    text: str
    kind: Kind
    part: int
    line: int
    place: int
    analysis: Analysis
    terms: Counter[str]


@dataclass(frozen=True)
class Material:
    """A document made ready: parts tile the text from its first heading on, sentences are in order."""

    document: Document
    parts: tuple[Part, ...]
    sentences: tuple[Sentence, ...]

    @cached_property
    def document_frequencies(self) -> Counter[str]:
        """In how many sentences each term stands."""
        return Counter(term for sentence in self.sentences for term in sentence.terms)

    def part_at(self, offset: int) -> Part:
        """The part that holds an offset."""
        return self.parts[max(0, bisect_right([part.start for part in self.parts], offset) - 1)]


def prepare(document: Document, analyzer: Analyzer) -> Material:
    """Cut and analyse a document; its own title counts as its first heading where it stands there."""
    parts = cut_parts(document)
    return Material(document, parts, tuple(_sentences(document, parts, analyzer)))


def cut_parts(document: Document) -> tuple[Part, ...]:
    """The stretches of all headings in order, long ones cut; they tile the text without gaps."""
    found: list[Part] = []
    for section, span in _stretches(document):
        title, path = (section.title, section.path) if section else (document.title, ())
        pieces = list(_pieces(document.text, span))
        for number, piece in enumerate(pieces, start=1):
            numbered = f"{title} ({number}/{len(pieces)})" if len(pieces) > 1 else title
            found.append(Part(len(found), numbered, path, *piece))
    return tuple(found)


def _stretches(document: Document) -> Iterator[tuple[Section | None, Span]]:
    """Each heading with the text up to the next heading of any level; text before the first without."""
    sections = sorted(document.sections, key=lambda section: (section.start, section.level))
    first = sections[0].start if sections else len(document.text)
    if first:
        yield None, Span(0, first)
    ends = [*(section.start for section in sections[1:]), len(document.text)]
    for section, end in zip(sections, ends, strict=False):
        if end > section.start:
            yield section, Span(section.start, end)


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """Pieces of about equal length that end at a line, none much longer than `MAX_PART_CHARS`."""
    num_pieces = -(-(span.end - span.start) // MAX_PART_CHARS)
    wanted = (span.end - span.start) / max(1, num_pieces)
    start = span.start
    while span.end - start > MAX_PART_CHARS:
        found = text.rfind("\n", start + int(wanted) // 2, start + int(wanted))
        end = found + 1 if found >= 0 else start + int(wanted)
        yield Span(start, end)
        start = end
    yield Span(start, span.end)


def _sentences(document: Document, parts: Sequence[Part], analyzer: Analyzer) -> Iterator[Sentence]:
    kinds = _KindsOfLines(document)
    starts = [part.start for part in parts]
    number = 0
    for line, match in enumerate(_LINE.finditer(document.text)):
        start, text = match.start(), match[0]
        if not _SPEAKS.search(text):
            continue
        kind = kinds.of(Span(*match.span()), text)
        analysis = analyzer.analyze(text)
        spans = [Span(0, len(text))] if kind in {Kind.HEADING, Kind.ROW} else split_sentences(text)
        part = max(0, bisect_right(starts, start) - 1)
        for place, span in enumerate(spans):
            local = _stripped(text, span)
            said = text[local.start : local.end]
            if _SPEAKS.search(said):
                cut = analysis.slice(local)
                terms = content_terms(said, cut).base
                at = start + local.start
                yield Sentence(number, at, at + len(said), said, kind, part, line, place, cut, terms)
                number += 1


class _KindsOfLines:
    """What the annotations and sections of a document say of its lines."""

    def __init__(self, document: Document) -> None:
        notes = sorted((one for one in document.annotations if one.kind in _KINDS), key=lambda one: one.start)
        self._starts = [note.start for note in notes]
        self._notes = notes
        self._titles = {section.start: section.title for section in document.sections}
        self._titles.setdefault(0, document.title)

    def of(self, span: Span, text: str) -> Kind:
        title = self._titles.get(span.start)
        if title is not None and _names(title, text):
            return Kind.HEADING
        index = bisect_right(self._starts, span.start) - 1
        if index >= 0 and self._notes[index].end > span.start:
            return _KINDS[self._notes[index].kind]
        return Kind.PROSE


_FLAT = re.compile(r"[ \t]+")
_CAPTION = re.compile(r"[（(〔].{1,60}[）)〕]")


def _names(title: str, line: str) -> bool:
    """Whether a line where a section begins is its heading, and not the first line of its text."""
    flat = _FLAT.sub(" ", line).strip()
    return flat == title or (flat in title and _CAPTION.fullmatch(flat) is not None)


def _stripped(text: str, span: Span) -> Span:
    cut = text[span.start : span.end]
    start = span.start + len(cut) - len(cut.lstrip())
    return Span(start, max(start, span.end - (len(cut) - len(cut.rstrip()))))
