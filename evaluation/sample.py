"""How well the sample documents are answered: the first citation, and abstention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.questions import GoldQuestion
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with its answer, and whether it came out right."""

    question: GoldQuestion
    answer: Answer
    found: bool
    """A hit holds a gold sentence; False for an unanswerable question."""
    right: bool
    """First citation is a gold sentence; for an unanswerable question: it abstained."""


@dataclass(frozen=True, slots=True)
class SampleFigures:
    """Shares in [0, 1] over one half; ``false_refusals`` are answerable questions that were refused."""

    num_answerable: int
    num_unanswerable: int
    gold_in_hits: float
    first_citation_gold: float
    false_refusals: float
    correct_abstentions: float


def ask_all(ask: Callable[[str], Answer], questions: Sequence[GoldQuestion]) -> list[Outcome]:
    """Ask every question and judge the answers."""
    return [judge(question, ask(question.text)) for question in questions]


def judge(question: GoldQuestion, answer: Answer) -> Outcome:
    """Hold one answer against the gold sentences."""
    if not question.answerable:
        return Outcome(question, answer, False, answer.abstained)
    found = any(
        hit.document.name == gold.source and _holds(hit.chunk.text, gold.sentence)
        for hit in answer.hits
        for gold in question.gold
    )
    first = answer.citations[0] if answer.citations else None
    right = first is not None and any(gold.is_cited_by(first) for gold in question.gold)
    return Outcome(question, answer, found, right)


def sum_up(outcomes: Sequence[Outcome]) -> SampleFigures:
    """The figures over some outcomes; a share over nothing is 0."""
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    others = [outcome for outcome in outcomes if not outcome.question.answerable]
    return SampleFigures(
        len(answerable),
        len(others),
        _share([outcome.found for outcome in answerable]),
        _share([outcome.right for outcome in answerable]),
        _share([outcome.answer.abstained for outcome in answerable]),
        _share([outcome.right for outcome in others]),
    )


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _holds(text: str, sentence: str) -> bool:
    return "".join(sentence.split()) in "".join(text.split())
