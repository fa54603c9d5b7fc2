"""Blocks → one document: tidied, joined, and with all that is known about its spans.

The text is the blocks joined by newlines. Annotations and locators move to offsets of the whole text;
headings become sections; articles and dates are recognised in every format alike.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from ingest.dates import date_annotations
from ingest.effect import effective_dates
from ingest.injection import instruction_annotations, instruction_warnings
from ingest.normalise import Normalised, normalise
from ingest.outline import division_label, division_level, is_bracketed
from ingest.readers.base import Block, BlockKind, Reading
from ingest.rules import rule_annotations
from ingest.sections import Article, PlacedBlock, build_sections, find_articles, flatten
from rag.errors import EmptyDocument
from rag.types import Annotation, Document, Locator, Section, Span

_KIND_ANNOTATIONS = {
    BlockKind.TABLE_ROW: "table-row",
    BlockKind.QUOTE: "quoted",
    BlockKind.NOTE: "note",
    BlockKind.CODE: "code",
}
_ID_DIGITS = 16
_TITLE_CHARS = 80
_BRACKETED_LEVEL = 3


@dataclass(frozen=True, slots=True)
class BuiltDocument:
    """A document, and what was left out on the way: counts of characters by reason."""

    document: Document
    warnings: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


def document_id(collection: str, source: str) -> str:
    """The id that a source has in a collection: 16 hexadecimal digits, the same in every run."""
    return hashlib.sha256(f"{collection}\0{source}".encode(errors="surrogatepass")).hexdigest()[:_ID_DIGITS]


def build_document(
    reading: Reading, *, source: str, collection: str, sha256: str, size_bytes: int
) -> BuiltDocument:
    """Put the blocks of one file together.

    Raises EmptyDocument when nothing is left after tidying.
    """
    dropped = Counter(reading.dropped)
    body = _join(reading.blocks, dropped)
    if not body.text:
        raise EmptyDocument(f"{source}: there is no text in it")
    dates = date_annotations(body.text)
    articles = find_articles(body.blocks)
    sections = build_sections(body.blocks, articles, len(body.text))
    title = _title(reading, body, source)
    rules = rule_annotations(body.text, title, articles, sections)
    commands = instruction_annotations(body.text)
    annotations = (*body.annotations, *dates, *rules, *commands)
    document = Document(
        id=document_id(collection, source),
        source=source,
        collection=collection,
        title=title,
        text=body.text,
        media_type=reading.media_type,
        encoding=reading.encoding,
        sha256=sha256,
        size_bytes=size_bytes,
        sections=sections,
        annotations=tuple(sorted(annotations, key=attrgetter("start", "end", "kind"))),
        locators=tuple(body.locators),
        attributes=effective_dates(
            body.text, title, dates, reading.attributes, is_rule=_is_rule(articles, sections)
        ),
    )
    warnings = (*reading.warnings, *instruction_warnings(body.text, commands))
    return BuiltDocument(document, warnings, dict(dropped))


@dataclass(slots=True)
class _Body:
    """The whole text and what came with it."""

    text: str = ""
    blocks: list[PlacedBlock] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    locators: list[Locator] = field(default_factory=list)


def _join(blocks: Iterable[Block], dropped: Counter[str]) -> _Body:
    body, texts, length, above = _Body(), [], 0, 0
    for block in blocks:
        tidy = normalise(block.text, block.annotations, keep_indent=block.kind is BlockKind.CODE)
        dropped.update(tidy.dropped)
        if not tidy.text.strip():
            continue
        span = Span(length, length + len(tidy.text))
        outlined = _with_outline(block, tidy.text, above)
        if outlined.kind is BlockKind.HEADING and not is_bracketed(tidy.text):
            above = outlined.level
        body.blocks.append(PlacedBlock(outlined, *span))
        body.annotations += _annotations(block, tidy, span)
        body.locators += _locators(block, tidy, span)
        texts.append(tidy.text)
        length = span.end + 1
    body.text = "\n".join(texts)
    return body


def _with_outline(block: Block, text: str, above: int) -> Block:
    """The block with its tidy text; a paragraph such as 「第二章　旅費」 is a heading in any format.

    So is 「【注意事項】」, one level below the heading ``above`` it.
    """
    level = division_level(text) if block.kind is BlockKind.PARAGRAPH else None
    if level is None and block.kind is BlockKind.PARAGRAPH and is_bracketed(text):
        level = max(above + 1, _BRACKETED_LEVEL)
    if level is None:
        return block if text == block.text else replace(block, text=text)
    return replace(block, text=text, kind=BlockKind.HEADING, level=level)


def _annotations(block: Block, tidy: Normalised, span: Span) -> list[Annotation]:
    found = [
        Annotation(one.kind, one.start + span.start, one.end + span.start, one.value)
        for one in tidy.annotations
    ]
    kind = _KIND_ANNOTATIONS.get(block.kind)
    if kind and not any(one.kind == kind and (one.start, one.end) == span for one in found):
        found.append(Annotation(kind, span.start, span.end))
    return found


def _locators(block: Block, tidy: Normalised, span: Span) -> list[Locator]:
    if not block.places:
        return [replace(block.place, start=span.start, end=span.end)] if block.place else []
    moved = (
        replace(place, start=span.start + tidy.shift(place.start), end=span.start + tidy.shift(place.end))
        for place in block.places
    )
    return [place for place in moved if place.start < place.end]


def _is_rule(articles: Sequence[Article], sections: Iterable[Section]) -> bool:
    return bool(articles) or any(division_label(section.title) == "附則" for section in sections)


def _title(reading: Reading, body: _Body, source: str) -> str:
    """What the file says of itself, else its first heading of the highest level, else its name.

    「第二章　旅費」 and 「附則」 are no titles; above them a rule has its own on its first line.
    """
    if reading.title and reading.title.strip():
        return flatten(reading.title)
    headings = [placed.block for placed in body.blocks if placed.block.kind is BlockKind.HEADING]
    if headings and headings[0].level == min(heading.level for heading in headings):
        if not division_label(headings[0].text):
            return flatten(headings[0].text)
        if _names_a_rule(body.blocks[0].block):
            return flatten(body.blocks[0].block.text)
    return source.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _names_a_rule(first: Block) -> bool:
    text = flatten(first.text)
    return len(text) <= _TITLE_CHARS and not division_label(text) and not text.endswith(("。", "．", "、"))
