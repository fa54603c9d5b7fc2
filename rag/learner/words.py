"""Word by word: what stands in a text, told in plain words, Japanese and English."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rag.errors import SettingsError
from rag.learner.furigana import FuriganaReader, Ruby
from rag.learner.kana import to_hiragana
from rag.learner.levels import EMPTY_LIST, WordList, hardest_grade
from rag.learner.tables import load_table
from rag.text.analyzer import Feature, Morpheme
from rag.text.inspection import WordDetails, inspect_words


class PlainName(NamedTuple):
    """A part of speech or form as a learner knows it."""

    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """Meanings of the user's own: (word, reading) → meaning; an empty reading means any."""

    meanings: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def meaning(self, written: str, reading: str) -> str:
        """The meaning of a word; empty when it is not there."""
        return self.meanings.get((written, to_hiragana(reading))) or self.meanings.get((written, ""), "")


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """One word: ``text[start:end] == surface``; ``accent`` as in `WordDetails`."""

    start: int
    end: int
    surface: str
    base: str
    reading: str
    base_reading: str
    part_of_speech: PlainName
    form: PlainName | None
    accent: tuple[int, ...]
    origin: str
    grade: int
    level: str | None
    meaning: str


def explain_words(
    text: str, reader: FuriganaReader, *, words: WordList = EMPTY_LIST, glossary: Glossary | None = None
) -> list[ExplainedWord]:
    """Every word of ``text`` but white space and punctuation; readings are those of the furigana."""
    rubies = reader.read(text)
    return [
        _explain(detail, rubies, words, glossary or Glossary())
        for detail in inspect_words(text)
        if not detail.pos.startswith(("補助記号", "空白", "記号"))
    ]


def _explain(
    detail: WordDetails, rubies: Sequence[Ruby], words: WordList, glossary: Glossary
) -> ExplainedWord:
    morpheme = Morpheme(
        detail.start, detail.end, Feature(detail.pos, detail.base, detail.lemma, detail.reading)
    )
    base_reading = to_hiragana(detail.base_reading)
    return ExplainedWord(
        detail.start,
        detail.end,
        detail.surface,
        detail.base,
        reading_of(detail.surface, detail.start, rubies) or to_hiragana(detail.reading),
        base_reading,
        plain_name("word_names.tsv", detail.pos) or PlainName(detail.pos, detail.pos),
        plain_name("form_names.tsv", detail.form) if detail.form else None,
        detail.accent,
        detail.origin,
        hardest_grade(detail.surface),
        words.level(morpheme),
        glossary.meaning(detail.base, base_reading) or words.meaning(detail.base),
    )


def reading_of(surface: str, start: int, rubies: Sequence[Ruby]) -> str:
    """A stretch of text in hiragana, its kanji read as the furigana say; empty when one is cut by it."""
    end, parts, place = start + len(surface), [], start
    for ruby in rubies:
        if ruby.end <= start or ruby.start >= end:
            continue
        if ruby.start < place or ruby.end > end:
            return ""
        parts += [surface[place - start : ruby.start - start], ruby.reading]
        place = ruby.end
    return to_hiragana("".join((*parts, surface[place - start :])))


@lru_cache(maxsize=512)
def plain_name(table: str, name: str) -> PlainName | None:
    """The plain name of a part of speech or form; None when the table has none."""
    rows = load_table(table, 3)
    return next((PlainName(ja, en) for begins, ja, en in rows if name.startswith(begins)), None)


def load_glossary(path: Path) -> Glossary:
    """Read CSV or TSV with the columns term, reading, meaning (a heading line may stand first).

    Raises SettingsError that names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the glossary {path} cannot be read as UTF-8 text: {error}") from error
    meanings = {}
    rows = csv.reader(text.splitlines(), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    for number, row in enumerate(rows, start=1):
        if not row or (number == 1 and row[-1].strip().lower() in {"meaning", "意味"}):
            continue
        if len(row) != 3:  # noqa: PLR2004
            raise SettingsError(f"{path}, line {number}: {len(row)} cells instead of term, reading, meaning")
        term, reading, meaning = (cell.strip() for cell in row)
        meanings[term, to_hiragana(reading)] = meaning
    return Glossary(meanings)
