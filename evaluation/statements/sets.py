"""Statements worded by hand, each about one sentence of a document: ``data/eval/statements.jsonl``.

The sentences are told by their place in files of others and read from there, never repeated.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast, get_args

from evaluation.datasets.files import read_bytes, read_rows
from evaluation.halves import Half
from evaluation.originals import read_files
from rag.bundled import bundled_path
from rag.errors import SettingsError

Changed = Literal["number", "date", "name", "negation"]
CHANGED: tuple[Changed, ...] = get_args(Changed)
_SHARED = ("docs/", "formats/", "jsquad/", "jaquad/")
_PARAGRAPH = re.compile(r"#(\d+):(\d+)$")
_HEADING = re.compile(r"^(?:#{1,6}\s|第[0-9０-９一二三四五六七八九十百]+[章節])")
_MARKUP = re.compile(r"<[^<>]*>|^#+\s*|[*`]")
_MAX_HEADINGS = 2


@dataclass(frozen=True, slots=True)
class StatedPlace:
    """Where the sentence behind a statement stands: ``file`` as the set names it, and offsets in its text."""

    file: str
    encoding: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StatedPair:
    """A statement and the sentence that it is about; ``context`` are title and headings above the sentence.

    ``changed`` is None where the sentence supports the statement.
    """

    id: str
    statement: str
    changed: Changed | None
    half: Half
    place: StatedPlace
    sentence: str = ""
    context: str = ""

    @property
    def supported(self) -> bool:
        """Whether the sentence says so."""
        return self.changed is None


def statements_file() -> Path:
    """The statements that come with the source; SettingsError where the package came without them."""
    file = bundled_path("eval", "statements.jsonl")
    if not file.is_file():
        raise SettingsError(
            "the statements (data/eval/statements.jsonl) are in the source repository and not in the "
            "installed package: give a file"
        )
    return file


def load_statements(file: Path) -> list[StatedPair]:
    """Read a set without its sentences; SettingsError names the line that is not as it should be."""
    return read_rows(file, _read_row)


def _read_row(row: dict[str, Any]) -> StatedPair:
    source, changed = row["source"], row["changed"]
    if changed is not None and changed not in CHANGED:
        raise ValueError(f"changed is {changed!r}: known are {', '.join(CHANGED)}")
    place = StatedPlace(
        source["file"], source.get("encoding", "utf-8"), source["start"], source["end"], source["sha256"]
    )
    return StatedPair(row["id"], row["statement"], changed, cast("Half", row["half"]), place)


def read_sentences(pairs: Iterable[StatedPair], shared: Path | None) -> tuple[list[StatedPair], int]:
    """The pairs whose sentence can be read, with it; and how many cannot.

    ``shared`` is the folder of shared documents; without it only those of the sample are read.
    """
    pairs = list(pairs)
    texts = _Texts(shared, {pair.place for pair in pairs})
    read = [_with_sentence(pair, *texts.of(pair.place)) for pair in pairs]
    found = [pair for pair in read if pair is not None]
    return found, len(pairs) - len(found)


def _with_sentence(pair: StatedPair, text: str, title: str) -> StatedPair | None:
    sentence = text[pair.place.start : pair.place.end]
    if not hashlib.sha256(sentence.encode()).hexdigest().startswith(pair.place.sha256):
        return None
    return replace(pair, sentence=sentence, context="\n".join([title, *_headings(text[: pair.place.start])]))


def _headings(before: str) -> list[str]:
    """The nearest lines above that look like headings, of Markdown or of a rule."""
    lines = (_MARKUP.sub("", line).strip() for line in reversed(before.splitlines()) if _HEADING.match(line))
    return [line for line, _ in zip(lines, range(_MAX_HEADINGS), strict=False)]


class _Texts:
    """The texts that places point into, each read once."""

    def __init__(self, shared: Path | None, places: set[StatedPlace]) -> None:
        self._shared = shared
        members = {
            (archive, path) for place in places for archive, mark, path in [_parts(place)] if mark == "!"
        }
        self._members: Mapping[tuple[str, str], bytes] = read_files(shared, members) if shared else {}
        self._articles: dict[str, Any] = {}

    def of(self, place: StatedPlace) -> tuple[str, str]:
        """Text and title; both empty where the file is not there."""
        name, mark, path = _parts(place)
        if mark == "#":
            return self._paragraph(name, path)
        data = self._members.get((name, path)) if mark == "!" else self._bytes(name)
        if data is None:
            return "", ""
        title = PurePosixPath(path or name).stem
        return data.decode(place.encoding, errors="replace"), title

    def _bytes(self, name: str) -> bytes | None:
        if name.startswith(_SHARED):
            file = self._shared / name if self._shared else None
        else:
            file = bundled_path("sample") / name
        return file.read_bytes() if file and file.is_file() else None

    def _paragraph(self, name: str, path: str) -> tuple[str, str]:
        if self._shared is None or not (self._shared / name).is_file():
            return "", ""
        if name not in self._articles:
            self._articles[name] = json.loads(read_bytes(self._shared / name))["data"]
        article, paragraph = map(int, path.split(":"))
        try:
            found = self._articles[name][article]
            return found["paragraphs"][paragraph]["context"], found["title"]
        except (IndexError, KeyError) as error:
            raise SettingsError(f"{name} has no paragraph {path}: {error!r}") from error


def _parts(place: StatedPlace) -> tuple[str, str, str]:
    """``docs/x.tar.gz!a.md`` → archive, ``!``, member; ``jsquad/v.json.gz#3:0`` → file, ``#``, ``3:0``."""
    if paragraph := _PARAGRAPH.search(place.file):
        return place.file[: paragraph.start()], "#", place.file[paragraph.start() + 1 :]
    return place.file.partition("!")
