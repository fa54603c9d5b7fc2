"""An HTML tree → blocks: headings, paragraphs, list items, told table rows, quotations and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from ingest.readers import html_tables
from ingest.readers.base import Block, BlockKind
from ingest.readers.grids import Cell, fill_grid, tell_grid
from ingest.readers.html_flow import FlowWriter
from ingest.readers.html_parts import num_chars, skip_reason
from ingest.readers.lines import is_wide, paragraphs
from ingest.readers.plain import paragraph_blocks
from ingest.readers.trees import Element, local_name

_BREAKING = frozenset(
    (
        *("html", "body", "main", "article", "section", "header", "footer", "hgroup", "div", "p", "br", "hr"),
        *("ul", "ol", "menu", "dir", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr"),
        *("td", "th", "figure", "figcaption", "fieldset", "legend", "details", "summary", "form", "address"),
        *("center", "blockquote", "pre"),
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PROSE_SHARE = 0.3


class Walker:
    """Turns a tree into blocks; ``dropped`` counts the characters that it leaves out."""

    def __init__(self, dropped: Counter[str]) -> None:
        self._dropped = dropped
        self._flow = FlowWriter()
        self._kind = BlockKind.PARAGRAPH
        self._level = 0
        self._marker = ""
        self._counters: list[int | None] = []

    def walk(self, element: Element) -> Iterator[Block]:
        """The blocks of an element and all that is in it."""
        yield from self._element(element)
        yield from self._flush()

    def _element(self, element: Element) -> Iterator[Block]:
        reason = skip_reason(element)
        if reason is not None:
            if reason:
                self._dropped[reason] += num_chars(element)
            return
        tag = local_name(element).lower()
        handler = _HANDLERS.get(tag)
        if handler is not None:
            yield from handler(self, element)
        elif tag in _HEADINGS:
            yield from self._in_block(element, BlockKind.HEADING, _HEADINGS[tag])
        elif tag in _BREAKING:
            yield from self._flush()
            yield from self._content(element)
            yield from self._flush()
        else:
            yield from self._content(element)

    def _content(self, element: Element) -> Iterator[Block]:
        self._flow.write(element.text or "")
        for child in element:
            yield from self._element(child)
            self._flow.write(child.tail or "")

    def _flush(self) -> Iterator[Block]:
        flow = self._flow.take()
        if not flow.text:
            return
        marker, self._marker = self._marker, ""
        shift = len(marker)
        annotations = tuple(
            replace(one, start=one.start + shift, end=one.end + shift) for one in flow.annotations
        )
        yield Block(self._kind, marker + flow.text, level=self._level, annotations=annotations)
        if self._kind is BlockKind.LIST_ITEM:
            self._kind = BlockKind.PARAGRAPH

    def _in_block(self, element: Element, kind: BlockKind, level: int = 0) -> Iterator[Block]:
        yield from self._flush()
        outer = self._kind, self._level
        self._kind, self._level = kind, level
        yield from self._content(element)
        yield from self._flush()
        self._kind, self._level = outer

    def _quote(self, element: Element) -> Iterator[Block]:
        yield from self._in_block(element, BlockKind.QUOTE)

    def _ordered_list(self, element: Element) -> Iterator[Block]:
        start = element.get("start") or "1"
        self._counters.append(int(start) if start.isascii() and start.isdigit() else 1)
        yield from self._in_block(element, BlockKind.PARAGRAPH)
        self._counters.pop()

    def _bullet_list(self, element: Element) -> Iterator[Block]:
        self._counters.append(None)
        yield from self._in_block(element, BlockKind.PARAGRAPH)
        self._counters.pop()

    def _item(self, element: Element) -> Iterator[Block]:
        yield from self._flush()
        number = self._counters[-1] if self._counters else None
        if number is not None:
            self._counters[-1] = number + 1
            self._marker = f"{number}. "
        yield from self._in_block(element, BlockKind.LIST_ITEM)
        self._marker = ""

    def _ruby(self, element: Element) -> Iterator[Block]:
        """Base and reading in turn: ``<ruby>水<rt>みず</rt>揚<rt>あ</rt></ruby>``."""
        start = self._flow.mark()
        self._flow.write(element.text or "")
        for child in element:
            tag = local_name(child).lower()
            if tag in {"rt", "rtc"}:
                self._flow.annotate("ruby", start, "".join(child.itertext()).strip())
                start = self._flow.mark()
            elif tag != "rp":
                yield from self._element(child)
            self._flow.write(child.tail or "")

    def _preformatted(self, element: Element) -> Iterator[Block]:
        """Code as it stands; a letter or a law that somebody put between ``<pre>`` is read as text."""
        yield from self._flush()
        text = element.text_content().strip("\n")
        if sum(map(is_wide, text)) >= len("".join(text.split())) * _PROSE_SHARE:
            for block in paragraph_blocks(paragraphs(text.splitlines())):
                yield replace(block, place=None)
        elif text.strip():
            yield Block(BlockKind.CODE, text)

    def _table(self, element: Element) -> Iterator[Block]:
        yield from self._flush()
        if not html_tables.is_data_table(element):
            yield from self._content(element)
            yield from self._flush()
            return
        for caption in element.iterchildren("caption"):
            yield from self._in_block(caption, BlockKind.PARAGRAPH)
        grid = fill_grid(
            [[self._cell(cell) for cell in html_tables.cells_of(row)] for row in html_tables.rows_of(element)]
        )
        for telling in tell_grid(grid):
            yield Block(BlockKind.TABLE_ROW, telling.text)

    def _cell(self, element: Element) -> tuple[Cell, int, int]:
        inside = Walker(self._dropped)
        text = " ".join(block.text for block in inside.walk(element))
        is_head = local_name(element).lower() == "th"
        columns, rows = (html_tables.span_of(element, name) for name in ("colspan", "rowspan"))
        return Cell(text, is_head), columns, rows

    def _picture(self, element: Element) -> Iterator[Block]:
        self._dropped["picture-description"] += len(element.get("alt") or "")
        yield from ()


_HANDLERS: dict[str, Callable[[Walker, Element], Iterator[Block]]] = {
    "blockquote": Walker._quote,
    "ol": Walker._ordered_list,
    "ul": Walker._bullet_list,
    "li": Walker._item,
    "ruby": Walker._ruby,
    "pre": Walker._preformatted,
    "table": Walker._table,
    "img": Walker._picture,
}
