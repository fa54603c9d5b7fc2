"""Questions with one thing swapped, so that nothing answers them: ``data/eval/swapped.jsonl``.

Each was made from a question of another set that can be answered; the two are asked side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluation.datasets.base import Dataset
from evaluation.datasets.files import read_rows
from evaluation.halves import Part, is_in
from rag.bundled import bundled_path
from rag.errors import SettingsError


@dataclass(frozen=True, slots=True)
class SwappedQuestion:
    """A question without an answer, and the id of the one that it was made from."""

    id: str
    text: str
    original_id: str


def load_swapped(file: Path | None = None) -> list[SwappedQuestion]:
    """Read a set, by default that of the source; SettingsError where it is not there."""

    def build(row: dict[str, Any]) -> SwappedQuestion:
        return SwappedQuestion(row["id"], row["question"], row["original_id"])

    file = file or bundled_path("eval", "swapped.jsonl")
    return read_rows(file, build)


def pair_up(
    dataset: Dataset, swapped: list[SwappedQuestion], part: Part, limit: int | None = None
) -> tuple[Dataset, Mapping[str, str]]:
    """The questions of ``dataset`` that were swapped, under the ids of the swapped ones, and those by id.

    The part and the limit go by the swapped questions. Raises SettingsError when none was made from this set.
    """
    originals = {one.id: one for one in dataset.questions}
    pairs = [one for one in swapped if one.original_id in originals]
    if not pairs:
        raise SettingsError(f"no swapped question was made from {dataset.name}: choose another set")
    asked = [
        replace(originals[one.original_id], id=one.id, group=one.id) for one in pairs if is_in(one.id, part)
    ]
    drawn = replace(dataset, questions=tuple(asked)).part("all", limit)
    return drawn, {one.id: one.text for one in pairs}
