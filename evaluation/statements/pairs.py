"""Pairs of sentences with labels of entailment (JNLI): what *contradicted* is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.datasets.files import first_keys, read_rows, set_name
from evaluation.halves import Part, is_in
from rag.answering.evidence import EvidenceChecker
from rag.types import Verdict

_KEYS = frozenset({"sentence1", "sentence2", "label"})
_EXACT = ("number", "negation")


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A premise, a statement, and ``entailment``, ``neutral`` or ``contradiction``."""

    id: str
    premise: str
    statement: str
    label: str


@dataclass(frozen=True, slots=True)
class PairReport:
    """How verdicts fall on labels; ``reasons`` are of pairs with a number or negation that disagrees."""

    name: str
    verdicts: Counter[tuple[str, str]]
    reasons: Counter[tuple[str, str]]

    @property
    def precision(self) -> float:
        """Of the pairs judged contradicted for a number or a negation, those that are contradictions."""
        judged = sum(count for (reason, _), count in self.reasons.items() if reason == "contradicted")
        return self.reasons["contradicted", "contradiction"] / judged if judged else 0.0

    @property
    def labels(self) -> list[str]:
        """Those that occur."""
        return sorted({label for _, label in self.verdicts})

    def as_json(self) -> dict[str, Any]:
        """The one object that ``--json`` prints."""
        return {
            "pairs": self.name,
            "num_pairs": self.verdicts.total(),
            "precision_of_contradicted_by_number_or_negation": self.precision,
            "contradicted_by_number_or_negation": {
                label: self.reasons["contradicted", label] for label in self.labels
            },
            "verdicts": {
                label: {v.value: self.verdicts[v.value, label] for v in Verdict} for label in self.labels
            },
        }

    def rows(self) -> Iterator[Sequence[str]]:
        """A heading, a row a verdict, and one for verdicts that a number or negation decided."""
        yield ("判定", *self.labels)
        for verdict in Verdict:
            yield (verdict.value, *(str(self.verdicts[verdict.value, label]) for label in self.labels))
        exact = [str(self.reasons["contradicted", label]) for label in self.labels]
        yield ("うち数・否定で contradicted", *exact)


def is_labelled(file: Path) -> bool:
    """Whether a file has the form of JNLI."""
    return file.name.endswith((".jsonl", ".jsonl.gz")) and first_keys(file) >= _KEYS


def load_pairs(file: Path, part: Part = "all") -> tuple[str, list[LabelledPair]]:
    """The set's name and its pairs; SettingsError names the line that is not as it should be."""

    def build(row: dict[str, Any]) -> LabelledPair:
        return LabelledPair(
            str(row.get("sentence_pair_id", row["sentence1"])),
            row["sentence1"],
            row["sentence2"],
            row["label"],
        )

    pairs = read_rows(file, build)
    return set_name(file), [pair for pair in pairs if is_in(pair.id, part)]


def judge_labelled(name: str, pairs: Sequence[LabelledPair], checker: EvidenceChecker) -> PairReport:
    """Every second sentence held against the first."""
    verdicts: Counter[tuple[str, str]] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        found = checker.compare(pair.statement, pair.premise)
        verdicts[found.verdict.value, pair.label] += 1
        if any(one.kind in _EXACT for one in found.discrepancies):
            reasons[found.verdict.value, pair.label] += 1
    return PairReport(name, verdicts, reasons)
