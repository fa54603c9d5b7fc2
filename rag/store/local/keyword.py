"""The keyword index: tantivy files, and in how many chunks each term stands.

tantivy proposes candidates; `rag.store.local.keyword_view` scores them. Its "words" are the store's term ids
as letters, so that it can be made again from stored rows alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import tantivy

from rag.store.local.candidates import WORD_CHARS, OpenKeywordIndex, field_name, index_words
from rag.store.local.changes import Addition, Changes
from rag.store.local.documents import read_term_block
from rag.store.local.frequencies import add_frequencies, load_frequencies
from rag.store.local.generations import DamagedGeneration
from rag.store.local.keyword_view import KeywordView
from rag.store.local.term_block import TermBlock
from rag.store.terms import FIELD_NAMES

_HEAP_BYTES = 64_000_000
_CHUNKS_AT_ONCE = 4_096
_FIELDS = tuple(map(field_name, FIELD_NAMES))


class KeywordIndex:
    """How the keyword follower's files are made and opened."""

    name = "keyword"

    def build(self, folder: Path, connection: sqlite3.Connection, changes: Changes) -> int:
        """Take departed documents out, put new ones in, one commit; old segments are merged on the way."""
        index = tantivy.Index(_build_schema(), path=str(folder))
        index.config_reader("manual")
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        departures = changes.departures_from(changes.since)
        # By query: `delete_documents_by_term` takes every number for a signed one and deletes nothing.
        gone = [departure.document for departure in departures]
        writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "document", gone))
        counts = [departure.frequencies.negative() for departure in departures]
        for block in _blocks(connection, changes.additions):
            counts.append(block.frequencies())
            for document in _tantivy_documents(changes.additions, block):
                writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        add_frequencies(folder, counts)
        index.reload()
        return int(index.searcher().num_docs)

    def load(self, folder: Path, change_number: int) -> KeywordView:
        """Map the files into memory."""
        try:
            index = tantivy.Index.open(str(folder))
            index.config_reader("manual")  # the files never change: nothing to watch
            opened = OpenKeywordIndex(index.schema, index.searcher(), load_frequencies(folder))
        except (OSError, ValueError) as error:
            raise DamagedGeneration(f"{folder.name} cannot be opened: {error}") from error
        return KeywordView.of(opened, change_number)

    def empty(self) -> KeywordView:
        """A view without an index: everything is in the overlay."""
        return KeywordView.of(None, 0)


def _blocks(connection: sqlite3.Connection, additions: Sequence[Addition]) -> Iterator[TermBlock]:
    """The terms of all chunks of some documents, some thousand chunks at once."""
    if not additions:
        return
    # Chunk ids grow with change numbers: between the first new one and the last all are new.
    end = additions[-1].end_chunk
    for first in range(additions[0].first_chunk, end, _CHUNKS_AT_ONCE):
        block = read_term_block(connection, first, min(first + _CHUNKS_AT_ONCE, end))
        if len(block):
            yield block


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


def _tantivy_documents(additions: Sequence[Addition], block: TermBlock) -> Iterator[tantivy.Document]:
    """The chunks of a block, each with its document among ``additions``."""
    words = index_words(np.repeat(block.term_ids, block.counts)).decode("ascii")
    sums = np.concatenate([[0], np.cumsum(block.counts, dtype=np.int64)])
    ends = sums[np.cumsum(block.sizes, dtype=np.int64)].reshape(block.sizes.shape) * (WORD_CHARS + 1)
    firsts = [addition.first_chunk for addition in additions]
    owners = np.searchsorted(firsts, block.chunk_ids, side="right") - 1
    start = 0
    for chunk_id, owner, fields in zip(block.chunk_ids.tolist(), owners.tolist(), ends.tolist(), strict=True):
        document = _tantivy_document(additions[owner], chunk_id)
        for name, end in zip(_FIELDS, fields, strict=True):
            document.add_text(name, words[start:end])
            start = end
        yield document


def _tantivy_document(addition: Addition, chunk_id: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("chunk", chunk_id)
    document.add_unsigned("document", addition.number)
    document.add_text("collection", addition.collection)
    document.add_text("source", addition.source)
    document.add_text("name", addition.name)
    if addition.day is not None:
        document.add_integer("day", addition.day)
    return document
