"""How good summaries are: ROUGE against a summary that somebody wrote, coverage, and support.

Every system gives at most the same number of characters: lead-1 and lead-3 are the first one and three
sentences of running text, cut at the budget; ``random`` takes sentences of the text by lot. Figures are those
of half 1 of the examples unless asked otherwise: half 0 is where the weights come from.
"""

from __future__ import annotations

import hashlib
import random
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.abstracts import Example, load_examples
from evaluation.rouge import Rouge, Words, mean_rouge, rouge, words_of
from rag.errors import ReadError
from rag.summary.base import BUDGETS, Length, Request, Summary
from rag.summary.material import Kind, Material
from rag.summary.summarizer import Summarizer

Told = Callable[[int, int], None]
Line = tuple[str, ...]

NUM_LEAD = 3
OURS = "summary"
PARTS = {"reported": 1, "tuning": 0}


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """One system at one budget: means over the examples; coverage and support for ours alone."""

    system: str
    rouge_1: float
    rouge_2: float
    rouge_l: float
    mean_chars: float
    coverage: float | None = None
    support: float | None = None


@dataclass(frozen=True, slots=True)
class SummaryReport:
    """The figures of all systems at each budget, in characters."""

    name: str
    part: str
    num_examples: int
    budgets: dict[str, tuple[SystemFigures, ...]]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)

    def rows(self) -> list[Line]:
        """A table: budget, system, figures."""
        head = ("長さ", "方式", "ROUGE-1", "ROUGE-2", "ROUGE-L", "文字", "範囲", "裏付け")
        return [head, *(_row(name, one) for name, systems in self.budgets.items() for one in systems)]


def _row(budget: str, one: SystemFigures) -> Line:
    shares = ["" if share is None else f"{share:.2f}" for share in (one.coverage, one.support)]
    figures = (f"{figure:.3f}" for figure in (one.rouge_1, one.rouge_2, one.rouge_l))
    return (budget, one.system, *figures, f"{one.mean_chars:.0f}", *shares)


@dataclass(frozen=True, slots=True)
class _Output:
    """What one system gave for one example."""

    text: str
    figures: Rouge
    coverage: float | None = None
    support: float | None = None


def measure_summaries(
    file: Path,
    summarizer: Summarizer,
    lengths: Sequence[Length] = (Length.LINE, Length.SHORT),
    *,
    part: str = "reported",
    limit: int | None = None,
    told: Told = lambda _done, _total: None,
) -> SummaryReport:
    """Summarise every example at each length and hold it against its reference.

    Raises ReadError when the file has no example in this part.
    """
    examples = [one for one in load_examples(file) if part == "all" or one.half == PARTS[part]][:limit]
    if not examples:
        raise ReadError(f"{file} has no example in the part {part!r}: ask for --half all")
    outputs: dict[str, dict[str, list[_Output]]] = {}
    for number, example in enumerate(examples, start=1):
        for name, by_system in _Trial(example, summarizer).run(lengths).items():
            for system, output in by_system.items():
                outputs.setdefault(name, {}).setdefault(system, []).append(output)
        told(number, len(examples))
    budgets = {
        name: tuple(_figures(system, found) for system, found in by_system.items())
        for name, by_system in outputs.items()
    }
    return SummaryReport(file.name, part, len(examples), budgets)


class _Trial:
    """All systems on one example."""

    def __init__(self, example: Example, summarizer: Summarizer) -> None:
        self._example = example
        self._summarizer = summarizer
        self._facts = summarizer.extractive.grounds(example.document())
        self._reference = self._words(example.summary)

    def run(self, lengths: Iterable[Length]) -> dict[str, dict[str, _Output]]:
        """Outputs by budget and system; the longest lead comes uncut in the last budget's stead too."""
        found = {}
        for length in lengths:
            summary = self._summarizer.of_grounds(self._facts, Request(length))
            room = BUDGETS[length].max_chars
            baselines = _baselines(self._facts.material, self._example.id, room)
            found[f"{length} ({room})"] = {
                OURS: self._ours(summary),
                **{name: self._output(text) for name, text in baselines.items()},
            }
        return found

    def _ours(self, summary: Summary) -> _Output:
        text = "".join(statement.text for statement in summary.statements)
        return _Output(text, self._rouge(text), summary.coverage_share, summary.support_rate)

    def _output(self, text: str) -> _Output:
        return _Output(text, self._rouge(text))

    def _rouge(self, text: str) -> Rouge:
        return rouge(self._words(text), self._reference)

    def _words(self, text: str) -> Words:
        return words_of(text, self._summarizer.analyzer)


def _baselines(material: Material, name: str, room: int) -> dict[str, str]:
    """Lead-1, lead-3 and a draw by lot, each cut at ``room`` characters."""
    prose = [one.text for one in material.sentences if one.kind is Kind.PROSE]
    texts = prose or [one.text for one in material.sentences]
    lot = random.Random(hashlib.sha256(name.encode()).digest())
    drawn = "".join(lot.sample(texts, len(texts)))
    leads = {"lead-1": texts[0], "lead-3": "".join(texts[:NUM_LEAD]), "random": drawn}
    return {system: text[:room] for system, text in leads.items()}


def _figures(system: str, outputs: Sequence[_Output]) -> SystemFigures:
    figures = mean_rouge([output.figures for output in outputs])
    return SystemFigures(
        system,
        *figures,
        statistics.mean(len(output.text) for output in outputs),
        _mean([output.coverage for output in outputs]),
        _mean([output.support for output in outputs]),
    )


def _mean(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return statistics.mean(known) if known else None
