"""Folders that are built once and used by many runs, kept under a hash of everything that shaped them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import ingest
import rag
from rag.errors import StoreError

KEY_DIGITS = 16

_SHAPING = ("text", "embedding", "store", "types", "settings")
"""What of `rag` decides how an index looks; of `ingest` it is everything."""


@contextmanager
def provide_folder(
    folder: Path | None, parts: Mapping[str, object], build: Callable[[Path], None]
) -> Iterator[Path]:
    """A folder that ``build`` filled, now or in an earlier run for equal ``parts``.

    Without a ``folder`` for the cache it stands in a temporary place and is gone afterwards. What is built
    appears under its key as a whole or not at all, so that two runs may share a cache.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="swallow-rag-eval-") as name:
            path = Path(name)
            build(path)
            yield path
        return
    path = folder / cache_key(parts)
    if not path.is_dir():
        beside = folder / f"{path.name}.{os.getpid()}.new"
        try:
            beside.mkdir(parents=True)
            build(beside)
            beside.rename(path)
        except OSError as error:
            if not path.is_dir():  # else another run was quicker
                raise StoreError(f"the cache {folder} cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    yield path


def cache_key(parts: Mapping[str, object]) -> str:
    """16 hexadecimal digits of the parts and of the code that makes an index of them."""
    text = json.dumps({**parts, "code": code_version()}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:KEY_DIGITS]


@cache
def code_version() -> str:
    """A hash over the source of everything that shapes an index: no version must be raised by hand."""
    files = sorted(Path(ingest.__file__).parent.rglob("*.py"))
    root = Path(rag.__file__).parent
    for name in _SHAPING:
        files += sorted((root / name).rglob("*.py"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:KEY_DIGITS]
