"""The text of an RTF file on its way into blocks: paragraphs, cells and rows, footnotes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ingest.outline import heading_level
from ingest.readers.base import Block, BlockKind
from ingest.readers.grids import Cell, tell_grid
from ingest.readers.lines import BULLET
from ingest.readers.symbols import SYMBOLS
from rag.types import Annotation

_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_MAX_HEADING_CHARS = 120


@dataclass(slots=True)
class Flow:
    """What was gathered of the paragraph, cell and table that are open, and the blocks before them.

    ``level`` is that of a heading, from 1; 0 for plain text. ``is_listed``: the paragraph has a label of
    an automatic list.
    """

    level: int = 0
    is_in_table: bool = False
    is_listed: bool = False
    blocks: list[Block] = field(default_factory=list)
    _text: str = ""
    _marks: list[Annotation] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _rows: list[list[Cell]] = field(default_factory=list)

    def add(self, text: str, reading: str = "") -> None:
        """More text of the paragraph, perhaps with ruby; characters beyond U+FFFF come in halves."""
        if self._text and ord(self._text[-1]) in _HIGH and ord(text[0]) in _LOW:
            pair = (self._text[-1] + text[0]).encode("utf-16-le", "surrogatepass")
            self._text, text = self._text[:-1] + pair.decode("utf-16-le"), text[1:]
        start = len(self._text)
        self._text += text.translate(SYMBOLS)
        if reading and text:
            self._marks.append(Annotation("ruby", start, len(self._text), reading))

    def add_note(self, text: str) -> None:
        """A footnote, told after the paragraph that calls it."""
        if text.strip():
            self._notes.append(text.strip())

    def end_paragraph(self) -> None:
        """What was gathered is a block; inside a table it stays in its cell."""
        if self.is_in_table:
            self._text += "\n" if self._text else ""
            return
        self._end_table()
        if self._text.strip():
            self.blocks.append(self._block())
        self._end_notes()
        self._text, self._marks, self.is_listed = "", [], False

    def end_cell(self) -> None:
        """The text since the last cell is one."""
        self._cells.append(self._text.strip())
        self._text, self._marks = "", []

    def end_row(self) -> None:
        """The cells since the last row are one."""
        if any(self._cells):
            self._rows.append([Cell(text) for text in self._cells])
        self._cells, self.is_in_table = [], False

    def finish(self) -> list[Block]:
        """All blocks, also of what the file did not end."""
        self.is_in_table = False
        self.end_paragraph()
        return self.blocks

    def _block(self) -> Block:
        shown = self._text.strip()
        block = Block(BlockKind.PARAGRAPH, self._text, annotations=tuple(self._marks))
        level = self.level or (not self.is_listed and heading_level(shown)) or 0
        if level and len(shown) <= _MAX_HEADING_CHARS:
            return replace(block, kind=BlockKind.HEADING, level=level)
        is_item = self.is_listed or BULLET.match(shown) is not None
        return replace(block, kind=BlockKind.LIST_ITEM) if is_item else block

    def _end_table(self) -> None:
        if self._rows:
            self.blocks += (Block(BlockKind.TABLE_ROW, told.text) for told in tell_grid(self._rows))
            self._rows = []

    def _end_notes(self) -> None:
        self.blocks += (Block(BlockKind.NOTE, note) for note in self._notes)
        self._notes = []
