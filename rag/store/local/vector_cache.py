"""Vectors by the text that they stand for, so that no text is embedded twice by the same model.

A large model takes milliseconds for each chunk. What it said is kept beside the store, by a hash of the text
and of the model: a file of which one paragraph changed, the same passage in two files, and a rebuild find it
there. It is only a memory: the folder may be deleted, and a file that is damaged is begun again.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from rag.store.base import Store
from rag.store.local.store import LocalStore
from rag.store.packing import VECTOR_TYPE
from rag.types import EmbedderIdentity

logger = logging.getLogger(__name__)

FOLDER = "embedded"
FILE = "vectors.sqlite"
_KEY_BYTES = 16
_AT_ONCE = 500

Vectors = NDArray[np.float32]


class VectorCache:
    """The vectors that one model gave to texts, in a folder of a store; the store's writer alone uses it."""

    def __init__(self, folder: Path, identity: EmbedderIdentity) -> None:
        self._path = folder / FILE
        self._salt = hashlib.blake2b(orjson.dumps(astuple(identity))).digest()
        self._dimension = identity.dimension

    def find(self, texts: Sequence[str]) -> dict[int, Vectors]:
        """The vectors that are known, by the place of their text among ``texts``."""
        keys = self._keys(texts)
        known: dict[bytes, bytes] = {}
        with closing(self._open()) as connection:
            for first in range(0, len(keys), _AT_ONCE):
                part = keys[first : first + _AT_ONCE]
                marks = ",".join("?" * len(part))
                sql = f"SELECT key, data FROM vectors WHERE key IN ({marks})"  # noqa: S608  marks only
                known.update(connection.execute(sql, part))
        return {
            place: np.frombuffer(known[key], VECTOR_TYPE).astype(np.float32)
            for place, key in enumerate(keys)
            if key in known and len(known[key]) == VECTOR_TYPE.itemsize * self._dimension
        }

    def keep(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Remember the vectors of texts, a row each."""
        rows = zip(self._keys(texts), map(np.ndarray.tobytes, vectors.astype(VECTOR_TYPE)), strict=True)
        with closing(self._open()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def _keys(self, texts: Sequence[str]) -> list[bytes]:
        return [
            hashlib.blake2b(
                text.encode(errors="surrogatepass"), digest_size=_KEY_BYTES, key=self._salt
            ).digest()
            for text in texts
        ]

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError as error:
            logger.warning("%s is damaged (%s): vectors are worked out again", self._path, error)
            self._path.unlink()
            return _connect(self._path)


def open_vector_cache(store: Store, identity: EmbedderIdentity) -> VectorCache | None:
    """The cache of a local store; None for a store that has no folder."""
    return VectorCache(store.path / FOLDER, identity) if isinstance(store, LocalStore) else None


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA synchronous=OFF")  # what a loss of power takes is worked out again
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID"
        )
    except BaseException:
        connection.close()
        raise
    return connection
