"""Summaries as Markdown with footnotes ``[^1]``; text of documents is escaped, it never acts as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.summary.export.outline import Block, Grid, Heading, Page, Paragraph, Run, blocks
from rag.types import Citation, Span

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_LINE_START = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")


def to_markdown(page: Page) -> str:
    """The whole page, footnotes at its end."""
    notes = Notes()
    body = "\n\n".join(_block(block, notes) for block in blocks(page))
    return f"{_lists_closed(body)}\n\n{chr(10).join(notes.lines())}\n"


def escape_markdown(text: str) -> str:
    r"""Characters that mean something in Markdown, made plain: 「[1]」 → 「\[1\]」."""
    flat = " ".join(text.split())
    return _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", flat))


def note_text(citation: Citation) -> str:
    """「就業規則.txt 第3章 > 第20条（12行目）「…」」."""
    place = f"（{citation.place}）" if citation.place else ""
    heading = " > ".join(citation.heading_path)
    where = " ".join(filter(None, (citation.document.name, heading)))
    return f"{where}{place}「{' '.join(citation.quote.split())}」"


class Notes:
    """Numbers the citations of a page by first use, one number for each span of a document."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, Span], int] = {}
        self.citations: list[Citation] = []
        """By number, from 1."""

    def number(self, citation: Citation) -> int:
        """The footnote's number."""
        key = (citation.document.id, Span(citation.start, citation.end))
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.citations.append(citation)
        return self._numbers[key]

    def lines(self) -> Iterator[str]:
        """The footnotes as Markdown."""
        for number, citation in enumerate(self.citations, start=1):
            yield f"[^{number}]: {escape_markdown(note_text(citation))}"


def _block(block: Block, notes: Notes) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {escape_markdown(text)}"
        case Paragraph(runs, is_item):
            return ("- " if is_item else "") + "".join(_run(run, notes) for run in runs)
        case Grid(rows):
            lines = ["| " + " | ".join(_run(run, notes) for run in row) + " |" for row in rows]
            rule = "|" + " --- |" * len(rows[0])
            return "\n".join([lines[0], rule, *lines[1:]])


def _run(run: Run, notes: Notes) -> str:
    marks = "".join(f"[^{notes.number(citation)}]" for citation in run.citations)
    return escape_markdown(run.text) + marks


def _lists_closed(text: str) -> str:
    """Points of one list stand below each other without a blank line."""
    return re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", text)
