"""Summaries on a terminal: the statements with numbers, where they come from, and what else is in there."""

from __future__ import annotations

from collections.abc import Iterator

import click

from rag.summary.export.markdown import Notes, note_text
from rag.summary.export.outline import (
    Block,
    Grid,
    Heading,
    Page,
    Paragraph,
    Run,
    blocks,
)
from ui.cli.render import plain, shorten, table

_NOTE_CHARS = 120
_CELL_CHARS = 40


def show_page(page: Page) -> Iterator[str]:
    """The lines of everything on the page, sources at the end."""
    notes = Notes()
    for block in blocks(page):
        yield from _show(block, notes)
    yield ""
    for number, citation in enumerate(notes.citations, start=1):
        yield click.style(f"[{number}] ", bold=True) + shorten(note_text(citation), _NOTE_CHARS)


def _show(block: Block, notes: Notes) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield ""
            yield click.style(plain(text), bold=True, underline=level == 1)
        case Paragraph(runs, is_item):
            yield ("・" if is_item else "") + "".join(_run(run, notes) for run in runs)
        case Grid(rows):
            yield from table([[_cell(run, notes) for run in row] for row in rows])


def _run(run: Run, notes: Notes) -> str:
    return plain(run.text) + "".join(f"[{notes.number(citation)}]" for citation in run.citations)


def _cell(run: Run, notes: Notes) -> str:
    marks = "".join(f"[{notes.number(citation)}]" for citation in run.citations)
    return shorten(run.text, _CELL_CHARS) + marks
