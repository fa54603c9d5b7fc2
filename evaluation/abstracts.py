"""Texts with a summary that somebody wrote: JSON Lines with ``text`` and ``summary``."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from ingest.document import build_document
from ingest.readers.registry import read
from rag.errors import DamagedDocument, ReadError
from rag.types import Document

_HEADING_SIGN = "# "


@dataclass(frozen=True, slots=True)
class Example:
    """One text with its reference; ``half`` is 0 or 1, by the SHA-256 of its id."""

    id: str
    text: str
    summary: str

    @property
    def half(self) -> int:
        """0 for fitting, 1 for reporting."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 2

    def document(self) -> Document:
        """The text as a document; one that begins with a heading of Markdown is read as such."""
        name = "example.md" if self.text.lstrip().startswith(_HEADING_SIGN) else "example.txt"
        data = self.text.encode(errors="replace")
        reading = read(data, name)
        built = build_document(
            reading, source=f"{self.id}/{name}", collection="eval", sha256="", size_bytes=len(data)
        )
        return built.document


def load_examples(file: Path) -> Iterator[Example]:
    """Every line of a JSON Lines file, plain or ``.gz``; a line without ``id`` is named by its number.

    Raises ReadError where the file is not there, DamagedDocument with the line that is wrong.
    """
    try:
        data = file.read_bytes()
        lines = (gzip.decompress(data) if file.suffix == ".gz" else data).splitlines()
    except FileNotFoundError as error:
        raise ReadError(f"{file} does not exist: give a .jsonl file with text and summary") from error
    except (OSError, EOFError) as error:
        raise DamagedDocument(f"{file} cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _example(line, number, file)


def _example(line: bytes, number: int, file: Path) -> Example:
    try:
        values = orjson.loads(line)
        return Example(str(values.get("id", number)), values["text"], values["summary"])
    except (orjson.JSONDecodeError, KeyError, AttributeError) as error:
        raise DamagedDocument(
            f"{file}, line {number} is not an object with text and summary ({error!r}): "
            'write {"id": …, "text": …, "summary": …} on each line'
        ) from error
