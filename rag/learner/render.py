"""A text with its furigana: HTML ruby, 《》 of Aozora Bunko, or plain brackets."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from rag.learner.furigana import Ruby
from rag.learner.kana import has_kanji
from rag.learner.levels import hardest_grade

Style = Literal["html", "aozora", "brackets"]
_Mark = Callable[[str, Ruby, bool], str]


def show_above(rubies: Iterable[Ruby], text: str, grade: int, *, digits: bool = False) -> list[Ruby]:
    """The readings that a reader who knows the kanji up to a school year still needs.

    ``grade`` 0 keeps all; digits alone (1,000) are read only on request.
    """
    return [
        ruby
        for ruby in rubies
        if hardest_grade(text[ruby.start : ruby.end]) > grade
        or (digits and not has_kanji(text[ruby.start : ruby.end]))
    ]


def render(text: str, rubies: Sequence[Ruby], style: Style, *, others: bool = False) -> str:
    """The text with readings; with ``others`` a doubtful one shows the others behind a slash.

    >>> render("今日", [Ruby(0, 2, "きょう", ReadingSource.RULE, ("こんにち",))], "brackets", others=True)
    '今日(きょう/こんにち)'
    """
    parts, done, mark = [], 0, _MARKS[style]
    for ruby in rubies:
        between = text[done : ruby.start]
        parts += [html.escape(between) if style == "html" else between]
        before = text[ruby.start - 1 : ruby.start]
        reading = "/".join((ruby.reading, *ruby.others)) if others else ruby.reading
        shown = Ruby(ruby.start, ruby.end, reading, ruby.source)
        # In 《》 a run of kanji takes the reading: ｜ says where it begins when kanji or nothing else would.
        parts.append(
            mark(text[ruby.start : ruby.end], shown, _needs_bar(before, text[ruby.start : ruby.end]))
        )
        done = ruby.end
    rest = text[done:]
    return "".join((*parts, html.escape(rest) if style == "html" else rest))


def _needs_bar(before: str, base: str) -> bool:
    return (bool(before) and has_kanji(before)) or not all(map(has_kanji, base))


def _html(base: str, ruby: Ruby, bar: bool) -> str:
    reading = html.escape(ruby.reading)
    return f"<ruby>{html.escape(base)}<rp>(</rp><rt>{reading}</rt><rp>)</rp></ruby>"


def _aozora(base: str, ruby: Ruby, bar: bool) -> str:
    return f"{'｜' if bar else ''}{base}《{ruby.reading}》"


def _brackets(base: str, ruby: Ruby, bar: bool) -> str:
    return f"{base}({ruby.reading})"


_MARKS: dict[str, _Mark] = {"html": _html, "aozora": _aozora, "brackets": _brackets}
