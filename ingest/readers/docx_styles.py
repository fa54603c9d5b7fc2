"""What Word's styles and numbering mean for reading: which paragraphs are headings, which number they have.

Numbers that Word makes itself (第1条, （２）, ①) are part of what people read and quote.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from ingest.readers.numerals import format_number
from ingest.readers.ooxml import W, attribute, is_on
from ingest.readers.trees import Element

_HEADING_NAME = re.compile(r"(?:heading|見出し)\s*([1-9])", re.I)
_TITLE_NAMES = frozenset({"title", "表題"})
_CONTENTS_NAME = re.compile(
    r"(?:toc|目次)\s*(?:[1-9]|heading)|toc heading|目次の見出し|table of figures|図表目次", re.I
)
_QUOTE_NAMES = frozenset({"quote", "intense quote", "引用文", "引用文 2"})
_BODY_LEVEL = 9
_MAX_DEPTH = 12
_PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class NumberingPlace:
    """Which list a paragraph belongs to, and how deep."""

    list_id: str
    depth: int


class Styles:
    """The paragraph and character styles of one document."""

    def __init__(self, root: Element | None) -> None:
        found = root.iterfind(f"{W}style") if root is not None else ()
        self._styles = {style.get(f"{W}styleId"): style for style in found}
        self._levels: dict[str | None, int | None] = {}

    def name(self, style_id: str | None) -> str:
        """The name of a style, folded and in lower case: 「見出し 1」."""
        style = self._styles.get(style_id)
        name = attribute(style.find(f"{W}name")) if style is not None else None
        return unicodedata.normalize("NFKC", name or "").lower().strip()

    def heading_level(self, style_id: str | None) -> int | None:
        """The level that a style gives its paragraphs, by name or outline level, its own or inherited."""
        if style_id not in self._levels:
            self._levels[style_id] = self._find_level(style_id)
        return self._levels[style_id]

    def _find_level(self, style_id: str | None) -> int | None:
        for style in self._ancestry(style_id):
            match = _HEADING_NAME.fullmatch(self.name(style.get(f"{W}styleId")))
            if match:
                return int(match[1])
            level = attribute(style.find(f"{W}pPr/{W}outlineLvl"))
            if level is not None:
                return int(level) + 1 if int(level) < _BODY_LEVEL else None
        return None

    def numbering(self, style_id: str | None) -> NumberingPlace | None:
        """The list that a style puts its paragraphs into."""
        for style in self._ancestry(style_id):
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None and properties.find(f"{W}numId") is not None:
                return numbering_place(properties)
        return None

    def hides(self, style_id: str | None) -> bool:
        """Whether a style makes its text invisible."""
        return any(is_on(style.find(f"{W}rPr/{W}vanish")) for style in self._ancestry(style_id))

    def is_title(self, style_id: str | None) -> bool:
        """Whether a style is that of the document's title."""
        return self.name(style_id) in _TITLE_NAMES

    def is_contents(self, style_id: str | None) -> bool:
        """Whether a style is that of a table of contents, which repeats the headings."""
        return _CONTENTS_NAME.match(self.name(style_id)) is not None

    def is_quote(self, style_id: str | None) -> bool:
        """Whether a style is that of a quotation."""
        return self.name(style_id) in _QUOTE_NAMES

    def _ancestry(self, style_id: str | None) -> list[Element]:
        found: list[Element] = []
        while style_id in self._styles and len(found) < _MAX_DEPTH:
            found.append(self._styles[style_id])
            style_id = attribute(found[-1].find(f"{W}basedOn"))
        return found

    @cached_property
    def default(self) -> str | None:
        """The style of paragraphs that name none."""
        return next(
            (
                key
                for key, style in self._styles.items()
                if style.get(f"{W}default") in {"1", "true"} and style.get(f"{W}type") == "paragraph"
            ),
            None,
        )


def numbering_place(properties: Element) -> NumberingPlace | None:
    """The list named in ``w:numPr``; list 0 means none."""
    list_id = attribute(properties.find(f"{W}numId"))
    if list_id in {None, "0"}:
        return None
    return NumberingPlace(str(list_id), int(attribute(properties.find(f"{W}ilvl")) or 0))


class Numbering:
    """Counts the lists of one document as Word does."""

    def __init__(self, root: Element | None) -> None:
        abstract = root.iterfind(f"{W}abstractNum") if root is not None else ()
        by_id = {one.get(f"{W}abstractNumId"): one for one in abstract}
        numbers = root.iterfind(f"{W}num") if root is not None else ()
        self._lists = {
            one.get(f"{W}numId"): (attribute(one.find(f"{W}abstractNumId")), one) for one in numbers
        }
        self._levels = {
            key: {lvl.get(f"{W}ilvl"): lvl for lvl in one.iterfind(f"{W}lvl")} for key, one in by_id.items()
        }
        self._counts: dict[str | None, dict[int, int]] = {}
        self._started: set[str] = set()

    def next_label(self, place: NumberingPlace) -> str | None:
        """Count one paragraph: 「第1条」, 「①」; empty for a bullet, None where there is no such list."""
        if place.list_id not in self._lists:
            return None
        abstract, number = self._lists[place.list_id]
        levels = self._levels.get(abstract, {})
        level = levels.get(str(place.depth))
        if level is None:
            return None
        counts = self._counts.setdefault(abstract, {})
        self._restart(place.list_id, number, counts)
        for deeper in [depth for depth in counts if depth > place.depth]:
            del counts[deeper]
        counts[place.depth] = counts.get(place.depth, _start(level) - 1) + 1
        if attribute(level.find(f"{W}numFmt")) == "bullet":
            return ""
        pattern = attribute(level.find(f"{W}lvlText")) or ""
        return _PLACEHOLDER.sub(lambda match: _part(levels, counts, int(match[1]) - 1, level), pattern)

    def _restart(self, list_id: str, number: Element, counts: dict[int, int]) -> None:
        """A list that continues another's definition may begin anew."""
        if list_id in self._started:
            return
        self._started.add(list_id)
        for override in number.iterfind(f"{W}lvlOverride"):
            start = attribute(override.find(f"{W}startOverride"))
            if start is not None:
                counts[int(override.get(f"{W}ilvl") or 0)] = int(start) - 1


def _start(level: Element) -> int:
    return int(attribute(level.find(f"{W}start")) or 1)


def _part(levels: dict[str | None, Element], counts: dict[int, int], depth: int, current: Element) -> str:
    level = levels.get(str(depth))
    if level is None:
        return ""
    style = attribute(level.find(f"{W}numFmt")) or "decimal"
    if is_on(current.find(f"{W}isLgl")):
        style = "decimal"
    return format_number(counts.get(depth, _start(level)), style)
