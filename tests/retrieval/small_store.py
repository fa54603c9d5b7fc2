"""Tables of documents and queries, and putting small files into a store as ingestion does."""

from __future__ import annotations

from pathlib import Path

from ingest.messages import FileJob
from ingest.prepare import Preparer
from rag.store.base import Store

QUERIES = Path(__file__).parents[1] / "golden" / "queries"


def read_rows(name: str) -> list[list[str]]:
    """The rows of a table, without its comments."""
    lines = (QUERIES / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def add_file(store: Store, preparer: Preparer, name: str, text: str, collection: str = "default") -> None:
    """Put a text file into the store."""
    prepared = preparer.read(FileJob(name, collection, "", "", text.encode()))
    store.add_packed(prepared.packed)
