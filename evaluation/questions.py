"""Question sets with gold sentences: one JSON object a line, as in ``data/eval/sample.jsonl``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rag.errors import SettingsError
from rag.text.fold import fold_text
from rag.types import Citation

Half = Literal["tuning", "reported"]


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
        """``tuning`` when the first hex digit of sha256(id) is even; the other half is only reported."""
        first = hashlib.sha256(self.id.encode()).hexdigest()[0]
        return "tuning" if int(first, 16) % 2 == 0 else "reported"


def load_gold_questions(file: Path) -> list[GoldQuestion]:
    """Read a set; SettingsError names the line that is not as it should be."""
    questions = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise SettingsError(f"question set {file} cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            rows = [row, *row["alternatives"]] if row["answerable"] else []
            gold = tuple(GoldSentence(entry["source"], entry["sentence"]) for entry in rows)
            questions.append(GoldQuestion(row["id"], row["question"], gold, row.get("answer", "")))
        except (ValueError, KeyError, TypeError) as error:
            raise SettingsError(f"line {number} of {file} is not a question: {error!r}") from error
    return questions


def split_halves(questions: Sequence[GoldQuestion]) -> dict[Half, list[GoldQuestion]]:
    """The questions of each half, in their order."""
    halves: dict[Half, list[GoldQuestion]] = {"tuning": [], "reported": []}
    for question in questions:
        halves[question.half].append(question)
    return halves


def _bare(text: str) -> str:
    """Comparison form without white space."""
    return "".join(fold_text(text).split())
