"""Sections and articles from the blocks of one document.

A section runs from its heading to the next of the same or a higher level, so that sections nest. An
article (第○条) runs from its caption to the next article or heading; where nothing but its number names it,
it is a section too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from ingest.outline import ARTICLE_LEVEL, article_heading, is_caption
from ingest.readers.base import Block, BlockKind
from rag.types import Section

_FLAT = re.compile(r"[ \t\n\r]+")
_ARTICLE_KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM})


class PlacedBlock(NamedTuple):
    """A block with its span in the text of the document."""

    block: Block
    start: int
    end: int


class _Head(NamedTuple):
    start: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Article:
    """One 条: 「（目的）」 and 「第１条　この規則は…」 give ``第1条`` with the title ``第1条（目的）``.

    ``level`` is that of its heading, or `ARTICLE_LEVEL` where no block is one.
    """

    label: str
    title: str
    start: int
    end: int
    level: int
    has_heading: bool


def find_articles(blocks: Sequence[PlacedBlock]) -> list[Article]:
    """The articles whose numbers begin a block, in order."""
    articles: list[Article] = []
    before: PlacedBlock | None = None
    is_open = False
    for placed in blocks:
        opened = _opened_by(placed, before)
        if opened is not None:
            articles.append(opened)
            is_open = True
        elif is_open and _ends(articles[-1], placed):
            is_open = False
        elif is_open:
            articles[-1] = replace(articles[-1], end=placed.end)
        before = placed
    return [_without_next_caption(one, after) for one, after in pairwise([*articles, None]) if one]


def _opened_by(placed: PlacedBlock, before: PlacedBlock | None) -> Article | None:
    if placed.block.kind not in _ARTICLE_KINDS:
        return None
    number = article_heading(placed.block.text)
    if number is None:
        return None
    caption = before if before is not None and is_caption(before.block.text) else None
    headings = [one.block for one in (caption, placed) if one and one.block.kind is BlockKind.HEADING]
    return Article(
        label=number.label,
        title=number.label + (number.caption or (caption.block.text if caption else "")),
        start=caption.start if caption else placed.start,
        end=placed.end,
        level=headings[0].level if headings else ARTICLE_LEVEL,
        has_heading=bool(headings),
    )


def _ends(article: Article, placed: PlacedBlock) -> bool:
    """A heading of the same or a higher level, whether or not it is the caption of the next article."""
    return placed.block.kind is BlockKind.HEADING and placed.block.level <= article.level


def _without_next_caption(article: Article, after: Article | None) -> Article:
    """The caption of the next article was taken for the last line of this one."""
    return replace(article, end=min(article.end, after.start - 1)) if after else article


def build_sections(
    blocks: Iterable[PlacedBlock], articles: Iterable[Article], length: int
) -> tuple[Section, ...]:
    """Sections in order of their beginnings; ``length`` is that of the whole text."""
    heads = [
        _Head(placed.start, placed.block.level, flatten(placed.block.text))
        for placed in blocks
        if placed.block.kind is BlockKind.HEADING
    ]
    heads += [_Head(one.start, one.level, one.title) for one in articles if not one.has_heading]
    return tuple(_nested(sorted(heads), length))


def _nested(heads: Sequence[_Head], length: int) -> Iterable[Section]:
    ends = [length] * len(heads)
    paths: list[tuple[str, ...]] = []
    open_heads: list[int] = []
    for index, head in enumerate(heads):
        while open_heads and heads[open_heads[-1]].level >= head.level:
            ends[open_heads.pop()] = head.start
        open_heads.append(index)
        paths.append(tuple(heads[i].title for i in open_heads))
    return (
        Section(head.level, head.title, head.start, end, path)
        for head, end, path in zip(heads, ends, paths, strict=True)
    )


def flatten(text: str) -> str:
    """A heading on one line."""
    return _FLAT.sub(" ", text).strip()
