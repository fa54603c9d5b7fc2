"""The inside of one Markdown paragraph → its text as a page shows it, with ruby as annotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from ingest.readers.lines import glue
from rag.types import Annotation

_TAG = re.compile(r"<(/?)([A-Za-z][\w.-]*)")
_UNDONE_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]+?)(?<=\S)\1")
"""Emphasis that CommonMark does not see between Japanese letters: 「**重要。**次に」."""


@dataclass(frozen=True, slots=True)
class Inline:
    """Text with annotations; ``num_alt_chars`` counts descriptions of pictures that were left out."""

    text: str
    annotations: tuple[Annotation, ...] = ()
    num_alt_chars: int = 0

    def after(self, marker: str) -> Inline:
        """The same behind the number of an item: 「1. 」."""
        return replace(self, text=marker + self.text, annotations=self._moved(len(marker)))

    def without(self, num_chars: int) -> Inline:
        """The same without its first characters."""
        return replace(self, text=self.text[num_chars:], annotations=self._moved(-num_chars))

    def _moved(self, shift: int) -> tuple[Annotation, ...]:
        moved = (replace(one, start=one.start + shift, end=one.end + shift) for one in self.annotations)
        return tuple(one for one in moved if one.start >= 0)


def render(tokens: Sequence[Token]) -> Inline:
    """The text of inline tokens: links as their text, code as it is, pictures left out."""
    writer = _Writer()
    for token in tokens:
        match token.type:
            case "text":
                writer.write(_UNDONE_STRONG.sub(r"\2", token.content))
            case "code_inline":
                writer.write(token.content)
            case "softbreak":
                writer.soft_break()
            case "hardbreak":
                writer.write("\n")
            case "image":
                writer.num_alt_chars += len(token.content)
            case "html_inline":
                writer.tag(token.content)
    return writer.finish()


class _Writer:
    """Collects text; ``<ruby>`` and ``<br>`` are the only tags that mean anything to it."""

    def __init__(self) -> None:
        self.num_alt_chars = 0
        self._text = ""
        self._annotations: list[Annotation] = []
        self._has_break = False
        self._base_start = 0
        self._aside: str | None = None

    def write(self, text: str) -> None:
        if self._aside is not None:
            self._aside += text
            return
        if self._has_break:
            self._has_break = False
            text = text.lstrip()
            self._text += glue(self._text, text)
        self._text += text

    def soft_break(self) -> None:
        self._has_break = True

    def tag(self, content: str) -> None:
        match = _TAG.match(content)
        if match is None:
            return
        is_end, name = bool(match[1]), match[2].lower()
        if name == "br":
            self.write("\n")
        elif name == "ruby" and not is_end:
            self._base_start = len(self._text)
        elif name in {"rt", "rp"}:
            self._reading(name, is_end=is_end)

    def _reading(self, name: str, *, is_end: bool) -> None:
        if not is_end:
            self._aside = ""
            return
        reading, self._aside = self._aside, None
        if name == "rt" and reading and self._base_start < len(self._text):
            self._annotations.append(Annotation("ruby", self._base_start, len(self._text), reading.strip()))
            self._base_start = len(self._text)

    def finish(self) -> Inline:
        return Inline(self._text, tuple(self._annotations), self.num_alt_chars)
