"""Spans of a document as citations, and its sentences as the evidence that statements are held against."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

from rag.answering.candidates import Candidate, Surroundings
from rag.answering.evidence import Draft, EvidenceChecker
from rag.summary.material import Material, Sentence
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text
from rag.types import Chunk, Citation, Document, DocumentInfo, Hit, Locator, Span, Statement, Verdict


def info_of(document: Document) -> DocumentInfo:
    """What lists and citations show of a document."""
    return DocumentInfo(
        document.id,
        document.source,
        document.collection,
        document.title,
        document.media_type,
        document.encoding,
        document.sha256,
        document.size_bytes,
        len(document.text),
        attributes=document.attributes,
    )


class Citer:
    """Cites one document. Chunk ids are 0: a document need not be in a store to be summarised."""

    def __init__(self, material: Material, analyzer: Analyzer) -> None:
        self._material = material
        self._analyzer = analyzer
        self._info = info_of(material.document)
        self._surroundings = lru_cache(maxsize=None)(self._surroundings_of)

    @cached_property
    def checker(self) -> EvidenceChecker:
        """Judges statements against sentences."""
        return EvidenceChecker(self._analyzer)

    def cite(self, start: int, end: int, number: int = 0) -> Citation:
        """The citation of ``document.text[start:end]``, down to its page or line."""
        document = self._material.document
        part = self._material.part_at(start)
        locator = self._locator(start)
        return Citation(
            number,
            self._info,
            0,
            start,
            end,
            document.text[start:end],
            part.path,
            locator.label if locator else "",
        )

    def verbatim(self, start: int, end: int, number: int) -> Statement:
        """A statement that is a span of the document."""
        citation = self.cite(start, end, number)
        return Statement(" ".join(citation.quote.split("\n")), (citation,), Verdict.VERBATIM)

    def candidate(self, sentence: Sentence) -> Candidate:
        """The sentence as evidence."""
        around = replace(self._surroundings(sentence.part), chunk_analysis=sentence.analysis)
        span = Span(sentence.start, sentence.end)
        part = self._material.parts[sentence.part]
        chunk = Chunk(
            self._info.id,
            sentence.number,
            *span,
            sentence.text,
            (span,),
            part.path,
            self._locator(sentence.start),
        )
        hit = Hit(chunk, self._info, 1.0)
        return Candidate(hit, 0, 0, span, sentence.text, fold_text(sentence.text), around)

    def check(self, draft: Draft, evidence: Sequence[Candidate], number: int) -> Statement:
        """A generated sentence with its verdict, and the sentence behind it where there is one."""
        finding = self.checker.check(draft, [(0, candidate) for candidate in evidence])
        found = finding.candidate
        citations = (self.cite(*found.span, number),) if found else ()
        return Statement(draft.text, citations, finding.verdict)

    def _surroundings_of(self, number: int) -> Surroundings:
        heading = "\n".join((self._material.document.title, *self._material.parts[number].path))
        analysis = self._analyzer.analyze(heading)
        return Surroundings(heading, fold_text(heading), analysis, analysis)

    @cached_property
    def _starts(self) -> list[int]:
        return [locator.start for locator in self._locators]

    @cached_property
    def _locators(self) -> list[Locator]:
        return sorted(self._material.document.locators, key=lambda locator: locator.start)

    def _locator(self, offset: int) -> Locator | None:
        place = bisect_right(self._starts, offset) - 1
        return self._locators[place] if place >= 0 else None
