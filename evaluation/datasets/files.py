"""Reading the files of question sets, with errors that name the file and the line."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from ingest.encoding import decode
from rag.errors import SettingsError

T = TypeVar("T")


def read_bytes(file: Path) -> bytes:
    """The bytes, decompressed where the name ends in ``.gz``. Raises SettingsError."""
    try:
        data = file.read_bytes()
        return gzip.decompress(data) if file.suffix == ".gz" else data
    except OSError as error:
        raise SettingsError(f"question set {file} cannot be read: {error.strerror or error}") from error
    except (EOFError, zlib.error) as error:
        raise SettingsError(f"question set {file} is damaged: {error}") from error


def read_text(file: Path) -> str:
    """The text in whatever encoding it is: a table saved by Excel is cp932."""
    return decode(read_bytes(file)).text


def read_rows(file: Path, build: Callable[[dict[str, Any]], T]) -> list[T]:
    """One value a line of JSON; blank lines are passed over. Raises SettingsError with the line's number."""
    built = []
    for number, line in enumerate(read_text(file).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            built.append(build(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise SettingsError(f"line {number} of {file} is not a question: {error!r}") from error
    return built


def first_keys(file: Path) -> frozenset[str]:
    """The keys of the first line of JSON; none when it is something else."""
    line = next((line for line in read_text(file).split("\n") if line.strip()), "")
    try:
        row = json.loads(line)
    except ValueError:
        return frozenset()
    return frozenset(row) if isinstance(row, dict) else frozenset()


def set_name(file: Path) -> str:
    """The folder's name and the file's, without endings: ``jaquad/train.json.gz`` → ``jaquad/train``."""
    name = file.name.removesuffix(".gz")
    return f"{file.resolve().parent.name}/{name.removesuffix(Path(name).suffix) or name}"


def hash_files(files: Iterable[Path]) -> str:
    """SHA-256 over the bytes of one file, or over names and hashes of several."""
    hashes = [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in sorted(files)]
    if len(hashes) == 1:
        return hashes[0][1]
    return hashlib.sha256(json.dumps(hashes).encode()).hexdigest()
