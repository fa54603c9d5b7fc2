"""Sets of JSON lines: NIILC's short answers, our gold sentences, and sentences told by their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evaluation.datasets.base import (
    AskedQuestion,
    Dataset,
    GoldAnswers,
    GoldPlace,
    GoldSentences,
    Place,
)
from evaluation.datasets.files import first_keys, hash_files, read_rows, set_name
from evaluation.questions import load_gold_questions

QUOTED = frozenset({"question", "answerable"})
"""The keys by which a line of such a file is known."""


def load_niilc(file: Path) -> Dataset:
    """``{"id", "question", "answers": […]}`` a line; questions without an answer are left out."""

    def build(row: dict[str, Any]) -> AskedQuestion:
        answers = tuple(str(answer) for answer in row["answers"] if str(answer).strip())
        return AskedQuestion(str(row["id"]), row["question"], GoldAnswers(answers), str(row["id"]), answers)

    questions = (question for question in read_rows(file, build) if question.gold != GoldAnswers(()))
    return Dataset(set_name(file), hash_files([file]), tuple(questions))


def is_quoted(file: Path) -> bool:
    """Whether a file has the form of ``data/eval/sample.jsonl``, which says what cannot be answered."""
    return file.name.endswith((".jsonl", ".jsonl.gz")) and first_keys(file) >= QUOTED


def load_quoted(file: Path) -> Dataset:
    """The form of ``data/eval/sample.jsonl``; unanswerable questions have nothing to be found."""
    questions = (
        AskedQuestion(
            asked.id, asked.text, GoldSentences(asked.gold), asked.id, (asked.answer,) if asked.answer else ()
        )
        for asked in load_gold_questions(file)
        if asked.answerable
    )
    return Dataset(set_name(file), hash_files([file]), tuple(questions))


def load_placed(file: Path) -> Dataset:
    """The form of ``data/eval/natural.jsonl``: collection, file, offset, length and the sentence's hash."""

    def build(row: dict[str, Any]) -> AskedQuestion:
        place = Place(row["collection"], row["file"], row["offset"], row["length"], row["sentence_sha256"])
        return AskedQuestion(str(row["id"]), row["question"], GoldPlace(place), str(row["id"]))

    return Dataset(set_name(file), hash_files([file]), tuple(read_rows(file, build)))
