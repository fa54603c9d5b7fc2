"""The lines between ``---`` at the head of a Markdown file: title, author, date.

Only plain ``key: value`` lines are read, which is all that is needed and all that is safe.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rag.text.era import find_dates
from rag.types import Attributes

_BLOCK = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.M | re.S)
_LINE = re.compile(r"^([A-Za-z_][\w.-]*)[ \t]*:[ \t]*(.*?)[ \t]*$", re.M)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

_TITLE = ("title", "Title")
_AUTHOR = ("author", "Author", "owner", "ms.author")
_DATE = ("updated", "last_modified_at", "lastmod", "ms.date", "date", "Date")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What was found; ``length`` and ``num_lines`` are those of the whole block."""

    title: str | None = None
    attributes: Attributes = field(default_factory=Attributes)
    length: int = 0
    num_lines: int = 0


def parse_front_matter(text: str) -> FrontMatter:
    """The front matter of a file, empty where it has none."""
    block = _BLOCK.match(text)
    if block is None or not _LINE.search(block[1]):
        return FrontMatter()
    values = {key: value.strip("\"' ") for key, value in _LINE.findall(block[1])}
    return FrontMatter(
        title=_first(values, _TITLE),
        attributes=Attributes(author=_first(values, _AUTHOR), date=parse_date(_first(values, _DATE))),
        length=block.end(),
        num_lines=block[0].count("\n"),
    )


def _first(values: Mapping[str, str], keys: Iterable[str]) -> str | None:
    return next((values[key] for key in keys if values.get(key)), None)


def parse_date(value: str | None) -> dt.date | None:
    """One day: ``2024-12-02``, 令和6年12月2日, and ``12/02/2024`` as Microsoft writes it."""
    if value is None:
        return None
    american = _AMERICAN.fullmatch(value)
    if american:
        month, day, year = map(int, american.groups())
        value = f"{year}-{month:02}-{day:02}"
    found = find_dates(value)
    return found[0].first if found and found[0].first == found[0].last else None
