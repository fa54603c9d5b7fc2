"""What a store is: the truth about documents, and two ways to find their chunks.

Every back end passes ``tests/contracts/test_store*.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from rag.store.packing import PackedDocument
from rag.text.analyzer import Analysis
from rag.text.query_terms import WeightedTerms
from rag.text.terms import Terms
from rag.types import Chunk, Conditions, Document, DocumentInfo, IndexIdentity, Scope


class ScoredChunk(NamedTuple):
    """A chunk's id and its score in one leg; higher is better."""

    chunk_id: int
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Chunks by id, ascending, that a search may give; ``inverted`` are those that it may not."""

    chunk_ids: NDArray[np.int64]
    inverted: bool = False

    def shows(self, chunk_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of these the search may give, in the order asked."""
        return np.isin(chunk_ids, self.chunk_ids, invert=self.inverted)


class FollowerState(NamedTuple):
    """How far one follower has come; ``problem`` is empty when it is sound."""

    name: str
    change_number: int
    num_chunks: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StoreStatistics:
    """What `doctor` and `list` show of a store."""

    num_documents: int
    num_chunks: int
    num_chars: int
    change_number: int
    size_bytes: int
    followers: tuple[FollowerState, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedChunk:
    """A chunk as it goes into a store.

    ``analysis`` is that of ``chunk.text``. ``terms`` are those of the chunk's text and of its context (title
    and headings), by field; ``vector`` has shape (dimension,), float32.
    """

    chunk: Chunk
    analysis: Analysis
    terms: Terms
    vector: NDArray[np.float32]


class Store(Protocol):
    """Documents with their chunks. Reading is safe from many threads and processes; one writes."""

    @property
    def identity(self) -> IndexIdentity:
        """What the index was made with."""
        ...

    def add(self, document: Document, chunks: Sequence[IndexedChunk], original: bytes | None = None) -> int:
        """Put a document in, replacing the one of the same id, in one transaction.

        Returns the change number. It can be found as soon as this returns, by every process.
        Raises StoreBusy when another process writes.
        """
        ...

    def add_packed(self, packed: PackedDocument, original: bytes | None = None) -> int:
        """`add` for a document that was packed before, in this process or another; it has its vectors."""
        ...

    def remove(self, document_id: str) -> int:
        """Take a document out and return the change number; DocumentNotFound when it is not there."""
        ...

    def publish(self) -> None:
        """Bring the followers up to the last change; called by the writer at the end of a run."""
        ...

    def document(self, document_id: str, scope: Scope) -> Document:
        """The whole document; DocumentNotFound also when the scope does not show it."""
        ...

    def infos(self, document_ids: Sequence[str], scope: Scope) -> dict[str, DocumentInfo]:
        """Documents by id, without their text; those that are gone or out of scope are left out."""
        ...

    def vectors(self, chunk_ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """The stored vectors of chunks that were found within a scope, each of shape (dimension,)."""
        ...

    def document_infos(self, scope: Scope) -> list[DocumentInfo]:
        """Every document in scope, ordered by collection and source."""
        ...

    def original(self, document_id: str, scope: Scope) -> bytes | None:
        """The original bytes where they were kept."""
        ...

    def chunk_ids(self, document_id: str, scope: Scope) -> Sequence[int]:
        """The ids of all chunks of a document, in its order; empty when it is gone or out of scope."""
        ...

    def chunks(self, chunk_ids: Sequence[int], scope: Scope) -> dict[int, Chunk]:
        """Chunks by id; those that are gone or out of scope are left out."""
        ...

    def analyses(self, chunk_ids: Sequence[int]) -> dict[int, Analysis]:
        """The stored analyses of chunks that were found within a scope."""
        ...

    def select(self, conditions: Conditions, scope: Scope) -> Selection:
        """The chunks in scope that fulfil the conditions, for searches with the same scope."""
        ...

    def search_keyword(
        self, terms: WeightedTerms, scope: Scope, top_k: int, only: Selection | None = None
    ) -> list[ScoredChunk]:
        """BM25 over the fields of `Terms`, best first; ties by chunk id. No terms, no hits.

        With ``only`` the best of those chunks, however many others are better.
        """
        ...

    def search_dense(
        self, vector: NDArray[np.float32], scope: Scope, top_k: int, only: Selection | None = None
    ) -> list[ScoredChunk]:
        """Inner product with a unit vector of shape (dimension,), best first; zeros find nothing."""
        ...

    def document_frequencies(self, terms: WeightedTerms) -> Mapping[str, Mapping[str, int]]:
        """In how many chunks each term stands, by field and term; for weights and for health."""
        ...

    def num_chunks(self) -> int:
        """How many chunks there are in all; cheap enough to ask with every question."""
        ...

    def change_number(self) -> int:
        """The number of the last change; as cheap."""
        ...

    def problems(self) -> Sequence[str]:
        """What is wrong with the indexes as far as searches have noticed; costs nothing."""
        ...

    def statistics(self) -> StoreStatistics:
        """Counts, size on disk and the state of the followers."""
        ...

    def close(self) -> None:
        """Let go of files and locks; the store is not used afterwards."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
