"""The sentences of the hits, each with what is needed to judge it: terms, analysis, surroundings.

A question has a hundred candidates: what few of them are asked for is worked out when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.store.base import Store
from rag.text.analyzer import Analysis, Analyzer
from rag.text.fold import fold_text
from rag.text.terms import base_terms, word_reading
from rag.types import Hit, Span


@dataclass(frozen=True)
class Surroundings:
    """What stands around the sentences of one chunk: title and headings, and the chunk's analysis."""

    heading: str
    folded_heading: str
    heading_analysis: Analysis
    chunk_analysis: Analysis

    @cached_property
    def bases(self) -> frozenset[str]:
        """Base terms of title and headings."""
        return frozenset(base_terms(self.heading, self.folded_heading, self.heading_analysis))


@dataclass(frozen=True)
class Candidate:
    """One sentence of a hit; ``span`` is in the document's text, white space at its ends left out.

    ``rank`` is the hit's place from 0, ``position`` the sentence's place in its chunk. ``folded`` is
    the comparison form.
    """

    hit: Hit
    rank: int
    position: int
    span: Span
    text: str
    folded: str
    around: Surroundings

    @property
    def within(self) -> Span:
        """The sentence in offsets of its chunk."""
        start = self.hit.chunk.start
        return Span(self.span.start - start, self.span.end - start)

    @cached_property
    def analysis(self) -> Analysis:
        """That of the sentence alone, cut out of its chunk's."""
        return self.around.chunk_analysis.slice(self.within)

    @cached_property
    def bases(self) -> frozenset[str]:
        """Its base terms."""
        return frozenset(base_terms(self.text, self.folded, self.analysis))

    @cached_property
    def readings(self) -> frozenset[str]:
        """Its terms by reading."""
        return frozenset(map(word_reading, self.analysis.features))


_SPEAKS = re.compile(r"\w")


def collect_candidates(hits: Sequence[Hit], store: Store, analyzer: Analyzer) -> list[Candidate]:
    """Every sentence of every hit that says anything, in the order of hits and text.

    A heading says what is spoken of, not what is said: lines that stand in the heading path are left out.
    The analyses stored at ingestion are cut, not made again; a chunk that has none (removed a moment
    ago) is analysed here.
    """
    analyses = store.analyses([hit.chunk.id for hit in hits])
    candidates = []
    for rank, hit in enumerate(hits):
        chunk = hit.chunk
        analysis = analyses.get(chunk.id) or analyzer.analyze(chunk.text)
        heading = "\n".join((hit.document.title, *chunk.heading_path))
        around = Surroundings(heading, fold_text(heading), analyzer.analyze(heading), analysis)
        path = _bare(fold_text("\n".join(chunk.heading_path)))
        for position, sentence in enumerate(chunk.sentences or (Span(chunk.start, chunk.end),)):
            local = _stripped(chunk.text, Span(sentence.start - chunk.start, sentence.end - chunk.start))
            text = chunk.text[local.start : local.end]
            folded = fold_text(text)
            if not _SPEAKS.search(text) or _bare(folded) in path:
                continue
            span = Span(local.start + chunk.start, local.end + chunk.start)
            candidates.append(Candidate(hit, rank, position, span, text, folded, around))
    return candidates


def _bare(folded: str) -> str:
    """Comparison form without white space and marks of headings."""
    return "".join(folded.split()).lstrip("#")


def _stripped(text: str, span: Span) -> Span:
    """``span`` without the white space at its ends."""
    cut = text[span.start : span.end]
    start = span.start + len(cut) - len(cut.lstrip())
    return Span(start, max(start, span.end - (len(cut) - len(cut.rstrip()))))
