"""Sentence spans → chunks, along headings.

A chunk is a span of its document's text. Together they hold every character that is not white space, and
they overlap only where the settings say so. They are made in four steps:

    sentences ─▶ units        a table row is one unit, so that it is not torn
              ─▶ segments     cut before every heading; a heading alone joins what follows it
              ─▶ pieces       each segment packed evenly into pieces of at most max_chars
              ─▶ chunks       tiny neighbours joined, blanks trimmed, heading path and place found

Sizes are those of a ruler: characters, or tokens told as characters (`ingest.chunking`).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from ingest.chunking import Ruler
from ingest.heading_paths import Headings
from ingest.place import Places
from rag.types import Chunk, Document, Section, Span

SMALL_SHARE = 4
"""A piece below max_chars / 4 goes with the deeper section that follows it."""
TINY_SHARE = 8
"""A piece below max_chars / 8 goes with what it stands under, or with an equally tiny neighbour."""

_VISIBLE = re.compile(r"\S")
_ROW = "table-row"
_CONTINUED = 1_000
"""Level of a piece that begins inside a section: below every heading."""


class _Unit(NamedTuple):
    """Sentences that stay together; ``left`` and ``right`` are its two ends as the ruler measures."""

    start: int
    end: int
    left: int
    right: int
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of units; ``level`` is that of the heading it ends under, ``border`` of the one it begins with.

    ``body`` is where the section begins that names the piece, ``lead`` where the text under its heading
    begins: a piece is not closed before.
    """

    units: tuple[_Unit, ...]
    border: int
    level: int
    body: int
    lead: int

    @property
    def start(self) -> int:
        return self.units[0].start

    @property
    def end(self) -> int:
        return self.units[-1].end

    @property
    def left(self) -> int:
        return self.units[0].left

    @property
    def right(self) -> int:
        return self.units[-1].right

    def __len__(self) -> int:
        return self.right - self.left


def chunk_document(
    document: Document,
    sentences: Sequence[Span],
    max_chars: int,
    *,
    overlap_sentences: int = 0,
    ruler: Ruler | None = None,
) -> list[Chunk]:
    """Cut a document into chunks of at most ``max_chars`` characters; one longer sentence stays whole.

    ``sentences`` tile ``document.text``; those of a chunk tile the chunk, in document offsets. A row
    of a table is torn only when it alone is longer than ``max_chars``. A chunk that goes on within a
    section begins with the last ``overlap_sentences`` units of the one before. With a ``ruler`` its sizes
    count in place of characters.
    """
    units = _measured(list(_units(document, sentences, max_chars)), ruler)
    pieces = [
        piece
        for segment in _segments(units, document)
        for piece in _packed(segment, max_chars, overlap_sentences)
    ]
    headings, places = Headings(document.sections), Places(document.locators)
    chunks: list[Chunk] = []
    for piece in _joined(pieces, max_chars):
        sentences_inside = _trimmed(piece, document.text)
        if not sentences_inside:
            continue
        span = Span(sentences_inside[0].start, sentences_inside[-1].end)
        chunks.append(
            Chunk(
                document_id=document.id,
                position=len(chunks),
                start=span.start,
                end=span.end,
                text=document.text[span.start : span.end],
                sentences=sentences_inside,
                heading_path=headings.over(piece.body, span.end),
                locator=places.of(span),
            )
        )
    return chunks


def _units(document: Document, sentences: Iterable[Span], max_chars: int) -> Iterator[_Unit]:
    """Sentences, cut where a section begins inside one, and joined where they share a table row."""
    rows = sorted(
        Span(note.start, note.end)
        for note in document.annotations
        if note.kind == _ROW and note.end - note.start <= max_chars
    )
    row_starts = [row.start for row in rows]
    gathered: list[Span] = []
    gathered_row = -1
    for sentence in _cut(sentences, [section.start for section in document.sections]):
        row = _row_at(sentence, rows, row_starts)
        if gathered and (row != gathered_row or row < 0):
            yield _unit(gathered, is_row=gathered_row >= 0)
            gathered = []
        gathered.append(sentence)
        gathered_row = row
    if gathered:
        yield _unit(gathered, is_row=gathered_row >= 0)


def _unit(sentences: Sequence[Span], *, is_row: bool) -> _Unit:
    """A row is one sentence: 「質問: … / 回答: …」 says nothing when it is cut at its full stops."""
    whole = Span(sentences[0].start, sentences[-1].end)
    return _Unit(*whole, *whole, (whole,) if is_row else tuple(sentences))


def _measured(units: list[_Unit], ruler: Ruler | None) -> list[_Unit]:
    """The units with their ends as a ruler measures them; without one a character is one."""
    if ruler is None:
        return units
    ends = list(accumulate(ruler([Span(unit.start, unit.end) for unit in units]), initial=0))
    return [
        unit._replace(left=left, right=right)
        for unit, (left, right) in zip(units, pairwise(ends), strict=True)
    ]


