"""What a person should know about one search: words that no document has, legs that are empty or broken.

Every face shows these lines with the hits. What is looked at is what the search has already found, a few
numbers that the store keeps, and only where something is odd a search more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rag.retrieval.base import MAX_QUERY_CHARS, Leg, Query
from rag.store.base import Store
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text
from rag.text.garbling import looks_garbled
from rag.text.query_terms import counterparts_of
from rag.text.synonyms import SynonymFile
from rag.text.terms import pairs_within
from rag.types import Answer, Hit, Question, Span

LEG_NAMES = {"keyword": "語による索引", "dense": "意味による索引"}
MAX_NAMED = 5
_ENOUGH_SCORES = 3
_SAME_SCORE = 1e-6


class SearchHealth:
    """Looks at what a search found. ``legs`` are those that searched, ``synonyms`` what they asked with."""

    def __init__(
        self, store: Store, analyzer: Analyzer, legs: Sequence[Leg], synonyms: SynonymFile | None = None
    ) -> None:
        self._store = store
        self._analyzer = analyzer
        self._legs = tuple(legs)
        self._synonyms = synonyms

    def notes(self, question: Question, hits: Sequence[Hit]) -> tuple[str, ...]:
        """One line for each thing that is wrong; none for a sound search."""
        if not self._store.num_chunks():
            return ("資料がまだありません: swallow-rag ingest フォルダ",)
        query = Query.from_question(question, self._analyzer, self._synonyms)
        if not any(query.terms.values()):
            return ("質問に探せる語がありません",)
        return (
            *_cut_off(question),
            *self._unknown_words(query),
            *self._silent_legs(query, hits),
            *self._broken_indexes(),
            *_equal_vectors(hits),
            *_garbled(hits),
        )

    def __call__(self, question: Question, answer: Answer) -> Answer:
        """The answer with these lines among its notes; an abstention names its missing words itself."""
        notes = self.notes(question, answer.hits)
        if answer.abstained:
            notes = tuple(note for note in notes if not note.startswith(_UNKNOWN))
        return replace(answer, notes=(*answer.notes, *notes)) if notes else answer

    def _unknown_words(self, query: Query) -> Iterator[str]:
        words = unknown_words(query, self._store.document_frequencies(query.terms))
        if words:
            yield f"{_UNKNOWN}{'、'.join(f'「{word}」' for word in words[:MAX_NAMED])}"

    def _silent_legs(self, query: Query, hits: Sequence[Hit]) -> Iterator[str]:
        """A leg that none of the hits came from is asked for one hit of its own."""
        spoke = {score.leg for hit in hits for score in hit.legs}
        for leg in self._legs:
            if leg.name in spoke or (not hits and len(self._legs) > 1):
                continue
            if not leg.search(query.selected(self._store), 1):
                where = "条件に合う資料の" if query.conditions else ""
                name = LEG_NAMES.get(leg.name, leg.name)
                yield f"{where}{name} ({leg.name}) からは何も見つかりませんでした"

    def _broken_indexes(self) -> Iterator[str]:
        for problem in self._store.problems():
            yield f"索引が壊れているか遅れていて、遅い方法で探しました ({problem}): swallow-rag rebuild"
        if self._synonyms and self._synonyms.problem:
            yield f"同義語は前のままです ({self._synonyms.problem})"


_UNKNOWN = "どの資料にもない語: "
_NO_WORD = re.compile(r"[0-9]*|.|[ぁ-ゖー]+")
_JOINER = re.compile("[-‐－・]?")
_LATIN = re.compile("[a-z']+")


def unknown_words(query: Query, known: Mapping[str, Mapping[str, int]]) -> list[str]:
    """The words of a query that stand nowhere in the store, as they are written.

    ``known`` says in how many chunks each of its terms stands. A word is unknown when its base form, its
    lemma and at least one of its pairs of characters are. What MeCab makes of hiragana may be no word at all,
    and Latin letters may be romaji, whose reading is known when any reading of the query is.
    """
    spans: list[Span] = []
    any_reading = any(known.get("reading", {}).values())
    for start, end, feature in query.analysis.morphemes():
        word = fold_text(query.text[start:end])
        if feature.base not in query.terms["base"] or _NO_WORD.fullmatch(word):
            continue
        if any_reading and _LATIN.fullmatch(word):
            continue
        pairs = [known["bigram"].get(pair, 1) for pair in pairs_within(word)]
        if known["base"].get(feature.base) or _has_lemma(feature.lemma, known) or all(pairs):
            continue
        if spans and _JOINER.fullmatch(query.text[spans[-1].end : start]):
            spans[-1] = Span(spans[-1].start, end)  # ブロック and チェーン, Wi and Fi
        else:
            spans.append(Span(start, end))
    return list(dict.fromkeys(query.text[start:end] for start, end in spans))


def _has_lemma(lemma: str, known: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether the lemma, or the noun or verb that belongs to it, stands somewhere."""
    return any(known.get("lemma", {}).get(one) for one in (lemma, *counterparts_of(lemma)))


def _cut_off(question: Question) -> Iterator[str]:
    if len(question.text) > MAX_QUERY_CHARS:
        yield f"質問が長いので、はじめの {MAX_QUERY_CHARS:,} 文字だけで探しました"


def _equal_vectors(hits: Sequence[Hit]) -> Iterator[str]:
    scores = [score.score for hit in hits for score in hit.legs if score.leg == "dense"]
    texts = {hit.chunk.text for hit in hits}
    alike = len(scores) >= _ENOUGH_SCORES and max(scores) - min(scores) < _SAME_SCORE
    if alike and len(texts) >= _ENOUGH_SCORES:
        yield (
            f"意味による索引では {len(scores)} 件がみな同じ近さで、"
            "埋め込みモデルが壊れているかもしれません: swallow-rag doctor"
        )


def _garbled(hits: Sequence[Hit]) -> Iterator[str]:
    names = dict.fromkeys(hit.document.name for hit in hits if looks_garbled(hit.chunk.text))
    if names:
        yield f"文字化けしている資料があります: {'、'.join(list(names)[:MAX_NAMED])}"
