"""BEIR folders: ``corpus.jsonl``, ``queries.jsonl`` and judgements in ``qrels/*.tsv``."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from evaluation.datasets.base import AskedQuestion, Dataset, GoldDocuments, Passage
from evaluation.datasets.files import hash_files, read_rows, read_text
from rag.errors import SettingsError

_NUM_COLUMNS = 3


def is_beir(folder: Path) -> bool:
    """Whether the folder has a corpus, packed or not."""
    return folder.is_dir() and _find(folder, "corpus") is not None


def load_beir(folder: Path) -> Dataset:
    """Read a folder; of several files of judgements ``test.tsv`` counts, else all of them.

    Judged queries alone are asked. Judgements of 0 are left out, as they are no gold.
    """
    corpus, queries = _find(folder, "corpus"), _find(folder, "queries")
    judged = sorted((folder / "qrels").glob("*.tsv"))
    judged = [file for file in judged if file.stem == "test"] or judged
    if corpus is None or queries is None or not judged:
        raise SettingsError(
            f"{folder} is no BEIR folder: it needs corpus.jsonl, queries.jsonl and a file in qrels/"
        )
    name = folder.resolve().name
    passages = read_rows(
        corpus, lambda row: Passage(f"{name}/{row['_id']}", row.get("title") or "", row["text"])
    )
    grades = _read_grades(judged)
    asked = read_rows(queries, lambda row: (str(row["_id"]), str(row["text"])))
    questions = tuple(
        AskedQuestion(key, text, GoldDocuments({f"{name}/{doc}": g for doc, g in grades[key].items()}), key)
        for key, text in asked
        if key in grades
    )
    return Dataset(name, hash_files([corpus, queries, *judged]), questions, tuple(passages))


def _find(folder: Path, stem: str) -> Path | None:
    names = (f"{stem}.jsonl", f"{stem}.jsonl.gz")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _read_grades(files: list[Path]) -> dict[str, dict[str, int]]:
    grades: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for file in files:
        for number, line in enumerate(read_text(file).splitlines(), start=1):
            cells = line.split("\t")
            if not line.strip() or (number == 1 and not cells[-1].strip().lstrip("-").isdigit()):
                continue  # the heading: query-id, corpus-id, score
            try:
                query, document, grade = cells[:_NUM_COLUMNS]
                if int(grade) > 0:
                    grades[query][document] = int(grade)
            except ValueError as error:
                raise SettingsError(f"line {number} of {file} is no judgement: {error}") from error
    return dict(grades)
