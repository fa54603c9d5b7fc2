"""Documents of the sample and small ones of our own, and the real parts, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.document import build_document
from ingest.readers.registry import read
from rag.assembly import load_bundled_embedder
from rag.summary.assembling import build_summarizer
from rag.summary.material import Material, prepare
from rag.summary.summarizer import Summarizer
from rag.text.analyzer import Analyzer, load_analyzer
from rag.types import Document

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


def make_document(text: str, name: str = "文書.md") -> Document:
    data = text.encode()
    reading = read(data, name)
    built = build_document(reading, source=f"/{name}", collection="test", sha256="", size_bytes=len(data))
    return built.document


def sample_document(name: str) -> Document:
    data = (SAMPLE / name).read_bytes()
    reading = read(data, name)
    built = build_document(reading, source=f"/{name}", collection="test", sha256="", size_bytes=len(data))
    return built.document


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return load_analyzer()


@pytest.fixture(scope="session")
def summarizer(analyzer: Analyzer) -> Summarizer:
    return build_summarizer(analyzer, load_bundled_embedder())


@pytest.fixture(scope="session")
def rules(analyzer: Analyzer) -> Material:
    """経費精算規程 of 2024: articles, numbered paragraphs, a 附則."""
    return prepare(sample_document("経費精算規程_2024.txt"), analyzer)
