"""A store that keeps documents back, so that questions on them have no answer; nothing is built again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from rag.store.base import ScoredChunk, Selection, Store
from rag.text.query_terms import WeightedTerms
from rag.types import EVERYTHING, Hit, Scope

Search = Callable[[int], list[ScoredChunk]]


class WithholdingStore:
    """Searches as the store beneath it does, and leaves out what is withheld at the moment.

    Each search asks for as many chunks more as are withheld, so that it returns what a store without them
    would, in that order. Their words still count where the rarity of words is known. One thread.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._documents: frozenset[str] = frozenset()
        self._chunks: frozenset[int] = frozenset()

    def as_store(self) -> Store:
        """Itself, where a store is wanted: everything but searching is done by the store beneath."""
        return cast("Store", self)

    @contextmanager
    def without(self, document_ids: Iterable[str]) -> Iterator[None]:
        """Keep these documents back for a while."""
        before = self._documents, self._chunks
        self._documents = frozenset(document_ids)
        self._chunks = frozenset(
            chunk for document in self._documents for chunk in self._store.chunk_ids(document, EVERYTHING)
        )
        try:
            yield
        finally:
            self._documents, self._chunks = before

    def search_keyword(
        self, terms: WeightedTerms, scope: Scope, top_k: int, only: Selection | None = None
    ) -> list[ScoredChunk]:
        """As the store's own, without what is withheld."""
        return self._kept(lambda wanted: self._store.search_keyword(terms, scope, wanted, only), top_k)

    def search_dense(
        self, vector: NDArray[np.float32], scope: Scope, top_k: int, only: Selection | None = None
    ) -> list[ScoredChunk]:
        """As the store's own, without what is withheld."""
        return self._kept(lambda wanted: self._store.search_dense(vector, scope, wanted, only), top_k)

    def check(self, hits: Sequence[Hit]) -> None:
        """Raises RuntimeError when a search went past this store: every figure would be wrong."""
        seen = [hit.document.source for hit in hits if hit.document.id in self._documents]
        if seen:
            raise RuntimeError(f"{seen[0]} was withheld and found all the same")

    def _kept(self, search: Search, top_k: int) -> list[ScoredChunk]:
        found = search(top_k + len(self._chunks))
        return [one for one in found if one.chunk_id not in self._chunks][:top_k]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
