"""規程の変更点: what two versions of a document say differently, each side cited.

Articles are compared with the article that speaks of the same, whatever its number now is. Numbers, dates
and amounts that differ are named, because they are what readers look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from rag.summary.citing import Citer
from rag.summary.grounds import Grounds
from rag.summary.material import Sentence
from rag.summary.pairing import is_same_text, nearness, pair_up, statements_of
from rag.summary.standalone import trim_start
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text
from rag.text.numerals import parse_number
from rag.types import Citation

MAX_SENTENCES = 4_000
"""A version of more sentences is compared up to here; the rest is counted."""

_NUMERAL = "名詞-数詞"
_COUNTER = re.compile("助数詞|接尾辞-名詞的")
_GROUPING = frozenset(",，")
_LEADING_NUMBER = re.compile(
    "[0-9０-９〇一二三四五六七八九十百千万億][0-9０-９,，〇一二三四五六七八九十百千万億]*"
)


class ChangeKind(StrEnum):
    """What happened to a sentence."""

    ADDED = "追加"
    REMOVED = "削除"
    CHANGED = "変更"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``pieces`` are the words that were replaced, as (before, after)."""

    kind: ChangeKind
    title: str
    before: Citation | None
    after: Citation | None
    pieces: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """All differences in the order of the new version; ``num_same`` sentences are unchanged."""

    before: str
    after: str
    changes: tuple[Change, ...]
    num_same: int
    num_left_out: int = 0


def find_changes(before: Grounds, after: Grounds, analyzer: Analyzer) -> Changes:
    """Compare two documents, the older first."""
    ours, theirs = statements_of(before), statements_of(after)
    left_out = max(0, len(ours) - MAX_SENTENCES) + max(0, len(theirs) - MAX_SENTENCES)
    ours, theirs = ours[:MAX_SENTENCES], theirs[:MAX_SENTENCES]
    comparer = _Comparer(before, after, analyzer)
    found: list[tuple[int, Change]] = []
    num_same, last = 0, -1
    for pair in pair_up(nearness(before, ours, after, theirs)):
        one = ours[pair.first] if pair.first is not None else None
        other = theirs[pair.second] if pair.second is not None else None
        change = comparer.change(one, other)
        last = other.number if other else last
        if change is None:
            num_same += 1
        else:
            found.append((last, change))
    found.sort(key=lambda item: item[0])
    names = [facts.material.document.name for facts in (before, after)]
    return Changes(names[0], names[1], tuple(change for _, change in found), num_same, left_out)


class _Comparer:
    def __init__(self, before: Grounds, after: Grounds, analyzer: Analyzer) -> None:
        self._sides = before.material, after.material
        self._citers = tuple(Citer(facts.material, analyzer) for facts in (before, after))

    def change(self, one: Sentence | None, other: Sentence | None) -> Change | None:
        """The difference between two sentences; None where they say the same."""
        if one and other and is_same_text(one.text, other.text):
            return None
        cited = [
            citer.cite(sentence.start, sentence.end) if sentence else None
            for citer, sentence in zip(self._citers, (one, other), strict=True)
        ]
        kind = ChangeKind.CHANGED if one and other else ChangeKind.ADDED if other else ChangeKind.REMOVED
        side, sentence = (self._sides[1], other) if other else (self._sides[0], one)
        title = side.parts[sentence.part].title if sentence else ""
        pieces = tuple(replaced(one, other)) if one and other else ()
        return Change(kind, title, cited[0], cited[1], pieces)


def replaced(before: Sentence, after: Sentence) -> Iterator[tuple[str, str]]:
    """The words that differ: 「10営業日以内」, 「5営業日以内」 → (10営業日, 5営業日); 一人 and 1人 do not."""
    ours, theirs = _words(before), _words(after)
    matcher = SequenceMatcher(
        None, [_key(word) for word in ours], [_key(word) for word in theirs], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield "".join(ours[a:b]), "".join(theirs[c:d])


def _words(sentence: Sentence) -> list[str]:
    """The words behind the numbering; digits are one word, with the counter behind them."""
    first = trim_start(sentence.text)
    words: list[str] = []
    goes_on = False
    for start, end, feature in sentence.analysis.morphemes():
        if start < first:
            continue
        text = sentence.text[start:end]
        is_number = feature.pos == _NUMERAL or (goes_on and text in _GROUPING)
        if goes_on and (is_number or _COUNTER.search(feature.pos)):
            words[-1] += text
        else:
            words.append(text)
        goes_on = is_number
    return words


def _key(word: str) -> str:
    """What is compared: 「一人」 and 「1人」 → ``1人``."""
    number = _LEADING_NUMBER.match(word)
    value = parse_number(number[0]) if number else None
    return fold_text(word) if number is None or value is None else f"{value}{fold_text(word[number.end() :])}"
