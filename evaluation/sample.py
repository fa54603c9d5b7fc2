"""How well questions are answered whose proof is known: the first citation, and abstention."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.halves import Half
from evaluation.questions import GoldQuestion, load_gold_questions, split_halves
from ingest.pipeline import ingest
from rag.assembly import open_assembly
from rag.bundled import bundled_path
from rag.errors import SettingsError
from rag.settings import Settings
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


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """The figures of each half, and the outcomes they were summed up from."""

    name: str
    answerer: str
    figures: Mapping[Half, SampleFigures]
    outcomes: Mapping[Half, tuple[Outcome, ...]]

    def as_json(self) -> dict[str, Any]:
        """The one object that ``--json`` prints. What went wrong is named for the tuning half alone."""
        return {
            "questions": self.name,
            "answerer": self.answerer,
            "halves": {half: asdict(figures) for half, figures in self.figures.items()},
            "wrong_in_tuning": [outcome.question.id for outcome in self.wrong("tuning")],
        }

    def wrong(self, half: Half) -> list[Outcome]:
        """The questions of a half that did not come out right."""
        return [outcome for outcome in self.outcomes[half] if not outcome.right]

    def rows(self) -> Iterator[Sequence[str]]:
        """A heading, and a row a half."""
        yield ("half", "answerable", "gold in hits", "first citation", "refused", "unanswerable", "abstained")
        for half, found in self.figures.items():
            yield (
                half,
                str(found.num_answerable),
                f"{found.gold_in_hits:.1%}",
                f"{found.first_citation_gold:.1%}",
                f"{found.false_refusals:.1%}",
                str(found.num_unanswerable),
                f"{found.correct_abstentions:.1%}",
            )


def sample_questions_file() -> Path:
    """The questions on the sample documents; SettingsError where the package came without them."""
    file = bundled_path("eval", "sample.jsonl")
    if not file.is_file():
        raise SettingsError(
            "the sample questions (data/eval/sample.jsonl) are in the source repository and not in the "
            "installed package: give a question set"
        )
    return file


def measure_answers(file: Path, folder: Path, settings: Settings) -> AnswerReport:
    """Ingest ``folder`` into a store of its own, ask every question of the set, and sum up by halves."""
    halves = split_halves(load_gold_questions(file))
    with tempfile.TemporaryDirectory(prefix="swallow-rag-eval-") as scratch:
        elsewhere = settings.with_values(
            {"store.path": Path(scratch) / "store", "store.keep_originals": False}
        )
        with open_assembly(elsewhere, create=True) as assembly:
            ingest([folder], assembly.store, assembly.embedder, elsewhere.ingest)
            chain = assembly.build_chain()
            outcomes = {half: tuple(ask_all(chain.invoke, asked)) for half, asked in halves.items()}
    answerers = {outcome.answer.answerer for found in outcomes.values() for outcome in found}
    return AnswerReport(
        file.stem,
        ", ".join(sorted(answerers)),
        {half: sum_up(found) for half, found in outcomes.items()},
        outcomes,
    )


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
