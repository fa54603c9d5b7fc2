"""MeCab's lines as words, each worked out once and known by its number from then on.

MeCab writes one line a word that names its entry in the dictionary; the lines of a language repeat, so each
is looked up once (`rag.text.lexicon`) and remembered.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rag.text.fold import fold_text
from rag.text.lexicon import Lexicon, load_lexicon

MAX_REMEMBERED = 200_000


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


@lru_cache(maxsize=MAX_REMEMBERED)
def feature(pos: str, base: str, lemma: str, reading: str) -> Feature:
    """The one object for this feature."""
    return Feature(pos, base, lemma, reading)


class Word(NamedTuple):
    """What a line says: the blanks before a word, its length and the rest, in folded characters."""

    blanks: int
    length: int
    feature: Feature


class Lexicons:
    """The dictionaries that the lines speak of; ``user_dictionary`` may be empty."""

    def __init__(self, dictionary_folder: str, user_dictionary: str) -> None:
        self._known = load_lexicon(Path(dictionary_folder) / "sys.dic")
        self._own: Lexicon | None = load_lexicon(Path(user_dictionary)) if user_dictionary else None
        unknown = load_lexicon(Path(dictionary_folder) / "unk.dic").by_left_context()
        self._unknown = {left: _pos(features.split(",")) for left, features in unknown.items()}

    def word(self, line: str) -> Word:
        """The word of a line in one of the two formats. The blanks before a word belong to its line."""
        spelling, _, entry = line.partition("\t")
        surface = spelling.lstrip(" ")
        left, *rest = map(int, entry.split(","))
        found = self._known_word(surface, left, *rest) if rest else self._unknown_word(surface, left)
        return Word(len(spelling) - len(surface), len(surface), found)

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
KNOWN_LINE = r"%M\t%phl,%phr,%pw\n"
UNKNOWN_LINE = r"%M\t%phl\n"
_NUMBERS = (7, 10, 17)
"""UniDic's numbers of lemma, orthBase and kana."""


class Vocabulary(dict[str, int]):
    """Line → the number of its word in ``words``, which grows as lines are met. Many threads may use one."""

    def __init__(self, lexicons: Lexicons) -> None:
        super().__init__()
        self._lexicons = lexicons
        self._lock = threading.Lock()
        self.words: list[Word] = []

    def __missing__(self, line: str) -> int:
        word = self._lexicons.word(line)
        with self._lock:
            self.words.append(word)
            self[line] = number = len(self.words) - 1
        return number


class WordTable:
    """A column beside ``Vocabulary.words``: what ``value`` says of each word, worked out once.

    ``begin`` makes the function for each vocabulary, of which there is one at a time.
    """

    def __init__(self, begin: Callable[[], Callable[[Word], object]], dtype: DTypeLike = np.int64) -> None:
        self._begin = begin
        self._vocabulary: Vocabulary | None = None
        self._value = begin()
        self._column: NDArray[Any] = np.empty(0, dtype)
        self._size = 0
        self._lock = threading.Lock()

    def of(self, vocabulary: Vocabulary) -> NDArray[Any]:
        """The values of all words that the vocabulary holds now, and room for more behind them."""
        with self._lock:
            if vocabulary is not self._vocabulary:
                self._vocabulary, self._value, self._size = vocabulary, self._begin(), 0
            size = len(vocabulary.words)
            if size > len(self._column):
                self._column = np.resize(self._column, 2 * size)
            if size > self._size:
                new = vocabulary.words[self._size : size]
                self._column[self._size : size] = [self._value(word) for word in new]
                self._size = size
            return self._column
