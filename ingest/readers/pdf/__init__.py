"""PDF: text with pages and boxes, in the order in which it is read, horizontal or vertical.

    glyphs ─▶ runs in reading space ─▶ ruby apart ─▶ lines ─▶ order ─▶ furniture apart ─▶ paragraphs ─▶ blocks

Headings come from the document's outline, else from the size of letters.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ingest.readers.base import Block, BlockKind, Reading, ReadOptions
from ingest.readers.headings import promote_numbered
from ingest.readers.lines import BULLET
from ingest.readers.numerals import told_pages
from ingest.readers.pdf.furniture import find_furniture
from ingest.readers.pdf.garbling import garbling_warnings, shifted_kana
from ingest.readers.pdf.glyphs import (
    Contents,
    Page,
    Pdf,
    draw_page,
    open_pdf,
    read_contents,
    read_page,
)
from ingest.readers.pdf.headings import find_headings
from ingest.readers.pdf.lines import Line, place_runs
from ingest.readers.pdf.order import reading_order
from ingest.readers.pdf.paragraphs import Paragraph, paragraphs
from ingest.readers.pdf.ruby import set_ruby_apart
from ingest.readers.pdf.spelling import spell
from ingest.readers.pdf.tables import tell_tables
from rag.errors import DamagedDocument, EmptyDocument
from rag.types import Attributes

MEDIA_TYPE = "application/pdf"

_NO_TITLE = re.compile(
    r"untitled|無題|(?:文書|document|presentation|プレゼンテーション)\s*\d*|[\w.-]*[\d_][\w.-]*", re.I | re.A
)
_PRODUCER_TITLE = re.compile(r"^Microsoft \w+ - |\.(?:docx?|pptx?|xlsx?|jtd|pdf)$", re.I)
_TITLE_SIZE = 1.2
_SAME_SIZE_SHARE = 0.98
_MAX_TITLE_LINES, _MAX_TITLE_CHARS = 3, 80
_CONTENTS_LINE = re.compile(r"(?:[.．・…‥]\s?){4,}\s*(?:[0-9０-９]+|[ivx]+)?$|\.{10,}\s*\S{0,2}$")
"""The number of a page may have been recognised as something else."""
_NOT_READ = "with only pictures not read"
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")


def read(data: bytes, name: str, options: ReadOptions) -> Reading:
    """Read a PDF.

    Raises EncryptedDocument without the right password, EmptyDocument when no page has a text layer and
    text cannot be recognised.
    """
    pdf = open_pdf(data, name, options.password)
    contents = read_contents(pdf)
    dropped: Counter[str] = Counter()
    pages, warnings = _pages(pdf, contents, name, options, dropped)
    reading = lay_out(pages, contents, dropped, MEDIA_TYPE, warnings)
    return replace(reading, needs_ocr=any(_NOT_READ in warning for warning in warnings))


def lay_out(
    pages: Sequence[Page], contents: Contents, dropped: Counter[str], media_type: str, warnings: Sequence[str]
) -> Reading:
    """Pages with runs → a reading; pages of a text layer and recognised ones alike."""
    lines = [
        (page, reading_order([spell(run) for run in set_ruby_apart(place_runs(page))])) for page in pages
    ]
    body_size = _body_size([line for _, found in lines for line in found])
    furniture = find_furniture([(page.height, found) for page, found in lines], body_size)
    kept = [(page.number, [one for one in found if id(one) not in furniture]) for page, found in lines]
    dropped["page-furniture"] += sum(
        len(one.text) for _, found in lines for one in found if id(one) in furniture
    )
    mending = shifted_kana(line.text for _, found in kept for line in found)
    found = [_mended(one, mending) for one in tell_tables(paragraphs(kept, body_size))]
    dropped["table-of-contents"] += sum(len(one.text) for one in found if _CONTENTS_LINE.search(one.text))
    found = [one for one in found if not _CONTENTS_LINE.search(one.text)]
    levels = find_headings(found, contents.bookmarks, body_size)
    blocks = promote_numbered(list(_blocks(found, levels)))
    return Reading(
        blocks=tuple(blocks),
        media_type=media_type,
        title=_title(contents, found, blocks, body_size),
        attributes=Attributes(author=contents.author or None, date=_day(contents.modified)),
        warnings=(*contents.warnings, *warnings, *_garbling(found, mending)),
        dropped={reason: number for reason, number in dropped.items() if number},
    )


def _pages(
    pdf: Pdf, contents: Contents, name: str, options: ReadOptions, dropped: Counter[str]
) -> tuple[list[Page], list[str]]:
    """The pages with text, recognised where there are only pictures, and warnings about the others."""
    pages: list[Page] = []
    pictures: list[int] = []
    damaged: list[str] = []
    for index in range(contents.num_pages):
        try:
            page = read_page(pdf, index, dropped)
        except DamagedDocument as error:
            damaged.append(str(error))
            continue
        if page.runs:
            pages.append(page)
        elif page.has_picture:
            pictures.append(page.number)
    if pictures:
        recognised, told = _recognised(pdf, pictures, name, options, dropped)
        pages = sorted([*pages, *recognised], key=lambda page: page.number)
        damaged += told
    if not pages and damaged:
        kind = EmptyDocument if pictures else DamagedDocument
        raise kind(f"{name}: {damaged[0]}" + ("" if pictures else ": get a fresh copy"))
    return pages, damaged


def _recognised(
    pdf: Pdf, numbers: Sequence[int], name: str, options: ReadOptions, dropped: Counter[str]
) -> tuple[list[Page], list[str]]:
    """What is on pages of pictures, and what there is to say about them."""
    from ingest.readers.ocr.engine import ABSENT
    from ingest.readers.ocr.pages import SCAN_DOTS_PER_INCH, open_recogniser

    recogniser = open_recogniser(name, options, dropped)
    if recogniser is None:
        why = ABSENT if options.ocr else "text recognition is switched off by ingest.ocr"
        return [], [f"{told_pages(numbers)} {_NOT_READ}: {why}"]
    found: list[Page | None] = []
    damaged: list[str] = []
    for number in numbers:
        try:
            picture, resolution = draw_page(pdf, number - 1, SCAN_DOTS_PER_INCH)
        except DamagedDocument as error:
            damaged.append(str(error))
            continue
        found.append(recogniser.page(number, picture, resolution))
    return [page for page in found if page is not None], [*recogniser.warnings, *damaged]


def _body_size(lines: Sequence[Line]) -> float:
    """The size of most letters, in points."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(line.size * 2) / 2] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 10.0


