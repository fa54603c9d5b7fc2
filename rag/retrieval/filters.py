"""Values of filters as people write them: dates and ranges of dates, pages, articles."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from rag.text.era import find_dates
from rag.text.fold import fold_text
from rag.text.numerals import parse_number

MAX_PAGES = 2_000
"""An open range of pages ends here; so does one that a person made too long."""

MAX_ARTICLES = 200

_BETWEEN = re.compile(r"\.\.+|~|から|-(?=[^-]*$)")
_RANGE_OF_DATES = re.compile(r"\.\.+|~|から")
_MONTH = re.compile(r"(?P<year>.*[0-9])[-/.](?P<month>[0-9]{1,2})")
_PAGE = re.compile("[0-9]{0,6}")
_ARTICLE = re.compile(r"第?([0-9一二三四五六七八九十百千〇]+)条?((?:の[0-9一二三四五六七八九十百]+)*)")


class Dates(NamedTuple):
    """From ``first`` to ``last``, both included; None is open."""

    first: dt.date | None
    last: dt.date | None


def read_dates(value: str) -> Dates | None:
    """The range that is written, None when there is none.

    >>> read_dates("令和6年4月..2025-03")
    Dates(first=datetime.date(2024, 4, 1), last=datetime.date(2025, 3, 31))
    """
    begin, *rest = _RANGE_OF_DATES.split(fold_text(value).strip())
    if len(rest) > 1 or not (begin or any(rest)):
        return None
    end = rest[0].removesuffix("まで") if rest else begin
    first, last = _days(begin), _days(end)
    if (begin and first is None) or (end and last is None):
        return None
    dates = Dates(first and first[0], last and last[1])
    return None if dates.first and dates.last and dates.first > dates.last else dates


def _days(written: str) -> tuple[dt.date, dt.date] | None:
    """``2024``, ``2024-04``, ``r6``, ``令和6年度``, ``2024-04-01`` → its first and its last day."""
    month = _MONTH.fullmatch(written)
    spellings = (written, f"{written}年", f"{month['year']}年{month['month']}月" if month else "")
    for spelling in spellings:
        found = find_dates(spelling)
        if found and found[0].text == spelling:
            return found[0].first, found[0].last
    return None


def read_pages(value: str) -> tuple[int, ...]:
    """``3``, ``3..5``, ``3-5``, ``3〜``, ``..5`` → page numbers; none when it cannot be read.

    >>> read_pages("3..5")
    (3, 4, 5)
    """
    numbers = _numbers(fold_text(value).replace("ページ", "").replace("p", ""))
    if numbers is None:
        return ()
    first, last = numbers
    return tuple(range(max(first, 1), min(last, MAX_PAGES) + 1))


def _numbers(folded: str) -> tuple[int, int] | None:
    begin, *rest = _BETWEEN.split(folded.strip(), maxsplit=1)
    end = rest[0] if rest else begin
    if not (begin or end) or not all(_PAGE.fullmatch(part) for part in (begin, end)):
        return None
    return int(begin or 1), int(end or MAX_PAGES)


def read_articles(value: str) -> tuple[str, ...]:
    """Labels as documents have them; a range gives all of it, and nothing when it cannot be read.

    >>> read_articles("第二十条の二"), read_articles("3..5")
    (('第20条の2',), ('第3条', '第4条', '第5条'))
    """
    folded = fold_text(value).strip()
    if single := _label(folded):
        return (single,)
    if (numbers := _numbers(folded)) and numbers[1] - numbers[0] <= MAX_ARTICLES:
        return tuple(f"第{number}条" for number in range(numbers[0], numbers[1] + 1))
    return ()


def _label(folded: str) -> str | None:
    match = _ARTICLE.fullmatch(folded)
    if match is None or (number := parse_number(match[1])) is None:
        return None
    branches = [parse_number(part) for part in match[2].split("の")[1:]]
    return None if None in branches else f"第{number}条{''.join(f'の{branch}' for branch in branches)}"
