"""CSV and TSV as Excel and town halls write them: quoted newlines, cp932, titles over the header."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from ingest.encoding import decode
from ingest.readers.base import Block, BlockKind, Reading
from ingest.readers.rows import find_header, tell_table
from rag.types import Locator

MEDIA_TYPE = "text/csv"

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_CHARS = 50_000
_SAMPLE_RECORDS = 50
_MAX_LINES_IN_RECORD = 500
_MAX_CELL_CHARS = 100_000_000


class Record(NamedTuple):
    """One row with its lines in the file, counted from 1."""

    cells: list[str]
    first_line: int
    last_line: int


def read(data: bytes, name: str) -> Reading:
    """Read a table of text."""
    decoded = decode(data)
    delimiter = find_delimiter(decoded.text, name)
    warnings = decoded.warnings
    try:
        records = list(parse(decoded.text, delimiter))
    except _OpenQuote:
        records = list(parse(decoded.text, delimiter, quoting=csv.QUOTE_NONE))
        warnings = (*warnings, "a quotation mark is never closed: quotation marks were read as letters")
    return Reading(
        blocks=tuple(_blocks(records)),
        media_type=MEDIA_TYPE if delimiter != "\t" else "text/tab-separated-values",
        encoding=decoded.encoding,
        encoding_confidence=decoded.confidence,
        warnings=warnings,
    )


class _OpenQuote(Exception):
    """A cell goes on for so long that its quotation mark must be a letter."""


def find_delimiter(text: str, name: str = "") -> str:
    """The character between cells: the one that gives most rows the same number of cells, at least two."""
    sample = text[:_SAMPLE_CHARS]
    favourite = "\t" if name.lower().endswith((".tsv", ".tab")) else ","
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda one: (scores[one], one == favourite))


def _evenness(sample: str, delimiter: str) -> float:
    try:
        records = [record.cells for record in islice(parse(sample, delimiter), _SAMPLE_RECORDS)]
    except _OpenQuote:
        return 0.0
    widths = Counter(len(cells) for cells in records if len(cells) > 1)
    return widths.most_common(1)[0][1] / len(records) if widths else 0.0


def parse(text: str, delimiter: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL) -> Iterator[Record]:
    """The records of a table; blank lines are left out."""
    csv.field_size_limit(_MAX_CELL_CHARS)
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=delimiter, quoting=quoting)
    before = 0
    try:
        for cells in reader:
            if reader.line_num - before > _MAX_LINES_IN_RECORD:
                raise _OpenQuote
            if any(cell.strip() for cell in cells):
                yield Record(cells, before + 1, reader.line_num)
            before = reader.line_num
    except csv.Error as error:  # a cell longer than the module takes
        raise _OpenQuote from error


def _blocks(records: Sequence[Record]) -> Iterator[Block]:
    rows = [record.cells for record in records]
    kind = BlockKind.TABLE_ROW if max(map(len, rows), default=0) > 1 else BlockKind.PARAGRAPH
    for number, text in tell_table(rows, header_index=find_header(rows)):
        record = records[number]
        yield Block(kind, text, place=Locator(0, 0, lines=(record.first_line, record.last_line)))
