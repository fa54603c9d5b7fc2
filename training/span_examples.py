"""Questions with the words where their answer begins and ends, and passages that do not answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evaluation.datasets.squad import PassageQuestion, PassageSet
from rag.assembly import Assembly
from rag.comprehension import word_range
from rag.comprehension.reader import MAX_HEADING_WORDS, MAX_PASSAGE_WORDS, MAX_QUESTION_WORDS
from rag.retrieval.base import Query
from rag.retrieval.keyword import KeywordLeg
from rag.text.analyzer import Analysis, Feature
from rag.types import EVERYTHING, Chunk, Question, Span
from training.pairs import SHARED_TITLE, is_held_out

MAX_ANSWER_WORDS = 25
NUM_NEAR = 14
"""So many of the best hits are drawn from for passages that do not answer."""

Features = tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as the reader sees it."""

    text: str
    body: Features
    heading: Features


@dataclass(frozen=True, slots=True)
class SpanExample:
    """A question, the chunk with its answer, first and last word of it, and hits without the answer."""

    question: Features
    gold: int
    first: int
    last: int
    others: Sequence[int]


class ExampleReader:
    """Reads chunks out of a pool and finds answers in them."""

    def __init__(self, parts: Assembly) -> None:
        self._parts = parts
        self._leg = KeywordLeg(parts.store)
        self.passages: dict[int, Passage] = {}
        self._analyses: dict[int, Analysis] = {}
        self._chunks: dict[str, list[Chunk]] = {}

    def read_pool(self) -> None:
        """Every chunk with its analysis."""
        store, analyzer = self._parts.store, self._parts.analyzer
        for info in store.document_infos(EVERYTHING):
            ids = store.chunk_ids(info.id, EVERYTHING)
            chunks, analyses = store.chunks(ids, EVERYTHING), store.analyses(ids)
            self._chunks[info.source] = list(chunks.values())
            for chunk_id, chunk in chunks.items():
                heading = analyzer.analyze("\n".join((info.title, *chunk.heading_path))).features
                self._analyses[chunk_id] = analyses[chunk_id]
                body = analyses[chunk_id].features[:MAX_PASSAGE_WORDS]
                self.passages[chunk_id] = Passage(chunk.text, body, heading[:MAX_HEADING_WORDS])

    def examples(self, passages: PassageSet, *, held_out: bool) -> Iterator[SpanExample]:
        """The questions of the articles that the embedder was trained on, or of those held out."""
        for question in passages.questions:
            if question.article != SHARED_TITLE and is_held_out(question.article) is held_out:
                example = self._example(question)
                if example is not None:
                    yield example

    def _example(self, question: PassageQuestion) -> SpanExample | None:
        found = self._locate(question.passage_id, question.answers[0], question.answer_starts[0])
        if found is None:
            return None
        query = Query.from_question(Question(question.text), self._parts.analyzer)
        near = [chunk_id for chunk_id, _ in self._leg.search(query, NUM_NEAR)]
        answer = question.answers[0]
        others = [i for i in near if i != found[0] and answer not in self.passages[i].text]
        return SpanExample(query.analysis.features[:MAX_QUESTION_WORDS], *found, others)

    def _locate(self, source: str, answer: str, start: int) -> tuple[int, int, int] | None:
        """Chunk, first and last word of the answer; None where it is cut in two or far too long."""
        for chunk in self._chunks.get(source, ()):
            begin = start - chunk.start
            if begin < 0 or chunk.text[begin : begin + len(answer)] != answer:
                begin = chunk.text.find(answer)
            if begin < 0:
                continue
            analysis = self._analyses[chunk.id]
            first, end = word_range(analysis, Span(begin, begin + len(answer)))
            if first < len(analysis.starts) and analysis.starts[first] > begin:
                first = max(first - 1, 0)  # the answer begins inside a word
            if first < end <= first + MAX_ANSWER_WORDS and end <= MAX_PASSAGE_WORDS:
                return chunk.id, first, end - 1
        return None


def draw_others(example: SpanExample, count: int, pool: Sequence[int], drawn: random.Random) -> list[int]:
    """Hits without the answer, the nearest most often; any passage where there are too few."""
    left = list(example.others)
    chosen: list[int] = []
    while left and len(chosen) < count:
        place = drawn.choices(range(len(left)), [1 / (1 + rank) for rank in range(len(left))])[0]
        chosen.append(left.pop(place))
    return chosen + [drawn.choice(pool) for _ in range(count - len(chosen))]


def number_words(features: Sequence[Feature]) -> Mapping[Feature, int]:
    """Numbers from 1; 0 is no word."""
    return {feature: number for number, feature in enumerate(dict.fromkeys(features), start=1)}
