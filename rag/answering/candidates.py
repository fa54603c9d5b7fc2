"""The sentences of the hits, each with what is needed to judge it: terms, analysis, surroundings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.store.base import Store
from rag.text.analyzer import Analysis, Analyzer
from rag.text.fold import fold_text
from rag.text.terms import Parts, content_terms
from rag.types import Hit, Span


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the sentences of one chunk: title and headings, and the chunk's analysis."""

    heading: str
    folded_heading: str
    heading_analysis: Analysis
    terms: Parts
    chunk_analysis: Analysis


@dataclass(frozen=True, slots=True)
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
    analysis: Analysis
    terms: Parts
    around: Surroundings

    @property
    def context(self) -> Parts:
        """The terms of title and headings."""
        return self.around.terms


_SPEAKS = re.compile(r"\w")


def collect_candidates(hits: Sequence[Hit], store: Store, analyzer: Analyzer) -> list[Candidate]:
    """Every sentence of every hit that says anything, in the order of hits and text.

    A heading says what is spoken of, not what is said: lines that stand in the heading path are left out.
    The analyses stored at ingestion are cut, not made again; a chunk that has none (removed a moment
    ago) is analysed here.
    """
    analyses = store.analyses([hit.chunk.id for hit in hits])
    headings: dict[str, tuple[str, Analysis, Parts]] = {}
    candidates = []
    for rank, hit in enumerate(hits):
        chunk = hit.chunk
        analysis = analyses.get(chunk.id) or analyzer.analyze(chunk.text)
        heading = "\n".join((hit.document.title, *chunk.heading_path))
        if heading not in headings:
            known = analyzer.analyze(heading)
            headings[heading] = fold_text(heading), known, content_terms(heading, known)
        around = Surroundings(heading, *headings[heading], analysis)
        path = _bare("\n".join(chunk.heading_path))
        for position, sentence in enumerate(chunk.sentences or (Span(chunk.start, chunk.end),)):
            local = _stripped(chunk.text, Span(sentence.start - chunk.start, sentence.end - chunk.start))
            text = chunk.text[local.start : local.end]
            if not _SPEAKS.search(text) or _bare(text) in path:
                continue
            cut = analysis.slice(local)
            span = Span(local.start + chunk.start, local.end + chunk.start)
            terms = content_terms(text, cut)
            candidates.append(Candidate(hit, rank, position, span, text, fold_text(text), cut, terms, around))
    return candidates


def _bare(text: str) -> str:
    """Comparison form without white space and marks of headings."""
    return "".join(fold_text(text).split()).lstrip("#")


def _stripped(text: str, span: Span) -> Span:
    """``span`` without the white space at its ends."""
    cut = text[span.start : span.end]
    start = span.start + len(cut) - len(cut.lstrip())
    return Span(start, max(start, span.end - (len(cut) - len(cut.rstrip()))))
