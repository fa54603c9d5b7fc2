"""Summaries as JSON: statements with verdicts and citations, coverage, facts, tables, comparison."""

from __future__ import annotations

from typing import Any

from rag.summary.base import Fact, Summary, SummaryTable
from rag.summary.changes import Change, Changes
from rag.summary.comparison import Comparison
from rag.summary.export.outline import Page, coverage_strip
from rag.summary.minutes import MinutesItem
from rag.types import Citation
from ui.cli.asjson import citation_json


def page_json(page: Page) -> dict[str, Any]:
    """Everything on the page."""
    return {
        "format": page.layout,
        "summaries": [summary_json(summary) for summary in page.summaries],
        "minutes": [[_item_json(item) for item in items] for items in page.minutes],
        "changes": _changes_json(page.changes) if page.changes else None,
        "comparison": _comparison_json(page.comparison) if page.comparison else None,
    }


def summary_json(summary: Summary) -> dict[str, Any]:
    """One summary; statements name their citations by number."""
    return {
        "title": summary.title,
        "source": summary.source,
        "method": summary.method,
        "summary": summary.text,
        "chars": summary.num_chars,
        "elapsed_seconds": summary.elapsed_seconds,
        "notes": summary.notes,
        "support_rate": summary.support_rate,
        "chapters": [
            {
                "title": chapter.title,
                "statements": [
                    {
                        "text": statement.text,
                        "verdict": statement.verdict,
                        "citations": [citation.number for citation in statement.citations],
                    }
                    for statement in chapter.statements
                ],
            }
            for chapter in summary.chapters
        ],
        "citations": [citation_json(citation) for citation in summary.citations],
        "coverage": {
            "strip": coverage_strip(summary),
            "share": summary.coverage_share,
            "parts": [
                {
                    "title": part.title,
                    "heading_path": part.path,
                    "chars": part.num_chars,
                    "statements": part.num_statements,
                }
                for part in summary.coverage
            ],
        },
        "facts": [_fact_json(fact) for fact in summary.facts],
        "facts_by_kind": dict(summary.facts_by_kind),
        "tables": [_table_json(table) for table in summary.tables],
    }


def _fact_json(fact: Fact) -> dict[str, Any]:
    return {
        "kind": fact.kind,
        "text": fact.text,
        "value": fact.value,
        "definition": fact.definition,
        "num_places": fact.num_places,
        "citations": [citation_json(citation) for citation in fact.citations],
    }


def _table_json(table: SummaryTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "header": table.header,
        "rows": table.rows,
        "num_left_out": table.num_left_out,
        "citations": [citation_json(citation) for citation in table.citations],
    }


def _item_json(item: MinutesItem) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "text": item.text,
        "who": item.who,
        "until": item.until,
        "citation": citation_json(item.citation),
    }


def _changes_json(changes: Changes) -> dict[str, Any]:
    return {
        "before": changes.before,
        "after": changes.after,
        "num_same": changes.num_same,
        "num_left_out": changes.num_left_out,
        "changes": [_change_json(change) for change in changes.changes],
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "title": change.title,
        "before": _optional(change.before),
        "after": _optional(change.after),
        "replaced": [{"before": before, "after": after} for before, after in change.pieces],
    }


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "titles": comparison.titles,
        "num_left_out": comparison.num_left_out,
        "rows": [
            {"topic": row.topic, "agreement": row.agreement, "cells": [_optional(cell) for cell in row.cells]}
            for row in comparison.rows
        ],
    }


def _optional(citation: Citation | None) -> dict[str, Any] | None:
    return citation_json(citation) if citation else None
