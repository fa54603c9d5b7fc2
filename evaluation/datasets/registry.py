"""Which form a question set is in, told by its name and its first line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from evaluation.datasets.base import Dataset
from evaluation.datasets.beir import is_beir, load_beir
from evaluation.datasets.files import first_keys
from evaluation.datasets.sentences import QUOTED, load_niilc, load_placed, load_quoted
from evaluation.datasets.squad import load_squad_dataset
from evaluation.datasets.table import load_table
from rag.errors import SettingsError

Load = Callable[[Path], Dataset]


class _Lines(NamedTuple):
    """A form of JSON lines: the keys by which it is known."""

    keys: frozenset[str]
    load: Load


_BY_ENDING: tuple[tuple[tuple[str, ...], Load], ...] = (
    ((".json", ".json.gz"), load_squad_dataset),
    ((".csv", ".tsv"), load_table),
)
_LINES = (
    _Lines(frozenset({"collection", "file", "offset", "length", "sentence_sha256"}), load_placed),
    _Lines(QUOTED, load_quoted),
    _Lines(frozenset({"question", "answers"}), load_niilc),
)


def load_dataset(path: Path) -> Dataset:
    """Read a question set of any known form. Raises SettingsError that says which forms there are."""
    if not path.exists():
        raise SettingsError(f"question set {path} is not there: check the path")
    if is_beir(path):
        return load_beir(path)
    name = path.name.lower()
    for endings, load in _BY_ENDING:
        if name.endswith(endings):
            return load(path)
    if name.endswith((".jsonl", ".jsonl.gz")):
        keys = first_keys(path)
        for form in _LINES:
            if form.keys <= keys:
                return form.load(path)
    raise SettingsError(
        f"{path} is no question set that is known here: give a SQuAD file (.json), a BEIR folder, "
        "a table (.csv) or JSON lines as docs/evaluation.md describes them"
    )
