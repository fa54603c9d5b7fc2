"""Entities of XML and HTML, put in without a parser ever expanding them.

Those of HTML and the plain texts that a file defines for itself are replaced, once and not in each
other; those defined elsewhere stay as ``&name;``. The definitions are taken out.
"""

from __future__ import annotations

import html.entities
import re
from collections import Counter
from dataclasses import dataclass

from rag.errors import LimitExceeded

_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]*(?:\[(?P<subset>.*?)\]\s*)?>", re.S | re.I)
_DEFINED = re.compile(r"""<!ENTITY\s+([\w.:-]+)\s+(?:"([^"<&%]{0,1000})"|'([^'<&%]{0,1000})')\s*>""")
_REFERENCE = re.compile(r"&([A-Za-z_][\w.:-]*);")
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.S)
_XML_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_MAX_GROWTH = 4
_HEAD_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Expanded:
    """Text without entities of its own; ``unknown`` counts those that it does not define."""

    text: str
    unknown: Counter[str]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know, one line."""
        if not self.unknown:
            return ()
        names = ", ".join(f"&{name};" for name, _ in self.unknown.most_common(3))
        return (
            f"{self.unknown.total()} entities are defined outside the file and stay as they are: {names}",
        )


def expand_entities(text: str, name: str) -> Expanded:
    """Put in entities and take the document type out.

    Raises LimitExceeded when the text would grow more than fourfold.
    """
    doctype = _DOCTYPE.search(text, 0, _HEAD_CHARS)
    defined: dict[str, str] = {}
    if doctype:
        for key, double, single in _DEFINED.findall(doctype["subset"] or ""):
            defined.setdefault(key, double or single)
        text = text[: doctype.start()] + text[doctype.end() :]
    unknown: Counter[str] = Counter()

    def put_in(match: re.Match[str]) -> str:
        key = match[1]
        if key in _XML_OWN:
            return match[0]
        if key in defined:
            return defined[key]
        if f"{key};" in html.entities.html5:
            return html.entities.html5[f"{key};"]
        unknown[key] += 1
        return f"&amp;{key};"

    longest = max(map(len, defined.values()), default=0)
    if longest * text.count("&") > _MAX_GROWTH * len(text) + _HEAD_CHARS:
        raise LimitExceeded(f"{name}: its entities would make it more than {_MAX_GROWTH} times as long")
    pieces = _CDATA.split(text)
    pieces[::2] = [_REFERENCE.sub(put_in, piece) for piece in pieces[::2]]
    return Expanded("".join(pieces), unknown)
