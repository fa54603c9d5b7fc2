"""What a run leaves behind: figures, what they were made with, and every question's outcome.

A run is a folder: ``run.json`` (everything but the questions), ``questions.jsonl``, and reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from evaluation.metrics import METRICS, first_rank
from evaluation.significance import Interval
from rag.errors import SettingsError

RUN_FILE, QUESTIONS_FILE = "run.json", "questions.jsonl"


@dataclass(frozen=True, slots=True)
class LegOutcome:
    """What one leg found for one question: the units, best first, their grades, and how long it took."""

    units: tuple[str, ...]
    gains: tuple[float, ...]
    ms: float

    @property
    def rank(self) -> int | None:
        """The rank of the first gold unit, None when none was found."""
        return first_rank(self.gains)


@dataclass(frozen=True, slots=True)
class QuestionOutcome:
    """One question with every leg's outcome; ``ideal`` is empty when its gold is not in the index."""

    id: str
    text: str
    group: str
    ideal: tuple[float, ...]
    legs: Mapping[str, LegOutcome]

    def value(self, leg: str, metric: str) -> float:
        """One metric of one leg: ``value("final", "recall@1")``."""
        return METRICS[metric](self.legs[leg].gains, self.ideal)


@dataclass(frozen=True, slots=True)
class LegFigures:
    """Means over all questions, their intervals by metric, and times in milliseconds."""

    values: Mapping[str, float]
    intervals: Mapping[str, Interval]
    ms_mean: float
    ms_p50: float
    ms_p95: float


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that a run depends on besides the machine."""

    dataset: str
    dataset_sha256: str
    part: str
    corpus: str
    corpus_sha256: str
    num_documents: int
    num_chunks: int
    settings: Mapping[str, Any]
    identity: Mapping[str, Any]
    code: str
    version: str
    began: str


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run; ``notes`` are what a reader of the figures must know."""

    circumstances: Circumstances
    legs: Mapping[str, LegFigures]
    outcomes: tuple[QuestionOutcome, ...]
    notes: tuple[str, ...] = ()

    @property
    def num_missing(self) -> int:
        """Questions whose gold is not in the index; they count as not found."""
        return sum(not outcome.ideal for outcome in self.outcomes)

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
            "num_gold_missing": self.num_missing,
            "legs": {name: _leg_json(figures) for name, figures in self.legs.items()},
            "notes": list(self.notes),
        }


def _leg_json(figures: LegFigures) -> dict[str, Any]:
    return {
        **figures.values,
        "ms_per_query": figures.ms_mean,
        "ms_p50": figures.ms_p50,
        "ms_p95": figures.ms_p95,
        "intervals": {name: [found.low, found.high] for name, found in figures.intervals.items()},
    }


def save_run(run: Run, folder: Path) -> None:
    """Write ``run.json`` and ``questions.jsonl``; raises SettingsError when the folder cannot be written."""
    write_run(
        {"circumstances": run.circumstances, "legs": run.legs, "notes": run.notes}, run.outcomes, folder
    )


def write_run(facts: Mapping[str, object], outcomes: Sequence[object], folder: Path) -> None:
    """The same for runs of any kind: their facts in one file, their outcomes a line each in another."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RUN_FILE).write_bytes(orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        (folder / QUESTIONS_FILE).write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in outcomes))
    except OSError as error:
        raise SettingsError(f"the run cannot be written to {folder}: {error.strerror}") from error


def load_run(folder: Path) -> Run:
    """Read what `save_run` wrote. Raises SettingsError when there is no run, or a damaged one."""
    try:
        facts = orjson.loads((folder / RUN_FILE).read_bytes())
        lines = (folder / QUESTIONS_FILE).read_bytes().splitlines()
        return _runs().validate_python({**facts, "outcomes": [orjson.loads(line) for line in lines]})
    except FileNotFoundError as error:
        raise SettingsError(
            f"{folder} holds no run: make one with `swallow-rag eval retrieval … --output {folder}`"
        ) from error
    except (OSError, ValueError, TypeError, ValidationError) as error:
        reason = str(error).partition("\n")[0]
        raise SettingsError(f"the run in {folder} cannot be read: {reason}") from error


@cache
def _runs() -> TypeAdapter[Run]:
    return TypeAdapter(Run)
