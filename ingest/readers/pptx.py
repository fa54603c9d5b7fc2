"""PowerPoint slides: title, text, tables, diagrams and speaker notes, slide by slide.

The order is that in which PowerPoint reads a slide aloud. Hidden slides and shapes, shapes beside the
slide, dates, footers and slide numbers are left out and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.drawing_text import drawing_paragraphs
from ingest.readers.grids import Cell, tell_grid
from ingest.readers.ooxml import MC, A, P, Package, R
from ingest.readers.trees import Element, local_name
from rag.errors import DamagedDocument
from rag.types import Locator

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "sldNum", "hdr"})
_LISTS = frozenset({None, "body", "obj"})


def read(data: bytes, name: str) -> Reading:
    """Read a presentation."""
    package = Package(data, name)
    main = package.main_part()
    root = package.part(main)
    if root is None:
        raise DamagedDocument(f"{name}: there are no slides in it: get a fresh copy")
    dropped: Counter[str] = Counter()
    blocks: list[Block] = []
    num_charts = 0
    for number, path in enumerate(_slide_paths(package, main, root), 1):
        slide = _Slide(package, path, number, _size(root), dropped)
        blocks += slide.blocks()
        num_charts += slide.num_charts
    title, attributes = package.properties()
    return Reading(
        blocks=tuple(blocks),
        media_type=MEDIA_TYPE,
        title=next((block.text for block in blocks if block.kind is BlockKind.HEADING), title),
        attributes=attributes,
        warnings=(f"{num_charts} charts were not read",) if num_charts else (),
        dropped={reason: num for reason, num in dropped.items() if num},
    )


def _slide_paths(package: Package, main: str, root: Element) -> Iterator[str]:
    targets = dict(package.related(main, "slide"))
    for one in root.iterfind(f"{P}sldIdLst/{P}sldId"):
        path = targets.get(one.get(f"{R}id"))
        if path is not None:
            yield path


def _size(root: Element) -> tuple[int, int]:
    size = root.find(f"{P}sldSz")
    return (int(size.get("cx")), int(size.get("cy"))) if size is not None else (0, 0)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape with text, and what its placeholder is for."""

    element: Element
    is_placeholder: bool
    purpose: str | None


