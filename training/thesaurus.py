"""What people say for what documents say: pairs of expressions, and texts in other words.

`thesaurus.tsv` was written for this project, a headword a line: the words of manuals, laws and offices with
what those say who do not know them (``源泉徴収 TAB 給料から天引き、…``), and everyday words with those of
documents.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

THESAURUS = Path(__file__).with_name("thesaurus.tsv")
SEPARATOR = "、"

REWORDED_SHARE = 0.75
"""Of the words that the thesaurus knows."""

DROPPED_SHARE = 0.25
"""Of the words that stay: who asks does not repeat everything."""

MAX_HEAD_WORDS = 4
MAX_PHRASE_WORDS = 2
"""A longer phrase is a description: it stands for its headword, the headword seldom for it."""

SHORTEST_TEXT = 12
FEWEST_WORDS, MOST_WORDS = 5, 12

Words = Sequence[str]


def read_thesaurus() -> Iterator[tuple[str, str]]:
    """Headword and phrase, each with each."""
    with THESAURUS.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if not row[0].startswith("#"):
                headword, phrases = row
                yield from ((headword, phrase) for phrase in phrases.split(SEPARATOR))


class Rewording:
    """Says a text in other words: ``["退職", "する"]`` → ``["会社", "辞める", "する"]``."""

    def __init__(self, pairs: Iterable[tuple[Words, Words]], rng: random.Random) -> None:
        known: defaultdict[tuple[str, ...], list[Words]] = defaultdict(list)
        for headword, phrase in pairs:
            if len(headword) <= MAX_HEAD_WORDS:
                known[tuple(headword)].append(phrase)
            if len(phrase) <= MAX_PHRASE_WORDS:
                known[tuple(phrase)].append(headword)
        self._known: Mapping[tuple[str, ...], list[Words]] = dict(known)
        self._rng = rng

    def question(self, text: Words) -> list[str]:
        """A stretch of ``text`` in other words; empty when the text is short."""
        if len(text) < SHORTEST_TEXT:
            return []
        count = self._rng.randint(FEWEST_WORDS, MOST_WORDS)
        start = self._rng.randrange(max(1, len(text) - count))
        return list(self.reword(text[start : start + count]))

    def reword(self, words: Words) -> Iterator[str]:
        """The words with most of those that the thesaurus knows said otherwise, and some left out."""
        place = 0
        while place < len(words):
            size = self._longest(words, place)
            stays = words[place : place + max(size, 1)]
            if size and self._rng.random() < REWORDED_SHARE:
                yield from self._rng.choice(self._known[tuple(stays)])
            elif self._rng.random() >= DROPPED_SHARE:
                yield from stays
            place += len(stays)

    def _longest(self, words: Words, place: int) -> int:
        """How many words from ``place`` on are an expression of the thesaurus; 0 for none."""
        longest = min(MAX_HEAD_WORDS, len(words) - place)
        sizes = range(longest, 0, -1)
        return next((size for size in sizes if tuple(words[place : place + size]) in self._known), 0)
