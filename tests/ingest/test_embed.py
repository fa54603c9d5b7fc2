"""Embedding in the parent: full batches, every document once, in its own vectors."""

from collections.abc import Sequence

import numpy as np

from ingest.embed import GATHERED_CHUNKS, with_vectors
from ingest.messages import PreparedDocument
from rag.embedding.base import Vectors, embedded_text
from rag.store.packing import pack_document
from rag.text.analyzer import Analysis
from rag.types import Chunk, Document, EmbedderIdentity


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
    assert sum(embedder.batches) == sum(one.info.num_chunks for one in documents)
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
