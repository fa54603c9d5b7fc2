"""Furigana: which kanji of a text are read how.

Sources of a reading, the surest first:

- ruby of the source itself (an `Annotation` of kind ``ruby``),
- numbers with their counters (`rag.learner.numbers`),
- rules that look at the words around (``data/readings.tsv``),
- readings that editions of literature give with ruby where the dictionary reads otherwise
  (``data/literary.tsv``),
- the dictionary of the analyzer.

A reading that could well be another one names the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rag.learner.align import Piece, align
from rag.learner.kana import has_kanji, to_hiragana
from rag.learner.numbers import counters, find_numeral, read_counted, read_numeral
from rag.learner.readings import (
    GENERAL_SHARE,
    Context,
    find_literary_word,
    find_rule,
    literary_stem,
    other_readings,
)
from rag.text.analyzer import Analysis, Analyzer, Morpheme
from rag.text.fold import fold_text
from rag.types import Annotation


class ReadingSource(StrEnum):
    """Where a reading comes from."""

    RUBY = "ruby"
    NUMBER = "number"
    RULE = "rule"
    LITERARY = "literary"
    DICTIONARY = "dictionary"
    KANJI = "kanji"


@dataclass(frozen=True, slots=True)
class Ruby:
    """A reading over ``text[start:end]``; ``others`` are readings that it could have as well."""

    start: int
    end: int
    reading: str
    source: ReadingSource
    others: tuple[str, ...] = ()


class FuriganaReader:
    """Text → readings. One object serves many texts and threads.

    ``literary_share`` says how far readings of literature are trusted (`rag.learner.readings`): more of them
    with `LITERARY_SHARE` for literature, none above 1.
    """

    def __init__(
        self, analyzer: Analyzer, *, rules: bool = True, literary_share: float = GENERAL_SHARE
    ) -> None:
        self._analyzer = analyzer
        self._rules = rules
        self._share = literary_share
        self._alone = lru_cache(maxsize=1 << 12)(self._read_alone)

    def read(
        self, text: str, analysis: Analysis | None = None, annotations: Iterable[Annotation] = ()
    ) -> list[Ruby]:
        """The readings in order of the text, without overlap; ``analysis`` saves the analysis of ``text``.

        Kanji that nothing can read have none.

        >>> [(r.start, r.reading) for r in FuriganaReader(load_analyzer()).read("食べ物を三本")]
        [(0, 'た'), (2, 'もの'), (4, 'さん'), (5, 'ぼん')]
        """
        words = list((analysis or self._analyzer.analyze(text)).morphemes())
        given = list(_from_annotations(text, annotations))
        taken = _taken(given)
        predicted = (
            ruby
            for ruby in self._from_words(text, words)
            if not taken.intersection(range(ruby.start, ruby.end))
        )
        return _without_overlap(sorted([*given, *predicted], key=lambda ruby: (ruby.start, -ruby.end)))

    def _from_words(self, text: str, words: Sequence[Morpheme]) -> Iterator[Ruby]:
        place = 0
        while place < len(words):
            rubies, used = (
                (self._rules and _read_by_rule(text, words, place))
                or _read_number(text, words, place)
                or _read_literary(text, words, place, self._share)
                or (self._read_word(text, words[place]), 1)
            )
            yield from rubies
            place += used

    def _read_word(self, text: str, word: Morpheme) -> list[Ruby]:
        surface = text[word.start : word.end]
        if not has_kanji(surface):
            return []
        reading, source = to_hiragana(word.feature.reading), ReadingSource.DICTIONARY
        if not reading:
            return self._alone(surface, word.start)
        if other := literary_stem(surface, word.feature.base, reading, self._share):
            reading, source = other, ReadingSource.LITERARY
        return _place(surface, reading, word.start, source)

    def _read_alone(self, surface: str, start: int) -> list[Ruby]:
        """A word that the dictionary does not know, kanji by kanji."""
        rubies = []
        for place, char in enumerate(surface):
            known = (
                [w.feature.reading for w in self._analyzer.analyze(char).morphemes()]
                if has_kanji(char)
                else []
            )
            if len(known) == 1 and known[0]:
                reading = to_hiragana(known[0])
                rubies.append(Ruby(start + place, start + place + 1, reading, ReadingSource.KANJI))
        return rubies


def _from_annotations(text: str, annotations: Iterable[Annotation]) -> Iterator[Ruby]:
    for one in annotations:
        if one.kind == "ruby" and 0 <= one.start < one.end <= len(text) and one.value:
            yield Ruby(one.start, one.end, one.value, ReadingSource.RUBY)


def _without_overlap(rubies: Iterable[Ruby]) -> list[Ruby]:
    """The first of those that meet: words may share one character (㈱), and sources mark parts twice."""
    kept: list[Ruby] = []
    for ruby in rubies:
        if not kept or kept[-1].end <= ruby.start:
            kept.append(ruby)
    return kept


def _taken(rubies: Iterable[Ruby]) -> set[int]:
    return {place for ruby in rubies for place in range(ruby.start, ruby.end)}


def _place(surface: str, reading: str, start: int, source: ReadingSource) -> list[Ruby]:
    """The pieces of one word; where the whole word may be read in other ways, each piece says how."""
    others = other_readings(surface, reading) if source is not ReadingSource.RULE else ()
    aligned = [align(surface, other) for other in others]
    pieces = align(surface, reading)
    return [
        Ruby(
            start + piece.start,
            start + piece.end,
            piece.reading,
            source,
            tuple(dict.fromkeys(a[n].reading for a in aligned if len(a) == len(pieces))),
        )
        for n, piece in enumerate(pieces)
    ]


def _context(text: str, words: Sequence[Morpheme], place: int) -> Context:
    return Context(text, words[place].start, frozenset(w.end for w in words[place : place + _MAX_WORDS]))


def _num_words(words: Sequence[Morpheme], place: int, end: int) -> int:
    return max(1, sum(word.end <= end for word in words[place : place + _MAX_WORDS]))


def _read_by_rule(text: str, words: Sequence[Morpheme], place: int) -> tuple[list[Ruby], int] | None:
    rule = find_rule(_context(text, words, place))
    if rule is None:
        return None
    start = words[place].start
    pieces = align(rule.written, rule.reading) or (Piece(0, len(rule.written), rule.reading),)
    rubies = [
        Ruby(start + piece.start, start + piece.end, piece.reading, ReadingSource.RULE, rule.others)
        for piece in pieces
    ]
    return rubies, _num_words(words, place, start + len(rule.written))


def _read_literary(
    text: str, words: Sequence[Morpheme], place: int, min_share: float
) -> tuple[list[Ruby], int] | None:
    found = find_literary_word(_context(text, words, place), min_share)
    if found is None:
        return None
    written, reading = found
    start = words[place].start
    rubies = _place(written, reading, start, ReadingSource.LITERARY)
    return rubies, _num_words(words, place, start + len(written))


def _read_number(text: str, words: Sequence[Morpheme], place: int) -> tuple[list[Ruby], int] | None:
    """A number with its counter, or alone; None when none begins here."""
    first = words[place]
    if not first.feature.pos.startswith("名詞-数詞") or _in_a_code(text, first.start):
        return None
    # Character by character, so that offsets stay those of the text.
    folded = "".join(map(_fold_char, text[first.start : first.start + _MAX_CHARS]))
    ends = {word.end - first.start: used for used, word in enumerate(words[place : place + 12], start=1)}
    end = find_numeral(folded, 0)
    while end and end not in ends:
        end -= 1
    if not end:
        return None
    for length in range(_MAX_COUNTER, 0, -1):
        counter = folded[end : end + length]
        if counter in counters() and end + length in ends:
            found = read_counted(folded[:end], counter)
            if found:
                return _place_counted(text, first.start, end, length, found), ends[end + length]
    reading = read_numeral(folded[:end])
    if not reading:
        return None
    return [Ruby(first.start, first.start + end, reading, ReadingSource.NUMBER)], ends[end]


def _fold_char(char: str) -> str:
    folded = fold_text(char)
    return folded if len(folded) == 1 else char


_MAX_WORDS = 8
_MAX_CHARS = 24
_MAX_COUNTER = 4
_CODE_CHARS = frozenset("-_/.:@#＃")


def _in_a_code(text: str, start: int) -> bool:
    """KA-200, 03-1234, ver2: the digits of a code are not a number to be read."""
    before = text[start - 1 : start]
    return bool(before) and (before in _CODE_CHARS or (before.isascii() and before.isalpha()))


def _place_counted(text: str, start: int, end: int, length: int, found: tuple[str, str]) -> list[Ruby]:
    number, counter = found
    stop = start + end + length
    if not counter:
        others = _DAYS.get(text[start:stop], ())
        return [Ruby(start, stop, number, ReadingSource.NUMBER, others)]
    middle = start + end
    if text[middle] in _DAY_OR_PERSON and not counter.startswith(("に", "じ")):
        middle += 1  # 三日間: みっか + かん, 二人目: ふたり + め
    return [
        Ruby(start, middle, number, ReadingSource.NUMBER),
        *(
            Ruby(middle + piece.start, middle + piece.end, piece.reading, ReadingSource.NUMBER)
            for piece in align(text[middle:stop], counter)
        ),
    ]


_DAY_OR_PERSON = "日人"
_DAYS = {"七日": ("しちにち",), "二十歳": ("にじゅっさい",), "20歳": ("にじゅっさい",)}
