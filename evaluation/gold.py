"""Hits held against gold: which of them are right, and what there was to find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

from evaluation.corpus import Corpus
from evaluation.datasets.base import (
    AskedQuestion,
    Gold,
    GoldAnswers,
    GoldDocuments,
    GoldPlace,
    GoldSentences,
    Place,
)
from evaluation.originals import read_sentences
from evaluation.questions import GoldSentence
from evaluation.spans import Bare, bare_sentence, find_sentence, make_bare
from rag.text.fold import fold_text
from rag.types import DocumentInfo, Hit, Span

Unit = Literal["document", "chunk"]

_REMEMBERED_DOCUMENTS = 64


class Judge(Protocol):
    """Grades hits for one question."""

    @property
    def unit(self) -> Unit:
        """What is ranked: a document counts once, by its best chunk."""
        ...

    @property
    def ideal(self) -> Sequence[float]:
        """Grades of all that is gold; empty where it is not in the index, which counts as not found."""
        ...

    def grade(self, hit: Hit) -> float:
        """0 for what is not gold."""
        ...


@dataclass(frozen=True, slots=True)
class DocumentJudge:
    """Knows the right documents by their ids."""

    grades: Mapping[str, float]
    unit: Unit = "document"

    @property
    def ideal(self) -> Sequence[float]:
        """Every gold document is wanted."""
        return tuple(self.grades.values())

    def grade(self, hit: Hit) -> float:
        """By document, whichever chunk it is."""
        return self.grades.get(hit.document.id, 0.0)


@dataclass(frozen=True, slots=True)
class SpanJudge:
    """Knows where gold sentences stand; any one of them is enough."""

    spans: Mapping[str, Sequence[Span]]
    unit: Unit = "chunk"

    @property
    def ideal(self) -> Sequence[float]:
        """One, when there is any."""
        return (1.0,) if any(self.spans.values()) else ()

    def grade(self, hit: Hit) -> float:
        """1 when the chunk holds more than half of a gold sentence."""
        chunk = hit.chunk
        return float(
            any(
                2 * (min(chunk.end, span.end) - max(chunk.start, span.start)) > span.end - span.start
                for span in self.spans.get(hit.document.id, ())
            )
        )


@dataclass(frozen=True, slots=True)
class AnswerJudge:
    """Knows short answers; a chunk that holds one is right, and one such chunk is enough."""

    answers: Sequence[str]
    unit: Unit = "chunk"

    @property
    def ideal(self) -> Sequence[float]:
        """What holds an answer is not counted beforehand: one is enough."""
        return (1.0,)

    def grade(self, hit: Hit) -> float:
        """1 when an answer stands in the chunk, in comparison form."""
        text = fold_text(hit.chunk.text)
        return float(any(answer in text for answer in self.answers))


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A document or chunk that was found: 「就業規則.txt#1200」, and its grade."""

    label: str
    gain: float


def rank_units(judge: Judge, hits: Sequence[Hit]) -> list[RankedUnit]:
    """What was found, best first: a document counts once, where the best of its chunks stands.

    Where one gold chunk is enough, only the first counts.
    """
    units: dict[str | int, RankedUnit] = {}
    is_found = False
    for hit in hits:
        gain = 0.0 if is_found else judge.grade(hit)
        if judge.unit == "document":
            units.setdefault(hit.document.id, RankedUnit(hit.document.source, gain))
        else:
            units[hit.chunk.id] = RankedUnit(f"{hit.document.name}#{hit.chunk.start}", gain)
            is_found = is_found or gain > 0
    return list(units.values())


class GoldFinder:
    """Turns what a set says into judges over one corpus."""

    def __init__(self, corpus: Corpus, questions: Sequence[AskedQuestion]) -> None:
        self._corpus = corpus
        self._infos = corpus.assembly.store.document_infos(corpus.scope)
        self._by_name: defaultdict[str, list[DocumentInfo]] = defaultdict(list)
        for info in self._infos:
            for name in {info.source, info.name}:
                self._by_name[name].append(info)
        places = [one.gold.place for one in questions if isinstance(one.gold, GoldPlace)]
        self._sentences = read_sentences(corpus.root, places) if corpus.root and places else {}
        self._bare = lru_cache(maxsize=_REMEMBERED_DOCUMENTS)(self._read_bare)

    def judge(self, gold: Gold) -> Judge:
        """The judge for one question's gold."""
        match gold:
            case GoldDocuments(grades):
                return DocumentJudge(self._documents(grades))
            case GoldSentences(sentences):
                return SpanJudge(self._spans(sentences))
            case GoldPlace(place):
                return SpanJudge(self._place(place))
            case GoldAnswers(answers):
                return AnswerJudge([fold_text(answer) for answer in answers])

    def _documents(self, grades: Mapping[str, int]) -> dict[str, float]:
        found = {}
        for name, grade in grades.items():
            for info in self._by_name.get(self._corpus.kept.get(name, name), ()):
                found[info.id] = float(grade)
        return found

    def _spans(self, sentences: Sequence[GoldSentence]) -> dict[str, list[Span]]:
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for gold in sentences:
            infos = self._by_name.get(gold.source, ()) if gold.source else self._infos
            for info in infos:
                found[info.id] += self._find(info.id, gold.sentence, exactly=not gold.source)
        return dict(found)

    def _place(self, place: Place) -> dict[str, list[Span]]:
        sentence = self._sentences.get(place)
        if sentence is None:
            return {}
        return {info.id: self._find(info.id, sentence) for info in self._of_file(place)}

    def _of_file(self, place: Place) -> Iterator[DocumentInfo]:
        """The document that was read from that file of the collection."""
        for info in self._by_name.get(place.file.rsplit("/", 1)[-1], ()):
            if info.source.endswith(f"/{place.file}") and info.collection == place.collection:
                yield info

    def _find(self, document_id: str, sentence: str, *, exactly: bool = False) -> list[Span]:
        bare = self._bare(document_id)
        if exactly and bare_sentence(sentence) not in bare.text:
            return []
        return find_sentence(bare, sentence)

    def _read_bare(self, document_id: str) -> Bare:
        return make_bare(self._corpus.assembly.store.document(document_id, self._corpus.scope).text)
