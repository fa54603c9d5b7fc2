"""What a question set is: questions, what proves their answers, and passages where it brings some."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from evaluation.halves import Part, is_in
from evaluation.questions import GoldSentence
from rag.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph that is a document of its own; ``id`` is unique over all sets."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class GoldDocuments:
    """Documents that answer, with grades above 0; all of them are wanted.

    A name is a document's whole source or its last part.
    """

    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class GoldSentences:
    """Sentences, each of which proves the answer: a chunk that holds one of them is right.

    A sentence with an empty source may stand in any document.
    """

    sentences: tuple[GoldSentence, ...]


class Place(NamedTuple):
    """A sentence of somebody else's document, told by where it stands and not repeated.

    ``offset`` and ``length`` count characters of the decoded file; ``sha256`` begins the sentence's hash.
    """

    collection: str
    file: str
    offset: int
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class GoldPlace:
    """As `GoldSentences`, once the sentence was read from the original file."""

    place: Place


@dataclass(frozen=True, slots=True)
class GoldAnswers:
    """Short answers: a text that holds one of them counts as right, which is a weak proof."""

    answers: tuple[str, ...]


Gold = GoldDocuments | GoldSentences | GoldPlace | GoldAnswers


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with its gold.

    ``group`` is what it shares with others that are alike (its article), else its own id: halves are
    drawn and intervals computed by group. ``answers`` are gold answers in words, where the set has any.
    """

    id: str
    text: str
    gold: Gold
    group: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """A question set; ``sha256`` is that of its file, or of the files of its folder."""

    name: str
    sha256: str
    questions: tuple[AskedQuestion, ...]
    passages: tuple[Passage, ...] = ()

    def part(self, part: Part, limit: int | None = None) -> Dataset:
        """Only the questions of that part; with ``limit`` the first so many in the order of their hashes.

        A smaller sample is contained in a larger one, and does not depend on the order of the file.
        """
        kept = [question for question in self.questions if is_in(question.group, part)]
        if limit is not None and limit < len(kept):
            drawn = set(sorted((_draw(question.id), question.id) for question in kept)[:limit])
            kept = [question for question in kept if (_draw(question.id), question.id) in drawn]
        return replace(self, questions=tuple(kept))


def _draw(text: str) -> str:
    return hashlib.sha256(f"sample-1\0{text}".encode()).hexdigest()


def distinct(passages: Iterable[Passage]) -> tuple[dict[str, Passage], dict[str, str]]:
    """Each text once, by id, and for every passage's id the id that its text is kept under.

    Two articles may share a paragraph: a question on it is answered by either. Raises SettingsError when
    two different passages have one id.
    """
    kept: dict[str, Passage] = {}
    by_text: dict[str, str] = {}
    names: dict[str, str] = {}
    for passage in passages:
        name = by_text.setdefault(passage.text, passage.id)
        first = kept.setdefault(name, passage)
        if first.text != passage.text or names.setdefault(passage.id, name) != name:
            raise SettingsError(
                f"two passages are called {passage.id}: rename one of the files or its folder"
            )
    return kept, names
