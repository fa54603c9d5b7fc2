"""LangChain's way from files to a searchable store, for `benchmarks.ingestion`.

Its TextLoader, RecursiveCharacterTextSplitter and FAISS wrapper in one process, with our embedder. That is
less than ours does: Markdown stays markup, there is no keyword index, nothing but vectors and texts is kept,
and a stop loses all of it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.assembly import load_bundled_embedder
from rag.text.analyzer import load_analyzer

CHUNK_CHARS = 400
NAME = "LangChain TextLoader + RecursiveCharacterTextSplitter + FAISS"
PACKAGES = "langchain-community langchain-text-splitters"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What another library read, and how long it took; ``num_refused`` files broke its loader."""

    num_chars: int
    num_chunks: int
    num_refused: int
    seconds: float
    processor_seconds: float


def ingest_with_langchain(folders: Sequence[Path], limit: int | None = None) -> Ingested:
    """The same files, one after the other. Raises ImportError when LangChain's packages are not installed."""
    from langchain_community.document_loaders import TextLoader
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    analyzer, embedder = load_analyzer(), load_bundled_embedder()

    class OurEmbeddings(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            analyses = [analyzer.analyze(text) for text in texts]
            return embedder.embed_documents(texts, analyses).tolist()  # type: ignore[no-any-return]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    began, worked = time.monotonic(), time.process_time()
    documents, num_refused = [], 0
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    for path in files[:limit]:
        try:
            documents += TextLoader(path, autodetect_encoding=True).load()
        except (RuntimeError, UnicodeError):
            num_refused += 1
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=0)
    chunks = splitter.split_documents(documents)
    FAISS.from_documents(chunks, OurEmbeddings())
    num_chars = sum(len(document.page_content) for document in documents)
    seconds, processor = time.monotonic() - began, time.process_time() - worked
    return Ingested(num_chars, len(chunks), num_refused, seconds, processor)
