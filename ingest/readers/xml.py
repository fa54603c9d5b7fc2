"""XML by its schema: laws of e-Gov, DocBook, line-wise results of text recognition; else its texts.

Nothing outside the file is ever loaded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from ingest.encoding import decode
from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.docbook import docbook_blocks
from ingest.readers.entities import expand_entities
from ingest.readers.html_flow import FlowWriter
from ingest.readers.law_xml import law_blocks
from ingest.readers.lines import paragraphs
from ingest.readers.trees import Element, local_name, parse_xml
from rag.types import Annotation

MEDIA_TYPE = "application/xml"

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9_.:-]+)""")
_HEAD_BYTES = 200
_TITLES = ("LawTitle", "title", "Title", "TITLE")


def read(data: bytes, name: str) -> Reading:
    """Read an XML file."""
    declared = _DECLARED.search(data[:_HEAD_BYTES])
    decoded = decode(data, declared[1].decode("ascii") if declared else None)
    expanded = expand_entities(_DECLARATION.sub("", decoded.text, count=1), name)
    root = parse_xml(expanded.text.encode("utf-8", "replace"), name)
    dropped: Counter[str] = Counter()
    return Reading(
        blocks=tuple(_schema(root)(root, dropped)),
        media_type=MEDIA_TYPE,
        title=_title(root),
        encoding=decoded.encoding,
        encoding_confidence=decoded.confidence,
        warnings=(*decoded.warnings, *expanded.warnings),
        dropped=dict(dropped),
    )


_Blocks = Callable[[Element, Counter[str]], Iterator[Block]]


def _schema(root: Element) -> _Blocks:
    names = {local_name(root), *(local_name(child) for child in root)}
    for known, blocks in _SCHEMAS:
        if names & known:
            return blocks
    if next(root.iter("{*}Law"), None) is not None:
        return law_blocks
    return _plain_blocks


def _title(root: Element) -> str | None:
    for name in _TITLES:
        found = next(root.iter(f"{{*}}{name}"), None)
        if found is not None:
            return " ".join("".join(found.itertext()).split()) or None
    return None


def _recognised_lines(root: Element, dropped: Counter[str]) -> Iterator[Block]:
    """Lines of a recognised page (NDL OCR), joined where they go on, with how sure the machine was."""
    for area in root.iter("{*}TEXTBLOCK"):
        lines = [line for line in area.iter("{*}LINE") if line.get("STRING")]
        for one in paragraphs([line.get("STRING") for line in lines]):
            sure = [float(line.get("CONF") or 0) for line in lines[one.first_line - 1 : one.last_line]]
            value = f"{sum(sure) / len(sure):.2f}"
            yield Block(
                BlockKind.PARAGRAPH, one.text, annotations=(Annotation("ocr", 0, len(one.text), value),)
            )


def _plain_blocks(root: Element, dropped: Counter[str]) -> Iterator[Block]:
    """Every element that holds text of its own is a paragraph, with the elements inside it."""
    if (root.text or "").strip() or any((child.tail or "").strip() for child in root):
        flow = FlowWriter()
        flow.write("".join(root.itertext()))
        yield Block(BlockKind.PARAGRAPH, flow.take().text)
        return
    for child in root:
        yield from _plain_blocks(child, dropped)


_SCHEMAS: tuple[tuple[frozenset[str], _Blocks], ...] = (
    (frozenset({"Law"}), law_blocks),
    (frozenset({"OCRDATASET"}), _recognised_lines),
    (
        frozenset(
            {"book", "article", "chapter", "section", "sect1", "appendix", "preface", "refentry", "part"}
        ),
        docbook_blocks,
    ),
)
