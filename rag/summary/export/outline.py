"""What a page of a summary holds, in order, before it is Markdown or Word: blocks of text with notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.summary.base import Fact, Format, Summary, SummaryTable
from rag.summary.changes import Changes
from rag.summary.comparison import Comparison
from rag.summary.facts import places_by_kind
from rag.summary.minutes import ItemKind, MinutesItem
from rag.types import Citation, Statement, Verdict

VERDICTS = {
    Verdict.VERBATIM: "原文",
    Verdict.SUPPORTED: "確認済み",
    Verdict.PARTLY: "一部確認",
    Verdict.UNSUPPORTED: "未確認",
    Verdict.CONTRADICTED: "矛盾のおそれ",
}
"""What a verdict is called; only what is not sure is shown beside a sentence."""

_SURE = frozenset({Verdict.VERBATIM, Verdict.SUPPORTED})


@dataclass(frozen=True, slots=True)
class Run:
    """Text and the citations behind it."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a level from 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs on one line; ``is_item`` makes it a point of a list."""

    runs: tuple[Run, ...]
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first row heads it."""

    rows: tuple[tuple[Run, ...], ...]


Block = Heading | Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that a run of the command made; a short page leaves facts and tables to programs."""

    summaries: tuple[Summary, ...]
    layout: Format = Format.PARAGRAPH
    minutes: tuple[tuple[MinutesItem, ...], ...] = ()
    changes: Changes | None = None
    comparison: Comparison | None = None
    is_short: bool = False


def blocks(page: Page) -> Iterator[Block]:
    """The page in reading order."""
    if page.changes:
        yield from changes_blocks(page.changes)
        return
    for number, summary in enumerate(page.summaries):
        yield Heading(1, summary.title)
        if page.minutes:
            yield from minutes_blocks(page.minutes[number])
        else:
            yield from _statements(summary, page.layout)
        if not page.is_short:
            yield from table_blocks(summary.tables)
            yield from fact_blocks(summary.facts)
        yield Heading(2, "どの部分から取ったか")
        yield Paragraph((Run(coverage_line(summary)),))
        for note in summary.notes:
            yield Paragraph((Run(f"※ {note}"),))
    if page.comparison:
        yield from comparison_blocks(page.comparison)


def _statements(summary: Summary, layout: Format) -> Iterator[Block]:
    for chapter in summary.chapters:
        if chapter.title:
            yield Heading(2, chapter.title)
        runs = tuple(_run(statement) for statement in chapter.statements)
        if layout is Format.LIST:
            yield from (Paragraph((run,), is_item=True) for run in runs)
        elif runs:
            yield Paragraph(runs)


def _run(statement: Statement) -> Run:
    mark = "" if statement.verdict in _SURE else f"（{VERDICTS[statement.verdict]}）"
    return Run(statement.text + mark, statement.citations)


def minutes_blocks(items: Sequence[MinutesItem]) -> Iterator[Block]:
    """The three lists; an empty one says so."""
    for kind in ItemKind:
        yield Heading(2, kind.value)
        listed = [item for item in items if item.kind is kind]
        if not listed:
            yield Paragraph((Run("（見つかりませんでした）"),))
        elif kind is ItemKind.TASK:
            head = (Run("内容"), Run("担当"), Run("期限"))
            yield Grid((head, *((Run(i.text, (i.citation,)), Run(i.who), Run(i.until)) for i in listed)))
        else:
            yield from (Paragraph((Run(i.text, (i.citation,)),), is_item=True) for i in listed)


def changes_blocks(changes: Changes) -> Iterator[Block]:
    """One table: what, where, before, after."""
    yield Heading(1, f"変更点: {changes.before} → {changes.after}")
    head = (Run("種別"), Run("箇所"), Run("旧"), Run("新"), Run("差"))
    rows = (
        (
            Run(change.kind.value),
            Run(change.title),
            _cell(change.before),
            _cell(change.after),
            Run("、".join(f"{a or '（なし）'} → {b or '（なし）'}" for a, b in change.pieces)),
        )
        for change in changes.changes
    )
    yield Grid((head, *rows))
    yield Paragraph((Run(f"変わらない文: {changes.num_same:,}"),))
    if changes.num_left_out:
        yield Paragraph((Run(f"※ 長いため比べなかった文: {changes.num_left_out:,}"),))


def comparison_blocks(comparison: Comparison) -> Iterator[Block]:
    """The table of what documents share and where they differ."""
    yield Heading(1, "共通点と相違点")
    head = (Run("事項"), Run("関係"), *map(Run, comparison.titles))
    rows = ((Run(row.topic), Run(row.agreement.value), *map(_cell, row.cells)) for row in comparison.rows)
    yield Grid((head, *rows))
    if comparison.num_left_out:
        yield Paragraph((Run(f"※ ほかに{comparison.num_left_out:,}行あります"),))


def _cell(citation: Citation | None) -> Run:
    return Run(citation.quote, (citation,)) if citation else Run("—")


def table_blocks(tables: Sequence[SummaryTable]) -> Iterator[Block]:
    """The document's own tables; each row is cited at its first cell."""
    for table in tables:
        yield Heading(2, f"表: {table.title}")
        width = max(len(table.header), *(len(row) for row in table.rows))
        head = (*table.header, *[""] * (width - len(table.header)))
        body = (
            (Run(row[0], (citation,)), *map(Run, row[1:]), *[Run("")] * (width - len(row)))
            for row, citation in zip(table.rows, table.citations, strict=True)
        )
        yield Grid((tuple(map(Run, head)), *body))
        if table.num_left_out:
            yield Paragraph((Run(f"※ ほかに{table.num_left_out:,}行あります"),))


def fact_blocks(facts: Sequence[Fact]) -> Iterator[Block]:
    """Dates, amounts, names and terms, each with its places."""
    for kind, found in places_by_kind(facts).items():
        yield Heading(2, kind)
        for fact in found:
            told = f"{fact.text}: {fact.definition}" if fact.definition else fact.text
            more = f"（{fact.num_places:,}か所）" if fact.num_places > 1 else ""
            yield Paragraph((Run(told + more, fact.citations[:1]),), is_item=True)


_FULL, _HALF, _EMPTY = "█", "▄", "·"
_MANY = 2


def coverage_strip(summary: Summary, width: int = 60) -> str:
    """One sign for each part, or for neighbouring parts together: █ several statements, ▄ one, · none."""
    counts = [part.num_statements for part in summary.coverage]
    if len(counts) > width:
        edges = [len(counts) * place // width for place in range(width + 1)]
        counts = [max(counts[a:b]) for a, b in pairwise(edges)]
    return "".join(_FULL if count >= _MANY else _HALF if count else _EMPTY for count in counts)


def coverage_line(summary: Summary) -> str:
    """The strip, and how many parts gave something."""
    gave = sum(part.num_statements > 0 for part in summary.coverage)
    return f"[{coverage_strip(summary)}] {len(summary.coverage):,}のうち{gave:,}の部分から"
