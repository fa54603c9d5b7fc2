"""The words of many texts as columns: what ingestion needs of thousands of words, in a few array operations.

`rag.text.analyzer.Analysis` holds one text's words as objects, which is right for a question or a hit. A
document has ten thousand words, and each of them costs its share of every loop in Python.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.text.fold import Folded
from rag.text.vocabulary import Vocabulary, WordTable

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """The words of texts, text after text; those of text n stand at ``bounds[n]`` to ``bounds[n + 1]``.

    ``numbers`` lead to ``vocabulary.words``; ``starts`` and ``ends`` are offsets in the word's own text.
    These three have shape (words,), ``bounds`` has (texts + 1,). ``folded`` are the texts in comparison form.
    """

    analyzer: str
    vocabulary: Vocabulary
    folded: tuple[str, ...]
    bounds: Integers
    numbers: Integers
    starts: Integers
    ends: Integers


def ranges(bounds: Integers, chosen: Integers) -> tuple[Integers, Integers]:
    """Where the items of chosen groups stand, one group after the other, and to which choice each belongs.

    Group n stands at ``bounds[n]`` to ``bounds[n + 1]``:

    >>> ranges(np.array([0, 2, 2, 5]), np.array([2, 0, 2]))
    (array([2, 3, 4, 0, 1, 2, 3, 4]), array([0, 0, 0, 1, 1, 2, 2, 2]))
    """
    firsts = bounds[chosen]
    lengths = bounds[chosen + 1] - firsts
    shifts = firsts - np.cumsum(lengths) + lengths
    owners = np.repeat(np.arange(len(chosen)), lengths)
    return np.arange(len(owners)) + shifts[owners], owners


class WordLines:
    """MeCab's lines for text after text, put together to `Columns`."""

    def __init__(self, analyzer: str, vocabulary: Vocabulary) -> None:
        self._analyzer = analyzer
        self._vocabulary = vocabulary
        self._folded: list[Folded] = []
        self._lines: list[str] = []
        self._pieces: list[tuple[int, int]] = []
        """(words, first character) of each piece; a text's pieces stand together."""
        self._num_pieces: list[int] = []

    def add(self, folded: Folded, parsed: Iterable[tuple[int, str]]) -> None:
        """Add a text: its pieces as MeCab's lines, each with its first character."""
        before = len(self._pieces)
        for first, told in parsed:
            if lines := told.rstrip("\n"):
                self._lines.append(lines)
                self._pieces.append((lines.count("\n") + 1, first))
        self._folded.append(folded)
        self._num_pieces.append(len(self._pieces) - before)

    def columns(self) -> Columns:
        """What was added."""
        lines = "\n".join(self._lines).split("\n") if self._lines else []
        numbers = np.fromiter(map(self._vocabulary.__getitem__, lines), np.int64, len(lines))
        lengths = _lengths.of(self._vocabulary)[numbers]
        ends = np.cumsum(lengths + _blanks.of(self._vocabulary)[numbers])
        sizes, firsts = np.array(self._pieces, np.int64).reshape(-1, 2).T
        pieces = np.concatenate([[0], np.cumsum(sizes)])
        ends += np.repeat(firsts - np.concatenate([[0], ends])[pieces[:-1]], sizes)
        bounds = pieces[np.concatenate([[0], np.cumsum(self._num_pieces, dtype=np.int64)])]
        starts = ends - lengths
        self._lead_back(bounds, starts, ends)
        texts = tuple(folded.text for folded in self._folded)
        return Columns(self._analyzer, self._vocabulary, texts, bounds, numbers, starts, ends)

    def _lead_back(self, bounds: Integers, starts: Integers, ends: Integers) -> None:
        """Turn offsets in folded texts into those of the texts, where folding changed lengths."""
        for number, folded in enumerate(self._folded):
            if not isinstance(folded.starts, range):
                words = slice(bounds[number], bounds[number + 1])
                starts[words] = np.array(folded.starts, np.int64)[starts[words]]
                ends[words] = np.array(folded.ends, np.int64)[ends[words] - 1]


_lengths = WordTable(lambda: lambda word: word.length)
_blanks = WordTable(lambda: lambda word: word.blanks)