def _row_at(sentence: Span, rows: Sequence[Span], row_starts: Sequence[int]) -> int:
    """The number of the row that the sentence begins or ends in, -1 for none.

    A row may begin within its first sentence, behind a blank, so both ends are looked at.
    """
    index = bisect_right(row_starts, sentence.end - 1) - 1
    return index if index >= 0 and rows[index].end > sentence.start else -1


def _cut(sentences: Iterable[Span], borders: Sequence[int]) -> Iterator[Span]:
    """The same tiling with further cuts at the borders."""
    ahead = deque(sorted(set(borders)))
    for sentence in sentences:
        start, end = sentence
        while ahead and ahead[0] <= start:
            ahead.popleft()
        if not ahead or ahead[0] >= end:
            yield sentence
            continue
        while ahead and ahead[0] < end:
            yield Span(start, ahead[0])
            start = ahead.popleft()
        yield Span(start, end)


def _segments(units: Sequence[_Unit], document: Document) -> Iterator[_Piece]:
    """Runs of units from heading to heading; a heading without a text joins the deeper one below it."""
    sections = {section.start: section for section in reversed(document.sections)}
    held: _Piece | None = None
    for run in _runs(units, sections):
        section = sections.get(run[0].start)
        level = section.level if section else 0
        body = run[0].start
        lead = _lead(section, document.text) if section else body
        segment = _Piece(tuple(run), border=level, level=level, body=body, lead=lead)
        if held is not None and level > held.level:
            segment = replace(segment, units=held.units + segment.units, border=held.border)
        elif held is not None:
            yield held
        held = segment
        if section is None or not _is_bare(run, section, document.text):
            yield segment
            held = None
    if held is not None:
        yield held


def _lead(section: Section, text: str) -> int:
    """Where the first visible character behind the heading stands."""
    visible = _VISIBLE.search(text, section.start + len(section.title))
    return visible.start() if visible else len(text)


def _runs(units: Sequence[_Unit], sections: dict[int, Section]) -> Iterator[list[_Unit]]:
    run: list[_Unit] = []
    for unit in units:
        if run and unit.start in sections:
            yield run
            run = []
        run.append(unit)
    if run:
        yield run


def _is_bare(run: Sequence[_Unit], section: Section, text: str) -> bool:
    """True for a heading without a text of its own."""
    return text[run[0].start : run[-1].end].split() == section.title.split()


def _packed(segment: _Piece, max_chars: int, overlap: int) -> Iterator[_Piece]:
    """The segment in pieces of about equal length, rather than full ones and a small rest."""
    target = len(segment) / math.ceil(len(segment) / max_chars)
    piece, run = segment, [segment.units[0]]
    for unit in segment.units[1:]:
        if run[-1].end > segment.lead and _is_full(run[0].left, unit, target, max_chars):
            yield replace(piece, units=tuple(run))
            piece = replace(segment, border=_CONTINUED, body=unit.start)
            run = _repeated(run, unit, overlap, max_chars)
        run.append(unit)
    yield replace(piece, units=tuple(run))


def _repeated(run: Sequence[_Unit], unit: _Unit, overlap: int, max_chars: int) -> list[_Unit]:
    """The last units of a piece that begin the next one too: no more than half of it, and with room left."""
    again: list[_Unit] = []
    for before in reversed(run[1:][-overlap:] if overlap else ()):
        if (unit.left - before.left) * 2 > max_chars or unit.right - before.left > max_chars:
            break
        again.insert(0, before)
    return again


def _is_full(left: int, unit: _Unit, target: float, max_chars: int) -> bool:
    return unit.right - left > max_chars or (unit.left + unit.right) / 2 - left > target


def _joined(pieces: Sequence[_Piece], max_chars: int) -> Iterator[_Piece]:
    """Neighbours joined from left to right where the rules allow it."""
    held: _Piece | None = None
    for piece in pieces:
        if held is not None and _may_join(held, piece, max_chars):
            new = tuple(unit for unit in piece.units if unit.start >= held.end)
            held = replace(held, units=held.units + new, level=piece.level)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


def _may_join(left: _Piece, right: _Piece, max_chars: int) -> bool:
    if right.right - left.left > max_chars:
        return False
    if right.border > left.level:
        return len(left) * SMALL_SHARE < max_chars or len(right) * TINY_SHARE < max_chars
    return max(len(left), len(right)) * TINY_SHARE < max_chars


def _trimmed(piece: _Piece, text: str) -> tuple[Span, ...]:
    """The sentences of a piece without the blanks at its two ends."""
    inside = text[piece.start : piece.end]
    start = piece.start + len(inside) - len(inside.lstrip())
    end = piece.start + len(inside.rstrip())
    sentences = [
        sentence
        for unit in piece.units
        for sentence in unit.sentences
        if sentence.end > start and sentence.start < end
    ]
    if sentences:
        sentences[0] = Span(max(sentences[0].start, start), sentences[0].end)
        sentences[-1] = Span(sentences[-1].start, min(sentences[-1].end, end))
    return tuple(sentences)
