"""`LocalStore`: SQLite is the truth, FAISS and tantivy follow it.

A store is a folder::

    store.sqlite   documents, chunks, analyses, terms, vectors, identity, change numbers
    originals/     original files under their hash
    keyword/       generations of the tantivy index
    dense/         generations of the FAISS segments
    writer.lock    held by the one process that writes
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.base import IndexedChunk, ScoredChunk, Selection, StoreStatistics
from rag.store.local import catalog, selected
from rag.store.local.changes import State, read_state
from rag.store.local.connections import Connections
from rag.store.local.dense import DenseIndex
from rag.store.local.files import folder_bytes
from rag.store.local.follower import Follower, SnapshotTooOld, ViewT, report
from rag.store.local.generations import DamagedGeneration
from rag.store.local.intake import check_query_vector, check_vectors, pack_indexed
from rag.store.local.keyword import KeywordIndex
from rag.store.local.keyword_view import KeywordView
from rag.store.local.opening import DATABASE, create_database, open_database
from rag.store.local.originals import Originals
from rag.store.local.selecting import select
from rag.store.local.vocabulary import number_query
from rag.store.local.words import WordTable
from rag.store.local.writer import Writer
from rag.store.packing import PackedDocument, unpack_vector
from rag.store.terms import FIELD_NAMES
from rag.text.analyzer import Analysis
from rag.text.query_terms import WeightedTerms
from rag.types import Chunk, Conditions, Document, DocumentInfo, IndexIdentity, Scope

logger = logging.getLogger(__name__)
T = TypeVar("T")

PUBLISH_EVERY_CHUNKS = 5_000
"""How many changed chunks SQLite may be ahead of its followers; searching these costs some milliseconds."""

_ATTEMPTS = 5


class LocalStore:
    """A store in one folder; `rag.store.base.Store` says what each method promises.

    Many threads may use one object. Built by `create` and `open`.
    """

    def __init__(
        self,
        path: Path,
        identity: IndexIdentity,
        store_id: str,
        *,
        read_only: bool = False,
        keep_originals: bool = True,
        publish_every: int = PUBLISH_EVERY_CHUNKS,
    ) -> None:
        self.path = path
        self._identity = identity
        self._read_only = read_only
        self._keep_originals = keep_originals
        self._connections = Connections(path / DATABASE, read_only=read_only)
        self._originals = Originals(path / "originals")
        self._words = WordTable()
        self._keyword = Follower(KeywordIndex(), path, store_id)
        self._dense = Follower(DenseIndex(identity.embedder.dimension), path, store_id)
        followers = (self._keyword, self._dense)
        self._writer = Writer(path, self._connections, self._originals, followers, publish_every)

    @classmethod
    def create(
        cls,
        path: Path,
        identity: IndexIdentity,
        *,
        keep_originals: bool = True,
        publish_every: int = PUBLISH_EVERY_CHUNKS,
    ) -> Self:
        """Make an empty store and open it. Raises StoreError when there is one already."""
        create_database(path, identity)
        return cls.open(path, identity, keep_originals=keep_originals, publish_every=publish_every)

    @classmethod
    def open(
        cls,
        path: Path,
        identity: IndexIdentity | None,
        *,
        read_only: bool = False,
        keep_originals: bool = True,
        publish_every: int = PUBLISH_EVERY_CHUNKS,
    ) -> Self:
        """Open a store that was made with ``identity``; None takes it whatever it was made with.

        ``read_only`` neither writes nor mends. After ``publish_every`` changed chunks the followers catch up.
        Raises StoreNotFound, and StoreMismatch that names what differs.
        """
        opened = open_database(path, identity)
        return cls(
            path,
            opened.identity,
            opened.store_id,
            read_only=read_only,
            keep_originals=keep_originals,
            publish_every=publish_every,
        )

    @property
    def identity(self) -> IndexIdentity:
        """What the index was made with."""
        return self._identity

    def add(self, document: Document, chunks: Sequence[IndexedChunk], original: bytes | None = None) -> int:
        """Put a document in; on return it is committed, and every process finds it."""
        self._for_writing()
        return self.add_packed(pack_indexed(document, chunks, self._identity.embedder.dimension), original)

    def add_packed(self, packed: PackedDocument, original: bytes | None = None) -> int:
        """The same for a document that was packed before."""
        check_vectors(packed, self._identity.embedder.dimension)
        return self._for_writing().add(packed, original if self._keep_originals else None)

    def remove(self, document_id: str) -> int:
        """Take a document out; on return no process finds it any more."""
        return self._for_writing().remove(document_id)

    def publish(self) -> None:
        """Bring the followers up to date and let other processes write."""
        self._for_writing().publish()

    def drop_followers(self) -> None:
        """Delete both indexes; the next search or `publish` makes them again from SQLite."""
        self._for_writing().drop_followers()

    def document(self, document_id: str, scope: Scope) -> Document:
        """The whole document; DocumentNotFound also when the scope does not show it."""
        with self._connections.snapshot() as connection:
            return catalog.read_document(connection, document_id, scope)

    def infos(self, document_ids: Sequence[str], scope: Scope) -> dict[str, DocumentInfo]:
        """Documents by id, without their text."""
        with self._connections.snapshot() as connection:
            return catalog.find_infos(connection, document_ids, scope)

    def document_infos(self, scope: Scope) -> list[DocumentInfo]:
        """Every document in scope, ordered by collection and source."""
        with self._connections.snapshot() as connection:
            return catalog.read_infos(connection, scope)

    def original(self, document_id: str, scope: Scope) -> bytes | None:
        """The original bytes, None when they were not kept; StoreError when the kept file is damaged."""
        with self._connections.snapshot() as connection:
            source, name = catalog.find_original(connection, document_id, scope)
        return None if name is None else self._originals.read(name, source)

    def chunk_ids(self, document_id: str, scope: Scope) -> Sequence[int]:
        """The ids of all chunks of a document."""
        with self._connections.snapshot() as connection:
            return catalog.find_chunk_ids(connection, document_id, scope)

    def chunks(self, chunk_ids: Sequence[int], scope: Scope) -> dict[int, Chunk]:
        """Chunks by id, in the order asked."""
        with self._connections.snapshot() as connection:
            return catalog.find_chunks(connection, chunk_ids, scope)

    def analyses(self, chunk_ids: Sequence[int]) -> dict[int, Analysis]:
        """The stored analyses of chunks."""
        with self._connections.snapshot() as connection:
            rows = catalog.find_blobs(connection, "chunk_analyses", chunk_ids)
            return self._words.unpack(connection, rows)

    def vectors(self, chunk_ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """The stored vectors of chunks, as float16 keeps them."""
        with self._connections.snapshot() as connection:
            blobs = catalog.find_blobs(connection, "chunk_vectors", chunk_ids)
        return {chunk_id: unpack_vector(data) for chunk_id, data in blobs.items()}

    def select(self, conditions: Conditions, scope: Scope) -> Selection:
        """The chunks in scope that fulfil the conditions."""
        return self._look(
            self._keyword, lambda connection, _, view: select(connection, view, conditions, scope)
        )

    def search_keyword(
        self, terms: WeightedTerms, scope: Scope, top_k: int, only: Selection | None = None
    ) -> list[ScoredChunk]:
        """BM25, best first."""
        query = number_query(terms)

        def search(connection: sqlite3.Connection, state: State, view: KeywordView) -> list[ScoredChunk]:
            return selected.search_keyword(connection, state, view, query, scope, top_k=top_k, only=only)

        return self._look(self._keyword, search) if top_k > 0 and len(query) else []

    def search_dense(
        self, vector: NDArray[np.float32], scope: Scope, top_k: int, only: Selection | None = None
    ) -> list[ScoredChunk]:
        """Inner product, best first; a vector of zeros, or with NaN in it, finds nothing."""
        query = check_query_vector(vector, self._identity.embedder.dimension)
        if top_k <= 0 or query is None:
            return []
        return self._look(
            self._dense,
            lambda connection, _, view: selected.search_dense(
                connection, view, query, scope, top_k=top_k, only=only
            ),
        )

    def document_frequencies(self, terms: WeightedTerms) -> Mapping[str, Mapping[str, int]]:
        """In how many chunks each term stands, 0 for those that never stood in the store."""
        query = number_query(terms)
        counts = self._look(self._keyword, lambda _, __, view: view.frequencies(query))
        found: dict[str, dict[str, int]] = {field: {} for field in terms}
        for field, word, count in zip(query.fields, query.words, counts.tolist(), strict=True):
            found[FIELD_NAMES[field]][word] = count
        return found

    def num_chunks(self) -> int:
        """A number that SQLite keeps; nothing is counted."""
        return self._state().num_chunks

    def change_number(self) -> int:
        """Another number that SQLite keeps."""
        return self._state().change_number

    def statistics(self) -> StoreStatistics:
        """Counts, size on disk and the state of the followers, whose files are read through."""
        state = self._state()
        return StoreStatistics(
            state.num_documents,
            state.num_chunks,
            state.num_chars,
            state.change_number,
            folder_bytes(self.path),
            (report(self._keyword, self._connections), report(self._dense, self._connections)),
        )

    def problems(self) -> Sequence[str]:
        """What makes an index unusable or slow, as far as a search has noticed."""
        return [f"{one.name}: {one.trouble()}" for one in (self._keyword, self._dense) if one.trouble()]

    def close(self) -> None:
        """Let go of files and locks."""
        self._writer.close()
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _state(self) -> State:
        with self._connections.snapshot() as connection:
            return read_state(connection)

    def _for_writing(self) -> Writer:
        if self._read_only:
            raise StoreError(f"the store at {self.path} was opened for reading: open it without read_only")
        return self._writer

    def _look(self, follower: Follower[ViewT], look: Callable[[sqlite3.Connection, State, ViewT], T]) -> T:
        """``look`` at a follower's view in one snapshot of the truth; a damaged follower is mended before."""
        problem = ""
        for attempt in range(_ATTEMPTS):
            try:
                with self._connections.snapshot() as connection:
                    state = read_state(connection)
                    return look(connection, state, follower.view(connection, state))
            except SnapshotTooOld as ahead:
                problem = str(ahead)
                if attempt < _ATTEMPTS // 2:
                    continue  # most likely published a moment ago: a new snapshot sees it
            except DamagedGeneration as damage:
                problem = str(damage)
            self._mend(follower, problem)
        raise StoreError(f"the {follower.name} index of {self.path} stays unusable: {problem}")

    def _mend(self, follower: Follower[ViewT], problem: str) -> None:
        logger.warning("the %s index of %s cannot be used: %s", follower.name, self.path, problem)
        if self._read_only or not self._writer.mend():
            logger.warning("searching SQLite instead of the %s index, which is slower", follower.name)
            follower.search_memory(problem)
