"""Which paragraphs of a PDF are headings: those of its outline, else those in larger letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ingest.readers.pdf.glyphs import Bookmark
from ingest.readers.pdf.paragraphs import Paragraph

_LARGER = 1.15
_MAX_CHARS = 60
_MAX_LINES = 3
_MAX_SIZE_LEVELS = 4
_ENOUGH_BOOKMARKS = 3
_SENTENCE = re.compile("[。、，]$|[.．・…‥]{4,}")
_WORDLESS = re.compile(r"[\W\d_]*")


def find_headings(
    found: Sequence[Paragraph], bookmarks: Sequence[Bookmark], body_size: float
) -> dict[int, int]:
    """Level by index of paragraph. An outline that is found again on the pages is taken as it is."""
    outlined = _from_outline(found, bookmarks)
    if len(outlined) >= _ENOUGH_BOOKMARKS:
        return outlined
    return _from_sizes(found, body_size) | outlined


def _from_outline(found: Sequence[Paragraph], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    wanted = {(bookmark.page, _squeezed(bookmark.title)): bookmark.level for bookmark in bookmarks}
    levels: dict[int, int] = {}
    for index, one in enumerate(found):
        level = wanted.pop((one.page, _squeezed(one.text)), None) if len(one.text) <= _MAX_CHARS * 2 else None
        if level is not None:
            levels[index] = level
    return levels


def _squeezed(text: str) -> str:
    """Without blanks and differences of width, which outlines and pages do not share."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def _from_sizes(found: Sequence[Paragraph], body_size: float) -> dict[int, int]:
    candidates = {
        index: round(one.size * 2) / 2 for index, one in enumerate(found) if _may_head(one, body_size)
    }
    sizes = sorted(set(candidates.values()), reverse=True)
    rank = {size: min(place, _MAX_SIZE_LEVELS) for place, size in enumerate(sizes, 1)}
    return {index: rank[size] for index, size in candidates.items()}


def _may_head(one: Paragraph, body_size: float) -> bool:
    return (
        one.size >= body_size * _LARGER
        and len(one.text) <= _MAX_CHARS
        and len(one.lines) <= _MAX_LINES
        and not one.is_row
        and not _SENTENCE.search(one.text)
        and not _WORDLESS.fullmatch(one.text)
    )
