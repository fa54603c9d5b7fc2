"""A store of small documents written for these tests, made as ingestion makes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.chunking import Chunking
from ingest.prepare import Preparer
from rag.assembly import Assembly, index_identity, load_bundled_embedder
from rag.settings import load_settings
from rag.store.local import create_store
from rag.text.analyzer import load_analyzer
from tests.retrieval.small_store import add_file, read_rows


@pytest.fixture(scope="session")
def preparer() -> Preparer:
    chunking = Chunking.of(load_settings(environment={}).ingest)
    return Preparer(load_analyzer(), load_bundled_embedder(), chunking)


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory, preparer: Preparer) -> Iterator[Assembly]:
    """The documents of ``documents.tsv``, published, with default settings."""
    analyzer, embedder = load_analyzer(), load_bundled_embedder()
    folder: Path = tmp_path_factory.mktemp("queries") / "store"
    with create_store(folder, index_identity(analyzer, embedder)) as store:
        for key, title, heading, text in read_rows("documents.tsv"):
            add_file(store, preparer, f"{key}.md", f"# {title}\n\n## {heading}\n\n{text}\n")
        store.publish()
        yield Assembly(load_settings(environment={}), analyzer, embedder, store)
