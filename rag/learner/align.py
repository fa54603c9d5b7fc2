"""Which part of a word's reading belongs to which of its kanji: 食べ物 + たべもの → 食(た), 物(もの).

The kana of the word must stand in the reading; the kanji between them take what is left. Where that can be
done in several ways, the one whose runs of kanji have the likeliest lengths is taken.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rag.learner.kana import KANJI, has_kanji, to_hiragana

_RUNS = re.compile(
    f"(?P<kanji>(?:[{KANJI}]|[ヶヵケ](?=[{KANJI}]))+)|(?P<kana>[ぁ-ゖァ-ヺーゝゞヽヾ]+)|(?P<other>.)",
    re.DOTALL,
)
_KANA_PER_KANJI = 2
_MAX_KANA_PER_KANJI = 6
_SMALL = "ぁぃぅぇぉゃゅょゎんー"
# Old spelling in the text, modern kana in the dictionary: 言ふ is read いう.
_SPELLINGS = {
    "ふ": "ふう", "ひ": "ひい", "へ": "へえ", "は": "はわ", "ほ": "ほお", "ゐ": "ゐい", "ゑ": "ゑえ",
    "を": "をお", "ぢ": "ぢじ", "づ": "づず", "つ": "つっ", "や": "やゃ", "ゆ": "ゆゅ",
    "よ": "よょ", "ー": "ーあいうえお",
    "う": "うお", "お": "おう",
}  # fmt: skip


class Piece(NamedTuple):
    """A run of kanji within a word, and its reading in hiragana: ``surface[start:end]``."""

    start: int
    end: int
    reading: str


@lru_cache(maxsize=1 << 15)
def align(surface: str, reading: str) -> tuple[Piece, ...]:
    """The kanji of ``surface`` with their share of ``reading`` (kana of either kind).

    A word whose kana do not stand in the reading comes back as one piece, without the kana at its ends
    that do agree; a word without kanji as none.

    >>> align("取り扱い", "トリアツカイ")
    (Piece(start=0, end=1, reading='と'), Piece(start=2, end=3, reading='あつか'))
    """
    reading = to_hiragana(reading)
    if not reading or not has_kanji(surface):
        return ()
    runs = [(match.lastgroup or "", match.start(), match.end()) for match in _RUNS.finditer(surface)]
    shares = _Shares(surface, reading, runs).best(0, 0)
    if shares is None:
        return _as_one(surface, reading)
    kanji = [(start, end) for kind, start, end in runs if kind == "kanji"]
    return tuple(Piece(start, end, share) for (start, end), share in zip(kanji, shares[1], strict=True))


class _Shares:
    """Tries every way to share a reading among runs; words are short, so that is cheap."""

    def __init__(self, surface: str, reading: str, runs: list[tuple[str, int, int]]) -> None:
        self._surface = to_hiragana(surface)
        self._reading = reading
        self._runs = runs

    def best(self, number: int, place: int) -> tuple[float, tuple[str, ...]] | None:
        """Cost and shares of the runs from ``number`` on, for the reading from ``place`` on."""
        if number == len(self._runs):
            return (0.0, ()) if place == len(self._reading) else None
        kind, start, end = self._runs[number]
        if kind == "other":
            return self.best(number + 1, place)
        if kind == "kana":
            after = self._follow(self._surface[start:end], place)
            return None if after is None else self.best(number + 1, after)
        ways = (
            self._take(number, place, stop, end - start) for stop in range(place + 1, len(self._reading) + 1)
        )
        return min((way for way in ways if way), default=None)

    def _take(
        self, number: int, place: int, stop: int, num_kanji: int
    ) -> tuple[float, tuple[str, ...]] | None:
        share = self._reading[place:stop]
        if len(share) > num_kanji * _MAX_KANA_PER_KANJI:
            return None
        rest = self.best(number + 1, stop)
        if rest is None:
            return None
        following = self._reading[stop : stop + 1]
        odd = (share[0] in _SMALL) + bool(following and following in "ぁぃぅぇぉゃゅょ")
        return rest[0] + abs(len(share) - _KANA_PER_KANJI * num_kanji) + 10 * odd, (share, *rest[1])

    def _follow(self, kana: str, place: int) -> int | None:
        for char in kana:
            read = self._reading[place : place + 1]
            if not read or read not in _SPELLINGS.get(char, char):
                return None
            place += 1
        return place


def _as_one(surface: str, reading: str) -> tuple[Piece, ...]:
    start, end = 0, len(surface)
    plain = to_hiragana(surface)
    while start < end and reading and not has_kanji(plain[start]) and plain[start] == reading[:1]:
        start, reading = start + 1, reading[1:]
    while end > start and reading and not has_kanji(plain[end - 1]) and plain[end - 1] == reading[-1:]:
        end, reading = end - 1, reading[:-1]
    return (Piece(start, end, reading),) if reading else ()
