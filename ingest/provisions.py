"""The parts of rules that others point at: 条, their 項 and 号, and 章, 別表 and 様式.

Rules are numbered in order, so a line is taken for 第2項 only where 第1項 stands before it: 「２月に」 at the
beginning of a line is no paragraph. Not covered: what stands below a 号 (イ, ロ, (1)).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.outline import division_label, to_int
from ingest.sections import Article
from rag.types import Annotation, Section

_LINE = re.compile(r"[^\n]+")
_CIRCLED = {char: value for value, char in enumerate("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", start=1)}
_GAP = (
    r"(?:[ 　\t．.、]|(?=$)|(?=[^\x00-\x7f０-９年月日時分秒円人名件個回つ割倍週か条項号カヵケヶ箇パ%％階]))"
)
_PARAGRAPH = re.compile(
    rf"[ 　\t]*(?:(?P<number>[0-9０-９]{{1,2}}){_GAP}|(?P<circled>[{''.join(_CIRCLED)}]))"
)
_ITEM = re.compile(
    r"[ 　\t]*(?:(?P<kanji>[一二三四五六七八九十]{1,4})(?:[ 　\t．、]|$)"
    r"|[(（](?P<bracketed>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[)）]"
    r"|第?(?P<named>[0-9０-９一二三四五六七八九十]{1,3})号[ 　\t])"
)
_ANNOUNCED = re.compile("次の|次に掲げる|各号|以下の|下記")
SUPPLEMENT = "附則"


@dataclass(frozen=True, slots=True)
class Provision:
    """One 条, 項 or 号 with its span.

    ``part`` counts what numbers its articles anew: 0 for the rule itself, then its 附則 one by one.
    ``paragraph`` is 0 for the article as a whole and ``item`` 0 for the whole paragraph.
    """

    part: int
    article: str
    paragraph: int
    item: int
    start: int
    end: int
    is_only: bool = False
    """The only paragraph of its article, which nobody numbers."""

    @property
    def label(self) -> str:
        """「第20条」, 「第20条第2項」, 「附則第2項」, 「第20条第3号」 where the article has one paragraph."""
        paragraph = f"第{self.paragraph}項" if self.paragraph and not self.is_only else ""
        item = f"第{self.item}号" if self.item else ""
        return f"{SUPPLEMENT if self.part else ''}{self.article}{paragraph}{item}"

    @property
    def annotation(self) -> Annotation | None:
        """What it is, known for each of its characters; nothing for an only paragraph or a bare 附則."""
        if not (self.item or self.paragraph):
            return Annotation("article", self.start, self.end, self.label) if self.article else None
        if self.item:
            return Annotation("item", self.start, self.end, self.label)
        if self.paragraph and not self.is_only:
            return Annotation("paragraph", self.start, self.end, self.label)
        return None


@dataclass(frozen=True, slots=True)
class Division:
    """A section that is pointed at by its number: 「第2章」, 「別表第1」, 「様式第3号」."""

    label: str
    start: int
    end: int


class Provisions:
    """All provisions of a document, to be asked for a number or for what stands before another."""

    def __init__(self, text: str, articles: Sequence[Article], sections: Iterable[Section]) -> None:
        self.divisions = tuple(_divisions(sections))
        begin = articles[0].start if articles else 0
        # 附則 in a table of contents stands before the articles, and begins nothing.
        self._supplements = [one for one in self.divisions if one.label == SUPPLEMENT and one.start > begin]
        supplements = [one.start for one in self._supplements]
        self.articles: list[Provision] = []
        self._below: dict[tuple[int, str], list[Provision]] = {}
        for article in articles:
            part = bisect_right(supplements, article.start)
            whole = Provision(part, article.label, 0, 0, article.start, article.end)
            self._add(whole, text)
        self._add_bare_supplements(text, articles)
        self.articles.sort(key=lambda one: one.start)
        self._places = {
            (one.part, one.article): place for place, one in reversed([*enumerate(self.articles)])
        }
        self._all = sorted(
            (one for below in self._below.values() for one in below), key=lambda one: (one.start, -one.end)
        )
        self._starts = [one.start for one in self._all]

    def __iter__(self) -> Iterator[Provision]:
        """Paragraphs and items, in order."""
        return iter(self._all)

    def article_at(self, place: int) -> Provision | None:
        """The article that a character stands in."""
        index = bisect_right(self.articles, place, key=lambda one: one.start) - 1
        found = self.articles[index] if index >= 0 else None
        return found if found and place < found.end else None

    def innermost_at(self, place: int) -> Provision | None:
        """The item, paragraph or article that a character stands in."""
        article = self.article_at(place)
        if article is None:
            return None
        below = self._below[article.part, article.article]
        inside = [one for one in below if one.start <= place < one.end]
        return inside[-1] if inside else article

    def find(self, part: int, article: str, paragraph: int = 0, item: int = 0) -> Provision | None:
        """A provision by its numbers; 第3号 of an article alone is that of its only or first paragraph."""
        if paragraph < 0 or item < 0:
            return None
        if not paragraph and not item:
            place = self._places.get((part, article))
            return None if place is None else self.articles[place]
        wanted = (paragraph or 1, item)
        below = self._below.get((part, article), ())
        return next((one for one in below if (one.paragraph, one.item) == wanted), None)

    def items_of(self, paragraph: Provision) -> list[Provision]:
        """The items of a paragraph, or of the first one of an article."""
        below = self._below.get((paragraph.part, paragraph.article), ())
        return [one for one in below if one.item and one.paragraph == (paragraph.paragraph or 1)]

    def neighbour(self, article: Provision, step: int) -> Provision | None:
        """The article so many before (−1) or behind (+1), within the same part."""
        index = self._places[article.part, article.article] + step
        found = self.articles[index] if 0 <= index < len(self.articles) else None
        return found if found and found.part == article.part else None

    def division(self, label: str, place: int) -> Division | None:
        """「第2章」 or 「別表第1」, as seen from ``place``: every 章 has a 第1節, and one's own is meant."""
        named = [one for one in self.divisions if one.label == label]
        around = [one for one in self.divisions if one.start <= place < one.end]
        for outer in reversed(around):
            inside = [one for one in named if outer.start <= one.start < outer.end]
            if inside:
                return inside[0]
        return named[0] if named else None

    def division_at(self, unit: str, place: int) -> Division | None:
        """The innermost 章 or 節 that a character stands in."""
        around = [one for one in self.divisions if one.start <= place < one.end and unit in one.label]
        return around[-1] if around else None

    def beside(self, division: Division, step: int) -> Division | None:
        """The 章 or 節 before (−1) or behind (+1) this one."""
        alike = [one for one in self.divisions if one.label.endswith(division.label[-1])]
        index = alike.index(division) + step
        return alike[index] if 0 <= index < len(alike) else None

    def _add(self, whole: Provision, text: str) -> None:
        self.articles.append(whole)
        self._below.setdefault((whole.part, whole.article), []).extend(_below(whole, text))

    def _add_bare_supplements(self, text: str, articles: Sequence[Article]) -> None:
        """A 附則 without articles has paragraphs of its own: 「附則第2項」."""
        for part, one in enumerate(self._supplements, start=1):
            if not any(one.start <= article.start < one.end for article in articles):
                self._add(Provision(part, "", 0, 0, one.start, one.end), text)


