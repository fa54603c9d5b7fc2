"""Queries as people type them, and the document that each must find first among 76 others."""

from __future__ import annotations

import pytest

from rag.assembly import Assembly
from rag.retrieval.base import Retriever
from rag.types import Question
from tests.retrieval.small_store import read_rows

CASES = read_rows("cases.tsv")


@pytest.fixture(scope="module")
def retriever(parts: Assembly) -> Retriever:
    """What `ask` uses, with default settings."""
    return parts.build_retriever()


@pytest.mark.parametrize(("query", "wanted", "within", "reason"), CASES)
def test_a_query_finds_its_document(
    retriever: Retriever, query: str, wanted: str, within: str, reason: str
) -> None:
    hits = retriever.retrieve(Question(query), 10)
    names = [hit.document.name.removesuffix(".md") for hit in hits]
    assert wanted in names[: int(within)], f"{reason}: {names[:5]}"


def test_the_table_is_as_large_and_as_varied_as_promised() -> None:
    documents = {row[0] for row in read_rows("documents.tsv")}
    assert len(CASES) >= 120
    assert len({query for query, *_ in CASES}) == len(CASES), "no case twice"
    assert {wanted for _, wanted, *_ in CASES} <= documents
    assert all(reason for *_, reason in CASES)
