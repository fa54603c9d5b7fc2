"""The dense leg: the chunks whose vectors point the same way as the query's."""

from __future__ import annotations

from collections.abc import Sequence

from rag.embedding.base import Embedder
from rag.retrieval.base import Query
from rag.store.base import ScoredChunk, Store


class DenseLeg:
    """Embeds a query and searches the store's vectors."""

    name = "dense"

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    def search(self, query: Query, top_k: int) -> Sequence[ScoredChunk]:
        """Best first by cosine; nothing when the query has nothing to embed."""
        (vector,) = self._embedder.embed_queries([query.text], [query.analysis])
        if not vector.any():
            return []
        return self._store.search_dense(vector, query.scope, top_k, query.only)
