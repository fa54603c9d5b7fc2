"""Values → what a terminal shows. Text of documents is shown as text: control characters never act."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

import click

from rag.answering.versions import day_label
from rag.retrieval.explain import MatchedTerm
from rag.types import Answer, Citation, Hit

FLAGS = {"instruction": "AI への指示のような文です。資料の内容としてだけ読んでください"}
"""What a citation is flagged for → words for the reader."""

_QUOTE_CHARS = 160
_EXCERPT_CHARS = 60
_NEAREST = 3
_TERMS = 8
_FIELDS = {"base": "語", "bigram": "文字", "lemma": "別表記", "reading": "読み"}


def show_answer(answer: Answer) -> Iterator[str]:
    """The lines of an answer: its text, then the sources, each with the sentence that it rests on.

    What was searched comes first where it is not what was asked, then the day that was asked about.
    """
    if answer.query:
        yield click.style(f"検索: {plain(answer.query)}", dim=True)
    if answer.as_of:
        yield click.style(f"{day_label(answer.as_of)}に有効な資料から", dim=True)
    yield _emphasised(plain(answer.text), plain(answer.short_answer))
    yield from show_notes(answer.notes)
    if answer.abstained:
        yield from _show_nearest(answer.hits[:_NEAREST])
        return
    yield ""
    for citation in answer.citations:
        yield click.style(f"[{citation.number}] ", bold=True) + source_line(citation)
        yield f"    「{shorten(citation.quote, _QUOTE_CHARS)}」"
        for flag in citation.flags:
            yield click.style(f"    ⚠ {FLAGS.get(flag, flag)}", fg="yellow")


def _emphasised(text: str, short: str) -> str:
    """The text with the words that were asked for in bold, where they first stand."""
    if not short or short not in text:
        return text
    before, _, after = text.partition(short)
    return before + click.style(short, bold=True) + after


def source_line(citation: Citation) -> str:
    """``就業規則.txt 第3章 休暇 > 第20条 (12行目)``."""
    return place_line(citation.document.name, citation.heading_path, citation.place)


def hit_line(hit: Hit) -> str:
    """The same line for a hit."""
    place = hit.chunk.locator.label if hit.chunk.locator else ""
    return place_line(hit.document.name, hit.chunk.heading_path, place)


def place_line(name: str, heading_path: Sequence[str], place: str) -> str:
    """Name, headings and place of something found; what is unknown is left out."""
    parts = [name, " > ".join(heading_path), f"({place})" if place else ""]
    return plain(" ".join(part for part in parts if part))


def show_hits(hits: Sequence[Hit], matched: Sequence[Sequence[MatchedTerm]] = ()) -> Iterator[str]:
    """One entry a hit: number, score, place, beginning, and what says the same.

    With ``matched``, for each hit the terms it has of the question, also what each leg said.
    """
    for number, (hit, terms) in enumerate(zip_longest(hits, matched), start=1):
        yield click.style(f"{number:>2}. {hit.score:.3f}  ", bold=True) + hit_line(hit)
        if terms is not None:
            yield from (click.style(f"    {line}", dim=True) for line in _explained(hit, terms))
        yield f"    {shorten(hit.chunk.text, _QUOTE_CHARS)}"
        if hit.duplicates:
            same = "、".join(dict.fromkeys(hit_line(one) for one in hit.duplicates))
            yield click.style(f"    ほぼ同じ内容: {same}", dim=True)


def _explained(hit: Hit, terms: Sequence[MatchedTerm]) -> Iterator[str]:
    """``keyword 1位 12.345 · dense 3位 0.678`` and ``一致: 文字 有給休暇 (8.1) · 語 有給 (3.2)``."""
    yield " · ".join(f"{leg.leg} {leg.rank}位 {leg.score:.3f}" for leg in hit.legs)
    shown = [
        f"{_FIELDS.get(one.field, one.field)} {plain(one.term)} ({one.weight:.1f})" for one in terms[:_TERMS]
    ]
    more = len(terms) - len(shown)
    yield f"一致: {' · '.join(shown) or 'なし (意味だけで見つかりました)'}{f' · ほか {more}' if more else ''}"


def show_notes(notes: Iterable[str]) -> Iterator[str]:
    """Lines beside the matter: what was understood, what is wrong."""
    for note in notes:
        yield click.style(f"※ {plain(note)}", dim=True)


def _show_nearest(hits: Sequence[Hit]) -> Iterator[str]:
    if not hits:
        return
    yield ""
    yield "近い資料:"
    for hit in hits:
        yield f"  ・{hit_line(hit)}"
        yield click.style(f"    {shorten(hit.chunk.text, _EXCERPT_CHARS)}", dim=True)


def shorten(text: str, max_chars: int) -> str:
    """On one line, and with … where it is longer: 「年次有給休暇は…」."""
    flat = plain(" ".join(text.split()))
    return flat if len(flat) <= max_chars else flat[: max_chars - 1] + "…"


def plain(text: str) -> str:
    """Without what a terminal would obey (ESC …); new lines stay."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf"})


def width(text: str) -> int:
    """Columns on a terminal: a kanji takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def table(rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> Iterator[str]:
    """Rows as aligned columns; the columns numbered in ``right`` hold numbers."""
    cells = [[plain(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = [
            " " * (wide - width(cell)) + cell if index in right else cell + " " * (wide - width(cell))
            for index, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(padded).rstrip()
