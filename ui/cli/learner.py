"""What the commands for learners have in common: their parts, and where their text comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.errors import SettingsError
from rag.types import Annotation, Scope
from ui.cli.commands import Session
from ui.cli.render import place_line, plain
from ui.cli.scoping import read_text

if TYPE_CHECKING:
    from rag.learner.furigana import FuriganaReader
    from rag.learner.grammar.catalog import GrammarPattern
    from rag.learner.levels import Profile, WordList
    from rag.learner.library import Sentence
    from rag.learner.words import Glossary
    from rag.settings import LearnerSettings, Settings
    from rag.store.base import Store
    from rag.text.analyzer import MecabAnalyzer

AOZORA_TEXT = "text/x-aozora"
LEVELS = ("N5", "N4", "N3", "N2", "N1")
LEVEL_OPTION = click.option(
    "--level",
    type=click.Choice(LEVELS, case_sensitive=False),
    help="この級まで (設定 learner.word_list が要ります)",
)
KANJI_NAMES = {7: "常用", 8: "常用外"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text to read with what is known about it; ``source`` is ``-`` for a pasted one."""

    text: str
    annotations: tuple[Annotation, ...] = ()
    source: str = "-"
    is_literature: bool = False


@dataclass(frozen=True, slots=True)
class LearnerParts:
    """Analyzer and tables as the settings name them."""

    settings: LearnerSettings
    analyzer: MecabAnalyzer
    reader: FuriganaReader
    words: WordList

    def reader_of(self, text: Text) -> FuriganaReader:
        """The reader for a text: literature is read as works with ruby read."""
        from rag.learner.furigana import FuriganaReader
        from rag.learner.readings import LITERARY_SHARE

        if not text.is_literature:
            return self.reader
        return FuriganaReader(self.analyzer, literary_share=LITERARY_SHARE)

    def glossary(self) -> Glossary | None:
        """The user's meanings, where the settings name them."""
        from rag.learner.words import load_glossary

        return load_glossary(self.settings.glossary) if self.settings.glossary else None

    def patterns(self) -> Sequence[GrammarPattern]:
        """The patterns of the package and the user's own."""
        from rag.learner.grammar.catalog import bundled_patterns, load_patterns

        own = load_patterns(self.settings.patterns) if self.settings.patterns else ()
        return (*own, *bundled_patterns())

    def word_list(self) -> WordList:
        """The list of words; SettingsError where the settings name none."""
        if not self.settings.word_list:
            raise SettingsError(
                "levels of words need a list: set learner.word_list to a file such as jlpt_vocab.jsonl.gz "
                "(docs/learner.md says how it looks)"
            )
        return self.words


def load_parts(settings: Settings) -> LearnerParts:
    """Build the parts; nothing of a store or model is loaded."""
    from rag.learner.furigana import FuriganaReader
    from rag.learner.levels import EMPTY_LIST, load_word_list
    from rag.text.analyzer import load_analyzer

    analyzer = load_analyzer(settings.ingest.user_dictionary)
    words = load_word_list(settings.learner.word_list) if settings.learner.word_list else EMPTY_LIST
    return LearnerParts(settings.learner, analyzer, FuriganaReader(analyzer), words)


@contextmanager
def open_library(session: Session) -> Iterator[tuple[LearnerParts, Store]]:
    """The parts and the store, opened for reading."""
    from rag.assembly import open_assembly

    settings = session.settings()
    parts = load_parts(settings)
    with open_assembly(settings) as assembly:
        yield parts, assembly.store


def words_path(settings: Settings) -> Path:
    """Where saved words stand."""
    return settings.learner.words or settings.store.path.parent / "words.sqlite"


def pasted_text(argument: str) -> Text:
    """The argument, or standard input for ``-``; ruby in Aozora notation is taken as the source's own."""
    from ingest.readers.aozora import is_aozora
    from ingest.readers.aozora_line import parse_line

    text = read_text(argument)
    if not is_aozora(text):
        return Text(text)
    lines, annotations, length = [], [], 0
    for raw in text.split("\n"):
        line = parse_line(raw)
        annotations += [
            Annotation(one.kind, one.start + length, one.end + length, one.value) for one in line.annotations
        ]
        lines.append(line.text)
        length += len(line.text) + 1
    return Text("\n".join(lines), tuple(annotations), is_literature=True)


def stored_texts(store: Store, scope: Scope) -> list[Text]:
    """The documents in scope, whole."""
    infos = store.document_infos(scope)
    documents = [store.document(info.id, scope) for info in infos]
    return [Text(one.text, one.annotations, one.source, one.media_type == AOZORA_TEXT) for one in documents]


def sentence_json(sentence: Sentence) -> dict[str, Any]:
    """A sentence with its citation; offsets are into the document's text."""
    return {
        "text": sentence.text,
        "source": sentence.document.source,
        "collection": sentence.document.collection,
        "title": sentence.document.title,
        "heading_path": sentence.heading_path,
        "place": sentence.place,
        "start": sentence.start,
        "end": sentence.end,
    }


def sentence_lines(sentence: Sentence, spans: Sequence[tuple[int, int]] = ()) -> Iterator[str]:
    """A sentence, what was found in it in bold, and where it stands."""
    parts, done = [], 0
    for start, end in spans:
        found = click.style(plain(sentence.text[start:end]), bold=True)
        parts += [plain(sentence.text[done:start]), found]
        done = end
    shown = "".join((*parts, plain(sentence.text[done:])))
    yield "    " + " ".join(shown.split("\n"))
    where = place_line(sentence.document.name, sentence.heading_path, sentence.place)
    yield click.style(f"      {where}", dim=True)


def profile_json(profile: Profile) -> dict[str, Any]:
    """A profile with shares as numbers between 0 and 1."""
    kanji = max(1, sum(profile.kanji_by_grade.values()))
    words = max(1, profile.num_words)
    return {
        "level": profile.level,
        "difficulty": round(profile.difficulty, 3),
        "sentences": profile.num_sentences,
        "chars": profile.num_chars,
        "content_words": profile.num_words,
        "kanji_share": round(profile.kanji_share, 4),
        "kanji_by_grade": {grade: round(n / kanji, 4) for grade, n in profile.kanji_by_grade.items()},
        "words_by_level": {
            level or "other": round(n / words, 4) for level, n in profile.words_by_level.items()
        },
        "sentence_chars": round(profile.sentence_chars, 1),
        "clauses": round(profile.clauses, 2),
        "max_clauses": profile.max_clauses,
    }


def profile_lines(profile: Profile) -> Iterator[str]:
    """A profile for people."""
    values = profile_json(profile)
    yield f"級の目安      {profile.level or '（設定 learner.word_list があれば出ます）'}"
    length, clauses = f"{profile.sentence_chars:.0f}", f"{profile.clauses:.1f}"
    yield f"文            {profile.num_sentences} 文、平均 {length} 字、節は平均 {clauses}"
    kanji = [
        f"{KANJI_NAMES.get(grade, f'{grade}年')} {share:.0%}"
        for grade, share in values["kanji_by_grade"].items()
    ]
    yield f"漢字          全体の {profile.kanji_share:.0%}" + (f" ({'、'.join(kanji)})" if kanji else "")
    if profile.level:
        yield "語            " + "、".join(f"{n} {s:.0%}" for n, s in values["words_by_level"].items())
