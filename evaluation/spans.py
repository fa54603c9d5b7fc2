"""Where a known sentence stands in a document's text, however the two were marked up.

A gold sentence comes from the original file, with its markup; the text was read, normalised and freed of
it. So both are brought to bare letters and digits in comparison form. Where even that differs (a note
taken out, a cell put together) the window that shares most of the sentence's trigrams is taken.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.fold import fold, fold_text
from rag.types import Span

MIN_SHARED = 0.7
"""Share of a sentence's trigrams that a window must hold to be taken for it."""

_WINDOW = 1.3
_GRAM = 3

_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),  # [text](target)
    (re.compile(r"!?\[([^\]]*)\]\[[^\]]*\]"), r"\1"),  # [text][reference]
    (re.compile(r"<[^<>]*>"), ""),  # <a name="…">
    (re.compile(r"《[^》]*》|［＃[^］]*］"), ""),  # ruby and notes of Aozora texts
    (re.compile(r"&#?\w+;"), ""),
    (re.compile(r"\\u[0-9a-fA-F]{4}"), ""),
)


@dataclass(frozen=True, slots=True)
class Bare:
    """Letters and digits of a text in comparison form; ``places[i]`` is the span behind ``text[i]``."""

    text: str
    places: Sequence[Span]


def make_bare(text: str) -> Bare:
    """「1. **休暇**は」 → 1休暇は, each with its place."""
    folded = fold(text)
    kept = [place for place, char in enumerate(folded.text) if char.isalnum()]
    return Bare(
        "".join(folded.text[place] for place in kept),
        [Span(folded.starts[place], folded.ends[place]) for place in kept],
    )


def bare_sentence(sentence: str) -> str:
    """The same of a sentence with markup: 「[設定](a.md) を<br>開く」 → 設定を開く."""
    for pattern, replacement in _MARKUP:
        sentence = pattern.sub(replacement, sentence)
    return "".join(char for char in fold_text(sentence) if char.isalnum())


def find_sentence(bare: Bare, sentence: str) -> list[Span]:
    """Every place of the sentence, in offsets of the text that ``bare`` was made of.

    Where it does not stand as it is, the likeliest place; nothing where no place is likely.
    """
    wanted = bare_sentence(sentence)
    if not wanted:
        return []
    found = [
        Span(bare.places[start].start, bare.places[start + len(wanted) - 1].end)
        for start in _occurrences(bare.text, wanted)
    ]
    return found or _likeliest(bare, wanted)


def _occurrences(text: str, wanted: str) -> list[int]:
    starts, start = [], text.find(wanted)
    while start >= 0:
        starts.append(start)
        start = text.find(wanted, start + len(wanted))
    return starts


def _likeliest(bare: Bare, wanted: str) -> list[Span]:
    grams = {wanted[place : place + _GRAM] for place in range(len(wanted) - _GRAM + 1)}
    width = int(len(wanted) * _WINDOW)
    inside: deque[tuple[int, str]] = deque()
    counts: dict[str, int] = {}
    best, best_span = 0, Span(0, 0)
    for place in range(len(bare.text) - _GRAM + 1):
        gram = bare.text[place : place + _GRAM]
        if gram not in grams:
            continue
        inside.append((place, gram))
        counts[gram] = counts.get(gram, 0) + 1
        while inside[0][0] + width < place + _GRAM:
            _, gone = inside.popleft()
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
        if len(counts) > best:
            best, best_span = len(counts), Span(inside[0][0], place + _GRAM)
    if not grams or best < MIN_SHARED * len(grams):
        return []
    return [Span(bare.places[best_span.start].start, bare.places[best_span.end - 1].end)]
