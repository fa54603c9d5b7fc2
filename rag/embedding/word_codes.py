"""Which rows of a static model's table a word is put together from."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping

from rag.text.analyzer import Feature

NO_ROW = -1
_SKIPPED_POS = ("助詞", "助動詞", "補助記号", "記号", "空白")
_KANJI = re.compile(r"[㐀-鿿々]")


def is_embedded(feature: Feature) -> bool:
    """Whether a word counts: everything but particles, auxiliaries and signs."""
    return not feature.pos.startswith(_SKIPPED_POS)


def ngram_rows(word: str, num_rows: int) -> tuple[int, ...]:
    """Rows of the pieces of a word: its kanji, and the 2- and 3-grams of ``<word>``.

    「返金」 has the pieces 返, 金, ``<返``, 返金, ``金>``, ``<返金``, ``返金>``.
    """
    marked = f"<{word}>"
    pieces = _KANJI.findall(word)
    pieces += [marked[start : start + size] for size in (2, 3) for start in range(len(marked) - size + 1)]
    return tuple(zlib.crc32(piece.encode("utf-8", "replace")) % num_rows for piece in pieces)


class Codes(dict[Feature, int]):
    """Feature → the row of its word, `NO_ROW` for a word that is not embedded, found once for each.

    A word without a row of its own has a code below that, which stands for the rows of its pieces.
    """

    def __init__(self, words: Mapping[str, int], num_ngram_rows: int, max_remembered: int) -> None:
        super().__init__()
        self._words = words
        self._num_ngram_rows = num_ngram_rows
        self._max_remembered = max_remembered
        self._pieces: list[tuple[int, ...]] = []

    def pieces(self, code: int) -> tuple[int, ...]:
        """The rows that a code below `NO_ROW` stands for."""
        return self._pieces[NO_ROW - 1 - code]

    def rows(self, feature: Feature) -> tuple[int, ...]:
        """The rows of a word: its own, or those of its pieces, or none."""
        code = self[feature]
        if code == NO_ROW:
            return ()
        return (code,) if code > NO_ROW else self.pieces(code)

    def make_room(self) -> None:
        """Begin again when many words have been met; no code may be in use."""
        if len(self) >= self._max_remembered:
            self.clear()
            self._pieces.clear()

    def __missing__(self, feature: Feature) -> int:
        self[feature] = code = self._find(feature) if is_embedded(feature) else NO_ROW
        return code

    def _find(self, feature: Feature) -> int:
        for word in (feature.base, feature.lemma):
            row = self._words.get(word)
            if row is not None:
                return row
        first = len(self._words)
        self._pieces.append(tuple(first + row for row in ngram_rows(feature.base, self._num_ngram_rows)))
        return NO_ROW - len(self._pieces)
