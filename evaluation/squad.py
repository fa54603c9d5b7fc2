"""SQuAD-style sets (JSQuAD, JaQuAD): every paragraph is one document, every question has its paragraph."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SettingsError

_TITLE_MARK = " [SEP] "
"""JSQuAD puts the article's title and this before each paragraph."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph; ``id`` is unique over all sets: file, article and paragraph number."""

    id: str
    article: str
    text: str


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
        data = file.read_bytes()
        articles = json.loads(gzip.decompress(data) if file.suffix == ".gz" else data)["data"]
        return _read_articles(file.name.removesuffix(".gz").removesuffix(".json"), articles)
    except OSError as error:
        raise SettingsError(f"question set {file} cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{file} is not a SQuAD file: {error!r}") from error


def _read_articles(name: str, articles: Sequence[dict]) -> PassageSet:  # type: ignore[type-arg]
    passages, questions = [], []
    for number, article in enumerate(articles):
        for position, paragraph in enumerate(article["paragraphs"]):
            passage_id = f"{name}/{number}/{position}"
            before, mark, text = paragraph["context"].partition(_TITLE_MARK)
            offset = len(before) + len(mark) if mark else 0
            passages.append(Passage(passage_id, article["title"], text if mark else before))
            for asked in paragraph["qas"]:
                answers = asked["answers"]
                questions.append(
                    PassageQuestion(
                        str(asked["id"]),
                        asked["question"],
                        passage_id,
                        article["title"],
                        tuple(answer["text"] for answer in answers),
                        tuple(max(-1, answer["answer_start"] - offset) for answer in answers),
                    )
                )
    return PassageSet(name, tuple(passages), tuple(questions))
