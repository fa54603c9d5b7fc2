"""What a retriever is, and the legs it walks on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.retrieval.query_language import read_question
from rag.store.base import ScoredChunk, Selection, Store
from rag.text.analyzer import Analysis, Analyzer
from rag.text.query_terms import WeightedTerms, query_terms
from rag.text.synonyms import SynonymFile
from rag.types import NO_CONDITIONS, Conditions, Hit, Question, Scope


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for the indexes: read and analysed once, for every leg.

    ``text`` is what is left of it without search syntax; ``only`` are the chunks that fulfil
    ``conditions``, once the store has been asked for them.
    """

    text: str
    analysis: Analysis
    terms: WeightedTerms
    scope: Scope
    conditions: Conditions = NO_CONDITIONS
    only: Selection | None = None

    @classmethod
    def from_question(
        cls, question: Question, analyzer: Analyzer, synonyms: SynonymFile | None = None
    ) -> Query:
        """Analyse 「有休は何日？」 into its morphemes and index terms, those of ``synonyms`` added."""
        question = read_question(question)
        text = question.text[:MAX_QUERY_CHARS]
        analysis = analyzer.analyze(text)
        terms = query_terms(text, analysis, analyzer)
        if synonyms:
            terms = synonyms.expand(text, analysis, terms, analyzer)
        return cls(text, analysis, terms, question.scope, question.conditions or NO_CONDITIONS)

    def selected(self, store: Store) -> Query:
        """The query with the chunks that fulfil its conditions; itself when it has none."""
        return replace(self, only=store.select(self.conditions, self.scope)) if self.conditions else self


MAX_QUERY_CHARS = 2_000
"""What is read of a question; a longer one is a pasted document, and its beginning tells enough."""


class Leg(Protocol):
    """One way to find chunks: its own index, its own scores."""

    @property
    def name(self) -> str:
        """``keyword`` or ``dense``."""
        ...

    def search(self, query: Query, top_k: int) -> Sequence[ScoredChunk]:
        """At most ``top_k`` chunks within ``query.scope``, best first."""
        ...


class Retriever(Protocol):
    """Question → hits, best first."""

    def retrieve(self, question: Question, top_k: int) -> Sequence[Hit]:
        """At most ``top_k`` hits within ``question.scope``; an empty question finds nothing."""
        ...
