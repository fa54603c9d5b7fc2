"""Embedding in the parent: full batches, every document once, in its own vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ingest.embed import GATHERED_CHUNKS, with_vectors
from ingest.messages import PreparedDocument
from rag.embedding.base import Vectors, embedded_text
from rag.store.local import LocalStore, create_store
from rag.store.local.vector_cache import open_vector_cache
from rag.store.packing import pack_document
from rag.text.analyzer import Analysis
from rag.types import Chunk, Document, EmbedderIdentity, IndexIdentity


class LengthEmbedder:
    """The length of a text as its vector; remembers how many texts came at once and what they began with."""

    identity = EmbedderIdentity("lengths", "1", 1)

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.first = ""

    def embed_documents(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        assert len(texts) == len(analyses)
        self.batches.append(len(texts))
        self.first = self.first or texts[0]
        return np.array([[len(text)] for text in texts], dtype=np.float32)

    embed_queries = embed_documents


def prepared(name: str, num_chunks: int, vectors: Vectors | None = None) -> PreparedDocument:
    document = Document(name, f"/{name}", "default", name, "あ" * num_chunks)
    chunks = [Chunk(name, n, n, n + 1, "あ", heading_path=("第1条",)) for n in range(num_chunks)]
    analyses = [Analysis("none", (), (), ())] * num_chunks
    packed = pack_document(document, chunks, analyses, [{}] * num_chunks, vectors)
    texts = () if vectors is not None else tuple(embedded_text(document, chunk) for chunk in chunks)
    return PreparedDocument(packed, texts)


def test_a_text_is_embedded_with_its_title_and_headings():
    embedder = LengthEmbedder()
    list(with_vectors([prepared("規程", 1)], embedder))
    assert embedder.first == "規程\n第1条\nあ"


def test_small_documents_are_gathered_and_each_gets_its_own_vectors():
    embedder = LengthEmbedder()
    documents = [prepared(f"規程{'長' * n}", GATHERED_CHUNKS // 4 + n) for n in range(7)]
    done = list(with_vectors(iter(documents), embedder))
    assert [one.info.id for one in done] == [one.info.id for one in documents]
    for one in done:
        assert one.packed.vectors is not None
        assert one.packed.vectors.shape == (one.info.num_chunks, 1)
        assert {float(value) for value in one.packed.vectors[:, 0]} == {
            len(one.info.title) + len("\n第1条\nあ")
        }
    assert sum(embedder.batches) == len(documents)  # the chunks of each are alike
    assert len(embedder.batches) == 2


def test_what_has_vectors_passes_at_once():
    embedder = LengthEmbedder()
    done = with_vectors(
        iter([prepared("待つ", 1), prepared("済み", 1, np.ones((1, 1), dtype=np.float32))]), embedder
    )
    assert next(done).info.id == "済み"
    assert [one.info.id for one in done] == ["待つ"]


def test_nothing_to_embed_calls_nobody():
    embedder = LengthEmbedder()
    assert list(with_vectors([], embedder)) == []
    assert embedder.batches == []


IDENTITY = IndexIdentity(LengthEmbedder.identity, "mecab-1", "unidic-lite-1.0.8", "fold-1")


def embed(store: LocalStore, embedder: LengthEmbedder, *documents: PreparedDocument) -> list[float]:
    """The vectors of all chunks, and how many texts the model was given for them."""
    known = open_vector_cache(store, embedder.identity)
    done = list(with_vectors(iter(documents), embedder, known))
    return [
        float(value) for one in done if one.packed.vectors is not None for value in one.packed.vectors[:, 0]
    ]


def test_no_text_is_embedded_twice(tmp_path: Path):
    with create_store(tmp_path / "store", IDENTITY) as store:
        first, again, other = LengthEmbedder(), LengthEmbedder(), LengthEmbedder()
        vectors = embed(store, first, prepared("規程", 3), prepared("規程", 2))
        assert first.batches == [1]  # five chunks of one text
        assert embed(store, again, prepared("規程", 3), prepared("規程", 2)) == vectors
        assert again.batches == []
        embed(store, again, prepared("別の規程", 1), prepared("規程", 1))
        assert again.batches == [1]
        other.identity = EmbedderIdentity("lengths", "2", 1)
        embed(store, other, prepared("規程", 1))
        assert other.batches == [1]


def test_a_damaged_cache_is_begun_again(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    with create_store(tmp_path / "store", IDENTITY) as store:
        vectors = embed(store, LengthEmbedder(), prepared("規程", 1))
        (file,) = (tmp_path / "store").glob("embedded/*.sqlite")
        file.write_bytes(b"no database at all, whatever its name says")
        embedder = LengthEmbedder()
        assert embed(store, embedder, prepared("規程", 1)) == vectors
        assert embedder.batches == [1]
        assert "worked out again" in caplog.text


def test_without_a_cache_equal_texts_are_still_embedded_once():
    embedder = LengthEmbedder()
    list(with_vectors([prepared("規程", 9)], embedder))
    assert embedder.batches == [1]
