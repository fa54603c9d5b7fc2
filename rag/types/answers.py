"""What an index was made with, what is found, and what is answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rag.types.conditions import Conditions
from rag.types.documents import EVERYTHING, Chunk, DocumentInfo, Scope


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Everything that must be equal for two vectors to be comparable."""

    name: str
    revision: str
    dimension: int
    query_prefix: str = ""
    document_prefix: str = ""


@dataclass(frozen=True, slots=True)
class IndexIdentity:
    """What an index was made with; a store refuses settings that disagree with it."""

    embedder: EmbedderIdentity
    analyzer: str
    dictionary: str
    fold: str
    terms: str = "terms-1"  # what an index was made with before this was told


class LegScore(NamedTuple):
    """Rank (from 1) and score of a chunk in one leg (``keyword``, ``dense``, …)."""

    leg: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk with its document, its final score and what each leg said.

    ``duplicates`` are hits that say nearly the same and are not shown by themselves.
    """

    chunk: Chunk
    document: DocumentInfo
    score: float
    legs: tuple[LegScore, ...] = ()
    duplicates: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation as it was searched, and what was answered."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, what the search may see, and what was said before, oldest first.

    ``history`` belongs to the one who asks and goes nowhere but into this question's rewriting.
    ``conditions`` are None as long as nobody has looked for search syntax in ``text``
    (`rag.retrieval.query_language`); ``notes`` say what was understood.
    """

    text: str
    scope: Scope = EVERYTHING
    history: tuple[Turn, ...] = ()
    conditions: Conditions | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A link from a statement to the sentence it rests on: ``document.text[start:end] == quote``."""

    number: int
    document: DocumentInfo
    chunk_id: int
    start: int
    end: int
    quote: str
    heading_path: tuple[str, ...] = ()
    place: str = ""
    flags: tuple[str, ...] = ()
    """What a reader is warned of at this place: ``instruction`` for words that mean to command a model."""


class Verdict(StrEnum):
    """What the check of a statement against its evidence found."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    PARTLY = "partly"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer with the citations it rests on."""

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sentences of several documents that say nearly the same with other numbers, dates or negation.

    The one in force stands first; the dates are those of ``citation.document.attributes``.
    """

    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question; when it abstains, ``hits`` are the nearest sources.

    ``confidence`` is the score of answerability in [0, 1]. ``notes`` are lines for the reader, such
    as why a fallback was taken. ``short_answer`` is the span that was asked for, 「20日」, where it is
    known; it stands in the first cited sentence. ``query`` is what was searched where that is not the
    question as asked, ``as_of`` the day whose documents were asked, ``missing`` the words of the question
    that an abstention found nowhere.
    """

    question: str
    statements: tuple[Statement, ...]
    hits: tuple[Hit, ...]
    abstained: bool
    confidence: float
    answerer: str
    notes: tuple[str, ...] = ()
    elapsed_seconds: float = 0.0
    short_answer: str = ""
    query: str = ""
    as_of: dt.date | None = None
    conflicts: tuple[Conflict, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The statements with their citation numbers: ``年20日です。[1]``."""
        if self.abstained:
            return ABSTENTION
        return "".join(
            statement.text + "".join(f"[{citation.number}]" for citation in statement.citations)
            for statement in self.statements
        )

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, by number; those of conflicts too."""
        told = [*(s.citations for s in self.statements), *(c.citations for c in self.conflicts)]
        by_number = {citation.number: citation for citations in told for citation in citations}
        return tuple(by_number[number] for number in sorted(by_number))


ABSTENTION = "資料には見つかりませんでした。"
