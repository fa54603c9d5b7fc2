"""HTML pages: the main text without navigation, tables as told rows, ruby set apart.

The declared character set is checked against the bytes. Nothing that a page refers to is fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from ingest.encoding import decode
from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.entities import expand_entities
from ingest.readers.front_matter import parse_date
from ingest.readers.html_parts import main_element
from ingest.readers.html_walker import Walker
from ingest.readers.trees import Element, parse_html
from rag.types import Attributes

MEDIA_TYPE = "text/html"

_DECLARED = re.compile(rb"""(?:charset\s*=|<\?xml[^>]*\sencoding\s*=)\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.I)
_HEAD_BYTES = 4096
_HAS_ENTITIES = re.compile(r"\s*<\?xml[^>]*>\s*<!DOCTYPE[^<>\[]*\[", re.I)
_COMMENT = re.compile(r"\s*(?:<!--.*-->\s*)?", re.S)
_DATE_METAS = ("article:modified_time", "article:published_time", "dcterms.modified", "dcterms.date", "date")


def read(data: bytes, name: str) -> Reading:
    """Read an HTML page."""
    declared = _DECLARED.search(data[:_HEAD_BYTES])
    decoded = decode(data, declared[1].decode("ascii") if declared else None)
    expanded = expand_entities(decoded.text, name) if _HAS_ENTITIES.match(decoded.text) else None
    root = parse_html(expanded.text if expanded else decoded.text, name)
    dropped: Counter[str] = Counter()
    blocks = tuple(Walker(dropped).walk(main_element(root, dropped)))
    return Reading(
        blocks=blocks,
        media_type=MEDIA_TYPE,
        title=_title(root, blocks),
        encoding=decoded.encoding,
        encoding_confidence=decoded.confidence,
        attributes=_attributes(root),
        warnings=(*decoded.warnings, *(expanded.warnings if expanded else ())),
        dropped={reason: number for reason, number in dropped.items() if number},
    )


def fragment_blocks(content: str, name: str, dropped: Counter[str]) -> Iterator[Block]:
    """The blocks of HTML inside another format; nothing where there is no element in it."""
    if not _COMMENT.fullmatch(content):
        yield from Walker(dropped).walk(parse_html(f"<div>{content}</div>", name))


def _title(root: Element, blocks: Sequence[Block]) -> str | None:
    titles = [" ".join((one.text_content() or "").split()) for one in root.iter("title")]
    headings = (block.text for block in blocks if block.kind is BlockKind.HEADING)
    return next(filter(None, titles), None) or next(headings, None)


def _attributes(root: Element) -> Attributes:
    metas = {
        (one.get("name") or one.get("property") or "").lower(): one.get("content")
        for one in root.iter("meta")
    }
    date = next((metas[key] for key in _DATE_METAS if metas.get(key)), None)
    return Attributes(author=metas.get("author") or None, date=parse_date(date))
