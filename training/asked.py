"""Questions as people ask them, over passages of the shared documents: from them models learn people's words.

`asked.jsonl` was written for this project, each question twice: as somebody asks who has not read the
passage, and again without any content word of the sentence that answers. None is about a document that
``data/eval`` asks about. A line names collection, file, and where in the text as read that sentence begins,
with its first characters; the text itself is not kept.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evaluation.corpus import Target, open_corpus
from evaluation.datasets.registry import load_dataset
from rag.assembly import Assembly
from rag.bundled import bundled_path
from rag.settings import Settings
from rag.types import EVERYTHING, Chunk, DocumentInfo
from training.pairs import Pair, is_held_out
from training.words import words_of_all

ASKED = Path(__file__).with_name("asked.jsonl")

HELD_OUT_SHARE = 0.2
"""Of the documents: the embedder does not see their questions, the re-ranker is fitted on them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One need in two wordings, and the sentence that meets it."""

    id: str
    natural: str
    paraphrase: str
    collection: str
    file: str
    start: int
    anchor: str

    @property
    def held_out(self) -> bool:
        """Whether the embedder has not seen it."""
        return is_held_out(self.file, HELD_OUT_SHARE)

    @property
    def wordings(self) -> tuple[str, str]:
        """Both questions."""
        return self.natural, self.paraphrase


def read_asked() -> list[Asked]:
    """All of them, in the order of the file."""
    with ASKED.open(encoding="utf-8") as lines:
        return [Asked(**json.loads(line)) for line in lines]


@contextmanager
def open_documents(shared: Path, cache: Path, settings: Settings) -> Iterator[Assembly]:
    """A store of all documents that are asked about."""
    dataset = load_dataset(bundled_path("eval", "natural.jsonl"))
    with open_corpus(dataset, Target(folder=shared, cache=cache), settings) as corpus:
        yield corpus.assembly


def find_chunks(parts: Assembly, asked: Sequence[Asked]) -> Iterator[tuple[Asked, DocumentInfo, Chunk]]:
    """Each question with the chunk that answers it; left out where the text is now read otherwise."""
    wanted: defaultdict[tuple[str, str], list[Asked]] = defaultdict(list)
    for one in asked:
        wanted[one.collection, Path(one.file).name].append(one)
    for info in parts.store.document_infos(EVERYTHING):
        named = wanted.get((info.collection, Path(info.source).name), ())
        here = [one for one in named if info.source.endswith(f"/{one.file}")]
        chunks = parts.store.chunks(parts.store.chunk_ids(info.id, EVERYTHING), EVERYTHING) if here else {}
        for one in here:
            found = (chunk for chunk in chunks.values() if _stands_in(one, chunk))
            yield from ((one, info, chunk) for chunk in list(found)[:1])


def _stands_in(asked: Asked, chunk: Chunk) -> bool:
    place = asked.start - chunk.start
    return place >= 0 and chunk.text.startswith(asked.anchor, place)


def asked_pairs(shared: Path, cache: Path, settings: Settings) -> list[Pair]:
    """Each wording with its chunk, once alone and once under title and headings; nothing that is held out."""
    texts: list[tuple[str, str]] = []
    with open_documents(shared, cache, settings) as parts:
        seen = [one for one in read_asked() if not one.held_out]
        for one, info, chunk in find_chunks(parts, seen):
            whole = "\n".join((info.title, *chunk.heading_path, chunk.text))
            texts += [(wording, text) for wording in one.wordings for text in (chunk.text, whole)]
    questions, passages = (words_of_all(side) for side in zip(*texts, strict=True))
    return [Pair(left, right) for left, right in zip(questions, passages, strict=True) if left and right]
