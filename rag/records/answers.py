"""One answer with everything that led to it, as a readable JSON file.

A record holds questions, texts of documents and prompts: whoever may not see these may not see the folder. It
is written beside its name and renamed, so that no reader meets half of one.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from rag.errors import RecordError

SUFFIX = ".json"


class Part(BaseModel):
    """A part of a record: frozen, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordedTurn(Part):
    """What was said before."""

    question: str
    answer: str


class RecordedScope(Part):
    """What the search could see; dates as ISO texts."""

    user: str | None = None
    collections: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    as_of: dt.date | None = None


class RecordedIndex(Part):
    """What the index was made with, and the number of its last change when the answer was made."""

    identity: dict[str, Any]
    change_number: int


class RecordedLeg(Part):
    """What one leg said of a hit."""

    leg: str
    rank: int
    score: float


class RecordedHit(Part):
    """One hit with its text as it was."""

    source: str
    collection: str
    title: str
    heading_path: tuple[str, ...]
    place: str
    start: int
    end: int
    score: float
    legs: tuple[RecordedLeg, ...]
    change_number: int
    text: str


class RecordedGeneration(Part):
    """What a model was sent, with which parameters, and what it wrote."""

    model: str
    prompt: str
    messages: tuple[tuple[str, str], ...] = ()
    parameters: dict[str, Any]
    output: str


class RecordedCitation(Part):
    """Where a statement's evidence stood, and its words."""

    number: int
    source: str
    place: str
    start: int
    end: int
    quote: str


class RecordedStatement(Part):
    """One statement with its verdict."""

    text: str
    verdict: str
    citations: tuple[RecordedCitation, ...]


class AnswerRecord(Part):
    """Everything about one answer; ``query`` is what was searched, ``rewritten_by`` who made it so."""

    format: Literal[1] = 1
    time: dt.datetime
    question: str
    history: tuple[RecordedTurn, ...] = ()
    query: str
    rewritten_by: str = ""
    scope: RecordedScope
    index: RecordedIndex
    settings: dict[str, dict[str, Any]]
    hits: tuple[RecordedHit, ...]
    generation: RecordedGeneration | None = None
    answerer: str
    abstained: bool
    confidence: float
    answer: str
    statements: tuple[RecordedStatement, ...]
    conflicts: tuple[tuple[RecordedCitation, ...], ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    elapsed_seconds: float


def load_record(file: Path) -> AnswerRecord:
    """Read a record; RecordError, in one line, when it is absent, damaged or of another format."""
    try:
        return AnswerRecord.model_validate_json(file.read_bytes())
    except OSError as error:
        raise RecordError(f"{file} cannot be read: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        what = f"{key}: {first['msg']}" if key else first["msg"]
        raise RecordError(
            f"{file} is no record of an answer, or damaged ({what}): give a file of records.path"
        ) from error


def save_record(record: AnswerRecord, folder: Path) -> Path:
    """Write a record into ``folder`` and return its file, ``20260401T093015.123456Z-1f2e.json``.

    Only this user may read it. Raises RecordError when it cannot be written.
    """
    name = f"{record.time.astimezone(dt.UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(2)}{SUFFIX}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes a file that only this user may read.
        handle, written = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(record.model_dump_json(indent=2) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            Path(written).rename(folder / name)
        except BaseException:
            Path(written).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RecordError(f"{folder / name} cannot be written: {error.strerror or error}") from error
    return folder / name
