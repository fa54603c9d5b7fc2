"""Vectors that say nothing, and text that cannot be read, found though nothing fails."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ingest.prepare import Preparer
from rag.assembly import Assembly, index_identity
from rag.embedding.base import Vectors
from rag.retrieval.probing import find_garbled, judge_vectors, probe_embedder, probe_store
from rag.store.local import create_store
from rag.text.analyzer import Analysis
from rag.text.columns import Columns, Integers
from rag.types import EmbedderIdentity
from tests.retrieval.small_store import add_file


class ConstantEmbedder:
    """Gives every text the same vector."""

    def __init__(self, dimension: int, value: float) -> None:
        self.identity = EmbedderIdentity("constant", "1", dimension)
        self._value = value

    def embed_documents(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        return np.full((len(texts), self.identity.dimension), self._value, dtype=np.float32)

    embed_queries = embed_documents

    def embed_columns(self, columns: Columns, parts: Integers) -> Vectors:
        return np.full((len(parts), self.identity.dimension), self._value, dtype=np.float32)


JUDGED = [
    ([[1, 0], [0, 1], [1, 1]], "", "different"),
    ([[1, 0], [1, 0], [0, 1]], "", "two alike"),
    ([[1, 1], [2, 2], [1, 1]], "みな同じ", "all the same but for their length"),
    ([[0, 0], [0, 0]], "すべて 0", "zeros"),
    ([[0, 0], [1, 0]], "", "one text without a word"),
    ([[np.nan, 0], [1, 0]], "数でない", "not a number"),
]


@pytest.mark.parametrize(("rows", "problem", "reason"), JUDGED)
def test_vectors_are_judged(rows: list[list[float]], problem: str, reason: str) -> None:
    judged = judge_vectors(np.array(rows, dtype=np.float32))
    assert (problem in judged) if problem else judged == "", reason


def test_embedders(parts: Assembly) -> None:
    assert probe_embedder(parts.embedder, parts.analyzer) == ""
    assert "みな同じ" in probe_embedder(ConstantEmbedder(4, 0.5), parts.analyzer)


def test_a_sound_store(parts: Assembly) -> None:
    assert probe_store(parts.store) == ""
    assert find_garbled(parts.store) == (0, ())


def test_a_store_whose_vectors_say_nothing(parts: Assembly, preparer: Preparer, tmp_path: Path) -> None:
    from ingest.chunking import Chunking

    constant = ConstantEmbedder(parts.embedder.identity.dimension, 0.5)
    with create_store(tmp_path / "store", index_identity(parts.analyzer, parts.embedder)) as store:
        assert probe_store(store) == ""
        for name in "甲乙丙":
            add_file(
                store,
                Preparer(parts.analyzer, constant, Chunking(400)),
                f"{name}.md",
                f"{name}の話をする。\n",
            )
        assert "みな同じ" in probe_store(store)


def test_garbled_documents_are_counted_when_they_come_in(
    parts: Assembly, preparer: Preparer, tmp_path: Path
) -> None:
    prose = "これは読める文である。休暇の話を書く。" * 3
    with create_store(tmp_path / "store", index_identity(parts.analyzer, parts.embedder)) as store:
        add_file(store, preparer, "読める.md", prose)
        add_file(store, preparer, "化けた.md", "縺薙ｌ縺ｯ隱ｭ繧√↑縺・枚縺ｧ縺ゅｋ縲" * 3)
        add_file(store, preparer, "仮名なし.md", "東西南北春夏秋冬" * 200)
        found = find_garbled(store)
        assert found.names == ("仮名なし.md", "化けた.md")
        assert found.num_chunks >= 2
        assert find_garbled(store, max_names=1).names == ("仮名なし.md",)
