"""HTML of the page: tags are ours, the text of documents and models stands in it as text alone."""

from __future__ import annotations

from collections.abc import Iterable

from ui.page.escape import escape_html
from ui.page.excerpt import Excerpt
from ui.page.view import SideView, StatementView


def statements_html(statements: Iterable[StatementView], *, is_draft: bool = False) -> str:
    """Statements with the numbers of their citations: ``年20日とする。<sup>[1]</sup>``.

    A draft is what a model is still writing, paler because nothing of it is checked yet.
    """
    css_class = "sr-answer sr-draft" if is_draft else "sr-answer"
    body = " ".join(map(_statement_html, statements))
    return f'<div class="{css_class}" lang="ja">{body}</div>'


def _statement_html(statement: StatementView) -> str:
    numbers = "".join(f"<sup>[{number}]</sup>" for number in statement.numbers)
    warning = f'<span class="sr-warning">{escape_html(statement.warning)}</span>' if statement.warning else ""
    before, short, after = (
        statement.text.partition(statement.short) if statement.short else (statement.text, "", "")
    )
    answer = f'<b class="sr-short">{escape_html(short)}</b>' if short else ""
    text = f"{escape_html(before)}{answer}{escape_html(after)}"
    return f'<span class="sr-statement">{text}</span>{numbers}{warning}'


def excerpt_html(excerpt: Excerpt, *, is_quoted: bool) -> str:
    """The surroundings; the quotation is marked when an answer rests on it."""
    before = ("… " if excerpt.cut_before else "") + excerpt.before
    after = excerpt.after + (" …" if excerpt.cut_after else "")
    quote = escape_html(excerpt.quote)
    return (
        '<div class="sr-excerpt" lang="ja">'
        f'<span class="sr-around">{escape_html(before)}</span>'
        f"{f'<mark>{quote}</mark>' if is_quoted else quote}"
        f'<span class="sr-around">{escape_html(after)}</span></div>'
    )


def conflict_html(sides: Iterable[SideView]) -> str:
    """Sentences that disagree, the one in force first, each with its number and days."""
    rows = "".join(
        f'<div class="sr-side"><sup>[{side.number}]</sup> <b>{escape_html(side.days)}</b> '
        f'<span class="sr-around">{escape_html(side.title)}</span><br>{escape_html(side.quote)}</div>'
        for side in sides
    )
    return f'<div class="sr-conflict" lang="ja"><b>資料によって内容が異なります</b>{rows}</div>'


def plain_html(text: str, css_class: str) -> str:
    """A block of text in a class of ``style.css``."""
    return f'<div class="{css_class}" lang="ja">{escape_html(text)}</div>'
