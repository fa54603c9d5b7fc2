"""The comparison form of a text, with a map back to the text that people read.

Two spellings of the same thing fold to the same characters: ``ﾃﾞｰﾀ`` and ``データ``, ``㈱`` and
``(株)``, ``髙﨑`` and ``高崎``, ``葛󠄀`` with a variation selector and ``葛``. Text that people read is never
folded; text that machines compare always is, and `Folded.original_span` leads from one to the other.

The form is NFKC, lower case, with invisible characters taken out, control characters and white space
as one space each, and the look-alikes of `rag.text.variants` unified. Folding works on clusters: a
character with the marks and invisible characters after it. Most characters of a Japanese text are plain
and stand for themselves, so that only the others are looked up. ``fold_text(fold_text(x)) == fold_text(x)``.
A text of some length without marks, as nearly all are, is folded in one look into a table of all characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.text.variants import INVISIBLE, REPLACED, SPACING_MARKS
from rag.types import Span

FOLD_VERSION = "fold-1"


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; ``starts[i]`` and ``ends[i]`` are the span of the original behind ``text[i]``.

    Both never decrease. They are ranges (nothing stored) where every character folded to one character.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    original_length: int

    def original_span(self, start: int, end: int) -> Span:
        """The smallest span of the original that holds ``text[start:end]``.

        ``fold("㍻の世").original_span(0, 1)`` is ``(0, 1)``: 平 is half of ㍻, which cannot be cut. An empty
        span stays empty and stands before the original of what follows it.
        """
        if start < end:
            return Span(self.starts[start], self.ends[end - 1])
        place = self.starts[start] if start < len(self.text) else self.original_length
        return Span(place, place)


def fold_text(text: str) -> str:
    """``fold(text).text`` without the map.

    >>> fold_text("㈱ﾃﾞｰﾀ　ＡＢＣ")
    '(株)データ abc'
    """
    if text.isascii():
        return text.translate(_SINGLES)
    if len(text) >= _TABLE_CHARS and (looked_up := _look_up(text)) is not None:
        return looked_up.text
    patterns = _patterns()
    if not patterns.marks.search(text):
        return patterns.changing.sub(_fold_match, text)
    parts: list[str] = []
    done = 0
    for start, end in _clusters(text):
        parts += (patterns.changing.sub(_fold_match, text[done:start]), _fold_cluster(text[start:end]))
        done = end
    return "".join((*parts, patterns.changing.sub(_fold_match, text[done:])))


def fold(text: str) -> Folded:
    """The comparison form of ``text`` with its map.

    >>> fold("ﾃﾞｰﾀ").original_span(0, 1)
    Span(start=0, end=2)
    """
    if len(text) >= _TABLE_CHARS and (looked_up := _look_up(text)) is not None:
        return looked_up
    folded = fold_text(text)
    if text.isascii() or (len(folded) == len(text) and not _patterns().marks.search(text)):
        # Without marks a character never becomes fewer than one: equal lengths mean one to one.
        return Folded(folded, range(len(text)), range(1, len(text) + 1), len(text))
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, length in _uneven(text):
        starts += range(done, start)
        starts += [start] * length
        ends += range(done + 1, start + 1)
        ends += [end] * length
        done = end
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return Folded(folded, starts, ends, len(text))


def fold_all(texts: Sequence[str]) -> list[Folded]:
    """`fold` of many texts: where no character changes its length, all are looked up at once."""
    looked_up = _look_up("\n".join(texts))
    if looked_up is None or not isinstance(looked_up.starts, range):
        return list(map(fold, texts))
    folded: list[Folded] = []
    place = 0
    for text in texts:
        length = len(text)
        told = looked_up.text[place : place + length]
        folded.append(Folded(told, range(length), range(1, length + 1), length))
        place += length + 1
    return folded


_TABLE_CHARS = 64
"""From this length on the table is quicker than patterns."""
_WIDENING, _MARK = 0x11_0000, 0x11_0001
_TABLE = np.zeros(0x11_0000, np.uint32)
"""Code point → that of the folded character, filled as characters are met; 0 for one not met yet."""


def _look_up(text: str) -> Folded | None:
    """`fold` by the table; None where a mark joins the character before it."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded = _TABLE[codes]
    if not folded.all():
        _meet(codes[folded == 0])
        folded = _TABLE[codes]
    widest = folded.max(initial=0)
    if widest == _MARK:
        return None
    if widest != _WIDENING:
        told = folded.tobytes().decode("utf-32-le")
        return Folded(told, range(len(text)), range(1, len(text) + 1), len(text))
    return _widened(codes, folded)


def _widened(codes: NDArray[np.uint32], folded: NDArray[np.uint32]) -> Folded:
    places = np.flatnonzero(folded == _WIDENING)
    several = codes[places].tolist()
    folded[places] = codes[places]
    told = folded.tobytes().decode("utf-32-le")
    for code in set(several):  # no character folds to one that widens
        told = told.replace(chr(code), _SINGLES[code])
    lengths = np.ones(len(codes), np.intp)
    lengths[places] = [len(_SINGLES[code]) for code in several]
    starts = np.repeat(np.arange(len(codes)), lengths)
    return Folded(told, starts.tolist(), (starts + 1).tolist(), len(codes))


def _meet(codes: NDArray[np.uint32]) -> None:
    marks = _patterns().marks
    for code in np.unique(codes).tolist():
        folded = _SINGLES[code]
        _TABLE[code] = _MARK if marks.match(chr(code)) else ord(folded) if len(folded) == 1 else _WIDENING


