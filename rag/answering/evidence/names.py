"""Names: of people, places, organisations, offices, products and codes, and whether a source says them.

Proper nouns are MeCab's, names made of common words are known by their last part (経理|課|長, 国立|天文|台).
Short forms are allowed (大阪 for 大阪市, バルフォア for アーサー・バルフォア); another name instead is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.evidence.words import APPENDED, ENDINGS
from rag.text.analyzer import Morpheme

_PROPER = "名詞-固有名詞"
_NOUN = ("名詞-普通名詞", "名詞-固有名詞", "接頭辞", "接尾辞-名詞的", "記号")
_TIMES = "名詞-普通名詞-副詞可能"
_JOINING = frozenset("・=-–")


_LATIN = re.compile(r"[a-z][a-z0-9]*(?:[-_.+#&/][a-z0-9]+)*[+#]*")
_LOOSE = re.compile(r"[\s・=\-–ー]")
_KNOWN = "[一-龠々ァ-ヺーa-z]"
_MIN_LATIN, _MIN_PROPER = 2, 2
# Letters that stand for a Japanese word as often as not.
_ALIKE = {"pc": "パソコン", "web": "ウェブ", "it": "情報", "id": "識別", "url": "アドレス", "cm": "センチ"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands, its parts, and those of them that are proper nouns.

    ``kinds`` are MeCab's kinds of proper nouns (``人名``, ``地名``, ``一般``) or ``latin``; none for a name
    of common words.
    """

    text: str
    parts: tuple[str, ...]
    proper: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()


def read_names(folded: str, morphemes: Sequence[Morpheme]) -> tuple[Name, ...]:
    """The names of a text in comparison form, each once: 総務部長, 汐見神社, ka-200."""
    names = [*_runs(folded, morphemes), *_latin(folded)]
    return tuple({name.text: name for name in names}.values())


def _runs(folded: str, morphemes: Sequence[Morpheme]) -> Iterator[Name]:
    run: list[Morpheme] = []
    for one in (*morphemes, None):
        if one is not None and run and one.start == run[-1].end and _belongs(folded, one):
            run.append(one)
            continue
        if run and (name := _name(folded, run)):
            yield name
        run = [one] if one is not None and one.feature.pos.startswith(_NOUN) else []


def _belongs(folded: str, one: Morpheme) -> bool:
    pos = one.feature.pos
    return (pos.startswith(_NOUN) and not pos.startswith(_TIMES)) or folded[one.start : one.end] in _JOINING


def _name(folded: str, run: Sequence[Morpheme]) -> Name | None:
    while run and folded[run[-1].start : run[-1].end] in _JOINING:
        run = run[:-1]
    parts = tuple(folded[one.start : one.end] for one in run)
    proper = [
        one for one in run if one.feature.pos.startswith(_PROPER) and one.end - one.start >= _MIN_PROPER
    ]
    if _LATIN.fullmatch("".join(parts)):
        return None
    if proper:
        kinds = frozenset(one.feature.pos.split("-")[2] for one in proper)
        return Name("".join(parts), parts, tuple(folded[one.start : one.end] for one in proper), kinds)
    if len(parts) > 1 and (parts[-1] in ENDINGS or "".join(parts[-2:]) in ENDINGS):
        return Name("".join(parts), parts)
    return None


def _latin(folded: str) -> Iterator[Name]:
    for match in _LATIN.finditer(folded):
        if len(match[0]) >= _MIN_LATIN:
            yield Name(match[0], (match[0],), (match[0],), frozenset({"latin"}))


def is_named(name: Name, folded: str) -> bool:
    """Whether a text says the name, whole or in a short form: 大阪 for 大阪市, フランス for フランス人."""
    text = _LOOSE.sub("", folded)
    if _LOOSE.sub("", name.text) in text or _ALIKE.get(name.text, "\0") in folded:
        return True
    if not name.proper:
        return all(part in folded for part in name.parts)
    if not all(_LOOSE.sub("", part) in text for part in name.proper):
        return False
    common = [part for part in name.parts if part not in (*name.proper, *_JOINING, *APPENDED)]
    return all(part in folded for part in common) or not _followed_otherwise(name, folded)


def _followed_otherwise(name: Name, folded: str) -> bool:
    """汐見城跡 where 汐見神社 stands: the proper noun with another noun behind it."""
    last = name.proper[-1]
    behind = "".join(name.parts[name.parts.index(last) + 1 :])
    found = re.search(rf"{re.escape(last)}({_KNOWN}+)", folded)
    return bool(behind and found and not found[1].startswith(behind))


def rival_of(name: Name, folded: str, other: str) -> str:
    """Another name of that kind in ``folded``: 保守党 for 自由党; empty where ``other`` says it, too."""
    for match in re.finditer(rf"{_KNOWN}{{1,8}}{re.escape(name.parts[-1])}", folded):
        if match[0] not in other and name.text not in match[0]:
            return match[0]
    return ""