def _blocks(found: Sequence[Paragraph], levels: Mapping[int, int]) -> Iterator[Block]:
    for index, one in enumerate(found):
        level = levels.get(index, 0)
        if level:
            kind = BlockKind.HEADING
        elif one.is_row:
            kind = BlockKind.TABLE_ROW
        elif one.is_note:
            kind = BlockKind.NOTE
        else:
            kind = BlockKind.LIST_ITEM if BULLET.match(one.text) else BlockKind.PARAGRAPH
        yield Block(kind, one.text, level=level, annotations=one.marks, places=one.places)


def _mended(one: Paragraph, mending: Mapping[int, str]) -> Paragraph:
    return replace(one, text=one.text.translate(mending)) if mending else one


def _garbling(found: Sequence[Paragraph], mending: Mapping[int, str]) -> tuple[str, ...]:
    warnings = garbling_warnings("".join(one.text for one in found))
    return ("kana were written as rare kanji and have been mended", *warnings) if mending else warnings


def _title(
    contents: Contents, found: Sequence[Paragraph], blocks: Sequence[Block], body_size: float
) -> str | None:
    """The file's own title where it is one, else the largest letters of the first page, else a heading."""
    title = _PRODUCER_TITLE.sub("", _PRODUCER_TITLE.sub("", contents.title or "")).strip()
    if title and not _NO_TITLE.fullmatch(title) and not garbling_warnings(title):
        return title
    large = _largest(found, body_size)
    if large and len(large) <= _MAX_TITLE_CHARS:
        return large
    headings = (block.text for block in blocks if block.kind is BlockKind.HEADING)
    return next((text for text in headings if not text[:1].isdigit()), None)


def _largest(found: Sequence[Paragraph], body_size: float) -> str | None:
    """The first paragraph of the first page in its largest letters, with those right below it."""
    first_page = [one for one in found if one.page == 1 and not one.is_row]
    largest = max((one.size for one in first_page), default=0.0)
    if largest < body_size * _TITLE_SIZE:
        return None
    is_large = [one.size >= largest * _SAME_SIZE_SHARE for one in first_page]
    start = is_large.index(True)
    end = next((i for i in range(start, len(is_large)) if not is_large[i]), len(is_large))
    return " ".join(one.text for one in first_page[start : min(end, start + _MAX_TITLE_LINES)])


def _day(value: str | None) -> dt.date | None:
    """``D:20240401120000+09'00'`` → 2024-04-01."""
    match = _DATE.match(value or "")
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
