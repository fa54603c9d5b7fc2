"""Other libraries' retrieval behind one small interface: passages in, numbers of passages out.

Each is used as its own documentation shows, with its defaults; a second time with our analyzer's terms
where it takes terms or a pattern for them, so that nobody is beaten by its defaults alone. All get the
same texts: a passage with its article's title on the line before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rag.embedding.base import Embedder
from rag.text.analyzer import Analyzer
from rag.text.terms import content_terms

Search = Callable[[str], Sequence[int]]
"""A question → the numbers of at most `TOP_K` passages, best first."""

TOP_K = 10

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")


@dataclass(frozen=True, slots=True)
class Material:
    """The passages, and our parts for those that take them; terms of passages are made once for all."""

    texts: Sequence[str]
    analyzer: Analyzer
    embedder: Embedder
    _terms: dict[str, list[str]] = field(default_factory=dict)

    def passage_terms(self, text: str) -> list[str]:
        """`query_terms`, remembered."""
        if text not in self._terms:
            self._terms[text] = self.query_terms(text)
        return self._terms[text]

    def query_terms(self, text: str) -> list[str]:
        """Base forms and character bigrams, each as often as it stands there: 「年休」 → 年休, #年休."""
        parts = content_terms(text, self.analyzer.analyze(text))
        bigrams = (f"#{term}" for term in parts.bigram.elements())
        return [*parts.base.elements(), *bigrams]

    def joined(self, text: str) -> str:
        """The terms with blanks between them, for those that split by a pattern; they hold no blanks."""
        return " ".join(self.passage_terms(text))


class Rival(NamedTuple):
    """A library used in one way; ``packages`` is what pip installs."""

    name: str
    packages: str
    build: Callable[[Material], Search]


def langchain_bm25(material: Material) -> Search:
    """Its default splits at white space."""
    from langchain_community.retrievers import BM25Retriever

    numbers = [{"number": number} for number in range(len(material.texts))]
    retriever = BM25Retriever.from_texts(material.texts, metadatas=numbers, k=TOP_K)
    return lambda question: [found.metadata["number"] for found in retriever.invoke(question)]


def langchain_bm25_our_terms(material: Material) -> Search:
    """The same with our terms as its preprocessing."""
    from langchain_community.retrievers import BM25Retriever

    numbers = [{"number": number} for number in range(len(material.texts))]
    retriever = BM25Retriever.from_texts(
        material.texts, metadatas=numbers, k=TOP_K, preprocess_func=material.query_terms
    )
    return lambda question: [found.metadata["number"] for found in retriever.invoke(question)]


def langchain_vectors(material: Material) -> Search:
    """Its vector store that keeps everything in memory, with our embedder; its FAISS wrapper pickles."""
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import InMemoryVectorStore

    class OurEmbeddings(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            analyses = [material.analyzer.analyze(text) for text in texts]
            return material.embedder.embed_documents(texts, analyses).tolist()  # type: ignore[no-any-return]

        def embed_query(self, text: str) -> list[float]:
            vectors = material.embedder.embed_queries([text], [material.analyzer.analyze(text)])
            return vectors[0].tolist()  # type: ignore[no-any-return]

    numbers = [{"number": number} for number in range(len(material.texts))]
    store = InMemoryVectorStore.from_texts(list(material.texts), OurEmbeddings(), metadatas=numbers)
    retriever = store.as_retriever(search_kwargs={"k": TOP_K})
    return lambda question: [found.metadata["number"] for found in retriever.invoke(question)]


def llamaindex_bm25(material: Material) -> Search:
    """Its defaults: runs of word characters, English stems and stop words."""
    return _llamaindex(material.texts, lambda question: question)


def llamaindex_bm25_our_terms(material: Material) -> Search:
    """Our terms, joined by blanks and split at them again."""
    joined = [material.joined(text) for text in material.texts]
    return _llamaindex(
        joined,
        lambda question: " ".join(material.query_terms(question)),
        token_pattern=r"\S+",
        skip_stemming=True,
    )


def _llamaindex(texts: Sequence[str], ask: Callable[[str], str], **options: Any) -> Search:
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    nodes = [TextNode(text=text, id_=str(number)) for number, text in enumerate(texts)]
    retriever = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=TOP_K, **options)
    return lambda question: [int(found.node.node_id) for found in retriever.retrieve(ask(question))]


def haystack_bm25(material: Material) -> Search:
    """Its defaults: BM25L over single kana and kanji, and words of other scripts."""
    return _haystack(material.texts, lambda question: question)


def haystack_bm25_our_terms(material: Material) -> Search:
    """Our terms, joined by blanks and split at them again."""
    joined = [material.joined(text) for text in material.texts]
    return _haystack(
        joined, lambda question: " ".join(material.query_terms(question)), bm25_tokenization_regex=r"\S+"
    )


def _haystack(texts: Sequence[str], ask: Callable[[str], str], **options: Any) -> Search:
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore(**options)
    store.write_documents([Document(id=str(number), content=text) for number, text in enumerate(texts)])
    retriever = InMemoryBM25Retriever(store, top_k=TOP_K)

    def search(question: str) -> Sequence[int]:
        query = ask(question)
        return [int(found.id) for found in retriever.run(query)["documents"]] if query else []

    return search


def bm25s_default(material: Material) -> Search:
    """Its defaults: runs of word characters, English stop words."""
    import bm25s

    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(material.texts), show_progress=False), show_progress=False)

    def search(question: str) -> Sequence[int]:
        found, _ = index.retrieve(bm25s.tokenize(question, show_progress=False), k=TOP_K, show_progress=False)
        return [int(number) for number in found[0]]

    return search


def bm25s_our_terms(material: Material) -> Search:
    """Our terms as its tokens."""
    import bm25s

    index = bm25s.BM25()
    index.index([material.passage_terms(text) for text in material.texts], show_progress=False)

    def search(question: str) -> Sequence[int]:
        found, _ = index.retrieve([material.query_terms(question)], k=TOP_K, show_progress=False)
        return [int(number) for number in found[0]]

    return search


RIVALS = (
    Rival("LangChain BM25Retriever", "langchain-community rank-bm25", langchain_bm25),
    Rival("LangChain BM25Retriever, our terms", "langchain-community rank-bm25", langchain_bm25_our_terms),
    Rival("LangChain vectors, our embedder", "langchain-core", langchain_vectors),
    Rival("LlamaIndex BM25", "llama-index-retrievers-bm25", llamaindex_bm25),
    Rival("LlamaIndex BM25, our terms", "llama-index-retrievers-bm25", llamaindex_bm25_our_terms),
    Rival("Haystack BM25", "haystack-ai", haystack_bm25),
    Rival("Haystack BM25, our terms", "haystack-ai", haystack_bm25_our_terms),
    Rival("bm25s", "bm25s", bm25s_default),
    Rival("bm25s, our terms", "bm25s", bm25s_our_terms),
)
