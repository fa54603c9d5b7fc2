"""Plain text: the encoding judged from all of it, one block a paragraph, headings as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.encoding import Decoded, decode
from ingest.outline import heading_level
from ingest.readers import aozora
from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.lines import BULLET, Paragraph, paragraphs
from rag.types import Locator

MEDIA_TYPE = "text/plain"

_LINE_ENDS = re.compile("\r\n|[\r\n\f\u2028\u2029\x85]")
_TITLE_CHARS = 50
_NO_TITLE = re.compile("[。．、，：:]$|^[-=#*>/]")


def read(data: bytes, name: str) -> Reading:
    """Read a text file; one in Aozora notation is read as such."""
    decoded = decode(data)
    if aozora.is_aozora(decoded.text):
        return aozora.read_text(decoded)
    return read_text(decoded)


def read_text(decoded: Decoded) -> Reading:
    """Read text that is already decoded."""
    lines = split_lines(decoded.text)
    found = paragraphs(lines)
    return Reading(
        blocks=tuple(paragraph_blocks(found)),
        media_type=MEDIA_TYPE,
        title=_title(found),
        encoding=decoded.encoding,
        encoding_confidence=decoded.confidence,
        warnings=decoded.warnings,
    )


def split_lines(text: str) -> list[str]:
    """Lines without their ends, numbered as editors do."""
    return _LINE_ENDS.split(text)


def paragraph_blocks(found: Sequence[Paragraph]) -> Iterator[Block]:
    """Paragraphs as headings, list items and prose."""
    for index, one in enumerate(found):
        below = found[index + 1] if index + 1 < len(found) else None
        stands_over_text = below is not None and not below.alone and not _goes_on(one.text, below.text)
        level = heading_level(one.text, alone=one.alone and stands_over_text)
        kind = BlockKind.LIST_ITEM if BULLET.match(one.text) else BlockKind.PARAGRAPH
        place = Locator(0, 0, lines=(one.first_line, one.last_line))
        yield Block(BlockKind.HEADING if level else kind, one.text, level=level or 0, place=place)


def _goes_on(text: str, below: str) -> bool:
    """Whether the next line is numbered in the same way: then both are items of a list."""
    level = heading_level(text, alone=True)
    return level is not None and level == heading_level(below, alone=True)


def _title(found: Sequence[Paragraph]) -> str | None:
    """A short first line that stands alone: 「就業規則」."""
    if len(found) < 2 or not found[1].alone:  # noqa: PLR2004
        return None
    text = found[0].text
    return text if len(text) <= _TITLE_CHARS and not _NO_TITLE.search(text) else None
