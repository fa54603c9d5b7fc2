"""One MeCab pass: morphemes with offsets, base form, lemma, reading and part of speech.

The text is folded first (`rag.text.fold`), cut into pieces that MeCab survives (`rag.text.tagger`), and every
offset is mapped back to the text that people read.

MeCab writes one line a word that names its entry in the dictionary; the lines repeat, so each is looked up
once (`rag.text.lexicon`) and remembered. That is nearly as fast as to ask for the surfaces alone, and nothing
of MeCab's memory is kept: nodes change under their owner when the tagger is used again.
"""

from __future__ import annotations

import importlib.metadata
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, islice
from operator import add, sub
from pathlib import Path
from typing import NamedTuple, Protocol

import unidic_lite

from rag.text.fold import fold, fold_text
from rag.text.lexicon import load_lexicon
from rag.text.tagger import open_tagger, pieces
from rag.text.user_dictionary import load_user_dictionary
from rag.types import Span

ANALYZER_VERSION = "mecab-1"
_MAX_REMEMBERED = 200_000


class Feature(NamedTuple):
    """What the dictionary says of a word; equal features are one object.

    ``pos`` is UniDic's part of speech, levels joined by ``-`` without stars: ``名詞-普通名詞-一般``.
    ``base`` is ``orthBase`` (申し込ん → 申し込む), ``lemma`` UniDic's lemma, ``reading`` katakana; for
    an unknown word base and lemma are the folded surface and the reading is empty.
    """

    pos: str
    base: str
    lemma: str
    reading: str


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
            tuple(start - span.start for start in self.starts[first:last]),
            tuple(end - span.start for end in self.ends[first:last]),
            self.features[first:last],
        )


@lru_cache(maxsize=_MAX_REMEMBERED)
def feature(pos: str, base: str, lemma: str, reading: str) -> Feature:
    """The one object for this feature."""
    return Feature(pos, base, lemma, reading)


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


class MecabAnalyzer:
    """MeCab with unidic-lite; one tagger a thread. Build it with `load_analyzer`."""

    version = ANALYZER_VERSION

    def __init__(self, dictionary: str, dictionary_folder: str, user_dictionary: str = "") -> None:
        self.dictionary = dictionary
        self._threads = _PerThread(dictionary_folder, user_dictionary)
        self._words = _Words(dictionary_folder, user_dictionary)
        self._name = f"{self.version}+{dictionary}"

    def analyze(self, text: str) -> Analysis:
        """Analyse a text of any length; lone surrogates and control characters count as spaces.

        >>> [m.feature.base for m in load_analyzer().analyze("年休を申し込んだ").morphemes()]
        ['年休', 'を', '申し込む', 'だ']
        """
        folded = fold(text)
        words, parse = self._words, self._threads.parse
        if len(words) > _MAX_REMEMBERED:
            words.clear()
        starts: list[int] = []
        ends: list[int] = []
        features: list[Feature] = []
        for first, last in pieces(folded.text):
            lines = parse(folded.text[first:last]).rstrip("\n")
            if lines:
                blanks, lengths, found = zip(*map(words.__getitem__, lines.split("\n")), strict=True)
                ends += islice(accumulate(map(add, blanks, lengths), initial=first), 1, None)
                starts += map(sub, ends[len(starts) :], lengths)
                features += found
        if not isinstance(folded.starts, range):
            starts = [folded.starts[start] for start in starts]
            ends = [folded.ends[end - 1] for end in ends]
        return Analysis(self._name, tuple(starts), tuple(ends), tuple(features))


def load_analyzer(user_dictionary: Path | None = None) -> MecabAnalyzer:
    """The analyzer with the dictionary that is installed, and the words of ``user_dictionary``.

    Raises ModelUnavailable when it cannot be used, SettingsError when a line of the user's cannot be read.
    """
    name = f"unidic-lite-{importlib.metadata.version('unidic-lite')}"
    if user_dictionary is None:
        return MecabAnalyzer(name, unidic_lite.DICDIR)
    words = load_user_dictionary(user_dictionary, unidic_lite.DICDIR)
    return MecabAnalyzer(f"{name}+{words.name}", unidic_lite.DICDIR, str(words.path))


class _Word(NamedTuple):
    blanks: int
    length: int
    feature: Feature


class _Words(dict[str, _Word]):
    """MeCab's line → what it says, filled as lines are met. The blanks before a word belong to its line."""

    def __init__(self, dictionary_folder: str, user_dictionary: str) -> None:
        super().__init__()
        self._known = load_lexicon(Path(dictionary_folder) / "sys.dic")
        self._own = load_lexicon(Path(user_dictionary)) if user_dictionary else None
        unknown = load_lexicon(Path(dictionary_folder) / "unk.dic").by_left_context()
        self._unknown = {left: _pos(features.split(",")) for left, features in unknown.items()}

    def __missing__(self, line: str) -> _Word:
        spelling, _, entry = line.partition("\t")
        surface = spelling.lstrip(" ")
        left, *rest = map(int, entry.split(","))
        found = self._known_word(surface, left, *rest) if rest else self._unknown_word(surface, left)
        self[line] = word = _Word(len(spelling) - len(surface), len(surface), found)
        return word

    def _known_word(self, surface: str, left: int, right: int, cost: int) -> Feature:
        # No field before the accents holds a comma of its own.
        fields = self._entry(surface, left, right, cost).split(",")
        lemma, base, reading = (fields[number] for number in _NUMBERS)
        # UniDic tells homonyms apart behind a hyphen: データ-data, 円-助数詞.
        lemma = lemma[:1] + lemma[1:].partition("-")[0]
        reading = "" if reading == "*" else reading
        return feature(_pos(fields), _known(base) or surface, _known(lemma) or surface, reading)

    def _entry(self, surface: str, left: int, right: int, cost: int) -> str:
        try:
            return self._known.entry(surface, left, right, cost)
        except KeyError:
            if self._own is None:
                raise
            return self._own.entry(surface, left, right, cost)

    def _unknown_word(self, surface: str, left: int) -> Feature:
        return feature(self._unknown[left], surface, surface, "")


def _pos(fields: Sequence[str]) -> str:
    return "-".join(field for field in fields[:4] if field != "*")


def _known(form: str) -> str:
    return "" if form == "*" else fold_text(form).replace(" ", "")


# Leading blanks and surface, then which entry of the dictionary it is: left and right context, cost.
_KNOWN_LINE = r"%M\t%phl,%phr,%pw\n"
_UNKNOWN_LINE = r"%M\t%phl\n"
_NUMBERS = (7, 10, 17)
"""UniDic's numbers of lemma, orthBase and kana."""


class _PerThread(threading.local):
    """A tagger for each thread."""

    def __init__(self, dictionary_folder: str, user_dictionary: str) -> None:
        self.parse = open_tagger(dictionary_folder, _KNOWN_LINE, _UNKNOWN_LINE, user_dictionary)
