"""Words of one's own for MeCab: a CSV file, compiled once and kept.

A line is ``表層形,読み`` or ``表層形,読み,見出し語``; a line of UniDic's own form (surface, two context ids,
cost, 18 features or more) is taken as it stands. A line that begins with ``#`` is a comment::

    # 製品
    ぬくもりポット,ヌクモリポット
    鰺坂,アジサカ

Surfaces are folded, because text is folded before MeCab sees it. MeCab's compiler ends the process when a
line is wrong; so every line is checked here, and it runs in a process of its own.
"""

from __future__ import annotations

import csv
import hashlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import platformdirs

from rag.errors import ModelUnavailable, SettingsError
from rag.text.fold import fold_text

MAX_SURFACE_CHARS = 100
_SHORT = (2, 3)
_MIN_UNIDIC = 4 + 18
_ENCODINGS = ("utf-8-sig", "cp932")
_COMPILE = "import sys, fugashi; fugashi.build_dictionary(sys.argv[1])"
_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_KANA = frozenset(map(chr, (*range(ord("ァ"), ord("ヺ") + 1), ord("ー"), ord("・"))))

# 名詞,固有名詞,一般 in unidic-lite's left-id.def and right-id.def, of which both are one list.
_NAME_ID = 4785
_CHEAPEST = -10_000


class UserDictionary(NamedTuple):
    """A compiled dictionary, and what tells it from others with other words."""

    path: Path
    name: str


def load_user_dictionary(path: Path, system_folder: str, folder: Path | None = None) -> UserDictionary:
    """Compile the words of ``path``, or find what was compiled from the same words.

    ``folder`` keeps what was compiled; unset is the user's cache. Raises SettingsError that names file, line
    and remedy, and ModelUnavailable when MeCab cannot compile.
    """
    rows = "".join(f"{row}\n" for row in read_rows(path))
    name = hashlib.sha256(rows.encode()).hexdigest()[:16]
    folder = folder or Path(platformdirs.user_cache_dir("swallow-rag", appauthor=False)) / "dictionaries"
    compiled = folder / f"{name}.dic"
    if not compiled.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _compile(rows, system_folder, compiled)
    return UserDictionary(compiled, name)


def read_rows(path: Path) -> list[str]:
    """The lines as MeCab's compiler takes them, sorted and each once."""
    rows = {
        ",".join(_row(columns, f"{path}, line {number}")) for number, columns in _lines(path) if any(columns)
    }
    if not rows:
        raise SettingsError(f"the user dictionary {path} has no words: put lines such as 鰺坂,アジサカ there")
    return sorted(rows)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(_read(path).splitlines(), start=1):
        if not line.lstrip().startswith("#"):
            yield number, next(csv.reader([line]), [])


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"the user dictionary {path} cannot be read ({error.strerror}): "
            "set ingest.user_dictionary to a CSV file, or leave it out"
        ) from error
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SettingsError(f"the user dictionary {path} is neither UTF-8 nor Shift_JIS: save it as UTF-8")


def _row(columns: Sequence[str], place: str) -> Sequence[str]:
    surface = fold_text(columns[0].strip())
    _check_surface(surface, place)
    if len(columns) in _SHORT:
        return _short_row(surface, [column.strip() for column in columns[1:]], place)
    if len(columns) < _MIN_UNIDIC:
        raise SettingsError(
            f"{place}: {len(columns)} columns: write 表層形,読み or 表層形,読み,見出し語 "
            f"(a line of UniDic has {_MIN_UNIDIC} or more)"
        )
    for column in columns[1:4]:
        if not column.strip().lstrip("-").isdecimal():
            raise SettingsError(f"{place}: {column!r} is no number: columns 2 to 4 are context ids and cost")
    return (surface, *(column.strip().replace(",", "，") for column in columns[1:]))


def _check_surface(surface: str, place: str) -> None:
    if not surface or " " in surface or "," in surface or len(surface) > MAX_SURFACE_CHARS:
        raise SettingsError(
            f"{place}: {surface[:MAX_SURFACE_CHARS]!r} cannot be a word: "
            f"write 1 to {MAX_SURFACE_CHARS} characters without blanks and commas"
        )


def _short_row(surface: str, columns: Sequence[str], place: str) -> Sequence[str]:
    reading = fold_text(columns[0]).translate(_TO_KATAKANA)
    if not reading or not set(reading) <= _KANA:
        raise SettingsError(f"{place}: {columns[0]!r} is no reading: write it in kana")
    lemma = fold_text(columns[1]) if len(columns) > 1 and columns[1] else surface
    # The longer a word, the less can it stand anywhere by chance.
    cost = max(_CHEAPEST, -1_000 * (1 + len(surface)))
    ids = (str(_NAME_ID), str(_NAME_ID), str(cost))
    names = ("名詞", "固有名詞", "一般", "*", "*", "*")
    forms = (reading, lemma, surface, reading, surface, reading, "固", "*", "*", "*", "*")
    readings = (reading, reading, reading, reading)
    return (surface, *ids, *names, *forms, *readings, "*", "*", "*", "*", "*")


def _compile(rows: str, system_folder: str, compiled: Path) -> None:
    """Written beside and renamed, so that it is there as a whole or not at all."""
    with tempfile.TemporaryDirectory(dir=compiled.parent) as beside:
        source, target = Path(beside) / "words.csv", Path(beside) / "words.dic"
        source.write_text(rows, encoding="utf-8")
        options = ["mecab", "-f", "utf8", "-t", "utf8", "-d", system_folder, "-u", str(target), str(source)]
        done = subprocess.run(  # noqa: S603  our own interpreter
            [sys.executable, "-c", _COMPILE, shlex.join(options)], capture_output=True, text=True, check=False
        )
        if done.returncode or not target.exists():
            told = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise ModelUnavailable(
                f"MeCab cannot compile the user dictionary ({told}): look for unusual characters in its lines"
            )
        target.replace(compiled)