class _Slide:
    """One slide with its notes."""

    def __init__(
        self, package: Package, path: str, number: int, size: tuple[int, int], dropped: Counter[str]
    ) -> None:
        self.num_charts = 0
        self._package = package
        self._path = path
        self._number = number
        self._size = size
        self._dropped = dropped

    def blocks(self) -> list[Block]:
        root = self._package.part(self._path)
        if root is None:
            return []
        if root.get("show") in {"0", "false"}:
            self._dropped["hidden-slide"] += _num_chars(root)
            return []
        place = Locator(0, 0, page=self._number, part="slide")
        titles: list[Block] = []
        others: list[Block] = []
        for block in self._tree(root.find(f"{P}cSld/{P}spTree")):
            (titles if block.kind is BlockKind.HEADING else others).append(replace(block, place=place))
        return [*titles, *others, *self._notes()]

    def _tree(self, tree: Element | None) -> Iterator[Block]:
        for child in tree if tree is not None else ():
            yield from self._shape(child)

    def _shape(self, element: Element) -> Iterator[Block]:
        name = local_name(element)
        if name == "AlternateContent":
            yield from self._tree(element.find(f"{MC}Choice"))
        elif self._is_hidden(element):
            self._dropped["hidden-shape"] += _num_chars(element)
        elif name == "grpSp":
            yield from self._tree(element)
        elif name == "graphicFrame":
            yield from self._frame(element)
        elif name == "pic":
            self._dropped["picture-description"] += len(_properties(element).get("descr") or "")
        elif name == "sp":
            yield from self._text_shape(element)

    def _text_shape(self, element: Element) -> Iterator[Block]:
        holder = element.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
        purpose = holder.get("type") if holder is not None else None
        if purpose in _FURNITURE:
            self._dropped["slide-furniture"] += _num_chars(element)
            return
        body = element.find(f"{P}txBody")
        if body is None:
            return
        if purpose in _TITLES:
            text = " ".join("".join(block.text for block in drawing_paragraphs(body, listed=False)).split())
            if text:
                yield Block(BlockKind.HEADING, text, level=1)
        else:
            yield from drawing_paragraphs(body, listed=holder is not None and purpose in _LISTS)

    def _frame(self, element: Element) -> Iterator[Block]:
        table = element.find(f".//{A}tbl")
        if table is not None:
            yield from _table(table)
            return
        data = element.find(f"{A}graphic/{A}graphicData")
        uri = data.get("uri") or "" if data is not None else ""
        if uri.endswith("/chart"):
            self.num_charts += 1
        elif uri.endswith("/diagram"):
            yield from self._diagram(data)

    def _diagram(self, data: Element) -> Iterator[Block]:
        """The texts of a SmartArt diagram, in the order of its points."""
        wanted = next((one.get(f"{R}dm") for one in data if one.get(f"{R}dm")), None)
        path = dict(self._package.related(self._path, "diagramData")).get(wanted or "")
        root = self._package.part(path) if path else None
        for body in (
            root.iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}t")
            if root is not None
            else ()
        ):
            yield from drawing_paragraphs(body, listed=True)

    def _notes(self) -> Iterator[Block]:
        root = self._package.related_part(self._path, "notesSlide")
        place = Locator(0, 0, page=self._number, part="notes")
        for shape in root.iter(f"{P}sp") if root is not None else ():
            holder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
            body = shape.find(f"{P}txBody")
            if body is not None and holder is not None and holder.get("type") == "body":
                for block in drawing_paragraphs(body, listed=False):
                    yield Block(BlockKind.NOTE, block.text, place=place)

    def _is_hidden(self, element: Element) -> bool:
        """Marked as hidden, or wholly beside the slide."""
        if _properties(element).get("hidden") in {"1", "true"}:
            return True
        offset, extent = element.find(f"{P}spPr/{A}xfrm/{A}off"), element.find(f"{P}spPr/{A}xfrm/{A}ext")
        if offset is None or extent is None or not all(self._size):
            return False
        left, top = int(offset.get("x", 0)), int(offset.get("y", 0))
        right, bottom = left + int(extent.get("cx", 0)), top + int(extent.get("cy", 0))
        return right <= 0 or bottom <= 0 or left >= self._size[0] or top >= self._size[1]


def _properties(element: Element) -> Element:
    """``p:cNvPr`` of a shape, or an empty mapping."""
    for holder in element:
        found = holder.find(f"{P}cNvPr")
        if found is not None:
            return found
    return {}


def _num_chars(element: Element) -> int:
    return sum(len(text.text or "") for text in element.iter(f"{A}t"))


def _table(table: Element) -> Iterator[Block]:
    properties = table.find(f"{A}tblPr")
    has_heads = properties is not None and properties.get("firstRow") in {"1", "true"}
    grid: list[list[Cell]] = []
    for row in table.iterfind(f"{A}tr"):
        is_head = has_heads and not grid
        line: list[Cell] = []
        for cell in row.iterfind(f"{A}tc"):
            line.append(_cell(cell, line, grid, is_head=is_head))
        grid.append(line)
    for telling in tell_grid(grid):
        yield Block(BlockKind.TABLE_ROW, telling.text)


def _cell(cell: Element, line: list[Cell], grid: list[list[Cell]], *, is_head: bool) -> Cell:
    """The text of a cell; one that is merged with the cell above repeats it."""
    if cell.get("vMerge") in {"1", "true"} and grid and len(line) < len(grid[-1]):
        return grid[-1][len(line)]
    if cell.get("hMerge") in {"1", "true"} and line:
        return Cell(line[-1].text if is_head else "", is_head)
    body = cell.find(f"{A}txBody")
    text = (
        "\n".join(block.text for block in drawing_paragraphs(body, listed=False)) if body is not None else ""
    )
    return Cell(text, is_head)