def _clusters(text: str) -> Iterator[Span]:
    """Characters with marks: か゛き → (0, 2). Marks at the very start are a cluster of their own."""
    for match in _patterns().marks.finditer(text):
        yield Span(max(match.start() - 1, 0), match.end())


def _uneven(text: str) -> Iterator[tuple[int, int, int]]:
    """(start, end, folded length) of what does not become one character a character, in order."""
    done = 0
    for start, end in _clusters(text):
        yield from _widening(text, done, start)
        yield start, end, len(_fold_cluster(text[start:end]))
        done = end
    yield from _widening(text, done, len(text))


def _widening(text: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    for match in _patterns().changing.finditer(text, start, end):
        if len(_fold_run(match[0])) > len(match[0]):
            for place, char in enumerate(match[0], match.start()):
                yield place, place + 1, len(_SINGLES[ord(char)])


def _fold_match(match: re.Match[str]) -> str:
    return _fold_run(match[0])


@lru_cache(maxsize=1 << 16)
def _fold_run(run: str) -> str:
    """Fold a few characters without marks."""
    return run.translate(_SINGLES)


@lru_cache(maxsize=1 << 12)
def _fold_cluster(cluster: str) -> str:
    """Fold a character with its marks until nothing changes any more."""
    while (folded := _step(cluster)) != cluster:
        cluster = folded
    return cluster


def _step(cluster: str) -> str:
    visible = cluster.translate(SPACING_MARKS).translate(INVISIBLE)
    spaced = "".join(" " if _is_blank(char) else char for char in visible)
    # Character by character: "Σ".lower() would look at its neighbours.
    lowered = "".join(map(str.lower, unicodedata.normalize("NFKC", spaced)))
    return unicodedata.normalize("NFKC", lowered).translate(REPLACED)


def _is_blank(char: str) -> bool:
    """White space, control characters and lone surrogates (which no library takes)."""
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cs"}


class _Singles(dict[int, str]):
    """Code point → folded character, filled as characters are met; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_cluster(chr(code))
        return folded


_SINGLES = _Singles()


@dataclass(frozen=True, slots=True)
class _Patterns:
    """``marks``: runs of what joins the character before; ``changing``: short runs of what may change."""

    marks: re.Pattern[str]
    changing: re.Pattern[str]


# Nearly all characters of ordinary text, none of which changes: ASCII without capitals and controls,
# 、。々〆 brackets, kana, ー, ideographs. A test holds this against the folding of each.
_PLAIN = (
    (0x0020, 0x0040), (0x005B, 0x007E), (0x3001, 0x3003), (0x3005, 0x3007), (0x3008, 0x3011),
    (0x3014, 0x301B), (0x3041, 0x3096), (0x309D, 0x309E), (0x30A1, 0x30FE), (0x3400, 0x9FFF),
)  # fmt: skip
# Where marks stand; ideographs, Hangul syllables and private use have none.
_SEARCHED = ((0x0000, 0x3400), (0xA000, 0xAC00), (0xF900, 0x1_0000))
# Beyond the basic plane whole scripts count as marks: that makes clusters longer, never wrong, and the
# pattern much faster. Mathematical letters, symbols, kana and ideographs stay outside.
_FAR_MARKS = ((0x1_0000, 0x1_AFFF), (0x1_B300, 0x1_D3FF), (0x1_D800, 0x1_EDFF), (0xE_0000, 0xE_01FF))
_HANGUL_VOWELS_AND_FINALS = frozenset(map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))))


@cache
def _patterns() -> _Patterns:
    """Made from the interpreter's own Unicode data at the first use, in some 30 ms."""
    chars = [chr(code) for first, last in _SEARCHED for code in range(first, last)]
    seconds = _seconds_of_pairs(chars)
    marks = {ord(char) for char in chars if _joins_before(char, seconds)}
    plain = {code for first, last in _PLAIN for code in range(first, last + 1)}
    return _Patterns(
        marks=re.compile(f"[{_char_ranges(marks, _FAR_MARKS)}]+"),
        changing=re.compile(f"[^{_char_ranges(plain - REPLACED.keys())}]{{1,8}}"),
    )


def _seconds_of_pairs(chars: Iterable[str]) -> frozenset[str]:
    """Characters that compose with the one before them, though some count as letters."""
    decomposed = (unicodedata.decomposition(char).split(" ") for char in chars)
    pairs = (parts[1] for parts in decomposed if parts[1:] and not parts[2:] and parts[0][0] != "<")
    return _HANGUL_VOWELS_AND_FINALS.union(chr(int(second, 16)) for second in pairs)


def _joins_before(char: str, seconds: frozenset[str]) -> bool:
    if ord(char) in SPACING_MARKS or ord(char) in INVISIBLE:
        return True
    first = unicodedata.normalize("NFKD", char)[0]
    return first in seconds or ord(first) in INVISIBLE or unicodedata.combining(first) != 0


def _char_ranges(codes: Iterable[int], ranges: Sequence[tuple[int, int]] = ()) -> str:
    """The inside of a character class: ``{97, 98}, ((120, 122),)`` → ``a-bx-z``, as escapes."""
    merged: list[tuple[int, int]] = []
    for code in sorted(codes):
        first = merged.pop()[0] if merged and merged[-1][1] == code - 1 else code
        merged.append((first, code))
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in (*merged, *ranges))
