"""The original files, kept once under their hash: ``originals/ab/abcd…``."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from rag.errors import StoreError
from rag.store.local.files import sync

_FEW_FILES = 16


class Originals:
    """A folder of original files by SHA-256; equal files are kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unsettled: list[Path] = []

    def keep(self, data: bytes) -> str:
        """Put the bytes away and return their hash; `settle` brings them to the disk."""
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        if not path.exists():
            beside = path.with_name(f"{name}.new")
            try:
                beside.write_bytes(data)
            except FileNotFoundError:  # the first file of its folder
                path.parent.mkdir(parents=True, exist_ok=True)
                beside.write_bytes(data)
            beside.replace(path)
            self._unsettled.append(path)
        return name

    def settle(self) -> None:
        """Bring what was kept since the last time to the disk: many files at once, which is far quicker."""
        unsettled, self._unsettled = self._unsettled, []
        if len(unsettled) > _FEW_FILES:
            os.sync()
        else:
            for path in (*unsettled, *{path.parent for path in unsettled}):
                with suppress(FileNotFoundError):  # taken away by somebody: `read` will say so
                    sync(path)

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
