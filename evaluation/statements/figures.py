"""How often changed statements are found unsupported, and how often true ones are: by what was changed.

*Flagged* is a statement judged unsupported or contradicted. Of one kind (numbers, dates, names, negation):
recall is the share of its changed statements that are flagged; its false alarms are the true statements
flagged because of a fact of that kind; precision and F1 follow from both. *False alarms* in all are the true
statements that are flagged for any reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.halves import Half
from evaluation.statements.sets import CHANGED, Changed, StatedPair
from rag.answering.evidence import Discrepancy, EvidenceChecker, Finding
from rag.types import Verdict

FLAGGED = frozenset({Verdict.UNSUPPORTED, Verdict.CONTRADICTED})


@dataclass(frozen=True, slots=True)
class Judged:
    """One statement with its verdict and what was found to disagree."""

    id: str
    statement: str
    changed: Changed | None
    half: Half
    verdict: Verdict
    discrepancies: tuple[Discrepancy, ...]

    @property
    def is_flagged(self) -> bool:
        """Unsupported or contradicted; partly is not."""
        return self.verdict in FLAGGED

    @property
    def is_wrong(self) -> bool:
        """A true statement flagged, or a changed one not."""
        return self.is_flagged == (self.changed is None)


@dataclass(frozen=True, slots=True)
class KindFigures:
    """The figures of one kind of change."""

    kind: Changed
    num_changed: int
    num_found: int
    num_false_alarms: int

    @property
    def recall(self) -> float:
        """Of the changed ones."""
        return self.num_found / self.num_changed if self.num_changed else 0.0

    @property
    def precision(self) -> float:
        """Of those flagged for this kind of reason."""
        flagged = self.num_found + self.num_false_alarms
        return self.num_found / flagged if flagged else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class StatementReport:
    """The figures of one set; ``num_unread`` are statements whose source is not there."""

    name: str
    outcomes: tuple[Judged, ...]
    num_unread: int = 0

    @property
    def kinds(self) -> list[KindFigures]:
        """One a kind that occurs."""
        return [found for kind in CHANGED if (found := _of_kind(kind, self.outcomes)).num_changed]

    @property
    def num_true(self) -> int:
        """Statements that their source supports."""
        return sum(one.changed is None for one in self.outcomes)

    @property
    def false_alarms(self) -> float:
        """The share of true statements that are flagged."""
        flagged = sum(one.changed is None and one.is_flagged for one in self.outcomes)
        return flagged / self.num_true if self.num_true else 0.0

    def as_json(self) -> dict[str, Any]:
        """The one object that ``--json`` prints."""
        verdicts = {
            kind or "supported": _count([one.verdict for one in self.outcomes if one.changed == kind])
            for kind in (None, *CHANGED)
        }
        return {
            "statements": self.name,
            "num_statements": len(self.outcomes),
            "num_supported": self.num_true,
            "num_unread": self.num_unread,
            "false_alarms": self.false_alarms,
            "kinds": {
                one.kind: {
                    "num_changed": one.num_changed,
                    "recall": one.recall,
                    "precision": one.precision,
                    "f1": one.f1,
                }
                for one in self.kinds
            },
            "verdicts": {kind: found for kind, found in verdicts.items() if found},
        }

    def rows(self) -> Iterator[Sequence[str]]:
        """A heading, a row a kind, and the true statements."""
        yield ("変えたもの", "文", "見つけた", "誤警報", "再現率", "適合率", "F1")
        for one in self.kinds:
            yield (
                _NAMES[one.kind],
                str(one.num_changed),
                str(one.num_found),
                str(one.num_false_alarms),
                *(f"{value:.3f}".removeprefix("0") for value in (one.recall, one.precision, one.f1)),
            )

    @property
    def summary(self) -> str:
        """One line: how many true statements were flagged."""
        flagged = sum(one.changed is None and one.is_flagged for one in self.outcomes)
        return f"正しい文の誤警報: {flagged} / {self.num_true} ({self.false_alarms:.1%})"


_NAMES: dict[Changed, str] = {"number": "数", "date": "日付", "name": "名前", "negation": "否定・条件"}


def judge_pairs(pairs: Sequence[StatedPair], checker: EvidenceChecker) -> Iterator[Judged]:
    """Each statement held against its sentence alone, with title and headings."""
    for pair in pairs:
        found = checker.compare(pair.statement, pair.sentence, context=pair.context)
        yield judged(pair.id, pair.statement, pair.changed, pair.half, found)


def judged(identity: str, statement: str, changed: Changed | None, half: Half, found: Finding) -> Judged:
    """One outcome."""
    return Judged(identity, statement, changed, half, found.verdict, found.discrepancies)


def _of_kind(kind: Changed, outcomes: Sequence[Judged]) -> KindFigures:
    changed = [one for one in outcomes if one.changed == kind]
    alarms = [
        one
        for one in outcomes
        if one.changed is None and one.is_flagged and any(d.kind == kind for d in one.discrepancies)
    ]
    return KindFigures(kind, len(changed), sum(one.is_flagged for one in changed), len(alarms))


def _count(verdicts: Sequence[Verdict]) -> dict[str, int]:
    return {verdict.value: verdicts.count(verdict) for verdict in Verdict if verdict in verdicts}
