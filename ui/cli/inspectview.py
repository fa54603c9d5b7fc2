"""What was read of a file, as lines for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from ingest.inspection import Inspection
from rag.types import Annotation, Chunk, Document
from rag.types.targets import Target
from ui.cli.render import place_line, plain, shorten, table

SHOWN_KINDS = {
    "ruby": "ルビ",
    "date": "日付",
    "article": "条",
    "paragraph": "項",
    "item": "号",
    "definition": "定義された語",
    "term": "定義語の使用",
    "reference": "参照",
    "emphasis": "傍点・強調",
    "gaiji": "外字",
    "note": "注",
    "quoted": "引用",
    "code": "コード",
    "table-row": "表の行",
    "member": "中のファイル",
    "ocr": "文字認識",
    "instruction": "AI への指示のような文",
}
"""Kind of annotation → Japanese, in the order in which they are told."""

_NUMBERED = frozenset({"article", "paragraph", "item"})
"""Kinds whose value names them; their text is long."""
_VALUED = frozenset({"ruby", "date", "reference", "gaiji"})
"""Kinds whose value says something beside their text."""

_MAX_SECTIONS = 30
_MAX_EXAMPLES = 4
_NAME_CHARS = 40
_CHUNK_CHARS = 120
_SURE = 0.995


def inspection_lines(found: Inspection, num_chunks: int) -> Iterator[str]:
    """Facts of the file, headings, what is known of spans, what was left out, the first chunks."""
    yield from table(_facts(found))
    yield from _sections(found.document)
    yield from _annotations(found)
    yield from _block("注意", [plain(warning) for warning in found.warnings])
    yield from _block("取り込まない文字", [f"{reason} {count:,}" for reason, count in found.dropped.items()])
    yield from _chunks(found.chunks, num_chunks)


def _facts(found: Inspection) -> Iterator[tuple[str, str]]:
    document, attributes = found.document, found.document.attributes
    yield "ファイル", document.source
    yield "題名", document.title
    yield "種類", document.media_type
    if document.encoding:
        yield "文字コード", f"{document.encoding}{_how_sure(found.encoding_confidence)}"
    yield "大きさ", f"{document.size_bytes:,} バイト、{len(document.text):,} 文字、断片 {len(found.chunks):,}"
    if found.pages:
        yield "ページ", f"{len(found.pages):,} ({found.pages[0]}〜{found.pages[-1]})"
    if found.sheets:
        yield "シート", "、".join(found.sheets)
    known = (
        ("著者", attributes.author),
        ("日付", attributes.date),
        ("施行日", attributes.effective_from),
        ("廃止日", attributes.effective_to),
    )
    yield from ((name, str(value)) for name, value in known if value is not None)
    yield "読むのに", f"{found.elapsed_seconds:.1f} 秒"


def _how_sure(confidence: float | None) -> str:
    if confidence is None:
        return ""
    return " (確実)" if confidence >= _SURE else f" (確かさ {confidence:.0%})"


def _sections(document: Document) -> Iterator[str]:
    sections = document.sections
    lines = [f"{'  ' * (len(one.path) - 1)}{plain(one.title)}" for one in sections[:_MAX_SECTIONS]]
    if len(sections) > _MAX_SECTIONS:
        lines.append(f"… ほか {len(sections) - _MAX_SECTIONS:,} (--json ですべて)")
    yield from _block(f"見出し {len(sections):,}", lines)


def _annotations(found: Inspection) -> Iterator[str]:
    counts = found.num_annotations
    order = [*SHOWN_KINDS, *(kind for kind in counts if kind not in SHOWN_KINDS)]
    rows = [
        (SHOWN_KINDS.get(kind, kind), f"{counts[kind]:,}", _examples(found.document, kind))
        for kind in order
        if kind in counts
    ]
    if rows:
        yield from _block("本文について分かったこと", list(table(rows, right=frozenset({1}))))


def _examples(document: Document, kind: str) -> str:
    """「東京→とうきょう」 for the first few different ones."""
    shown = dict.fromkeys(_example(document, one) for one in document.annotations if one.kind == kind)
    return "、".join(list(shown)[:_MAX_EXAMPLES]) + ("、…" if len(shown) > _MAX_EXAMPLES else "")


def _example(document: Document, one: Annotation) -> str:
    if one.kind in _NUMBERED:
        return plain(one.value)
    text = shorten(document.text[one.start : one.end], _NAME_CHARS)
    value = Target.from_value(one.value).label if one.kind == "reference" else one.value
    return f"{text}→{plain(value)}" if one.kind in _VALUED and value else text


def _chunks(chunks: Sequence[Chunk], num_chunks: int) -> Iterator[str]:
    lines = []
    for chunk in chunks[:num_chunks]:
        place = chunk.locator.label if chunk.locator else ""
        head = place_line(f"{chunk.position + 1}.", chunk.heading_path, place)
        lines += [
            click.style(f"{head} {len(chunk.text)} 文字、{len(chunk.sentences)} 文", bold=True),
            f"   {shorten(chunk.text, _CHUNK_CHARS)}",
        ]
    if lines:
        yield from _block(f"はじめの断片 (全 {len(chunks):,})", lines)


def _block(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"\n{heading}:"
        yield from (f"  {line}" for line in lines)


def inspection_json(found: Inspection, num_chunks: int) -> dict[str, Any]:
    """Everything but the text; offsets are into the text that ``--text`` prints."""
    document = found.document
    return {
        "source": document.source,
        "title": document.title,
        "media_type": document.media_type,
        "encoding": document.encoding,
        "encoding_confidence": found.encoding_confidence,
        "sha256": document.sha256,
        "size_bytes": document.size_bytes,
        "num_chars": len(document.text),
        "num_chunks": len(found.chunks),
        "pages": found.pages,
        "sheets": found.sheets,
        "attributes": asdict(document.attributes),
        "sections": [asdict(one) for one in document.sections],
        "num_annotations": found.num_annotations,
        "annotations": [
            {**asdict(one), "text": document.text[one.start : one.end]} for one in document.annotations
        ],
        "warnings": found.warnings,
        "dropped": dict(found.dropped),
        "chunks": [asdict(one) for one in found.chunks[:num_chunks]],
        "elapsed_seconds": found.elapsed_seconds,
    }
