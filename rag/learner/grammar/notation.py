"""The notation of grammar patterns, compiled to one regular expression over morphemes.

A pattern is a sequence of items between blanks; each stands for one morpheme:

=============  ======================================================================================
``得る``        base form or lemma is 得る (so every inflected form and spelling), ``有る|無い`` either
``=ざる``       the surface is ざる
``V`` …        a part of speech: V verb, A adjective, J na-adjective, N noun or pronoun, D adverb, P particle,
               X auxiliary, S suffix, H prefix, T adnominal, C conjunction, I interjection, K punctuation
``P:も``        both: a particle も
``V@  V%``      in its dictionary form; not in its dictionary form
``V~う``        inflected, the surface ending in う
``( a | b c )`` either sequence
``? *``         behind an item or ``)``: may be absent; any number
``!a``          a does not follow here
``~``           up to twelve morphemes of any kind
``$``           the end of the sentence
``@NEG``        a sequence with a name of its own (``data/grammar_names.tsv``)
=============  ======================================================================================

Example: ``X:ず P:を 得る @NEG`` finds 行かざるを得ない and せざるをえませんでした.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate

from rag.errors import SettingsError
from rag.text.analyzer import Morpheme

_CLASSES = (
    ("名詞", "N"), ("代名詞", "N"), ("動詞", "V"), ("形容詞", "A"), ("形状詞", "J"), ("副詞", "D"),
    ("助詞", "P"), ("助動詞", "X"), ("接尾辞", "S"),
    ("接頭辞", "H"), ("連体詞", "T"), ("接続詞", "C"), ("感動詞", "I"),
)  # fmt: skip
_ENDS = "。！？!?\n"
_MAX_GAP = 12
_ANY = "\x01[^\x01]*"
# One morpheme: class, whether it stands in its dictionary form, surface, base form, lemma.
_UNIT = "\x01{kind}{form}\x02{surface}\x02{base}\x02{lemma}\x03"
_ANY_KIND = "[^\x01]"
_FREE = "[^\x01-\x03]*"


def encode(text: str, words: Sequence[Morpheme]) -> Encoded:
    """The morphemes of ``text`` as one string for `re`."""
    return Encoded(text, words)


class Encoded:
    """Morphemes as a string of units; places in it lead back to morphemes."""

    def __init__(self, text: str, words: Sequence[Morpheme]) -> None:
        units = [_unit(text[word.start : word.end], word) for word in words]
        self.text = "".join(units)
        self._starts = [0, *accumulate(map(len, units))]
        self._words = words

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """Spans of the text (start, end) that the pattern matches, without overlap."""
        for match in pattern.finditer(self.text):
            first = bisect_left(self._starts, match.start())
            last = bisect_right(self._starts, match.end()) - 1
            if last > first:
                yield self._words[first].start, self._words[last - 1].end


def _unit(surface: str, word: Morpheme) -> str:
    feature = word.feature
    kind = _class_of(feature.pos) if surface not in _ENDS else "E"
    form = "@" if surface == feature.base else "%"
    return f"\x01{kind}{form}\x02{surface}\x02{feature.base}\x02{feature.lemma}\x03"


@lru_cache(maxsize=512)
def _class_of(pos: str) -> str:
    return next((letter for name, letter in _CLASSES if pos.startswith(name)), "K")


def compile_pattern(pattern: str, names: Mapping[str, str]) -> re.Pattern[str]:
    """The regular expression of a pattern; raises SettingsError that shows what is wrong with it."""
    tokens = pattern.split()
    try:
        compiled, place = _sequence(tokens, 0, names)
        if place < len(tokens):
            raise ValueError(f"nothing opens {tokens[place]!r}")
        return re.compile(compiled)
    except (ValueError, re.error, RecursionError) as error:
        raise SettingsError(f"the grammar pattern {pattern!r} cannot be read: {error}") from error


def _sequence(tokens: Sequence[str], place: int, names: Mapping[str, str]) -> tuple[str, int]:
    """Items up to ``)`` or the end, with alternatives at ``|``."""
    alternatives: list[list[str]] = [[]]
    while place < len(tokens) and not tokens[place].startswith(")"):
        item = tokens[place]
        if item == "|":
            alternatives.append([])
            place += 1
        elif item in {"(", "!("}:
            inner, place = _sequence(tokens, place + 1, names)
            if place == len(tokens):
                raise ValueError("a bracket is not closed")
            group = f"(?!{inner})" if item == "!(" else f"(?:{inner}){tokens[place][1:]}"
            alternatives[-1].append(group)
            place += 1
        else:
            alternatives[-1].append(_item(item, names))
            place += 1
    return "|".join("".join(items) for items in alternatives), place


def _item(item: str, names: Mapping[str, str]) -> str:
    if item == "~":
        return f"(?:\x01[^E\x01][^\x01]*){{0,{_MAX_GAP}}}?"
    if item == "$":
        return "(?=\x01E|\\Z)"
    if item.startswith("!"):
        return f"(?!{_item(item[1:], names)})"
    repeat = item[-1] if item[-1] in "?*" else ""
    item = item.removesuffix(repeat) if repeat else item
    if item.startswith("@"):
        if item[1:] not in names:
            raise ValueError(f"there is no sequence named {item}")
        inner, _ = _sequence(names[item[1:]].split(), 0, names)
    elif item == ".":
        inner = _ANY
    else:
        inner = _word(item)
    return f"(?:{inner}){repeat}"


_LETTERS = frozenset("VAJNDPXSHTCIKE")


def _word(item: str) -> str:
    """One morpheme: class, words, form."""
    kind, colon, words = item.partition(":")
    if not colon and kind[0] in _LETTERS and kind[1:2] in {"", "@", "%", "~"}:
        return _unit_pattern(kind[0], kind[1:], "")
    if not colon:
        kind, words = "", item
    if kind and kind not in _LETTERS:
        raise ValueError(f"{kind!r} is no part of speech")
    if words.startswith("="):
        surfaces = "|".join(map(re.escape, words[1:].split("|")))
        return _UNIT.format(
            kind=kind or _ANY_KIND, form=".", surface=f"(?:{surfaces})", base=_FREE, lemma=_FREE
        )
    return "|".join(_unit_pattern(kind, *_split_form(word)) for word in words.split("|"))


def _split_form(word: str) -> tuple[str, str]:
    """``限る@`` → (``@``, 限る); ``た~ら`` → (``~ら``, た)."""
    base, tilde, ending = word.partition("~")
    if tilde:
        return f"~{ending}", base
    return (word[-1], word[:-1]) if word[-1] in "@%" else ("", word)


def _unit_pattern(kind: str, form: str, word: str) -> str:
    escaped = re.escape(word)
    head = f"\x01{kind or _ANY_KIND}"
    flag = {"@": "@", "%": "%"}.get(form, "%" if form else ".")
    surface = f"{_FREE}{re.escape(form[1:])}" if form.startswith("~") else _FREE
    if not word:
        return f"{head}{flag}\x02{surface}\x02{_FREE}\x02{_FREE}\x03"
    return f"{head}{flag}\x02{surface}\x02(?:{escaped}\x02{_FREE}|{_FREE}\x02{escaped})\x03"
