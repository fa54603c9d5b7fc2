"""Why a hit was found, term by term."""

from __future__ import annotations

import pytest

from rag.assembly import Assembly
from rag.retrieval.base import Query
from rag.retrieval.explain import MatchedTerm, explain_hits, join_pairs
from rag.types import Question

PIECES = [
    ("経費精算", {"経費", "費精", "精算"}, ["経費精算"], "all pairs"),
    ("経費精算", {"経費", "精算"}, ["経費", "精算"], "without the middle one"),
    ("犬、経費", {"犬", "経費"}, ["犬", "経費"], "a character alone"),
    ("経費と経費", {"経費"}, ["経費"], "each once"),
    ("ＡＢＣ", {"ab", "bc"}, ["abc"], "in the comparison form"),
    ("経費", set(), [], "none"),
    ("", {"経費"}, [], "nothing"),
]


@pytest.mark.parametrize(("text", "pairs", "pieces", "reason"), PIECES)
def test_pairs_in_a_row_are_one_piece(text: str, pairs: set[str], pieces: list[str], reason: str) -> None:
    assert join_pairs(text, dict.fromkeys(pairs, 1.0)) == pieces, reason


def explain(parts: Assembly, text: str) -> list[tuple[str, tuple[MatchedTerm, ...]]]:
    question = Question(text)
    hits = parts.build_retriever().retrieve(question, 4)
    query = Query.from_question(question, parts.analyzer)
    explained = explain_hits(query, hits, parts.store, parts.analyzer)
    return [(hit.document.name, terms) for hit, terms in zip(hits, explained, strict=True)]


def test_the_terms_that_a_hit_has_of_the_question(parts: Assembly) -> None:
    (name, terms), *_ = explain(parts, "引越しの転居届")
    found = {(term.field, term.term) for term in terms}
    assert name == "移転.md"
    assert {("base", "転居"), ("bigram", "転居届"), ("lemma", "届け")} <= found
    assert ("lemma", "転居") not in found, "what was said is not said again"
    assert [term.weight for term in terms] == sorted((term.weight for term in terms), reverse=True)


def test_title_headings_and_readings_count(parts: Assembly) -> None:
    (_, terms), *_ = explain(parts, "しゃたくきてい 費用の負担")
    assert {("reading", "シャタク"), ("base", "負担")} <= {(term.field, term.term) for term in terms}


def test_a_hit_of_meaning_alone_has_no_terms(parts: Assembly) -> None:
    assert any(not terms for _, terms in explain(parts, "ブロックチェーン"))
