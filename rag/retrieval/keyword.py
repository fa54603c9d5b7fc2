"""The keyword leg: BM25 over morphemes and character bigrams."""

from __future__ import annotations

from collections.abc import Sequence

from rag.retrieval.base import Query
from rag.store.base import ScoredChunk, Store


class KeywordLeg:
    """Looks a query's terms up in the store's keyword index."""

    name = "keyword"

    def __init__(self, store: Store) -> None:
        self._store = store

    def search(self, query: Query, top_k: int) -> Sequence[ScoredChunk]:
        """Best first by BM25; nothing for a query without terms."""
        return self._store.search_keyword(query.terms, query.scope, top_k, query.only)
