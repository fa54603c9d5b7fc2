"""One MeCab pass: morphemes with offsets, base form, lemma, reading and part of speech.

The text is folded first (`rag.text.fold`), cut into pieces that MeCab survives (`rag.text.tagger`), and every
offset is mapped back to the text that people read.

MeCab writes one line a word that names its entry in the dictionary; what a line says is worked out once
(`rag.text.vocabulary`). That is nearly as fast as to ask for the surfaces alone, and nothing of MeCab's
memory is kept: nodes change under their owner when the tagger is used again.
"""

from __future__ import annotations

import importlib.metadata
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from operator import add, sub
from pathlib import Path
from typing import NamedTuple, Protocol

import unidic_lite

from rag.text.columns import Columns, WordLines
from rag.text.fold import fold, fold_all
from rag.text.tagger import open_tagger, pieces
from rag.text.user_dictionary import load_user_dictionary
from rag.text.vocabulary import (
    KNOWN_LINE,
    MAX_REMEMBERED,
    UNKNOWN_LINE,
    Feature,
    Lexicons,
    Vocabulary,
    feature,
)
from rag.types import Span

__all__ = (
    "ANALYZER_VERSION",
    "Analysis",
    "Analyzer",
    "Feature",
    "MecabAnalyzer",
    "Morpheme",
    "feature",
    "load_analyzer",
)

ANALYZER_VERSION = "mecab-1"

_SHORT_CHARS = 200
_MAX_SHORT = 2_000
"""Texts up to this length are remembered: several parts read a question, headings stand over many hits."""


class Morpheme(NamedTuple):
    """One word with its span in the analysed text: 「申し込んだ」 → (0, 4, 申し込む…), (4, 5, だ…)."""

    start: int
    end: int
    feature: Feature


@dataclass(frozen=True, slots=True)
class Analysis:
    """The morphemes of one text as columns of equal length; offsets are into that text.

    Starts and ends never decrease. White space has no morpheme. Where one character folds to several
    words (㈱ → ``(``, 株, ``)``) they share its span. ``analyzer`` names analyzer and dictionary version; an
    analysis of another version is not used.
    """

    analyzer: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    features: tuple[Feature, ...]

    def morphemes(self) -> Iterator[Morpheme]:
        """The words in order of the text."""
        return map(Morpheme, self.starts, self.ends, self.features)

    def slice(self, span: Span) -> Analysis:
        """The analysis of ``text[span.start:span.end]``, offsets beginning at 0 there.

        A word that the span cuts in two is left out.
        """
        first = bisect_left(self.starts, span.start)
        last = max(first, bisect_right(self.ends, span.end))
        return Analysis(
            self.analyzer,
            tuple([start - span.start for start in self.starts[first:last]]),
            tuple([end - span.start for end in self.ends[first:last]]),
            self.features[first:last],
        )


class Analyzer(Protocol):
    """Text → morphemes. Implemented once, by `MecabAnalyzer` here; a seam for tests."""

    @property
    def version(self) -> str:
        """Changes whenever an analysis may change: ``mecab-1``."""
        ...

    @property
    def dictionary(self) -> str:
        """Dictionary and version: ``unidic-lite-1.0.8``."""
        ...

    def analyze(self, text: str) -> Analysis:
        """Analyse a text of any length."""
        ...

    def analyze_all(self, texts: Sequence[str]) -> Columns:
        """The words that `analyze` finds in each of many texts, as columns."""
        ...


class MecabAnalyzer:
    """MeCab with unidic-lite; one tagger a thread. Build it with `load_analyzer`."""

    version = ANALYZER_VERSION

    def __init__(self, dictionary: str, dictionary_folder: str, user_dictionary: str = "") -> None:
        self.dictionary = dictionary
        self._threads = _PerThread(dictionary_folder, user_dictionary)
        self._lexicons = Lexicons(dictionary_folder, user_dictionary)
        self._vocabulary = Vocabulary(self._lexicons)
        self._name = f"{self.version}+{dictionary}"
        self._short: dict[str, Analysis] = {}

    def analyze(self, text: str) -> Analysis:
        """Analyse a text of any length; lone surrogates and control characters count as spaces.

        >>> [m.feature.base for m in load_analyzer().analyze("年休を申し込んだ").morphemes()]
        ['年休', 'を', '申し込む', 'だ']
        """
        if len(text) > _SHORT_CHARS:
            return self._analyze(text)
        known = self._short.get(text)
        if known is None:
            if len(self._short) >= _MAX_SHORT:
                self._short = {}  # others may still read from the old one
            self._short[text] = known = self._analyze(text)
        return known

    def _analyze(self, text: str) -> Analysis:
        folded = fold(text)
        vocabulary, parse = self._current_vocabulary(), self._threads.parse
        words = vocabulary.words
        starts: list[int] = []
        ends: list[int] = []
        features: list[Feature] = []
        for first, last in pieces(folded.text):
            lines = parse(folded.text[first:last]).rstrip("\n")
            if lines:
                numbers = map(vocabulary.__getitem__, lines.split("\n"))
                blanks, lengths, found = zip(*map(words.__getitem__, numbers), strict=True)
                ends += islice(accumulate(map(add, blanks, lengths), initial=first), 1, None)
                starts += map(sub, ends[len(starts) :], lengths)
                features += found
        if not isinstance(folded.starts, range):
            starts = [folded.starts[start] for start in starts]
            ends = [folded.ends[end - 1] for end in ends]
        return Analysis(self._name, tuple(starts), tuple(ends), tuple(features))

    def analyze_all(self, texts: Sequence[str]) -> Columns:
        """The words that `analyze` finds in each of many texts, as columns."""
        parse = self._threads.parse
        lines = WordLines(self._name, self._current_vocabulary())
        for folded in fold_all(texts):
            lines.add(
                folded, [(first, parse(folded.text[first:last])) for first, last in pieces(folded.text)]
            )
        return lines.columns()

    def _current_vocabulary(self) -> Vocabulary:
        """The words met so far, or none when they have become too many."""
        if len(self._vocabulary) > MAX_REMEMBERED:
            self._vocabulary = Vocabulary(self._lexicons)
        return self._vocabulary


def load_analyzer(user_dictionary: Path | None = None) -> MecabAnalyzer:
    """The analyzer with the dictionary that is installed, and the words of ``user_dictionary``.

    Raises ModelUnavailable when it cannot be used, SettingsError when a line of the user's cannot be read.
    """
    name = f"unidic-lite-{importlib.metadata.version('unidic-lite')}"
    if user_dictionary is None:
        return MecabAnalyzer(name, unidic_lite.DICDIR)
    words = load_user_dictionary(user_dictionary, unidic_lite.DICDIR)
    return MecabAnalyzer(f"{name}+{words.name}", unidic_lite.DICDIR, str(words.path))


class _PerThread(threading.local):
    """A tagger for each thread."""

    def __init__(self, dictionary_folder: str, user_dictionary: str) -> None:
        self.parse = open_tagger(dictionary_folder, KNOWN_LINE, UNKNOWN_LINE, user_dictionary)
