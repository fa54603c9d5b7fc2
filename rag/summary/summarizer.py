"""One document, one summary: statements, coverage, facts and tables, however the statements were made."""

from __future__ import annotations

import time
from dataclasses import replace

from rag.errors import ModelError
from rag.summary.base import Chapter, Request, Summary
from rag.summary.citing import Citer
from rag.summary.extractive import ExtractiveSummarizer, coverage
from rag.summary.facts import find_facts
from rag.summary.generative import GenerativeSummarizer, Progress, say_nothing
from rag.summary.grounds import Grounds
from rag.summary.tables import find_tables
from rag.text.analyzer import Analyzer
from rag.types import Document


class Summarizer:
    """Summarises documents; with a model that fails, the verbatim sentences are still there."""

    def __init__(
        self,
        analyzer: Analyzer,
        extractive: ExtractiveSummarizer,
        generative: GenerativeSummarizer | None = None,
    ) -> None:
        self.analyzer = analyzer
        self.extractive = extractive
        self.generative = generative

    def summarize(self, document: Document, request: Request, progress: Progress = say_nothing) -> Summary:
        """The summary of a document, which need not be in a store."""
        return self.of_grounds(self.extractive.grounds(document), request, progress)

    def of_grounds(self, facts: Grounds, request: Request, progress: Progress = say_nothing) -> Summary:
        """The same where the document was made ready before."""
        began = time.perf_counter()
        material = facts.material
        citer = Citer(material, self.analyzer)
        made = self._chapters(facts, request, progress)
        found, counts = find_facts(material, citer)
        tables, num_tables = find_tables(material, citer)
        notes = list(made.notes)
        if num_tables > len(tables):
            notes.append(f"表は{num_tables}のうち、はじめの{len(tables)}を示します")
        if not any(chapter.statements for chapter in made.chapters):
            notes.append("要約できる文がありませんでした")
        statements = [statement for chapter in made.chapters for statement in chapter.statements]
        return replace(
            made,
            coverage=coverage(material, statements),
            facts=found,
            facts_by_kind=counts,
            tables=tables,
            num_chars=len(material.document.text),
            notes=tuple(notes),
            elapsed_seconds=time.perf_counter() - began,
        )

    def _chapters(self, facts: Grounds, request: Request, progress: Progress) -> Summary:
        """A summary with chapters, method and notes alone."""
        document = facts.material.document
        title = document.title or document.name
        if self.generative is None:
            return self._verbatim(facts, request, title)
        try:
            written = self.generative.write(facts.material, request, progress)
        except ModelError as error:
            note = f"生成できなかったため、資料の文をそのまま示します（{error}）"
            return replace(self._verbatim(facts, request, title), notes=(note,))
        notes = list(written.notes)
        if written.num_removed:
            notes.append(f"資料で確かめられない文を{written.num_removed}つ除きました")
        if written.num_resumed:
            notes.append(
                f"{written.num_prompts}回のうち{written.num_resumed}回は、前の実行の結果を使いました"
            )
        return Summary(title, document.source, written.chapters, (), method="generative", notes=tuple(notes))

    def _verbatim(self, facts: Grounds, request: Request, title: str) -> Summary:
        chapters: tuple[Chapter, ...] = self.extractive.chapters(facts, request)
        return Summary(title, facts.material.document.source, chapters, ())
