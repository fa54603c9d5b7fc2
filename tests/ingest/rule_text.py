"""Rules as texts, put together as ingestion does it."""

from __future__ import annotations

from ingest.document import build_document
from ingest.readers.base import Block, BlockKind, Reading
from rag.types import Document
from rag.types.targets import Target


def rule(text: str, title: str = "旅費規程") -> Document:
    """A document of these lines, each a paragraph; blank lines are left out."""
    blocks = [Block(BlockKind.PARAGRAPH, line) for line in text.splitlines() if line.strip()]
    reading = Reading(tuple(blocks), "text/plain", title=title)
    return build_document(reading, source="a.txt", collection="c", sha256="", size_bytes=1).document


def annotated(document: Document, kind: str) -> list[tuple[str, str]]:
    """The annotated words and the labels of what they point at, of one kind."""
    return [
        (document.text[one.start : one.end], Target.from_value(one.value).label)
        for one in document.annotations
        if one.kind == kind
    ]


def pointed_at(document: Document, kind: str) -> list[str]:
    """The beginning of the text that each annotation of a kind points at, empty where it is elsewhere."""
    spans = (Target.from_value(one.value).span for one in document.annotations if one.kind == kind)
    return [document.text[span.start : span.end].partition("\n")[0] if span else "" for span in spans]
