"""Question sets with gold sentences: one JSON object a line, as in ``data/eval/sample.jsonl``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.datasets.files import read_rows
from evaluation.halves import Half, half_of
from rag.text.fold import fold_text
from rag.types import Citation


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """A sentence that proves the answer, and the name of the file that it stands in."""

    source: str
    sentence: str

    def is_cited_by(self, citation: Citation) -> bool:
        """Whether the citation quotes this sentence; a table row may hold more than the gold cell."""
        if citation.document.name != self.source:
            return False
        gold, quote = _bare(self.sentence), _bare(citation.quote)
        return gold in quote or (quote in gold and 2 * len(quote) > len(gold))


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with everything that proves its answer; nothing does when it is unanswerable."""

    id: str
    text: str
    gold: tuple[GoldSentence, ...]
    answer: str = ""

    @property
    def answerable(self) -> bool:
        """False for a near miss that no document answers."""
        return bool(self.gold)

    @property
    def half(self) -> Half:
        """Which half its id puts it into."""
        return half_of(self.id)


def load_gold_questions(file: Path) -> list[GoldQuestion]:
    """Read a set; SettingsError names the line that is not as it should be."""
    return read_rows(file, _read_question)


def _read_question(row: dict[str, Any]) -> GoldQuestion:
    rows = [row, *row["alternatives"]] if row["answerable"] else []
    gold = tuple(GoldSentence(entry["source"], entry["sentence"]) for entry in rows)
    return GoldQuestion(row["id"], row["question"], gold, row.get("answer", ""))


def split_halves(questions: Sequence[GoldQuestion]) -> dict[Half, list[GoldQuestion]]:
    """The questions of each half, in their order."""
    halves: dict[Half, list[GoldQuestion]] = {"tuning": [], "reported": []}
    for question in questions:
        halves[question.half].append(question)
    return halves


def _bare(text: str) -> str:
    """Comparison form without white space."""
    return "".join(fold_text(text).split())
