"""What a summary is: statements in the order of the document, each with the sentences it rests on.

Nothing here knows how it was made; extractive and generated summaries are the same values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from rag.answering.generative import CARRIED
from rag.types import Citation, Statement


class Length(StrEnum):
    """How much is wanted, in the words of the command line."""

    LINE = "一行"
    SHORT = "短い"
    STANDARD = "標準"
    DETAILED = "詳しい"


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that a summary takes; ``max_share`` of the document bounds it too.

    A sentence worth less than ``min_worth`` is left out though there is room; 0 is the mean of all.
    """

    max_chars: int
    max_statements: int
    max_share: float = 1.0
    min_worth: float = 0.0


BUDGETS: Mapping[Length, Budget] = {
    Length.LINE: Budget(120, 1),
    Length.SHORT: Budget(200, 3, 0.6),
    Length.STANDARD: Budget(700, 12, 0.5, -0.5),
    Length.DETAILED: Budget(2_000, 36, 0.5, -2.0),
}


class Format(StrEnum):
    """How it is laid out."""

    PARAGRAPH = "段落"
    LIST = "箇条書き"
    MINUTES = "議事録"
    CHANGES = "変更点"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a summary; ``focus`` is a question that the summary should lean to."""

    length: Length = Length.STANDARD
    focus: str = ""
    by_chapter: bool = False
    max_chars: int | None = None

    @property
    def budget(self) -> Budget:
        """The budget of the length, or of ``max_chars`` where that is given."""
        known = BUDGETS[self.length]
        return replace(known, max_chars=self.max_chars, max_share=1.0) if self.max_chars else known


@dataclass(frozen=True, slots=True)
class Chapter:
    """The statements from one part of the document, under its heading."""

    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class PartCoverage:
    """How much one part of the document gave: ``num_statements`` cite it."""

    title: str
    path: tuple[str, ...]
    num_chars: int
    num_statements: int


@dataclass(frozen=True, slots=True)
class Fact:
    """A date, amount, name or defined term, as it is written first, with every place.

    ``value`` is the comparison form: ``2024-04-01``, ``350000円``, 「年次有給休暇」. ``definition`` is the
    sentence that defines a term.
    """

    kind: str
    text: str
    value: str
    citations: tuple[Citation, ...]
    definition: str = ""
    num_places: int = 0


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """A table of the document, kept as a table: the cells of each row, cited row by row."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    citations: tuple[Citation, ...]
    num_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The summary of one document. Citations are numbered through ``chapters``, from 1.

    ``notes`` are lines for the reader: what was left out, why a model's part was replaced.
    """

    title: str
    source: str
    chapters: tuple[Chapter, ...]
    coverage: tuple[PartCoverage, ...]
    facts: tuple[Fact, ...] = ()
    tables: tuple[SummaryTable, ...] = ()
    method: str = "extractive"
    num_chars: int = 0
    notes: tuple[str, ...] = ()
    elapsed_seconds: float = 0.0
    facts_by_kind: Mapping[str, int] = field(default_factory=dict)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements in order."""
        return tuple(statement for chapter in self.chapters for statement in chapter.statements)

    @property
    def text(self) -> str:
        """The statements alone, a line a chapter."""
        return "\n".join("".join(s.text for s in chapter.statements) for chapter in self.chapters)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation of the statements once, by number."""
        return numbered(self.statements)

    @property
    def coverage_share(self) -> float:
        """Which share of the parts gave something."""
        return sum(part.num_statements > 0 for part in self.coverage) / max(1, len(self.coverage))

    @property
    def support_rate(self) -> float:
        """Which share of the statements some sentence carries."""
        return support_rate(self.statements)


def numbered(statements: Iterable[Statement]) -> tuple[Citation, ...]:
    """Every citation once, by number."""
    by_number = {c.number: c for statement in statements for c in statement.citations}
    return tuple(by_number[number] for number in sorted(by_number))


def support_rate(statements: Iterable[Statement]) -> float:
    """The share of statements whose verdict says that a source carries them; 1 without statements."""
    verdicts = [statement.verdict for statement in statements]
    return sum(verdict in CARRIED for verdict in verdicts) / len(verdicts) if verdicts else 1.0
