"""Documents for tests of stores, and a store that finds by looking at everything."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.store.base import IndexedChunk, ScoredChunk, Store
from rag.store.local.bm25 import FIELDS, K1
from rag.text.analyzer import Analysis, Feature
from rag.text.terms import Terms
from rag.types import EVERYTHING, Attributes, Chunk, Document, EmbedderIdentity, IndexIdentity, Scope, Span

DIMENSION = 8
IDENTITY = IndexIdentity(
    EmbedderIdentity("小さな埋め込み", "1", DIMENSION), "mecab-1", "unidic-lite-1.0.8", "fold-1"
)


Settle = Callable[[Store], None]
"""Called after changes: leaves them as they are, or publishes them."""


def make_terms(words: str, title: str = "") -> Terms:
    """Terms of words with blanks between: 「休暇 申請」."""
    found = words.split()
    bigrams = [word[place : place + 2] for word in found for place in range(len(word) - 1)]
    return {"base": Counter(found), "bigram": Counter(bigrams), "title": Counter(title.split())}


def make_vector(words: str) -> NDArray[np.float32]:
    """A unit vector that depends on the words alone; zeros for no words."""
    if not words.strip():
        return np.zeros(DIMENSION, dtype=np.float32)
    seed = int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "little")
    vector = np.random.default_rng(seed).standard_normal(DIMENSION)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def make_analysis(text: str) -> Analysis:
    """One noun a character."""
    features = tuple(Feature("名詞-普通名詞-一般", char, char, "") for char in text)
    return Analysis("test", tuple(range(len(text))), tuple(range(1, len(text) + 1)), features)


def make_document(
    name: str,
    *texts: str,
    collection: str = "規程集",
    folder: str = "/社内",
    title: str = "",
    date: dt.date | None = None,
    effective_from: dt.date | None = None,
    effective_to: dt.date | None = None,
) -> tuple[Document, list[IndexedChunk]]:
    """A document whose chunks are ``texts``, words with blanks between."""
    document = Document(
        f"{collection}/{folder}/{name}",
        f"{folder}/{name}",
        collection,
        title,
        "".join(texts),
        attributes=Attributes(date=date, effective_from=effective_from, effective_to=effective_to),
    )
    chunks = []
    start = 0
    for position, text in enumerate(texts):
        end = start + len(text)
        chunk = Chunk(document.id, position, start, end, text, (Span(start, end),))
        chunks.append(IndexedChunk(chunk, make_analysis(text), make_terms(text, title), make_vector(text)))
        start = end
    return document, chunks


@dataclass
class BruteForceStore:
    """What a store has to find, computed chunk by chunk from the textbook's formulas."""

    documents: dict[str, tuple[Document, Sequence[IndexedChunk], range]] = field(default_factory=dict)
    next_chunk_id: int = 1

    def add(self, document: Document, chunks: Sequence[IndexedChunk]) -> None:
        ids = range(self.next_chunk_id, self.next_chunk_id + len(chunks))
        self.next_chunk_id += len(chunks)
        self.documents[document.id] = (document, chunks, ids)

    def remove(self, document_id: str) -> None:
        del self.documents[document_id]

    def search_keyword(self, terms: Terms, scope: Scope, top_k: int) -> list[ScoredChunk]:
        everything = [indexed.terms for _, chunks, _ in self.documents.values() for indexed in chunks]
        found = [
            ScoredChunk(chunk_id, score)
            for chunk_id, indexed in self._shown(scope)
            if (score := _bm25(terms, indexed.terms, everything)) > 0
        ]
        return _best(found, top_k)

    def search_dense(self, vector: NDArray[np.float32], scope: Scope, top_k: int) -> list[ScoredChunk]:
        if not vector.any():
            return []
        found = [
            ScoredChunk(chunk_id, float(indexed.vector.astype(np.float16).astype(np.float64) @ vector))
            for chunk_id, indexed in self._shown(scope)
            if indexed.vector.any()
        ]
        return _best(found, top_k)

    def _shown(self, scope: Scope) -> list[tuple[int, IndexedChunk]]:
        return [
            pair
            for document, chunks, ids in self.documents.values()
            if _in_scope(document, scope)
            for pair in zip(ids, chunks, strict=True)
        ]


def _in_scope(document: Document, scope: Scope) -> bool:
    day = document.attributes.date or document.attributes.effective_from
    return (
        (not scope.collections or document.collection in scope.collections)
        and (not scope.sources or bool({document.source, document.name} & scope.sources))
        and (not scope.date_from or (day is not None and day >= scope.date_from))
        and (not scope.date_to or (day is not None and day <= scope.date_to))
    )


def _bm25(query: Terms, terms: Terms, everything: Sequence[Terms]) -> float:
    score = 0.0
    for name, asked in query.items():
        lengths = [_length(other, name) for other in everything]
        mean = max(sum(lengths) / len(everything), 1e-9)
        boost, b = FIELDS[name]
        for term, times in asked.items():
            count = terms.get(name, {}).get(term, 0)
            if count:
                frequency = sum(term in other.get(name, ()) for other in everything)
                rarity = math.log(1 + (len(everything) - frequency + 0.5) / (frequency + 0.5))
                norm = K1 * (1 - b + b * _length(terms, name) / mean)
                score += times * boost * rarity * count * (K1 + 1) / (count + norm)
    return score


def _length(terms: Terms, name: str) -> int:
    counts: Mapping[str, int] = terms.get(name, {})
    return sum(counts.values())


def _best(found: list[ScoredChunk], top_k: int) -> list[ScoredChunk]:
    return sorted(found, key=lambda scored: (-scored.score, scored.chunk_id))[:top_k]


def found_by_keyword(store: Store, words: str, scope: Scope = EVERYTHING, top_k: int = 10) -> list[int]:
    return [chunk_id for chunk_id, _ in store.search_keyword(make_terms(words), scope, top_k)]


def found_by_vector(store: Store, words: str, scope: Scope = EVERYTHING, top_k: int = 10) -> list[int]:
    return [chunk_id for chunk_id, _ in store.search_dense(make_vector(words), scope, top_k)]


def texts(store: Store, chunk_ids: list[int]) -> list[str]:
    return [chunk.text for chunk in store.chunks(chunk_ids, EVERYTHING).values()]
