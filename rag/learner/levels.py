"""How hard kanji, words, sentences and documents are.

Kanji are graded by the school year that teaches them (学年別漢字配当表: 1 to 6, 7 the other kanji of general
use, 8 all others). Words are graded by a list of the user's, in lines of
``{"level": "N5", "kanji": …, "kana": …}``: there is no official list of the JLPT.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

from rag.errors import SettingsError
from rag.learner.kana import has_kanji
from rag.learner.library import Sentence
from rag.learner.tables import load_table
from rag.text.analyzer import Morpheme

LEVELS = ("N5", "N4", "N3", "N2", "N1")
"""Easiest first."""

GENERAL_USE, BEYOND = 7, 8
_CONTENT = ("名詞-普通名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞", "連体詞", "接続詞", "感動詞")
_CLAUSE_ENDS = ("助詞-接続助詞", "助詞-準体助詞")
_TARGET_SHARE = 0.9
_UNKNOWN_WEIGHT = 6


@lru_cache(maxsize=1)
def _grades() -> Mapping[str, int]:
    return {kanji: int(grade) for grade, line in load_table("kanji_grades.tsv", 2) for kanji in line}


def kanji_grade(char: str) -> int | None:
    """The school year of a kanji (7 general use, 8 beyond; 々 and 〆 1); None when it is no kanji."""
    if not has_kanji(char):
        return None
    return 1 if char in "々〆〇" else _grades().get(char, BEYOND)


def hardest_grade(text: str) -> int:
    """The highest grade among the kanji of a text; 0 without kanji."""
    return max((grade for char in text if (grade := kanji_grade(char))), default=0)


@dataclass(frozen=True, slots=True)
class WordList:
    """Levels by (base form or kanji, reading in hiragana) and by either alone."""

    entries: Mapping[tuple[str, str], str] = field(default_factory=dict)
    meanings: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def level(self, word: Morpheme) -> str | None:
        """The level of a word; None when the list does not have it."""
        feature = word.feature
        for written in (feature.base, feature.lemma):
            if level := self.entries.get((written, "")):
                return level
        return None

    def meaning(self, written: str) -> str:
        """What the list says a word means; empty when it does not."""
        return self.meanings.get((written, ""), "")


EMPTY_LIST = WordList()


@lru_cache(maxsize=8)
def load_word_list(path: Path) -> WordList:
    """Read JSON lines, also gzipped: ``level`` (N5 … N1), ``kanji`` or null, ``kana``, ``gloss``.

    A spelling with several levels gets the easiest. Raises SettingsError that names file and line.
    """
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise SettingsError(f"the word list {path} cannot be read: {error}") from error
    entries: dict[tuple[str, str], str] = {}
    meanings: dict[tuple[str, str], str] = {}
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            _add(entries, meanings, _parse(path, number, line))
    return WordList(entries, meanings)


def _parse(path: Path, number: int, line: bytes) -> Mapping[str, Any]:
    try:
        entry = orjson.loads(line)
        if entry["level"] in LEVELS and (entry.get("kanji") or entry["kana"]):
            return dict(entry)
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        pass
    raise SettingsError(
        f'{path}, line {number}: not an entry such as {{"level": "N5", "kanji": "会う", "kana": "あう"}}'
    )


def _add(
    entries: dict[tuple[str, str], str], meanings: dict[tuple[str, str], str], entry: Mapping[str, Any]
) -> None:
    level = str(entry["level"])
    for key in {entry.get("kanji") or entry["kana"], entry["kana"] if not entry.get("kanji") else None} - {
        None
    }:
        known = entries.get((key, ""))
        if known is None or LEVELS.index(level) < LEVELS.index(known):
            entries[key, ""] = level
            meanings[key, ""] = str(entry.get("gloss") or "")


@dataclass(frozen=True, slots=True)
class Profile:
    """How hard a text is to read.

    ``kanji_by_grade`` and ``words_by_level`` are counts (content words; ``""`` is a word that the list does
    not have), ``sentence_chars`` the average length, ``clauses`` the average number of clauses a sentence,
    ``level`` the easiest level that covers nine of ten known words, None without a list.
    """

    num_sentences: int
    num_chars: int
    num_words: int
    kanji_by_grade: Mapping[int, int]
    words_by_level: Mapping[str, int]
    sentence_chars: float
    clauses: float
    max_clauses: int
    level: str | None

    @property
    def kanji_share(self) -> float:
        """Kanji among all characters."""
        return sum(self.kanji_by_grade.values()) / max(1, self.num_chars)

    @property
    def difficulty(self) -> float:
        """One number for ranking, higher is harder: mean word level, kanji beyond the third year, length."""
        words = sum(self.words_by_level.values())
        weights = {level: number for number, level in enumerate(LEVELS, start=1)} | {"": _UNKNOWN_WEIGHT}
        mean = sum(weights[level] * number for level, number in self.words_by_level.items()) / max(1, words)
        hard = sum(number for grade, number in self.kanji_by_grade.items() if grade > 3)  # noqa: PLR2004
        return mean + 10 * hard / max(1, self.num_chars) + self.sentence_chars / 40 + self.clauses / 4


def profile(sentences: Iterable[Sentence], words: WordList = EMPTY_LIST) -> Profile:
    """The profile of a document, a passage or one sentence."""
    kanji: Counter[int] = Counter()
    levels: Counter[str] = Counter()
    lengths: list[int] = []
    clauses: list[int] = []
    for sentence in sentences:
        lengths.append(len(sentence.text))
        clauses.append(count_clauses(sentence.words))
        kanji.update(grade for char in sentence.text if (grade := kanji_grade(char)))
        levels.update(words.level(word) or "" for word in content_words(sentence))
    number = max(1, len(lengths))
    return Profile(
        len(lengths),
        sum(lengths),
        sum(levels.values()),
        dict(sorted(kanji.items())),
        {level: levels[level] for level in (*LEVELS, "") if levels[level]},
        sum(lengths) / number,
        sum(clauses) / number,
        max(clauses, default=0),
        _covering_level(levels),
    )


def _covering_level(levels: Mapping[str, int]) -> str | None:
    known = sum(levels.get(level, 0) for level in LEVELS)
    seen = 0
    for level in LEVELS:
        seen += levels.get(level, 0)
        if known and seen >= _TARGET_SHARE * known:
            return level
    return None


def content_words(sentence: Sentence) -> list[Morpheme]:
    """Words that carry meaning: no particles, auxiliaries, numbers and names."""
    return [word for word in sentence.words if word.feature.pos.startswith(_CONTENT)]


def count_clauses(words: Sequence[Morpheme]) -> int:
    """Clauses: one, and one more for each connective particle, て, relative clause and quotation."""
    number = 1
    for word, following in pairwise(words):
        pos, after = word.feature.pos, following.feature.pos
        ends = pos.startswith(_CLAUSE_ENDS) and not after.startswith("動詞-非自立可能")
        relative = pos.startswith(("動詞", "助動詞")) and after.startswith(("名詞-普通名詞", "代名詞"))
        number += ends or relative
    return number


def is_within(level: str, wanted: str) -> bool:
    """Whether a text of ``level`` suits a reader of ``wanted``: N5 and N4 suit N4."""
    return LEVELS.index(level) <= LEVELS.index(wanted)
