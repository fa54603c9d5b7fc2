"""How well a sentence answers a question, told in numbers.

Each feature is a plain fact in about [0, 1] that a reader can check: which share of the question's
rare words the sentence has, whether it holds a number of the kind that is asked for, how near the
vectors are. The weights stand in ``data/models/answering.json`` and are fitted by
``training/answering.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answering.candidates import Candidate
from rag.answering.hit_reader import HitReader
from rag.answering.question_type import INTERROGATIVES, QuestionType, find_question_type
from rag.answering.words import WordVectors, soft_coverage
from rag.embedding.base import Embedder
from rag.retrieval.base import Query
from rag.store.base import Store
from rag.text.analyzer import Analysis
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
        self._words = WordVectors(embedder)

    def features(self, focus: Focus, candidates: Sequence[Candidate]) -> Matrix:
        """One row a candidate, one column a name of `SENTENCE_FEATURES`; float32."""
        if not candidates:
            return np.zeros((0, len(SENTENCE_FEATURES)), np.float32)
        near = np.column_stack([*self._soft(focus, candidates), *self._similarities(focus, candidates)])
        read = self.reader.facts(focus.query.analysis, candidates)
        best = max(candidate.hit.score for candidate in candidates) or 1.0
        rows = [
            (
                *_coverage(focus, candidate, _neighbours(candidates, index)),
                *near[index],
                candidate.hit.score / best,
                float(candidate.rank == 0),
                *_shape(focus, candidate),
                *read[index],
            )
            for index, candidate in enumerate(candidates)
        ]
        return _beside_others(np.asarray(rows, np.float32))

    def _soft(self, focus: Focus, candidates: Sequence[Candidate]) -> tuple[Column, Column]:
        """Nearness word by word: in the sentence, and in the sentence with its headings."""
        asked = [feature for feature in focus.query.analysis.features if feature.base in focus.base]
        weights = [focus.base[feature.base] for feature in asked]
        alone = [set(candidate.analysis.features) for candidate in candidates]
        within = [
            words.union(candidate.around.heading_analysis.features)
            for words, candidate in zip(alone, candidates, strict=True)
        ]
        return (
            soft_coverage(asked, weights, alone, self._words),
            soft_coverage(asked, weights, within, self._words),
        )

    def _similarities(self, focus: Focus, candidates: Sequence[Candidate]) -> tuple[Column, Column, Column]:
        """Cosines of the question with the sentence, with its whole chunk, and with the headings."""
        (question,) = self._embedder.embed_queries([focus.query.text], [focus.query.analysis])
        alone = self._cosines(question, [(c.text, c.analysis) for c in candidates])
        chunks = {c.hit.chunk.id: c for c in candidates}
        places = {chunk_id: place for place, chunk_id in enumerate(chunks)}
        whole = self._cosines(
            question, [(c.hit.chunk.text, c.around.chunk_analysis) for c in chunks.values()]
        )
        heading = self._cosines(
            question, [(c.around.heading, c.around.heading_analysis) for c in chunks.values()]
        )
        rows = [places[candidate.hit.chunk.id] for candidate in candidates]
        return alone, whole[rows], heading[rows]

    def _cosines(self, question: Column, texts: Sequence[tuple[str, Analysis]]) -> Column:
        vectors = self._embedder.embed_documents([text for text, _ in texts], [known for _, known in texts])
        cosines: Column = vectors @ question
        return cosines


def _beside_others(facts: Matrix) -> Matrix:
    """The facts, with their shares of the most in their column, and whether they are the most."""
    most = facts.max(axis=0)
    some = most > _NOTHING
    shares = np.where(some, facts / np.where(some, most, 1), 0)
    return np.hstack([facts, shares, some & (facts >= most - _NOTHING)]).astype(np.float32)


def _coverage(focus: Focus, candidate: Candidate, neighbours: Sequence[Candidate]) -> tuple[float, ...]:
    """The first eight features: which share of the question's words is here, or near."""
    base, bigram = candidate.terms.base, candidate.terms.bigram
    context_base = base.keys() | candidate.context.base.keys()
    context_bigram = bigram.keys() | candidate.context.bigram.keys()
    near = context_base.union(*(n.terms.base.keys() for n in neighbours))
    rarest = max(focus.base, key=focus.base.__getitem__, default="")
    return (
        covered(focus.base, base),
        covered(focus.bigram, bigram),
        covered(focus.reading, candidate.terms.reading),
        covered(focus.base, context_base),
        covered(focus.bigram, context_bigram),
        covered(focus.base, near),
        float(rarest in base),
        float(rarest in context_base),
    )


def _shape(focus: Focus, candidate: Candidate) -> tuple[float, ...]:
    """The last features: what kind of sentence this is, and whether it has what was named."""
    base = candidate.terms.base
    answered = bool(focus.kind and focus.kind.answered.search(candidate.folded))
    new = sum(1 for term in base if term not in focus.base)
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


def covered(weights: Mapping[str, float], present: Container[str]) -> float:
    """The share of the weights whose term is present: 1 when all are; 0 without weights.

    >>> covered({"休暇": 3.0, "日": 1.0}, {"休暇"})
    0.75
    """
    total = sum(weights.values())
    found = sum(weight for term, weight in weights.items() if term in present)
    return found / total if total else 0.0


def _neighbours(candidates: Sequence[Candidate], index: int) -> list[Candidate]:
    chunk_id = candidates[index].hit.chunk.id
    near = (index - 1, index + 1)
    return [
        candidates[i] for i in near if 0 <= i < len(candidates) and candidates[i].hit.chunk.id == chunk_id
    ]
