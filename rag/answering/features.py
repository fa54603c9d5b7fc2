"""How well a sentence answers a question, told in numbers.

Each feature is a plain fact in about [0, 1] that a reader can check: which share of the question's
rare words the sentence has, whether it holds a number of the kind that is asked for, how near the
vectors are. The weights stand in ``data/models/answering.json`` and are fitted by
``training/answering.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answering.candidates import Candidate
from rag.answering.coverage import of_rarest, pairs_present, present, shares
from rag.answering.hit_reader import HitReader
from rag.answering.question_type import INTERROGATIVES, QuestionType, find_question_type
from rag.answering.words import nearest_words, weighed
from rag.embedding.base import Embedder
from rag.retrieval.base import Query
from rag.store.base import Store
from rag.text.fold import fold_text
from rag.text.terms import content_terms

Matrix = NDArray[np.float32]
Column = NDArray[np.float32]

FACTS = (
    "base_covered",
    "bigram_covered",
    "reading_covered",
    "base_covered_with_context",
    "bigram_covered_with_context",
    "base_covered_with_neighbours",
    "rarest_covered",
    "rarest_covered_with_context",
    "soft_covered",
    "soft_covered_with_context",
    "similarity",
    "similarity_with_chunk",
    "heading_similarity",
    "hit_score",
    "hit_first",
    "type_found",
    "type_missing",
    "novelty",
    "length",
    "asks",
    "numbers_found",
    "numbers_missing",
    "codes_found",
    "codes_missing",
    "quoted_found",
    "quoted_missing",
    "answer_share",
    "answer_peak",
    "relevance",
)

SENTENCE_FEATURES = (
    *FACTS,
    *(f"{name}_share" for name in FACTS),
    *(f"{name}_best" for name in FACTS),
)
"""Each fact, what it is of the most that a sentence of these hits has, and whether it is the most."""


@dataclass(frozen=True, slots=True)
class Focus:
    """What a question is about: its terms by weight of rarity, its kind, and what it names to the letter.

    ``codes`` are words in Latin letters (``e4``, ``wi-fi``), ``quoted`` what stands in 「」. ``num_chunks``
    is how many there are to be found: scores of a search mean less where there are few.
    """

    query: Query
    base: Mapping[str, float]
    bigram: Mapping[str, float]
    reading: Mapping[str, float]
    kind: QuestionType | None
    numbers: frozenset[str]
    codes: frozenset[str]
    quoted: frozenset[str]
    num_chunks: int

    @classmethod
    def from_query(cls, query: Query, store: Store) -> Focus:
        """Weigh the terms by how rare they are in the store; words that only ask are left out."""
        num_chunks = max(1, store.num_chunks())
        # Not the query's own terms: its readings are guesses over words in kana.
        parts = content_terms(query.text, query.analysis)
        asked = {"base": parts.base, "bigram": parts.bigram, "reading": parts.reading}
        frequencies = store.document_frequencies(asked)

        def weights(field: str) -> dict[str, float]:
            known = frequencies.get(field, {})
            return {
                term: math.log(1 + (num_chunks + 0.5) / (known.get(term, 0) + 0.5))
                for term in asked[field]
                if term not in INTERROGATIVES
            }

        folded = fold_text(query.text)
        return cls(
            query,
            weights("base"),
            weights("bigram"),
            weights("reading"),
            find_question_type(folded),
            frozenset(_NUMBER.findall(folded)),
            frozenset(_CODE.findall(folded)),
            frozenset(_QUOTED.findall(folded)),
            num_chunks,
        )


_NOTHING = 1e-6
_NUMBER = re.compile(r"[0-9][0-9,.]*")
_CODE = re.compile(r"[0-9]*[a-z][0-9a-z_.+#-]*")
_QUOTED = re.compile(r"「([^「」]{1,20})」")
_ASKS = re.compile(r"[?？]$|(?:です|ます|でしょう)か[。]?$")


class SentenceJudge:
    """Computes the features; its models are always the bundled ones, which the weights expect."""

    def __init__(self, embedder: Embedder, reader: HitReader) -> None:
        self.reader = reader
        self._embedder = embedder

    def features(self, focus: Focus, candidates: Sequence[Candidate]) -> Matrix:
        """One row a candidate, one column a name of `SENTENCE_FEATURES`; float32."""
        if not candidates:
            return np.zeros((0, len(SENTENCE_FEATURES)), np.float32)
        chunks = _Chunks.of(candidates)
        read = self.reader.facts(focus.query.analysis, candidates)
        best = max(candidate.hit.score for candidate in candidates) or 1.0
        columns: list[Matrix] = [
            _coverage(focus, candidates, chunks),
            *self._soft(focus, candidates, chunks),
            *self._similarities(focus, candidates, chunks),
            np.array([candidate.hit.score / best for candidate in candidates], np.float32),
            np.array([candidate.rank == 0 for candidate in candidates], np.float32),
            np.array([_shape(focus, candidate) for candidate in candidates], np.float32),
            read.astype(np.float32),
        ]
        return _beside_others(np.column_stack(columns))

    def _soft(self, focus: Focus, candidates: Sequence[Candidate], chunks: _Chunks) -> tuple[Column, Column]:
        """Nearness word by word: in the sentence, and in the sentence with its headings."""
        asked = [feature for feature in focus.query.analysis.features if feature.base in focus.base]
        weights = [focus.base[feature.base] for feature in asked]
        sentences = [candidate.analysis.features for candidate in candidates]
        headings = [first.around.heading_analysis.features for first in chunks.firsts]
        nearest = nearest_words(asked, [*sentences, *headings], self.reader.words.vectors)
        alone, above = nearest[: len(sentences)], nearest[len(sentences) :]
        return weighed(alone, weights), weighed(np.maximum(alone, above[chunks.owners]), weights)

    def _similarities(self, focus: Focus, candidates: Sequence[Candidate], chunks: _Chunks) -> list[Column]:
        """Cosines of the question with the sentence, with its whole chunk, and with the headings."""
        (question,) = self._embedder.embed_queries([focus.query.text], [focus.query.analysis])
        texts = [
            *((one.text, one.analysis) for one in candidates),
            *((first.hit.chunk.text, first.around.chunk_analysis) for first in chunks.firsts),
            *((first.around.heading, first.around.heading_analysis) for first in chunks.firsts),
        ]
        vectors = self._embedder.embed_documents([text for text, _ in texts], [known for _, known in texts])
        alone, whole, heading = np.split(
            vectors @ question, [len(candidates), len(candidates) + len(chunks.firsts)]
        )
        return [alone, whole[chunks.owners], heading[chunks.owners]]


@dataclass(frozen=True, slots=True)
class _Chunks:
    """The chunks that candidates stand in: the first candidate of each, and which chunk each stands in."""

    firsts: Sequence[Candidate]
    owners: NDArray[np.intp]

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> _Chunks:
        places: dict[int, int] = {}
        owners = [places.setdefault(candidate.hit.chunk.id, len(places)) for candidate in candidates]
        firsts = {candidate.hit.chunk.id: candidate for candidate in reversed(candidates)}
        return cls([firsts[chunk_id] for chunk_id in places], np.array(owners, np.intp))


def _beside_others(facts: Matrix) -> Matrix:
    """The facts, with their shares of the most in their column, and whether they are the most."""
    most = facts.max(axis=0)
    some = most > _NOTHING
    shares = np.where(some, facts / np.where(some, most, 1), 0)
    return np.hstack([facts, shares, some & (facts >= most - _NOTHING)]).astype(np.float32)


def _coverage(focus: Focus, candidates: Sequence[Candidate], chunks: _Chunks) -> Matrix:
    """The first eight features: which share of the question's words is here, or near; (candidates, 8)."""
    around, owners = [first.around for first in chunks.firsts], chunks.owners
    base = present(focus.base, [one.bases for one in candidates])
    with_context = base | present(focus.base, [one.bases for one in around])[owners]
    near = with_context.copy()
    beside = owners[1:] == owners[:-1]
    near[1:][beside] |= base[:-1][beside]
    near[:-1][beside] |= base[1:][beside]
    bigram = pairs_present(focus.bigram, [one.folded for one in candidates])
    bigram_above = pairs_present(focus.bigram, [one.folded_heading for one in around])[owners]
    readings = [one.readings for one in candidates] if focus.reading else [()] * len(candidates)
    reading = present(focus.reading, readings)
    return np.column_stack(
        [
            shares(focus.base, base),
            shares(focus.bigram, bigram),
            shares(focus.reading, reading),
            shares(focus.base, with_context),
            shares(focus.bigram, bigram | bigram_above),
            shares(focus.base, near),
            of_rarest(focus.base, base),
            of_rarest(focus.base, with_context),
        ]
    )


def _shape(focus: Focus, candidate: Candidate) -> tuple[float, ...]:
    """The last features: what kind of sentence this is, and whether it has what was named."""
    answered = bool(focus.kind and focus.kind.answered.search(candidate.folded))
    new = len(candidate.bases - focus.base.keys())
    here = set(_NUMBER.findall(candidate.folded))
    return (
        float(answered),
        float(focus.kind is not None and not answered),
        min(new, 8) / 8,
        min(1.0, math.log1p(len(candidate.text)) / 6),
        float(bool(_ASKS.search(candidate.folded))),
        float(bool(focus.numbers) and focus.numbers <= here),
        float(bool(focus.numbers - here)),
        *_named(focus.codes, candidate),
        *_named(focus.quoted, candidate),
    )


def _named(names: frozenset[str], candidate: Candidate) -> tuple[float, float]:
    """Which share of what a question names to the letter stands here or in a heading, and which does not."""
    if not names:
        return 0.0, 0.0
    found = sum(name in candidate.folded or name in candidate.around.folded_heading for name in names)
    return found / len(names), 1 - found / len(names)
