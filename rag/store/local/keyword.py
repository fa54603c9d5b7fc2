"""The keyword index: tantivy files, and in how many chunks each term stands.

tantivy proposes candidates; `rag.store.local.keyword_view` scores them. Its "words" are the store's term ids
in decimal, so that it can be made again from stored rows alone.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from rag.store.local.bm25 import FIELD_NAMES
from rag.store.local.candidates import OpenKeywordIndex, field_name
from rag.store.local.changes import Addition, Changes
from rag.store.local.documents import read_term_block
from rag.store.local.files import write_bytes
from rag.store.local.generations import DamagedGeneration
from rag.store.local.keyword_view import KeywordView
from rag.store.local.term_block import TermBlock

FREQUENCIES = "frequencies.npy"
_HEAP_BYTES = 64_000_000


class KeywordIndex:
    """How the keyword follower's files are made and opened."""

    name = "keyword"

    def build(self, folder: Path, connection: sqlite3.Connection, changes: Changes) -> int:
        """Take departed documents out, put new ones in, one commit; old segments are merged on the way."""
        index = tantivy.Index(_build_schema(), path=str(folder))
        index.config_reader("manual")
        frequencies = _Frequencies.load(folder)
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        departures = changes.departures_from(changes.since)
        # By query: `delete_documents_by_term` takes every number for a signed one and deletes nothing.
        gone = [departure.document for departure in departures]
        writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "document", gone))
        for departure in departures:
            frequencies.subtract(departure.frequencies.ids, departure.frequencies.counts)
        for addition in changes.additions:
            block = read_term_block(connection, addition.first_chunk, addition.end_chunk)
            frequencies.add(block.term_ids)
            for document in _tantivy_documents(addition, block):
                writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        frequencies.save(folder)
        index.reload()
        return int(index.searcher().num_docs)

    def load(self, folder: Path, change_number: int) -> KeywordView:
        """Map the files into memory."""
        try:
            index = tantivy.Index.open(str(folder))
            index.config_reader("manual")  # the files never change: nothing to watch
            frequencies = _Frequencies.load(folder).counts
            opened = OpenKeywordIndex(index.schema, index.searcher(), frequencies)
        except (OSError, ValueError) as error:
            raise DamagedGeneration(f"{folder.name} cannot be opened: {error}") from error
        return KeywordView.of(opened, change_number)

    def empty(self) -> KeywordView:
        """A view without an index: everything is in the overlay."""
        return KeywordView.of(None, 0)


@dataclass
class _Frequencies:
    """In how many chunks each term stands; the place in ``counts`` is the term's id."""

    counts: NDArray[np.uint32]

    @classmethod
    def load(cls, folder: Path) -> _Frequencies:
        path = folder / FREQUENCIES
        return cls(np.load(path, allow_pickle=False) if path.exists() else np.zeros(1, np.uint32))

    def save(self, folder: Path) -> None:
        buffer = io.BytesIO()
        np.save(buffer, self.counts, allow_pickle=False)
        write_bytes(folder / FREQUENCIES, buffer.getvalue())

    def add(self, term_ids: NDArray[np.uint32]) -> None:
        if len(term_ids):
            self._reach(int(term_ids.max()))
            np.add.at(self.counts, term_ids, 1)

    def subtract(self, term_ids: NDArray[np.uint32], counts: NDArray[np.uint32]) -> None:
        self.counts[term_ids] -= counts

    def _reach(self, term_id: int) -> None:
        if term_id >= len(self.counts):
            room = max(term_id + 1, len(self.counts) * 2) - len(self.counts)
            self.counts = np.concatenate([self.counts, np.zeros(room, np.uint32)])


def _build_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    for name in ("collection", "source", "name"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    for name in FIELD_NAMES:
        builder.add_text_field(field_name(name), tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _tantivy_documents(addition: Addition, block: TermBlock) -> Iterator[tantivy.Document]:
    ends = np.cumsum(block.sizes, dtype=np.int64).reshape(block.sizes.shape)
    for chunk_id, sizes, chunk_ends in zip(block.chunk_ids, block.sizes, ends, strict=True):
        document = tantivy.Document()
        document.add_unsigned("chunk", int(chunk_id))
        document.add_unsigned("document", addition.number)
        for name in ("collection", "source", "name"):
            document.add_text(name, getattr(addition, name))
        if addition.day is not None:
            document.add_integer("day", addition.day)
        for name, size, end in zip(FIELD_NAMES, sizes, chunk_ends, strict=True):
            terms = slice(int(end - size), int(end))
            repeated = np.repeat(block.term_ids[terms], block.counts[terms])
            document.add_text(field_name(name), " ".join(map(str, repeated.tolist())))
        yield document
