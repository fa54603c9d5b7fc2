"""DocBook → blocks: titles by depth, paragraphs, lists, listings, tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ingest.readers.base import Block, BlockKind
from ingest.readers.grids import Cell, tell_grid
from ingest.readers.html_flow import FlowWriter
from ingest.readers.trees import Element, local_name

_DIVISIONS = frozenset(
    {
        "set",
        "book",
        "part",
        "reference",
        "preface",
        "chapter",
        "article",
        "appendix",
        "glossary",
        "bibliography",
        "section",
        "simplesect",
        "refentry",
        "sect1",
        "sect2",
        "sect3",
        "sect4",
        "sect5",
        "refsect1",
        "refsect2",
        "refsect3",
        "qandadiv",
        "refsection",
    }
)
_PARAGRAPHS = frozenset(
    {
        "para",
        "simpara",
        "formalpara",
        "term",
        "subtitle",
        "pubdate",
        "question",
        "answer",
        "bridgehead",
        "attribution",
    }
)
_CODE = frozenset({"programlisting", "screen", "literallayout", "synopsis", "userinput-block"})
_DROPPED = frozenset(
    {
        "remark",
        "indexterm",
        "authorgroup",
        "author",
        "copyright",
        "legalnotice",
        "revhistory",
        "releaseinfo",
        "keywordset",
    }
)
_CONTAINERS_INSIDE_PARAGRAPHS = frozenset(
    {
        "itemizedlist",
        "orderedlist",
        "variablelist",
        "simplelist",
        "procedure",
        "programlisting",
        "screen",
        "literallayout",
        "informaltable",
        "table",
        "note",
        "tip",
        "warning",
        "caution",
        "important",
        "example",
        "figure",
        "mediaobject",
        "footnote",
        "blockquote",
    }
)


def docbook_blocks(root: Element, dropped: Counter[str]) -> Iterator[Block]:
    """The blocks of a DocBook document; editors' remarks and formalities are counted."""
    yield from _Walker(dropped).element(root)


class _Walker:
    def __init__(self, dropped: Counter[str]) -> None:
        self._dropped = dropped
        self._depth = 0

    def element(self, element: Element, kind: BlockKind = BlockKind.PARAGRAPH) -> Iterator[Block]:
        name = local_name(element)
        if name in _DROPPED or not name:
            self._dropped["formality"] += len("".join(element.itertext()).strip()) if name else 0
        elif name in _DIVISIONS:
            self._depth += 1
            yield from self._children(element, BlockKind.PARAGRAPH)
            self._depth -= 1
        elif name == "title":
            yield from self._paragraph(element, BlockKind.HEADING)
        elif name in _CODE:
            text = "".join(element.itertext()).strip("\n")
            if text.strip():
                yield Block(BlockKind.CODE, text)
        elif name in {"table", "informaltable"}:
            yield from self._table(element)
        elif name in {"listitem", "step", "member", "callout"}:
            yield from self._children(element, BlockKind.LIST_ITEM)
        elif name == "footnote":
            yield from self._children(element, BlockKind.NOTE)
        elif name == "blockquote":
            yield from self._children(element, BlockKind.QUOTE)
        elif name in _PARAGRAPHS or (element.text or "").strip():
            yield from self._paragraph(element, kind)
        else:
            yield from self._children(element, kind)

    def _children(self, element: Element, kind: BlockKind) -> Iterator[Block]:
        for child in element:
            yield from self.element(child, kind)

    def _paragraph(self, element: Element, kind: BlockKind) -> Iterator[Block]:
        """A paragraph; lists and listings inside it are blocks of their own."""
        flow = FlowWriter()
        inner: list[Element] = []
        self._write(element, flow, inner)
        text = flow.take().text
        if text:
            yield Block(kind, text, level=max(self._depth, 1) if kind is BlockKind.HEADING else 0)
        for one in inner:
            yield from self.element(one)

    def _write(self, element: Element, flow: FlowWriter, inner: list[Element]) -> None:
        flow.write(element.text or "")
        for child in element:
            name = local_name(child)
            if name in _CONTAINERS_INSIDE_PARAGRAPHS:
                inner.append(child)
            elif name and name not in _DROPPED:
                self._write(child, flow, inner)
            flow.write(child.tail or "")

    def _table(self, element: Element) -> Iterator[Block]:
        for title in element.iterchildren("{*}title"):
            yield from self._paragraph(title, BlockKind.PARAGRAPH)
        grid = []
        for row in element.iter("{*}row"):
            is_head = local_name(row.getparent()) == "thead"
            grid.append([Cell(self._cell(entry), is_head) for entry in row.iterchildren("{*}entry")])
        for telling in tell_grid(grid):
            yield Block(BlockKind.TABLE_ROW, telling.text)

    def _cell(self, entry: Element) -> str:
        return " ".join(block.text for block in self._paragraph(entry, BlockKind.PARAGRAPH))
