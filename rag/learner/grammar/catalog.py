"""The patterns that come with the package, and those of one's own.

``data/grammar.tsv``: level, name, pattern, explanation in Japanese, explanation in English. One's own file is
the same as TSV or CSV, or TOML: ``[[pattern]]`` with ``name``, ``pattern``, ``level``, ``ja``, ``en``.
The levels are an estimate, as everybody's are: there is no official list.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.errors import SettingsError
from rag.learner.grammar.notation import compile_pattern
from rag.learner.tables import load_table
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text

_FIELDS = ("level", "name", "pattern", "ja", "en")
_OWN_LEVEL = "own"
_CONTENT = ("名詞", "動詞", "形容詞", "形状詞", "副詞")


@dataclass(frozen=True, slots=True)
class GrammarPattern:
    """A point of grammar; ``level`` is N5 (first) … N1, or ``own``."""

    name: str
    level: str
    pattern: str
    ja: str = ""
    en: str = ""

    @property
    def compiled(self) -> re.Pattern[str]:
        """The pattern for `Encoded.find`; raises SettingsError."""
        return _compile(self.pattern)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    return {row[0]: row[1] for row in load_table("grammar_names.tsv", 2)}


@lru_cache(maxsize=1_024)
def _compile(pattern: str) -> re.Pattern[str]:
    return compile_pattern(pattern, _names())


@lru_cache(maxsize=1)
def bundled_patterns() -> tuple[GrammarPattern, ...]:
    """Every pattern of the package, N5 first."""
    return tuple(
        GrammarPattern(name, level, pattern, ja, en)
        for level, name, pattern, ja, en in load_table("grammar.tsv", 5)
    )


def load_patterns(path: Path) -> tuple[GrammarPattern, ...]:
    """Patterns of one's own from TOML, CSV or TSV; every one is compiled, so that a mistake shows now."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as UTF-8 text: {error}") from error
    entries = _read_toml(path, text) if path.suffix.lower() == ".toml" else _read_rows(path, text)
    patterns = tuple(_from_entry(path, entry) for entry in entries)
    for pattern in patterns:
        _ = pattern.compiled
    return patterns


def _read_toml(path: Path, text: str) -> Sequence[Mapping[str, Any]]:
    try:
        entries = tomllib.loads(text).get("pattern", [])
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error
    return entries if isinstance(entries, list) else [entries]


def _read_rows(path: Path, text: str) -> Sequence[Mapping[str, Any]]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    rows = [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if row and row[0][:1] != "#"]
    if rows and "pattern" in rows[0]:
        return [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]
    return [dict(zip(_FIELDS, row, strict=False)) for row in rows]


def _from_entry(path: Path, entry: Mapping[str, Any]) -> GrammarPattern:
    name, pattern = str(entry.get("name", "")).strip(), str(entry.get("pattern", "")).strip()
    if not name or not pattern:
        raise SettingsError(f"{path}: a pattern needs name and pattern, not {dict(entry)!r}")
    known = {key: str(entry.get(key) or "") for key in ("ja", "en")}
    return GrammarPattern(name, str(entry.get("level") or _OWN_LEVEL), pattern, **known)


def find_patterns(
    wanted: str, patterns: Iterable[GrammarPattern], analyzer: Analyzer
) -> tuple[GrammarPattern, ...]:
    """The patterns that a person means: by name (with or without 〜 and 「」), else the words themselves.

    「〜ざるを得ない」 names a pattern; 「Vて形+しまう」, 「念のため」 become patterns of their own, in which
    every word may be inflected.
    """
    key = _key(wanted)
    if not key:
        raise SettingsError("the pattern is empty: give one such as 「〜ざるを得ない」")
    found = [one for one in patterns if _key(one.name) == key]
    found = found or [
        one for one in patterns if key in {_key(part) for part in re.split("[・（）]", one.name)}
    ]
    return tuple(found) or (_improvise(wanted, analyzer),)


def _key(name: str) -> str:
    return re.sub(r"[〜～~…「」『』\s・（）()+＋。]|^v(?=て|た|ない)|て形(?=.)", _keep_te, fold_text(name))


def _keep_te(match: re.Match[str]) -> str:
    return "て" if match[0] == "て形" else ""


_PLACEHOLDER = re.compile(r"(Vて形?|Vた形?|Vない形?|Vます形?|V|N|A)(?:[+＋]|$)|[〜～…+＋「」\s]+")
_PLACEHOLDERS = {
    "Vて": "V% て",
    "Vた": "V% X:た",
    "Vない": "V% X:ない",
    "Vます": "V%",
    "V": "V",
    "N": "N",
    "A": "A",
}


def _improvise(wanted: str, analyzer: Analyzer) -> GrammarPattern:
    items = []
    done = 0
    for match in [*_PLACEHOLDER.finditer(wanted), None]:
        items += _words(wanted[done : match.start() if match else len(wanted)], analyzer)
        if match:
            done = match.end()
            items += [_PLACEHOLDERS[match[1].removesuffix("形")]] if match[1] else []
    if not items:
        raise SettingsError(f"there are no words in {wanted!r}: give a pattern such as 「〜ざるを得ない」")
    pattern = GrammarPattern(wanted.strip("「」"), _OWN_LEVEL, " ".join(items))
    _ = pattern.compiled
    return pattern


def _words(text: str, analyzer: Analyzer) -> list[str]:
    if not text.strip():
        return []
    features = [word.feature for word in analyzer.analyze(text).morphemes()]
    # What a person writes at the end stands for its negated and polite forms as well.
    return ["@NEG" if f.lemma in {"ない", "無い"} and n else _escape(f.lemma) for n, f in enumerate(features)]


def _escape(word: str) -> str:
    return re.sub(r"[?*|~@%!:=$() ]", "", word) or "K"
