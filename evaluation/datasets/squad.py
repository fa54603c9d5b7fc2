"""SQuAD-style sets (JSQuAD, JaQuAD): every paragraph is one document, every question has its paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from evaluation.datasets.base import AskedQuestion, Dataset, GoldDocuments, Passage
from evaluation.datasets.files import hash_files, read_bytes, set_name
from rag.errors import SettingsError

_TITLE_MARK = " [SEP] "
"""JSQuAD puts the article's title and this before each paragraph."""


@dataclass(frozen=True, slots=True)
class PassageQuestion:
    """A question and the passage that answers it, with every gold answer and where each begins.

    A start is -1 where the answer was marked in the title before the paragraph.
    """

    id: str
    text: str
    passage_id: str
    article: str
    answers: tuple[str, ...]
    answer_starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PassageSet:
    """What one file holds."""

    name: str
    passages: tuple[Passage, ...]
    questions: tuple[PassageQuestion, ...]


def load_squad(file: Path) -> PassageSet:
    """Read a SQuAD 1.1 file, gzip-compressed or not; SettingsError when it is not one."""
    try:
        return _read_articles(set_name(file), orjson.loads(read_bytes(file))["data"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{file} is not a SQuAD file: {error!r}") from error


def load_squad_dataset(file: Path) -> Dataset:
    """The same file as a question set: the paragraph is the right document."""
    passages = load_squad(file)
    questions = (
        AskedQuestion(
            asked.id,
            asked.text,
            GoldDocuments({asked.passage_id: 1}),
            asked.article,
            tuple(dict.fromkeys(asked.answers)),
        )
        for asked in passages.questions
    )
    return Dataset(passages.name, hash_files([file]), tuple(questions), passages.passages)


def _read_articles(name: str, articles: Sequence[Any]) -> PassageSet:
    passages, questions = [], []
    for number, article in enumerate(articles):
        for position, paragraph in enumerate(article["paragraphs"]):
            passage_id = f"{name}/{number}/{position}"
            before, mark, text = paragraph["context"].partition(_TITLE_MARK)
            offset = len(before) + len(mark) if mark else 0
            passages.append(Passage(passage_id, article["title"], text if mark else before))
            questions += [_read_question(asked, passage_id, article, offset) for asked in paragraph["qas"]]
    return PassageSet(name, tuple(passages), tuple(questions))


def _read_question(asked: Any, passage_id: str, article: Any, offset: int) -> PassageQuestion:
    answers = asked["answers"]
    return PassageQuestion(
        str(asked["id"]),
        asked["question"],
        passage_id,
        article["title"],
        tuple(answer["text"] for answer in answers),
        tuple(max(-1, answer["answer_start"] - offset) for answer in answers),
    )
