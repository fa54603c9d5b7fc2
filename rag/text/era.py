"""Dates in Japanese texts, 和暦 and 西暦, as ranges of days.

Every date is a range: 令和6年4月1日 is one day, 令和6年4月 a month, 令和6年 a year cut at the era's borders
(昭和64年 is seven days), 令和6年度 April to March. What cannot be is not found: 昭和64年1月8日, 2月30日, or a
date inside a longer number (2024-04-011).

Until 1872 the calendar was lunisolar, so that months of 明治 1 to 5 cannot be told; those dates give
their year.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from rag.text.fold import fold
from rag.text.numerals import KANJI_DIGITS, parse_number


class Era(NamedTuple):
    """An era with its first and last day; ``initial`` as in R6.4.1."""

    name: str
    initial: str
    first: dt.date
    last: dt.date


# Source: the Cabinet orders on era names (元号を改める政令) of 1989 and 2019, and the edicts before them.
ERAS = (
    Era("令和", "r", dt.date(2019, 5, 1), dt.date.max),
    Era("平成", "h", dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    Era("昭和", "s", dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    Era("大正", "t", dt.date(1912, 7, 30), dt.date(1926, 12, 24)),
    Era("明治", "m", dt.date(1868, 1, 25), dt.date(1912, 7, 29)),
)
SOLAR_SINCE = dt.date(1873, 1, 1)
"""Japan's first day in the Gregorian calendar, 明治6年1月1日."""

FISCAL_YEAR_START = (4, 1)
"""Month and day on which a 年度 begins."""

_ERA_BY_NAME = {name: era for era in ERAS for name in (era.name, era.initial)}
_WRITTEN_YEARS = range(1000, 3000)
_SHORT_YEARS = range(1600, 2200)


class FoundDate(NamedTuple):
    """A date in ``text[start:end]``, from ``first`` to ``last``, both included."""

    start: int
    end: int
    first: dt.date
    last: dt.date
    text: str


def find_dates(text: str) -> list[FoundDate]:
    """Every date of ``text`` in order, without overlaps; a date does not run across lines.

    >>> [(d.text, d.first.isoformat(), d.last.isoformat()) for d in find_dates("令和６年度は2024/4/1から")]
    [('令和６年度', '2024-04-01', '2025-03-31'), ('2024/4/1', '2024-04-01', '2024-04-01')]
    """
    if not _WORTH_A_LOOK.search(text):
        return []
    # Folding makes a blank of a new line; a pilcrow stays and belongs to no date.
    folded = fold(text.replace("\n", "¶"))
    found = []
    for match in _matches(folded.text):
        days = _days(**match.groupdict())
        if days:
            span = folded.original_span(*match.span())
            found.append(FoundDate(*span, *days, text[span.start : span.end]))
    return found


def to_era(date: dt.date) -> str:
    """``date(2019, 5, 1)`` → ``令和元年5月1日``; raises ValueError before 明治6年 (lunisolar calendar)."""
    if date < SOLAR_SINCE:
        raise ValueError(f"{date} is before 1873, when Japan counted months by the moon")
    era = next(era for era in ERAS if era.first <= date)
    year = date.year - era.first.year + 1
    return f"{era.name}{'元' if year == 1 else year}年{date.month}月{date.day}日"


_NUMERALS = f"0-9{KANJI_DIGITS}零○◯十百千"
_N = f"(?:[0-9]{{1,2}}|[{KANJI_DIGITS}零十]{{1,4}})"
_ERA = "|".join(era.name for era in ERAS)
_INITIAL = "[rhstm]"
# The year once more in brackets, behind 年 or before it: 2024年(令和6年)4月1日, 令和6(2024)年度.
_AGAIN = rf"(?:\((?:西暦|{_ERA})?\ ?(?:元|[{_NUMERALS}]{{1,4}})\ ?年?\)\ ?)?"
# A length of time is no date: 1000年前, 2000年間.
_NO_DURATION = "(?!間|余|来|物|以[上下内前後]|前(?![半期])|後(?![半期])|ぶり|ごと|もの|経|目|生)"

