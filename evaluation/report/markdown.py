"""Pages as Markdown; charts are left to the HTML page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluation.report.pages import Block, Chart, Heading, Page, Paragraph, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+!|~$])")


def render_markdown(page: Page) -> str:
    """The page with a heading, tables and paragraphs; text of questions is shown as text."""
    blocks = ["\n".join(_lines(block)) for block in page.blocks]
    return "\n\n".join([f"# {escape_markdown(page.title)}", *filter(None, blocks)]) + "\n"


def escape_markdown(text: str) -> str:
    r"""On one line, without anything that Markdown would obey: ``<b>|`` → ``\<b\>\|``."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f"## {escape_markdown(text)}"
        case Paragraph(text):
            yield escape_markdown(text)
        case Table(rows, numbers):
            align = "---:" if numbers else "---"
            heading, *others = rows
            yield _row(heading)
            yield _row_of(["---", *[align] * (len(heading) - 1)])
            yield from map(_row, others)
        case Chart():
            return


def _row(cells: object) -> str:
    return _row_of([escape_markdown(cell) for cell in cells])  # type: ignore[attr-defined]


def _row_of(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
