"""The text of one Word paragraph: what is shown, with ruby apart; what is hidden or deleted is counted.

What tracked changes put in is text with a mark on it; comments are marks on the words that they are about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ingest.readers.docx_styles import Styles
from ingest.readers.ooxml import MC, W, attribute, is_on
from ingest.readers.symbols import SYMBOLS
from ingest.readers.trees import Element, local_name
from rag.types import Annotation

_DELETED = {"del": "deleted", "moveFrom": "moved-away"}
_SILENT = frozenset(
    {"pPr", "rPr", "instrText", "delInstrText", "bookmarkStart", "bookmarkEnd", "proofErr", "Fallback"}
)
_CHARACTERS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "‑", "softHyphen": "", "ptab": "\t"}


@dataclass(slots=True)
class ParagraphText:
    """The text of one paragraph, the footnotes it calls, and text boxes that are anchored in it."""

    text: str = ""
    annotations: list[Annotation] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)


class TextReader:
    """Reads paragraphs of one document; ``dropped`` counts what readers of the page do not see.

    ``comments`` are by their number, 「総務課: 要確認」.
    """

    def __init__(
        self, styles: Styles, dropped: Counter[str], comments: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._styles = styles
        self._dropped = dropped
        self._comments = comments
        self._commented_from: dict[str, int] = {}

    def read(self, paragraph: Element) -> ParagraphText:
        """The text of a ``w:p``; comments that are still open began before it."""
        self._commented_from = dict.fromkeys(self._commented_from, 0)
        found = ParagraphText()
        self._children(paragraph, found)
        return found

    def _children(self, element: Element, found: ParagraphText) -> None:
        for child in element:
            self._element(child, found)

    def _element(self, element: Element, found: ParagraphText) -> None:
        name = local_name(element)
        if name in _SILENT:
            return
        if name in _DELETED:
            self._dropped[_DELETED[name]] += num_chars(element)
        elif name == "r" and self._is_hidden(element):
            self._dropped["hidden-text"] += num_chars(element)
        elif name in _HANDLERS:
            _HANDLERS[name](self, element, found)
        elif name == "t":
            found.text += (element.text or "").translate(SYMBOLS)
        elif name in _CHARACTERS:
            found.text += _CHARACTERS[name]
        else:
            self._children(element, found)

    def _is_hidden(self, run: Element) -> bool:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return False
        vanish = properties.find(f"{W}vanish")
        if vanish is not None:
            return is_on(vanish)
        style = attribute(properties.find(f"{W}rStyle"))
        return style is not None and self._styles.hides(style)

    def _break(self, element: Element, found: ParagraphText) -> None:
        found.text += "" if attribute(element, "type") in {"page", "column"} else "\n"

    def _alternate(self, element: Element, found: ParagraphText) -> None:
        """The same content for newer and older programs: one of them is enough."""
        choice = element.find(f"{MC}Choice")
        fallback = element.find(f"{MC}Fallback")
        self._children(choice if choice is not None else (fallback if fallback is not None else ()), found)

    def _ruby(self, element: Element, found: ParagraphText) -> None:
        start = len(found.text)
        for base in element.iterfind(f"{W}rubyBase"):
            self._children(base, found)
        reading = "".join(text.text or "" for text in element.iterfind(f"{W}rt//{W}t"))
        if reading and start < len(found.text):
            found.annotations.append(Annotation("ruby", start, len(found.text), reading))

    def _inserted(self, element: Element, found: ParagraphText) -> None:
        """What a tracked change put in, with who did."""
        start = len(found.text)
        self._children(element, found)
        if start < len(found.text):
            author = attribute(element, "author") or ""
            found.annotations.append(Annotation("inserted", start, len(found.text), author))

    def _comment_begins(self, element: Element, found: ParagraphText) -> None:
        self._commented_from[attribute(element, "id") or ""] = len(found.text)

    def _comment_ends(self, element: Element, found: ParagraphText) -> None:
        number = attribute(element, "id") or ""
        start = self._commented_from.pop(number, len(found.text))
        comment = self._comments.get(number)
        if comment and start < len(found.text):
            found.annotations.append(Annotation("comment", start, len(found.text), comment))

    def _box(self, element: Element, found: ParagraphText) -> None:
        found.boxes.append(element)

    def _picture(self, element: Element, found: ParagraphText) -> None:
        self._dropped["picture-description"] += len(element.get("descr") or "")

    def _note(self, element: Element, found: ParagraphText) -> None:
        found.notes.append((local_name(element).removesuffix("Reference"), attribute(element, "id") or ""))

    def _symbol(self, element: Element, found: ParagraphText) -> None:
        """A sign of a symbol font, by its number: ``F0FC`` is ✓; one that nobody knows is counted."""
        code = int(attribute(element, "char") or "0", 16)
        sign = SYMBOLS.get(code | 0xF000)
        if sign is None:
            self._dropped["symbol-font"] += 1
        else:
            found.text += sign


_HANDLERS: dict[str, Callable[[TextReader, Element, ParagraphText], None]] = {
    "br": TextReader._break,
    "AlternateContent": TextReader._alternate,
    "ruby": TextReader._ruby,
    "ins": TextReader._inserted,
    "moveTo": TextReader._inserted,
    "commentRangeStart": TextReader._comment_begins,
    "commentRangeEnd": TextReader._comment_ends,
    "txbxContent": TextReader._box,
    "docPr": TextReader._picture,
    "footnoteReference": TextReader._note,
    "endnoteReference": TextReader._note,
    "sym": TextReader._symbol,
}


def num_chars(element: Element) -> int:
    """Characters of text anywhere in an element, also of deleted text."""
    return sum(len(one.text or "") for one in _texts(element))


def _texts(element: Element) -> Iterator[Element]:
    yield from element.iter(f"{W}t", f"{W}delText")