_WRITTEN = re.compile(
    rf"""
    (?<![{_NUMERALS}.,])
    (?: (?P<era>{_ERA}|(?<![a-z]){_INITIAL}) \ ?(?P<era_year>元|{_N})
      | (?P<year>[0-9]{{4}}|[{KANJI_DIGITS}零○◯]{{4}}|[一二]?千[{KANJI_DIGITS}百十]{{1,6}}) )
    \ ?{_AGAIN} 年
    (?: (?P<fiscal>度) | (?P<decade>代) | {_NO_DURATION}
        (?: \ ?{_AGAIN} (?P<month>{_N}) \ ?月 (?: \ ?(?P<day>{_N}) \ ?日 )? )? )
    """,
    re.VERBOSE,
)
_SHORT = re.compile(
    rf"""
    (?<![0-9a-z]) (?<![0-9][-./])
    (?: (?P<era>{_ERA}|{_INITIAL}) \.?(?P<era_year>元|[0-9]{{1,2}}) | (?P<year>[0-9]{{4}}) )
    (?P<sign>[-./]) (?P<month>[0-9]{{1,2}}) (?P=sign) (?P<day>[0-9]{{1,2}})
    (?![0-9a-su-z]|[-./][0-9])
    """,
    re.VERBOSE,
)
_SIGNED = re.compile("[0-9元][-./][0-9]{1,2}[-./][0-9]")
"""What every short date has in it; few texts do."""
_WORTH_A_LOOK = re.compile("年|[0-9０-９元][-./．／－‐‑−–]")


def _matches(folded: str) -> list[re.Match[str]]:
    """Matches of both kinds in order; they cannot overlap, because only one holds 年 and only one a sign."""
    written = _WRITTEN.finditer(folded) if "年" in folded else ()
    short = _SHORT.finditer(folded) if _SIGNED.search(folded) else ()
    return sorted((*written, *short), key=re.Match.start)


class _Days(NamedTuple):
    first: dt.date
    last: dt.date


def _days(
    *,
    era: str | None,
    era_year: str | None,
    year: str | None,
    month: str | None,
    day: str | None,
    fiscal: str | None = None,
    decade: str | None = None,
    sign: str | None = None,
) -> _Days | None:
    """The range that a match names, or None when there is no such day."""
    number = 1 if era_year == "元" else parse_number(era_year or year or "")
    if number is None:
        return None
    if era is None:
        if number not in (_SHORT_YEARS if sign else _WRITTEN_YEARS):
            return None
        return _range(number, month, day, fiscal, decade and number % 10 == 0)
    known = _ERA_BY_NAME[era]
    first_year = known.first.year + number - 1
    if month and first_year < SOLAR_SINCE.year:
        if sign:
            return None
        month = day = None
    days = _range(first_year, month, day, fiscal, decade)
    return _within(days, known, whole=bool(fiscal)) if number and days else None


def _range(year: int, month: str | None, day: str | None, fiscal: str | None, decade: object) -> _Days | None:
    try:
        if fiscal:
            first = dt.date(year, *FISCAL_YEAR_START)
            return _Days(first, first.replace(year=year + 1) - dt.timedelta(days=1))
        if decade:
            return _Days(dt.date(year, 1, 1), dt.date(year + 9, 12, 31))
        if not month:
            return _Days(dt.date(year, 1, 1), dt.date(year, 12, 31))
        first = dt.date(year, parse_number(month) or 0, parse_number(day) or 0 if day else 1)
    except ValueError:
        return None
    if day:
        return _Days(first, first)
    following = dt.date(year + first.month // 12, first.month % 12 + 1, 1)
    return _Days(first, following - dt.timedelta(days=1))


def _within(days: _Days, era: Era, *, whole: bool) -> _Days | None:
    """Cut at the era's borders; a fiscal year stays whole, because 令和元年度 began in 平成31年."""
    cut = _Days(max(days.first, era.first), min(days.last, era.last))
    if cut.first > cut.last:
        return None
    return days if whole else cut
