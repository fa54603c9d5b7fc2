"""Word documents, read from their XML in the order of the page: headings, lists, tables, boxes, footnotes.

Automatic numbers are printed as Word prints them. Hidden text, deleted text of tracked changes, page headers
and the table of contents are left out and counted; so are comments, which are known as annotations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ingest.outline import heading_level
from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.docx_styles import Numbering, Styles, numbering_place
from ingest.readers.docx_tables import cell_rows, is_frame
from ingest.readers.docx_text import ParagraphText, TextReader, num_chars
from ingest.readers.grids import tell_grid
from ingest.readers.headings import promote_numbered
from ingest.readers.lines import BULLET, is_wide
from ingest.readers.ooxml import Package, W, attribute
from ingest.readers.trees import Element, local_name
from rag.errors import DamagedDocument

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_CONTAINERS = frozenset({"sdt", "sdtContent", "ins", "smartTag", "customXml", "body", "txbxContent"})
_LEFT_OUT = (("header", "page-header"), ("footer", "page-footer"), ("comments", "comment"))
_MAX_HEADING_CHARS = 120
_BODY_LEVEL = 9


def read(data: bytes, name: str) -> Reading:
    """Read a Word document."""
    package = Package(data, name)
    main = package.main_part()
    root = package.part(main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise DamagedDocument(f"{name}: there is no text body in it: get a fresh copy")
    dropped = Counter({reason: _chars_of(package, main, kind) for kind, reason in _LEFT_OUT})
    walker = _Walker(package, main, dropped)
    blocks = promote_numbered(list(walker.blocks(body)))
    title, attributes = package.properties()
    return Reading(
        blocks=tuple(blocks),
        media_type=MEDIA_TYPE,
        title=walker.title or title,
        attributes=attributes,
        dropped={reason: number for reason, number in dropped.items() if number},
    )


def _chars_of(package: Package, main: str, kind: str) -> int:
    return sum(num_chars(package.part(path)) for _, path in package.related(main, kind))


class _Walker:
    """Goes through the body once; lists count on as it goes."""

    def __init__(self, package: Package, main: str, dropped: Counter[str]) -> None:
        self.title: str | None = None
        self._dropped = dropped
        self._heading_level = 0
        self._styles = Styles(package.related_part(main, "styles"))
        self._numbering = Numbering(package.related_part(main, "numbering"))
        self._texts = TextReader(self._styles, dropped, _comments(package.related_part(main, "comments")))
        self._notes = {
            kind: _notes(package.related_part(main, f"{kind}s")) for kind in ("footnote", "endnote")
        }

    def blocks(self, container: Element) -> Iterator[Block]:
        for child in container:
            name = local_name(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield from self._table(child)
            elif name == "sdt" and _is_contents(child):
                self._dropped["table-of-contents"] += num_chars(child)
            elif name in _CONTAINERS:
                yield from self.blocks(child)
            elif name in {"del", "moveFrom"}:
                self._dropped["deleted"] += num_chars(child)

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        properties = paragraph.find(f"{W}pPr")
        style = attribute(properties.find(f"{W}pStyle")) if properties is not None else None
        style = style or self._styles.default
        if self._styles.is_contents(style):
            self._dropped["table-of-contents"] += num_chars(paragraph)
            return
        if self._styles.hides(style):
            self._dropped["hidden-text"] += num_chars(paragraph)
            return
        found = self._texts.read(paragraph)
        if self._styles.is_title(style) and found.text.strip() and self.title is None:
            self.title = " ".join(found.text.split())
        yield from self._block(found, properties, style)
        for box in found.boxes:
            yield from self.blocks(box)
        for kind, number in found.notes:
            yield from self._note(kind, number)

    def _block(self, found: ParagraphText, properties: Element | None, style: str | None) -> Iterator[Block]:
        level = self._level(properties, style)
        label = self._label(properties, style)
        text = found.text.strip()
        if not text:
            return
        block = _numbered(Block(BlockKind.PARAGRAPH, found.text, annotations=tuple(found.annotations)), label)
        if level is None and label is None:
            marked = heading_level(text)
            level = max(marked, self._heading_level + 1) if marked else None
        elif level is not None:
            self._heading_level = level
        if level is not None and len(text) <= _MAX_HEADING_CHARS:
            yield replace(block, kind=BlockKind.HEADING, level=level)
        elif self._styles.is_quote(style):
            yield replace(block, kind=BlockKind.QUOTE)
        elif label is not None or BULLET.match(text):
            yield replace(block, kind=BlockKind.LIST_ITEM)
        else:
            yield block

    def _level(self, properties: Element | None, style: str | None) -> int | None:
        own = attribute(properties.find(f"{W}outlineLvl")) if properties is not None else None
        if own is not None:
            return int(own) + 1 if int(own) < _BODY_LEVEL else None
        return self._styles.heading_level(style)

    def _label(self, properties: Element | None, style: str | None) -> str | None:
        """The number that Word prints before a paragraph; empty for a bullet, None outside lists."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        place = numbering_place(own) if own is not None else self._styles.numbering(style)
        return self._numbering.next_label(place) if place is not None else None

    def _note(self, kind: str, number: str) -> Iterator[Block]:
        note = self._notes[kind].pop(number, None)
        if note is not None:
            text = "\n".join(block.text for block in self.blocks(note))
            if text:
                yield Block(BlockKind.NOTE, text)

    def _table(self, table: Element) -> Iterator[Block]:
        rows = cell_rows(table)
        if is_frame(rows):
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell.element)
            return
        grid = [[cell.told(self._cell_text(cell.element)) for cell in row] for row in rows]
        for telling in tell_grid(grid):
            yield Block(BlockKind.TABLE_ROW, telling.text)

    def _cell_text(self, cell: Element) -> str:
        return "\n".join(block.text for block in self.blocks(cell))


def _numbered(block: Block, label: str | None) -> Block:
    if not label:
        return block
    label += "　" if is_wide(label[-1]) else " "
    moved = (
        replace(one, start=one.start + len(label), end=one.end + len(label)) for one in block.annotations
    )
    return replace(block, text=label + block.text, annotations=tuple(moved))


def _notes(root: Element | None) -> dict[str, Element]:
    """Footnotes by number, without the lines that separate them from the page."""
    return {
        attribute(one, "id") or "": one
        for one in (root if root is not None else ())
        if attribute(one, "type") in {None, "normal"}
    }


def _comments(root: Element | None) -> dict[str, str]:
    """Comments by number, with who wrote them: 「総務課: 要確認」."""
    found = {}
    for one in root if root is not None else ():
        text = "".join(part.text or "" for part in one.iter(f"{W}t"))
        author = attribute(one, "author")
        found[attribute(one, "id") or ""] = f"{author}: {text}" if author else text
    return found


def _is_contents(element: Element) -> bool:
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return attribute(gallery) == "Table of Contents"
