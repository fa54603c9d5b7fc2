"""What a run over answers leaves behind: every question's outcome, and the figures summed up from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from evaluation.answers.measures import (
    Working,
    area_under_curve,
    refusal_rate_at,
    workings,
)
from evaluation.runs import Circumstances, write_run
from evaluation.significance import Interval, bootstrap_interval, mean

Withheld = Literal["paragraph", "article", "swapped", "none"]
"""How a question is made unanswerable: its gold paragraph or all of its article is kept back, or one thing in
the question is swapped."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What came of a question without an answer: its score, whether it was refused, what was cited."""

    confidence: float
    refused: bool
    cited: str


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """One question with its answer, as if refusing were not allowed; ``refused`` says whether it was.

    ``cited`` is the first cited sentence and ``place`` where it stands; ``short`` the short answer, empty
    where the answerer tells none. ``in_gold``: that sentence stands in the gold document. ``exact`` and
    ``f1`` are None for a set without gold answers. ``without`` is the same question with its gold withheld.
    """

    id: str
    text: str
    group: str
    answers: tuple[str, ...]
    cited: str
    place: str
    short: str
    confidence: float
    refused: bool
    gold_in_hits: bool
    holds_answer: bool
    in_gold: bool
    exact: float | None
    f1: float | None
    citation_recall: float | None
    citation_precision: float | None
    ms: float
    without: Refusal | None = None

    @property
    def answered_right(self) -> bool:
        """Answered, and the first cited sentence holds the answer."""
        return self.holds_answer and not self.refused


Value = Callable[[AnswerOutcome], float | None]

MEASURES: Mapping[str, Value] = {
    "evidence_sentence_accuracy": lambda one: float(one.holds_answer),
    "evidence_sentence_accuracy_in_gold": lambda one: float(one.holds_answer and one.in_gold),
    "evidence_sentence_accuracy_when_refusing": lambda one: float(one.answered_right),
    "gold_in_hits": lambda one: float(one.gold_in_hits),
    "exact_match": lambda one: one.exact,
    "char_f1": lambda one: one.f1,
    "citation_recall": lambda one: one.citation_recall,
    "citation_precision": lambda one: one.citation_precision,
    "false_refusal_rate": lambda one: float(one.refused),
    "refusal_rate": lambda one: float(one.without.refused) if one.without else None,
}
"""Means over the questions that have a value, by the name that ``--json`` prints."""


@dataclass(frozen=True)
class AnswerRun:
    """A finished run; ``withheld`` is what was kept back, ``judge`` who judged the citations."""

    circumstances: Circumstances
    answerer: str
    judge: str
    withheld: Withheld
    outcomes: tuple[AnswerOutcome, ...]
    notes: tuple[str, ...] = ()

    @property
    def answerable_scores(self) -> list[float]:
        """Scores of answerability of the questions as they are, where they were also asked without gold."""
        return [one.confidence for one in self.outcomes if one.without]

    @property
    def unanswerable_scores(self) -> list[float]:
        """Scores of the same questions with their gold withheld."""
        return [one.without.confidence for one in self.outcomes if one.without]

    @cached_property
    def figures(self) -> dict[str, float | None]:
        """Every figure by name; None where nothing could be measured."""
        found: dict[str, float | None] = {name: _mean(self._values(name)[0]) for name in MEASURES}
        scores = self.answerable_scores, self.unanswerable_scores
        found["answerability_auroc"] = area_under_curve(*scores)
        found["refusal_rate_at_5_percent_false_refusals"] = refusal_rate_at(*scores)
        return found

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """95 % by bootstrap over articles, of the figures that are means."""
        named = {name: self._values(name) for name in MEASURES}
        return {name: bootstrap_interval(*found) for name, found in named.items() if found[0]}

    @cached_property
    def curve(self) -> list[Working]:
        """False answers against false refusals at every threshold."""
        return workings(self.answerable_scores, self.unanswerable_scores)

    def _values(self, name: str) -> tuple[list[float], list[str]]:
        value = MEASURES[name]
        pairs = [(found, one.group) for one in self.outcomes if (found := value(one)) is not None]
        return [found for found, _ in pairs], [group for _, group in pairs]

    def as_json(self) -> dict[str, Any]:
        """The one object that ``--json`` prints."""
        facts = self.circumstances
        return {
            "dataset": facts.dataset,
            "part": facts.part,
            "corpus": facts.corpus,
            "num_questions": len(self.outcomes),
            "num_documents": facts.num_documents,
            "num_chunks": facts.num_chunks,
            "answerer": self.answerer,
            "citation_judge": self.judge,
            "unanswerable": self.withheld,
            "num_unanswerable": len(self.unanswerable_scores),
            "num_short_answers": sum(bool(one.short) for one in self.outcomes),
            **self.figures,
            "ms_per_question": mean([one.ms for one in self.outcomes]),
            "intervals": {name: [found.low, found.high] for name, found in self.intervals.items()},
            "notes": list(self.notes),
        }


def _mean(values: Sequence[float]) -> float | None:
    return mean(values) if values else None


def save_answers(run: AnswerRun, folder: Path) -> None:
    """Write ``run.json`` and ``questions.jsonl``; raises SettingsError when the folder cannot be written."""
    facts = {
        "circumstances": run.circumstances,
        "answerer": run.answerer,
        "judge": run.judge,
        "withheld": run.withheld,
        "figures": run.figures,
        "intervals": run.intervals,
        "notes": run.notes,
    }
    write_run(facts, run.outcomes, folder)