def _divisions(sections: Iterable[Section]) -> Iterator[Division]:
    for section in sections:
        label = division_label(section.title)
        if label:
            yield Division(label, section.start, section.end)


def _below(article: Provision, text: str) -> list[Provision]:
    """The paragraphs of an article and their items, in order of their beginnings."""
    counter = _Counter()
    starts = [(article.start, 1, 0)]
    before = ""
    for line in _LINE.finditer(text, article.start, article.end):
        if before and counter.counts(line[0], before):
            starts.append((line.start(), counter.paragraph, counter.item))
        before = line[0]
    found = []
    for index, (start, paragraph, item) in enumerate(starts):
        following = (at for at, other, below in starts[index + 1 :] if other != paragraph or (item and below))
        end = next(following, article.end)
        end = start + len(text[start:end].rstrip())
        only = counter.paragraph == 1
        found.append(replace(article, paragraph=paragraph, item=item, start=start, end=end, is_only=only))
    return found


@dataclass(slots=True)
class _Counter:
    """The numbers of the paragraph and item at hand."""

    paragraph: int = 1
    item: int = 0
    lists: bool = False
    """Plain numbers count items now: 「次の各号」 came before their 「１」."""

    def counts(self, line: str, before: str) -> bool:
        """Whether a line begins the next paragraph or item."""
        number = _paragraph_number(line)
        if number == 1 and _ANNOUNCED.search(before):
            self.item, self.lists = 1, True
        elif self.lists and number == self.item + 1:
            self.item = number
        elif number == self.paragraph + 1:
            self.paragraph, self.item, self.lists = number, 0, False
        elif _item_number(line) == self.item + 1:
            self.item += 1
        else:
            return False
        return True


def _paragraph_number(line: str) -> int | None:
    match = _PARAGRAPH.match(line)
    if match is None:
        return None
    return to_int(match["number"]) if match["number"] else _CIRCLED[match["circled"]]


def _item_number(line: str) -> int | None:
    match = _ITEM.match(line)
    if match is None:
        circled = _PARAGRAPH.match(line)
        return _CIRCLED[circled["circled"]] if circled and circled["circled"] else None
    return to_int(next(filter(None, match.groups())))
