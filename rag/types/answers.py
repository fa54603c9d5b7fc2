"""What an index was made with, what is found, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

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


class LegScore(NamedTuple):
    """Rank (from 1) and score of a chunk in one leg (``keyword``, ``dense``, …)."""

    leg: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk with its document, its final score and what each leg said."""

    chunk: Chunk
    document: DocumentInfo
    score: float
    legs: tuple[LegScore, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, and what the search may see."""

    text: str
    scope: Scope = EVERYTHING


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
class Answer:
    """The answer to one question; when it abstains, ``hits`` are the nearest sources.

    ``confidence`` is the score of answerability in [0, 1]. ``notes`` are lines for the reader, such
    as why a fallback was taken. ``short_answer`` is the span that was asked for, 「20日」, where it is
    known; it stands in the first cited sentence.
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
        """Every citation once, by number."""
        by_number = {c.number: c for s in self.statements for c in s.citations}
        return tuple(by_number[number] for number in sorted(by_number))


ABSTENTION = "資料には見つかりませんでした。"
