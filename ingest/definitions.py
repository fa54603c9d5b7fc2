"""Terms that a rule defines for itself: 「（以下「会社」という。）」, 「「休暇」とは、…をいう。」.

Each is annotated where it is defined and wherever it is used afterwards, as far as the definition reaches
(「以下この条において」), with the sentence that says what it means.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.provisions import Provisions
from rag.text.sentences import split_sentences
from rag.types import Annotation, Span
from rag.types.targets import Target

DEFINITION = "definition"
TERM = "term"

_QUOTED = "「(?P<{0}>[^「」\n]{{1,40}})」"
_SAID = "(?:と(?:いう|呼ぶ|略す|略称する|総称する|表記する|記す|称する)|とい[いう])"
_SHORT = re.compile(
    rf"(?:以下|次条において|次項において)[、,]?(?:単に|併せて|これらを|総称して)?(?P<reach>[^「」（）()\n]{{0,30}}?)[、,]?"
    rf"(?:単に)?(?:{_QUOTED.format('short')}|(?P<bare>[甲乙丙丁]))(?:又は「[^「」]{{1,40}}」)?{_SAID}"
)
_MEANS = re.compile(
    rf"(?:{_QUOTED.format('means')}|(?<=\n)(?P<line>[一-龠々ァ-ヶー]{{2,20}}))とは[、,][^\n]{{2,400}}?"
    r"(?:をいう|を指す|を意味する|のことをいう|とする|である)[。．]"
)
_ITEM_NUMBER = (
    r"(?:[一二三四五六七八九十]{1,3}[ 　\t]"
    r"|[(（][0-9０-９一二三四五六七八九十]{1,3}[)）][ 　\t]*"
    r"|第?[0-9０-９一二三四五六七八九十]+号[ 　])"
)
_LISTED = re.compile(
    rf"^[ 　\t]*{_ITEM_NUMBER}\s*(?P<listed>[^\s、。，「」（）()：:]{{2,30}})"
    r"(?:（[^（）]{0,40}）)?[ 　\t：:][^\n]{2,400}?(?:をいう|を指す|を意味する)[。．]?$",
    re.MULTILINE,
)
_GLOSSARY = re.compile("定義|用語")
_HERE = re.compile("この(?P<unit>条|項|号|章|節)")
_WORD = "一-龠々ァ-ヶー"
_GOES_ON = "第及又並若等以内外側間がをにはのとでもへ、。（）「」"
"""Behind a term these begin something else; another kanji or katakana makes a longer word of it."""

MAX_TERMS = 300
"""No rule defines more; a dictionary does, and is none."""


class Definition(NamedTuple):
    """A term in quotation marks, and the sentence that defines it; ``reach`` is where it is valid."""

    term: str
    place: Span
    sentence: Span
    reach: Span


def definition_annotations(text: str, provisions: Provisions) -> Iterator[Annotation]:
    """Every defined term where it is defined (``definition``) and used (``term``); the value is a `Target`.

    Example: 「株式会社こはる電器（以下「会社」という。）の従業員」 defines 会社 from there on.
    """
    definitions = find_definitions(text, provisions)
    for one in definitions:
        yield Annotation(DEFINITION, *one.place, Target(one.term, one.sentence).value)
    yield from _uses(text, definitions)


def find_definitions(text: str, provisions: Provisions) -> list[Definition]:
    """The definitions of a rule in order, at most `MAX_TERMS`."""
    found = [_short(text, match, provisions) for match in _SHORT.finditer(text)]
    found += [_meant(text, match) for match in _MEANS.finditer(text)]
    for article in provisions.articles:
        if _GLOSSARY.search(text[article.start : article.start + 40].partition("\n")[0]):
            found += [_meant(text, match) for match in _LISTED.finditer(text, article.start, article.end)]
    by_place = {one.place: one for one in found}
    return [by_place[place] for place in sorted(by_place)][:MAX_TERMS]


def _short(text: str, match: re.Match[str], provisions: Provisions) -> Definition:
    group = "short" if match["short"] else "bare"
    place = Span(*match.span(group))
    reach = Span(match.end(), len(text))
    if here := _HERE.search(match["reach"]):
        reach = _reach(provisions, here["unit"], reach)
    return Definition(match[group], place, _sentence_around(text, match.start()), reach)


def _reach(provisions: Provisions, unit: str, reach: Span) -> Span:
    """The end of the article, paragraph or chapter that the definition stands in."""
    place = reach.start
    if unit in "章節":
        around = provisions.division_at(unit, place)
        return Span(place, around.end) if around else reach
    article = provisions.article_at(place)
    around_here = article if unit == "条" else provisions.innermost_at(place)
    return Span(place, around_here.end) if around_here else reach


def _meant(text: str, match: re.Match[str]) -> Definition:
    group = next(name for name, value in match.groupdict().items() if value)
    begin = match.start() + len(match[0]) - len(match[0].lstrip())
    return Definition(
        match[group], Span(*match.span(group)), Span(begin, match.end()), Span(match.end(), len(text))
    )


def _sentence_around(text: str, place: int) -> Span:
    """The sentence of a line that holds a place, without the blanks at its ends."""
    begin = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line = text[begin : end if end >= 0 else len(text)]
    inside = next(one for one in split_sentences(line) if begin + one.end > place)
    words = line[inside.start : inside.end]
    return Span(begin + inside.end - len(words.lstrip()), begin + inside.start + len(words.rstrip()))


def _uses(text: str, definitions: Sequence[Definition]) -> Iterator[Annotation]:
    """The places where defined terms stand; of several definitions of one term the last before it holds."""
    by_term: dict[str, list[Definition]] = {}
    for one in definitions:
        by_term.setdefault(one.term, []).append(one)
    if not by_term:
        return
    words = "|".join(map(re.escape, sorted(by_term, key=lambda term: (-len(term), term))))
    pattern = re.compile(rf"(?<![{_WORD}])(?:{words})(?![{_WORD}])|(?<![{_WORD}])(?:{words})(?=[{_GOES_ON}])")
    taken = [one.place for one in definitions]
    for match in pattern.finditer(text):
        if _is_taken(taken, match.start()):
            continue
        valid = [one for one in by_term[match[0]] if one.reach.start <= match.start() < one.reach.end]
        if valid:
            yield Annotation(TERM, *match.span(), Target(match[0], valid[-1].sentence).value)


def _is_taken(places: Sequence[Span], place: int) -> bool:
    index = bisect_left(places, Span(place, place))
    return index < len(places) and places[index].start == place
