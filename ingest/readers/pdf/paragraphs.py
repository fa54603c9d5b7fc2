"""Lines of pages → paragraphs: what was broken at the edge of a column or page is joined again.

A line goes on in the next when it is full: the first word of the next line would not have fitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.outline import article_heading, heading_level, is_caption
from ingest.readers.lines import BULLET, glue, is_wide
from ingest.readers.pdf.lines import Line
from ingest.readers.pdf.order import frames
from rag.types import Annotation, Box, Locator

_STOPS = re.compile("[。．.！？!?：:」』]$")
_LEADERS = re.compile(r"[.．・…‥]{4,}\s*\S{0,8}$|(?:\s*[.．・…‥]\s*){6,}")
_HYPHEN = re.compile("[A-Za-z]-$|\u00ad$")
_INDENT_EMS = 0.7
_TIGHT_EMS, _SLACK_EMS, _LOOSE_EMS = 0.3, 0.5, 2.0
_PROSE_CHARS = 12
_NEVER_FIRST = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー々、。，．）」』】〕")
_SECTION = re.compile(r"[0-9０-９]{1,2}(?:[.．][0-9０-９]{1,2})+[.．]?[\s　]*[^\s0-9０-９]")
_LABELLED = re.compile(r"[^\W\d_]{1,8}[：:]\s*\S")
_NOTE = re.compile(r"(?P<number>[0-9]{1,3})(?![0-9.．])|[※*†]|[（(]?注")
_SMALL_SIZE, _LARGE_SIZE = 0.93, 1.05
_ENDED = re.compile(r"[。．.！？!?：:」』0-9０-９]$")
_LATIN_EMS = 0.55
_FEW_LINES, _MANY_LINES = 3, 6
_FULL_EMS, _RAGGED_SHARE = 2.0, 0.25


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line with its page, and where the lines of its column end; ragged where few reach that edge."""

    line: Line
    page: int
    right: float
    is_ragged: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that were joined; offsets of marks and places are into ``text``."""

    text: str
    lines: tuple[PageLine, ...]
    marks: tuple[Annotation, ...]
    places: tuple[Locator, ...]
    is_row: bool = False
    is_note: bool = False

    @property
    def size(self) -> float:
        """Size of the letters of its first line, in points."""
        return self.lines[0].line.size

    @property
    def font(self) -> str:
        """The font of all its lines; empty where it changes."""
        fonts = {one.line.font for one in self.lines}
        return fonts.pop() if len(fonts) == 1 else ""

    @property
    def page(self) -> int:
        """The page on which it begins."""
        return self.lines[0].page


def paragraphs(pages: Sequence[tuple[int, Sequence[Line]]], body_size: float) -> list[Paragraph]:
    """The paragraphs of a document from (page number, lines in reading order).

    Footnotes stand after the paragraph that their page ends with, so that it can run on.
    """
    groups: list[list[PageLine]] = []
    notes: list[tuple[int, list[Paragraph]]] = []
    for number, lines in pages:
        body, foot = _split_footnotes(lines, body_size)
        _extend(groups, list(_in_columns(number, body)))
        if foot:
            own: list[list[PageLine]] = []
            _extend(own, list(_in_columns(number, foot)))
            notes.append((len(groups), [replace(_join(group), is_note=True) for group in own]))
    found = [_join(group) for group in groups]
    for place, own_notes in reversed(notes):
        found[place:place] = own_notes
    return found


def _split_footnotes(lines: Sequence[Line], body_size: float) -> tuple[Sequence[Line], Sequence[Line]]:
    """Body and footnotes: from the first raised number, or the first that the body refers to, to the end."""
    called = {mark.value for line in lines for mark in line.marks if mark.kind == "note"}
    for index, line in enumerate(lines[1:], 1):
        number = _NOTE.match(line.text)
        is_small = line.size < body_size * _SMALL_SIZE
        begins = line.opens_note or (
            number and (number["number"] in called or (is_small and not number["number"]))
        )
        if begins and not line.is_vertical and _is_foot(lines, index, body_size):
            return lines[:index], lines[index:]
    return lines, []


def _is_foot(lines: Sequence[Line], index: int, body_size: float) -> bool:
    """Whether everything from here on stands under all the rest, in no larger letters than the text."""
    below = lines[index:]
    above = max(line.middle for line in lines[:index])
    if below[0].middle < (lines[0].middle + below[-1].middle) / 2:
        return False
    return all(line.middle > above and line.size < body_size * _LARGE_SIZE for line in below)


def _extend(groups: list[list[PageLine]], lines: Sequence[PageLine]) -> None:
    """Put the lines of one page into paragraphs, the first perhaps into the last of the page before."""
    for index, line in enumerate(lines):
        if groups and _goes_on(groups[-1], line, is_first_of_page=index == 0):
            groups[-1].append(line)
        else:
            groups.append([line])


def _in_columns(number: int, lines: Sequence[Line]) -> Iterator[PageLine]:
    """Lines with the edge of their column: that of their frame, or of the page where it is short."""
    for frame in frames(lines):
        if len(frame) < _FEW_LINES:
            beside = [one for one in lines if _is_alike(one, frame[0])]
            yield from (PageLine(line, number, _edge(line, beside)) for line in frame)
            continue
        right = max(one.end for one in frame)
        num_full = sum(right - one.end < one.size * _FULL_EMS for one in frame)
        is_ragged = len(frame) >= _MANY_LINES and num_full < len(frame) * _RAGGED_SHARE
        yield from (PageLine(line, number, right, is_ragged) for line in frame)


def _edge(line: Line, beside: Sequence[Line]) -> float:
    """Where the column of a short frame ends: here if another long line ends here too, else farthest."""
    ends = [one.end for one in beside if len(one.text) >= _PROSE_CHARS]
    if (
        len(line.text) >= _PROSE_CHARS
        and sum(abs(end - line.end) < line.size * _SLACK_EMS for end in ends) > 1
    ):
        return line.end
    return max(one.end for one in beside)


def _is_alike(a: Line, b: Line) -> bool:
    return (
        a.is_vertical == b.is_vertical
        and abs(a.size - b.size) < b.size * 0.1
        and abs(a.start - b.start) < b.size * 4
    )


def _goes_on(group: Sequence[PageLine], after: PageLine, *, is_first_of_page: bool) -> bool:
    """Whether ``after`` continues the paragraph that ``group`` holds so far."""
    before = group[-1]
    a, b = before.line, after.line
    if a.is_vertical != b.is_vertical or abs(a.size - b.size) > max(a.size, b.size) * 0.12:
        return False
    if _LEADERS.search(a.text) or _begins_anew(a.text, b.text) or not _was_cut(before, b):
        return False
    if _LABELLED.match(b.text) and (_LABELLED.match(a.text) or before.right - a.end > a.size):
        return False
    if is_first_of_page:
        return after.page == before.page + 1 and not _STOPS.search(a.text) and len(a.text) > 10  # noqa: PLR2004
    step = (b.middle - a.middle) / a.size
    if not 0.5 < step < 2.4 or min(a.end, b.end) <= max(a.start, b.start):  # noqa: PLR2004
        return False
    indent = (b.start - a.start) / a.size
    is_hanging = len(group) == 1 and BULLET.match(a.text) is not None
    return indent < _INDENT_EMS or is_hanging or not _STOPS.search(a.text)


def _begins_anew(before: str, text: str) -> bool:
    if _SECTION.match(text) and _ENDED.search(before):
        return True
    return (
        text.startswith("　")
        or BULLET.match(text) is not None
        or heading_level(text) is not None
        or article_heading(text) is not None
        or is_caption(text)
        or _LEADERS.search(text) is not None
    )


def _was_cut(before: PageLine, after: Line) -> bool:
    """Whether the line was full for what comes next: a character, or a whole Latin word.

    A line that ends no sentence may fall short by a few characters, which Japanese typesetting moves to
    the next line to keep 「 and 、 in their places; a small kana never begins anything.
    """
    size, text = before.line.size, before.line.text
    first = after.text[:1]
    if first in _NEVER_FIRST:
        return True
    needed = size if not first or is_wide(first) else len(after.text.split(maxsplit=1)[0]) * size * _LATIN_EMS
    loose = _LOOSE_EMS if len(text) >= _PROSE_CHARS else _SLACK_EMS
    slack = _TIGHT_EMS if before.is_ragged or _STOPS.search(text) else loose
    return before.right - before.line.end < max(needed, size) + size * slack


def _join(group: Sequence[PageLine]) -> Paragraph:
    text = ""
    marks: list[Annotation] = []
    places: list[Locator] = []
    for one in group:
        if _HYPHEN.search(text) and one.line.text[:1].islower():
            text = text[:-1]
        elif text.endswith("\u00ad"):
            text = f"{text[:-1]}-"
        else:
            text += glue(text, one.line.text)
        start = len(text)
        text += one.line.text
        marks += (replace(mark, start=mark.start + start, end=mark.end + start) for mark in one.line.marks)
        places.append(_place(one, start, len(text)))
    return Paragraph(text, tuple(group), tuple(marks), tuple(places))


def _place(one: PageLine, start: int, end: int) -> Locator:
    box = Box(*(round(value, 1) for value in one.line.box))
    return Locator(start, end, page=one.page, boxes=(box,))
