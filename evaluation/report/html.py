"""Pages as one HTML file that needs nothing else: styles inside, charts inline, no script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from evaluation.report.pages import Block, Chart, Heading, Page, Paragraph, Table
from evaluation.report.tables import Row

_STYLE_FILE = Path(__file__).with_name("style.css")


def render_html(page: Page) -> str:
    """The whole page; text of questions and documents stands in it as text alone."""
    body = "\n".join(_parts(page.blocks))
    title, style = escape(page.title), _STYLE_FILE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="ja"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{style}</style></head>\n<body><h1>{title}</h1>\n{body}\n</body></html>\n"
    )


def _parts(blocks: Sequence[Block]) -> Iterator[str]:
    """Charts that follow each other stand side by side."""
    for are_charts, group in groupby(blocks, key=lambda block: isinstance(block, Chart)):
        parts = "".join(map(_block, group))
        yield f'<div class="charts">{parts}</div>' if are_charts else parts


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Chart(svg):
            return svg
        case Table(rows, numbers):
            heading, *others = rows
            body = "".join(_row("td", row) for row in others)
            kind = ' class="numbers"' if numbers else ""
            head = f"<thead>{_row('th', heading)}</thead>"
            return f'<div class="scroll"><table{kind}>{head}<tbody>{body}</tbody></table></div>'


def _row(tag: str, cells: Row) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"
