"""SQLite as the truth, with FAISS and tantivy following it.

with create_store(Path("倉庫"), identity) as store:
    store.add(document, chunks, original)
    store.publish()
"""

from __future__ import annotations

from rag.store.local.opening import read_identity, store_exists
from rag.store.local.store import LocalStore

create_store = LocalStore.create
open_store = LocalStore.open

__all__ = ["LocalStore", "create_store", "open_store", "read_identity", "store_exists"]
