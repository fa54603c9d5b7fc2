"""References between the parts of a rule: 前条, 同項, 第3条第2項, 別表第一 → what they mean, as annotations.

A reference that names another law (「労働基準法第36条」) keeps that name and has no span; nor has the number
of an article that is not in the document. A number below an article (第2項, 第3号) that cannot be found is
no reference: 「第2号被保険者」 is a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.citing import Citing
from ingest.outline import NUMBER, article_heading, branches, division_level, to_int
from ingest.provisions import Division, Provision, Provisions
from rag.types import Annotation, Span
from rag.types.targets import Target

REFERENCE = "reference"

_BRANCH = rf"(?:の{NUMBER})*"
_NO_WORD = "(?![件例文約目数機車室線])"
_REFERENCE = re.compile(
    rf"(?P<relative>前|次|同|本|この|当該)(?P<count>[2-9２-９二三四五六七八九十])?(?P<unit>[条項号章節]){_NO_WORD}"
    rf"(?:第(?P<relative_paragraph>{NUMBER})項)?(?:第(?P<relative_item>{NUMBER})号)?"
    rf"|(?P<supplement>附則)?第(?P<article>{NUMBER})条(?P<branch>{_BRANCH})"
    rf"(?:第(?P<paragraph>{NUMBER})項)?(?:第(?P<item>{NUMBER})号)?"
    rf"|(?P<bare>附則)?第(?P<bare_paragraph>{NUMBER})項(?:第(?P<bare_item>{NUMBER})号)?"
    rf"|第(?P<division>{NUMBER})(?P<division_unit>[編章節])(?P<division_branch>{_BRANCH})(?![句分])"
    rf"|(?P<table>別表|別紙)(?:第?(?P<table_number>{NUMBER}))?"
    rf"|(?:別記)?様式第(?P<form>{NUMBER})(?:号(?P<form_branch>{_BRANCH}))?"
    rf"|第(?P<only_item>{NUMBER})号|(?P<each>前各号|次の各号|各号)"
)
_STEPS = {"前": -1, "次": 1}


def reference_annotations(text: str, title: str, provisions: Provisions) -> Iterator[Annotation]:
    """Every reference whose meaning is known, in order, with its `Target` as the value.

    Example: in 第20条 「前条の規定」 gives ``Annotation("reference", …, "第19条@1204-1310")`` over 前条.
    """
    resolver = _Resolver(text, provisions, Citing(text, title))
    for match in _REFERENCE.finditer(text):
        if not _is_head(text, match):
            target = resolver.resolve(match)
            if target is not None:
                yield Annotation(REFERENCE, *match.span(), target.value)


def numbers_without_meaning(text: str, references: Sequence[Annotation]) -> int:
    """How many words of a rule look like references and are not among these."""
    known = {one.start for one in references}
    return sum(
        match.start() not in known and not _is_head(text, match) for match in _REFERENCE.finditer(text)
    )


def _is_head(text: str, match: re.Match[str]) -> bool:
    """Whether the number stands at the beginning of its own article, chapter, table or item."""
    begin = text.rfind("\n", 0, match.start()) + 1
    if text[begin : match.start()].strip(" 　\t#"):
        return False
    end = text.find("\n", match.end())
    line = text[match.start() : end if end >= 0 else len(text)]
    return bool(article_heading(line) or division_level(line.rstrip()) or match["only_item"])


class _Foreign(NamedTuple):
    """A part of another law, known by its name alone."""

    law: str
    article: str
    paragraph: int = 0
    item: int = 0

    @property
    def target(self) -> Target:
        return Target(f"{self.law}{self.article}{_below(self.paragraph, self.item)}")


@dataclass(slots=True)
class _Resolver:
    """Resolves the references of one text in order; 同条 and 同項 mean what was spoken of last."""

    text: str
    provisions: Provisions
    citing: Citing
    here: Provision | None = None
    last: Provision | None = None
    foreign: _Foreign | None = None

    def resolve(self, match: re.Match[str]) -> Target | None:
        """The target of one reference, or None where it is none."""
        here = self.provisions.article_at(match.start())
        if here is not self.here:
            self.here, self.last, self.foreign = here, None, None
        if match["article"]:
            return self._article(match)
        if match["relative"]:
            return self._relative(match)
        if match["bare_paragraph"]:
            return self._paragraph(match)
        if match["only_item"] or match["each"]:
            return self._items(match)
        return self._division(match)

    def _article(self, match: re.Match[str]) -> Target:
        """第3条第2項, of this rule or of the law that is named before it."""
        label = f"第{to_int(match['article'])}条{branches(match['branch'])}"
        below = _number(match["paragraph"]), _number(match["item"])
        law = self.citing.law_before(match)
        if law:
            return self._named_elsewhere(match, _Foreign(law, label, *below))
        self.citing.note(match)
        own_part = self.here.part if self.here else 0
        parts = (own_part or 1, 1) if match["supplement"] else (0, own_part)
        found = next(filter(None, (self.provisions.find(part, label) for part in parts)), None)
        if found is None:
            self.last = self.foreign = None
            return Target(f"{match['supplement'] or ''}{label}{_below(*below)}")
        return self._told(found, *below)

    def _relative(self, match: re.Match[str]) -> Target | None:
        """前条, 次項, 同号, 本章, with numbers below them."""
        if match["unit"] in "章節":
            return self._beside(match)
        below = _number(match["relative_paragraph"]), _number(match["relative_item"])
        if match["relative"] in {"同", "当該"} and self.foreign:
            same = _same_elsewhere(self.foreign, match["unit"], *below)
            return self._named_elsewhere(match, same) if same else None
        self.citing.note(match)
        found = self._counted(match) if match["count"] else self._single(match)
        if isinstance(found, Target) or found is None:
            return found
        return self._told(found, *below)

    def _single(self, match: re.Match[str]) -> Provision | None:
        relative, unit = match["relative"], match["unit"]
        if relative in {"同", "当該"}:
            return self._same(unit)
        article = self.provisions.article_at(match.start())
        here = self.provisions.innermost_at(match.start())
        if article is None or here is None:
            return None
        step = _STEPS.get(relative, 0)
        if unit == "条":
            return self.provisions.neighbour(article, step)
        paragraph, item = here.paragraph or 1, here.item
        if unit == "項":
            return self.provisions.find(article.part, article.article, paragraph + step)
        return self.provisions.find(article.part, article.article, paragraph, item + step) if item else None

    def _same(self, unit: str) -> Provision | None:
        """What 同条, 同項 or 同号 mean: the unit of what was spoken of last."""
        last = self.last
        if last is None or (unit == "号" and not last.item):
            return None
        depth = {"条": (0, 0), "項": (last.paragraph or 1, 0), "号": (last.paragraph, last.item)}[unit]
        return self.provisions.find(last.part, last.article, *depth)

    def _counted(self, match: re.Match[str]) -> Target | None:
        """前二条 → from the first to the last of them."""
        article = self.provisions.article_at(match.start())
        here = self.provisions.innermost_at(match.start())
        if match["relative"] != "前" or article is None or here is None:
            return None
        count, find = to_int(match["count"]), self.provisions.find
        if match["unit"] == "条":
            ends = [self.provisions.neighbour(article, -step) for step in (count, 1)]
        elif match["unit"] == "項":
            ends = [find(here.part, here.article, here.paragraph - step) for step in (count, 1)]
        else:
            ends = [find(here.part, here.article, here.paragraph, here.item - step) for step in (count, 1)]
        first, last = ends
        if first is None or last is None or first.start >= last.start:
            return None
        return _range(first, last)

    def _paragraph(self, match: re.Match[str]) -> Target | None:
        """第2項 alone is that of the article it stands in, or of the one before it in a list."""
        below = _number(match["bare_paragraph"]), _number(match["bare_item"])
        if self.foreign and self.citing.joined_law(match):
            return self._named_elsewhere(match, self.foreign._replace(paragraph=below[0], item=below[1]))
        article = self.provisions.article_at(match.start())
        if match["bare"]:
            article = self.provisions.find(article.part if article and article.part else 1, "")
        elif self.citing.is_joined(match) and self.last is not None:
            article = self.provisions.find(self.last.part, self.last.article)
        if article is None:
            return None
        found = self._below(article, *below)
        if found is None:
            return None
        self.citing.note(match)
        return self._told(found)

    def _items(self, match: re.Match[str]) -> Target | None:
        """第3号 of the paragraph it stands in, or all of its items; behind 「前項」 of that one."""
        here = self.provisions.innermost_at(match.start())
        if here is None or self.citing.is_law_number(match):
            return None
        if self.foreign and self.citing.joined_law(match):
            item = _number(match["only_item"])
            told = self._named_elsewhere(match, self.foreign._replace(item=item))
            return told if item else Target(f"{told.label}各号")
        base = self.last if self.last and self.citing.is_joined(match) else here
        if match["only_item"]:
            found = self.provisions.find(
                base.part, base.article, base.paragraph or 1, to_int(match["only_item"])
            )
            return self._told(found) if found else None
        items = self.provisions.items_of(base)
        if match["each"] == "前各号" and here.item:
            items = [one for one in items if one.item < here.item]
        return _range(items[0], items[-1]) if items else None

    def _division(self, match: re.Match[str]) -> Target | None:
        """第2章, 別表第一 and 様式第3号 of this rule."""
        if match["division"]:
            label = (
                f"第{to_int(match['division'])}{match['division_unit']}{branches(match['division_branch'])}"
            )
            if law := self.citing.law_before(match):
                return Target(f"{law}{label}")
        elif match["form"]:
            label = f"様式第{to_int(match['form'])}号{branches(match['form_branch'])}"
        else:
            number = match["table_number"]
            label = match["table"] + (f"第{to_int(number)}" if number else "")
        return _division_target(self.provisions.division(label, match.start()))

    def _beside(self, match: re.Match[str]) -> Target | None:
        around = self.provisions.division_at(match["unit"], match.start())
        if around is None or match["relative"] in {"同", "当該"}:
            return None
        step = _STEPS.get(match["relative"], 0)
        return _division_target(self.provisions.beside(around, step) if step else around)

    def _named_elsewhere(self, match: re.Match[str], foreign: _Foreign) -> Target:
        """A part of another law, which is remembered as well."""
        self.citing.note(match, foreign.law)
        self.last, self.foreign = None, foreign
        return foreign.target

    def _told(self, found: Provision, paragraph: int = 0, item: int = 0) -> Target:
        """What was found, or what is below it; where there is no such number, the number and no more.

        It is remembered: 同条 and 同項 may mean it.
        """
        below = self._below(found, paragraph, item) if paragraph or item else None
        exact = below or found
        self.last, self.foreign = exact, None
        missing = "" if below else _below(paragraph, item)
        return Target(f"{exact.label}{missing}", Span(exact.start, exact.end))

    def _below(self, found: Provision, paragraph: int, item: int) -> Provision | None:
        return self.provisions.find(found.part, found.article, paragraph or found.paragraph, item)


def _same_elsewhere(named: _Foreign, unit: str, paragraph: int, item: int) -> _Foreign | None:
    """What 同条, 同項 or 同号 of another law mean."""
    if unit == "条":
        return named._replace(paragraph=paragraph, item=item)
    if unit == "項":
        return named._replace(item=item)
    return named if named.item else None


def _range(first: Provision, last: Provision) -> Target:
    return Target(f"{first.label}から{last.label}まで", Span(first.start, last.end))


def _division_target(division: Division | None) -> Target | None:
    return Target(division.label, Span(division.start, division.end)) if division else None


def _number(written: str | None) -> int:
    return to_int(written) if written else 0


def _below(paragraph: int, item: int) -> str:
    return (f"第{paragraph}項" if paragraph else "") + (f"第{item}号" if item else "")
