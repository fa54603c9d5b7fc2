"""The sentences of one's own documents with their stored words: what grammar search and lookup walk over.

Nothing is analysed again: the words are those that were stored at ingestion. A pasted text is walked in the
same way (`read_text`), without being ingested.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.store.base import Store
from rag.text.analyzer import Analysis, Analyzer, Morpheme
from rag.text.sentences import split_sentences
from rag.types import DocumentInfo, Scope, Span

_CHUNKS_AT_ONCE = 200
PASTED = DocumentInfo(id="", source="-", collection="", title="")
"""Stands for a text that is no document of the store."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, ``document.text[start:end] == text``, and its words with offsets into ``text``."""

    document: DocumentInfo
    start: int
    end: int
    text: str
    words: tuple[Morpheme, ...]
    heading_path: tuple[str, ...] = ()
    place: str = ""


def read_library(store: Store, scope: Scope) -> Iterator[Sentence]:
    """Every sentence in scope, document after document, in the order of each."""
    for info in store.document_infos(scope):
        ids = store.chunk_ids(info.id, scope)
        for first in range(0, len(ids), _CHUNKS_AT_ONCE):
            some = ids[first : first + _CHUNKS_AT_ONCE]
            analyses = store.analyses(some)
            for chunk in store.chunks(some, scope).values():
                place = chunk.locator.label if chunk.locator else ""
                for span in chunk.sentences:
                    inside = Span(span.start - chunk.start, span.end - chunk.start)
                    sentence = _cut(chunk.text, analyses[chunk.id], inside)
                    if sentence:
                        start, text, words = sentence
                        start += chunk.start
                        end = start + len(text)
                        yield Sentence(info, start, end, text, words, chunk.heading_path, place)


def read_text(text: str, analyzer: Analyzer) -> Iterator[Sentence]:
    """The sentences of a text that is not ingested."""
    analysis = analyzer.analyze(text)
    for span in split_sentences(text):
        if sentence := _cut(text, analysis, span):
            start, inner, words = sentence
            yield Sentence(PASTED, start, start + len(inner), inner, words)


def _cut(text: str, analysis: Analysis, span: Span) -> tuple[int, str, tuple[Morpheme, ...]] | None:
    """Start, text without white space around it, and words; None when nothing is left."""
    raw = text[span.start : span.end]
    inner = raw.strip()
    if not inner:
        return None
    start = span.start + raw.index(inner[0]) if raw[0] != inner[0] else span.start
    return start, inner, tuple(analysis.slice(Span(start, start + len(inner))).morphemes())
