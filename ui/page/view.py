"""What the page shows of an answer: values made once, when the answer is done.

They hold the surroundings of every quotation, so that a session's history costs no look-ups and keeps
showing what was cited, also when the document has changed or gone since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from rag.answering.conflicts import DISAGREEMENT
from rag.answering.versions import day_label, force_label
from rag.errors import DocumentNotFound
from rag.types import Answer, Citation, Document, DocumentInfo, Hit, Scope, Span, Statement, Verdict
from ui.cli.render import FLAGS
from ui.page.excerpt import Excerpt, surroundings

MAX_NEAREST = 5

VERDICTS = {
    Verdict.PARTLY: "一部だけ根拠あり",
    Verdict.UNSUPPORTED: "根拠なし",
    Verdict.CONTRADICTED: "資料と食い違い",
}
"""Verdicts that a reader is warned of; the others need no word."""

ANSWERERS = {"extractive": "原文の抜き出し", "generative": "生成した文"}


class Documents(Protocol):
    """The part of a store that a view reads."""

    def document(self, document_id: str, scope: Scope) -> Document:
        """The whole document, or DocumentNotFound."""
        ...


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source of an answer: where it stands and the words around it.

    ``number`` is that of the citation; None for a source that is only near, whose span is not quoted.
    ``warnings`` are lines for the reader, such as that the words mean to command a model.
    """

    number: int | None
    document: DocumentInfo
    heading_path: tuple[str, ...]
    place: str
    excerpt: Excerpt
    warnings: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """``[1] 就業規則 › 第5章 休暇 › 第20条 · 3ページ``; a heading that repeats the title is left out."""
        number = "" if self.number is None else f"[{self.number}] "
        title = self.document.title or self.document.name
        headings = [heading for heading in self.heading_path if heading != title]
        place = f" · {self.place}" if self.place else ""
        return number + " › ".join([title, *headings]) + place


@dataclass(frozen=True, slots=True)
class StatementView:
    """One sentence with the numbers of its citations and, where a reader must be warned, its verdict.

    ``short`` are the words of it that were asked for: 「二十日」.
    """

    text: str
    numbers: tuple[int, ...]
    warning: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class SideView:
    """One side of a conflict: the number of its citation, its days in words, and its sentence."""

    number: int
    title: str
    days: str
    quote: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An answer as the page shows it; when it abstains, ``sources`` are the nearest ones.

    ``query`` is what was searched where that is not the question as asked; ``text`` is the whole answer in
    words, for the questions that follow.
    """

    statements: tuple[StatementView, ...]
    sources: tuple[SourceView, ...]
    abstained: bool
    notes: tuple[str, ...]
    footer: str
    query: str = ""
    text: str = ""
    conflicts: tuple[tuple[SideView, ...], ...] = ()


def view_answer(answer: Answer, documents: Documents, scope: Scope) -> AnswerView:
    """Everything the page shows of ``answer``, read within ``scope``."""
    sources = _nearest(answer.hits) if answer.abstained else answer.citations
    return AnswerView(
        statements=_view_statements(answer),
        sources=tuple(_view_source(source, documents, scope) for source in sources),
        abstained=answer.abstained,
        notes=tuple(note for note in answer.notes if not note.startswith(DISAGREEMENT)),
        footer=f"{ANSWERERS.get(answer.answerer, answer.answerer)} · {answer.elapsed_seconds:.1f}秒",
        query=answer.query,
        text=answer.text,
        conflicts=tuple(
            tuple(_view_side(citation, answer.as_of or dt.date.today()) for citation in conflict.citations)
            for conflict in answer.conflicts
        ),
    )


def _view_side(citation: Citation, day: dt.date) -> SideView:
    document = citation.document
    days = force_label(document.attributes, day)
    return SideView(citation.number, document.title or document.name, days, citation.quote)


def _view_statements(answer: Answer) -> tuple[StatementView, ...]:
    views = tuple(map(view_statement, answer.statements))
    return (replace(views[0], short=answer.short_answer), *views[1:]) if views else ()


def view_statement(statement: Statement) -> StatementView:
    """One sentence as the page shows it."""
    numbers = tuple(citation.number for citation in statement.citations)
    return StatementView(statement.text, numbers, VERDICTS.get(statement.verdict, ""))


def _nearest(hits: Iterable[Hit]) -> list[Citation]:
    """The best hit of each heading, as a citation without a number."""
    best: dict[tuple[str, tuple[str, ...]], Hit] = {}
    for hit in hits:
        best.setdefault((hit.document.id, hit.chunk.heading_path), hit)
    return [_as_citation(hit) for hit in list(best.values())[:MAX_NEAREST]]


def _as_citation(hit: Hit) -> Citation:
    chunk = hit.chunk
    place = chunk.locator.label if chunk.locator else ""
    return Citation(0, hit.document, chunk.id, chunk.start, chunk.end, chunk.text, chunk.heading_path, place)


def _view_source(citation: Citation, documents: Documents, scope: Scope) -> SourceView:
    return SourceView(
        citation.number or None,
        citation.document,
        citation.heading_path,
        citation.place,
        _excerpt(citation, documents, scope),
        tuple(FLAGS.get(flag, flag) for flag in citation.flags),
    )


def _excerpt(citation: Citation, documents: Documents, scope: Scope) -> Excerpt:
    """The surroundings, or the quotation alone when the document has changed or gone meanwhile."""
    span = Span(citation.start, citation.end)
    try:
        text = documents.document(citation.document.id, scope).text
    except DocumentNotFound:
        text = ""
    if text[span.start : span.end] != citation.quote:
        return Excerpt("", citation.quote, "")
    return surroundings(text, span)


def scope_label(scope: Scope) -> str:
    """The limits of a search in words: ``社内規程、就業規則.txt``; nothing when all is searched."""
    names = sorted(PurePosixPath(source).name for source in scope.sources)
    days = [f"{day_label(scope.as_of)}に有効な資料"] if scope.as_of else []
    return "、".join([*days, *sorted(scope.collections), *names])
