"""The original files, kept once under their hash: ``originals/ab/abcd…``."""

from __future__ import annotations

import hashlib
from pathlib import Path

from rag.errors import StoreError
from rag.store.local.files import sync, write_bytes


class Originals:
    """A folder of original files by SHA-256; equal files are kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Put the bytes away and return their hash. They are on the disk before a document points to them."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, data)
            sync(path.parent)
        return name

    def read(self, name: str, source: str) -> bytes:
        """The bytes of ``source``; raises StoreError when the file is gone or is not what its name says."""
        try:
            data = self._path(name).read_bytes()
        except OSError as error:
            raise StoreError(f"the original of {source} cannot be read ({error}): ingest it again") from error
        if hashlib.sha256(data).hexdigest() != name:
            raise StoreError(f"the original of {source} is damaged ({self._path(name)}): ingest it again")
        return data

    def drop(self, name: str) -> None:
        """Remove a file that no document needs any more."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name
