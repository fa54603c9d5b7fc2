"""Values as one JSON document on standard output, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
import orjson

from ingest.report import FileReport, IngestReport
from rag.retrieval.explain import MatchedTerm
from rag.types import Answer, Citation, DocumentInfo, Hit


def print_json(value: Any) -> None:
    """Print the one document, indented, in UTF-8."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    click.echo(orjson.dumps(value, option=options, default=str))


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer with its statements, citations and hits."""
    return {
        "question": answer.question,
        "query": answer.query or answer.question,
        "as_of": answer.as_of,
        "answer": answer.text,
        "short_answer": answer.short_answer,
        "abstained": answer.abstained,
        "confidence": answer.confidence,
        "answerer": answer.answerer,
        "elapsed_seconds": answer.elapsed_seconds,
        "notes": answer.notes,
        "statements": [
            {
                "text": statement.text,
                "verdict": statement.verdict,
                "citations": [citation.number for citation in statement.citations],
            }
            for statement in answer.statements
        ],
        "conflicts": [[citation.number for citation in conflict.citations] for conflict in answer.conflicts],
        "missing": answer.missing,
        "citations": [citation_json(citation) for citation in answer.citations],
        "hits": [hit_json(hit) for hit in answer.hits],
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation; ``start`` and ``end`` are offsets into the document's text."""
    return {
        "number": citation.number,
        "source": citation.document.source,
        "collection": citation.document.collection,
        "title": citation.document.title,
        "heading_path": citation.heading_path,
        "place": citation.place,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "effective_from": citation.document.attributes.effective_from,
        "effective_to": citation.document.attributes.effective_to,
        "flags": citation.flags,
    }


def hit_json(hit: Hit, matched: Sequence[MatchedTerm] | None = None) -> dict[str, Any]:
    """A hit with its text, what each leg said, what says the same, and with ``matched`` why it was found."""
    explained = {} if matched is None else {"matched": [term._asdict() for term in matched]}
    return {
        "score": hit.score,
        "source": hit.document.source,
        "collection": hit.document.collection,
        "title": hit.document.title,
        "heading_path": hit.chunk.heading_path,
        "place": hit.chunk.locator.label if hit.chunk.locator else "",
        "start": hit.chunk.start,
        "end": hit.chunk.end,
        "text": hit.chunk.text,
        "legs": [leg._asdict() for leg in hit.legs],
        "duplicates": [
            {"source": one.document.source, "start": one.chunk.start, "end": one.chunk.end}
            for one in hit.duplicates
        ],
        **explained,
    }


def document_json(info: DocumentInfo) -> dict[str, Any]:
    """What a list shows of a document."""
    return {"name": info.name, **asdict(info)}


def report_json(report: IngestReport) -> dict[str, Any]:
    """The sums and every file."""
    return {
        "documents": report.num_documents,
        "chunks": report.num_chunks,
        "chars": report.num_chars,
        "elapsed_seconds": report.elapsed_seconds,
        "chars_per_second": report.chars_per_second,
        "skipped_by_reason": report.skipped_by_reason,
        "dropped_by_reason": report.dropped_by_reason,
        "files": [_file_json(file) for file in report.files],
    }


def _file_json(file: FileReport) -> dict[str, Any]:
    return {**asdict(file), "dropped": dict(file.dropped)}
