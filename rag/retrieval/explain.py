"""Why a hit was found: which terms of the question it has, and how much each says."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rag.retrieval.base import Query
from rag.store.base import Store
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text
from rag.text.terms import Terms, index_terms
from rag.types import Hit

_SHARES = {"lemma": 0.1, "reading": 0.1}
"""How little the weak fields count in the keyword index."""

_RUN = re.compile(r"[^\W_]+")


class MatchedTerm(NamedTuple):
    """A term of the question that a chunk has; ``weight`` grows with its rarity in the store.

    ``field`` is one of `rag.text.terms.Terms`; what stands in a row of pairs is one piece of the question:
    費精 and 精算 of 「経費精算」 are ``費精算``.
    """

    field: str
    term: str
    weight: float


def explain_hits(
    query: Query, hits: Sequence[Hit], store: Store, analyzer: Analyzer
) -> list[tuple[MatchedTerm, ...]]:
    """For each hit what it has of the question, the weightiest first."""
    rarity = _rarity(query, store)
    analyses = store.analyses([hit.chunk.id for hit in hits])
    explained = []
    for hit in hits:
        path = " ".join(part for part in hit.chunk.heading_path if part != hit.document.title)
        context = [part for text in (hit.document.title, path) for part in (text, analyzer.analyze(text))]
        analysis = analyses.get(hit.chunk.id) or analyzer.analyze(hit.chunk.text)
        terms = index_terms(hit.chunk.text, analysis, *context)  # type: ignore[arg-type]
        explained.append(_matched(query, terms, rarity))
    return explained


def _rarity(query: Query, store: Store) -> Mapping[str, Mapping[str, float]]:
    """Inverse document frequency of each term of the question, by field."""
    num_chunks = max(store.num_chunks(), 1)
    return {
        field: {term: math.log1p(num_chunks / (count + 0.5)) for term, count in counts.items()}
        for field, counts in store.document_frequencies(query.terms).items()
    }


def _matched(
    query: Query, terms: Terms, rarity: Mapping[str, Mapping[str, float]]
) -> tuple[MatchedTerm, ...]:
    found = [
        MatchedTerm(field, term, weight * rarity[field][term] * _SHARES.get(field, 1.0))
        for field, asked in query.terms.items()
        if field != "bigram"
        for term, weight in asked.items()
        if term in terms.get(field, ()) and not (field == "lemma" and term in terms["base"])
    ]
    pairs = {
        term: weight * rarity["bigram"][term]
        for term, weight in query.terms["bigram"].items()
        if term in terms["bigram"]
    }
    found += [MatchedTerm("bigram", piece, _sum(piece, pairs)) for piece in join_pairs(query.text, pairs)]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.field, one.term)))


def _sum(piece: str, pairs: Mapping[str, float]) -> float:
    inside = {piece[place : place + 2] for place in range(max(len(piece) - 1, 1))}
    return sum(pairs.get(pair, 0.0) for pair in inside)


def join_pairs(text: str, pairs: Mapping[str, float]) -> list[str]:
    """The longest pieces of a text all of whose pairs are among these, each once.

    >>> join_pairs("経費精算は？", {"経費": 1.0, "費精": 1.0, "算は": 1.0})
    ['経費精', '算は']
    """
    pieces: dict[str, None] = {}
    for match in _RUN.finditer(fold_text(text)):
        run = match[0]
        piece = ""
        for place in range(max(len(run) - 1, 1)):
            pair = run[place : place + 2]
            if pair in pairs:
                piece = piece + pair[1:] if piece else pair
            else:
                pieces |= {piece: None}
                piece = ""
        pieces |= {piece: None}
    return [piece for piece in pieces if piece]
