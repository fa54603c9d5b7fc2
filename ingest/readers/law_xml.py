"""Laws in the schema of e-Gov (法令標準XML) → blocks as a printed law has them.

Captions, article numbers, paragraphs and items stand as text, 「第一条　この法律は…」, so that articles are
found as in any other file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ingest.readers.base import Block, BlockKind
from ingest.readers.grids import Cell, tell_grid
from ingest.readers.trees import Element, local_name
from rag.types import Annotation

_HEADINGS = {
    "PartTitle": 1,
    "ChapterTitle": 2,
    "SectionTitle": 3,
    "SubsectionTitle": 4,
    "DivisionTitle": 5,
    "SupplProvisionLabel": 2,
    "AppdxTableTitle": 2,
    "AppdxStyleTitle": 2,
    "AppdxNoteTitle": 2,
    "AppdxTitle": 2,
    "PreambleLabel": 2,
}
_LABELS = frozenset(
    {"ArticleTitle", "ParagraphNum", "ItemTitle", *(f"Subitem{depth}Title" for depth in range(1, 11))}
)
_TEXTS = frozenset(
    {
        "LawNum",
        "ArticleCaption",
        "ParagraphCaption",
        "Sentence",
        "RelatedArticleNum",
        "Remarks",
        "SupplNote",
        "EnactStatement",
    }
)
_SENTENCES = frozenset(
    {
        "ParagraphSentence",
        "ItemSentence",
        "ListSentence",
        *(f"Subitem{depth}Sentence" for depth in range(1, 11)),
    }
)


def law_blocks(root: Element, dropped: Counter[str]) -> Iterator[Block]:
    """The blocks of a law; its table of contents is counted."""
    yield from _Law(dropped).element(root)


class _Law:
    """Goes through a law once; a number waits for the sentence that it stands before."""

    def __init__(self, dropped: Counter[str]) -> None:
        self._dropped = dropped
        self._label = ""

    def element(self, element: Element) -> Iterator[Block]:
        name = local_name(element)
        if name == "TOC":
            self._dropped["table-of-contents"] += len("".join(element.itertext()))
        elif name in _HEADINGS:
            yield from self._block(element, BlockKind.HEADING, _HEADINGS[name])
        elif name in _LABELS:
            self._label += "".join(element.itertext()).strip()
        elif name in _SENTENCES or name in _TEXTS:
            yield from self._block(element, BlockKind.PARAGRAPH)
        elif name == "TableStruct":
            yield from self._table(element)
        elif name != "LawTitle":
            for child in element:
                yield from self.element(child)

    def _block(self, element: Element, kind: BlockKind, level: int = 0) -> Iterator[Block]:
        text, annotations = "", []
        for piece, reading in _pieces(element):
            if reading:
                annotations.append((len(text), len(text) + len(piece), reading))
            text += piece
        label, self._label = self._label, ""
        lead = f"{label}　" if label and text else label
        if lead or text:
            moved = (
                Annotation("ruby", len(lead) + a, len(lead) + b, reading) for a, b, reading in annotations
            )
            yield Block(kind, lead + text, level=level, annotations=tuple(moved))

    def _table(self, element: Element) -> Iterator[Block]:
        grid = [
            [Cell(" ".join("".join(cell.itertext()).split())) for cell in row.iterchildren("{*}TableColumn")]
            for row in element.iter("{*}TableRow")
        ]
        for telling in tell_grid(grid):
            yield Block(BlockKind.TABLE_ROW, telling.text)


def _pieces(element: Element) -> Iterator[tuple[str, str]]:
    """Text and its ruby; columns of one sentence (「用語」「意味」) are set apart by a wide blank."""
    yield (element.text or "").strip("\n"), ""
    for child in element:
        name = local_name(child)
        if name == "Ruby":
            reading = "".join("".join(one.itertext()) for one in child.iterchildren("{*}Rt"))
            yield (child.text or ""), reading
        elif name != "Rt":
            if name == "Column" and child.getprevious() is not None:
                yield "　", ""
            yield from _pieces(child)
        yield (child.tail or "").strip("\n"), ""
