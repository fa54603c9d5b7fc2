"""Dates as ranges of days, and parts of dates: 4月1日 without a year, a weekday, 翌年.

令和6年 and 2024年 are one year. A source's date carries a statement's when it lies within it: 令和6年4月1日
is in 2024年, not the other way round. Years of eras before 明治 stand as numbers (寛政12年).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rag.text.era import find_dates
from rag.text.numerals import parse_number

_N = "(?:[0-9]{1,2}|[〇一二三四五六七八九十]{1,3})"
_PARTIAL = re.compile(
    rf"(?<![0-9〇一二三四五六七八九十か数ヶカヵ箇ケ何毎])(?P<month>{_N})月(?!間|額|給|刊)(?:\s*(?P<day>{_N})日(?!間|前|後|目|以))?"
)
_SLASHED = re.compile(r"(?<![0-9/])(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})(?![0-9/])")
_WEEKDAY = re.compile(r"(?P<day>[月火水木金土日])曜|[(]\s*(?P<short>[月火水木金土日])\s*[)]")
_RELATIVE = re.compile(
    r"翌年度?|前年度?|翌月|前月|翌日|前日|当日|当年度|当月|昨年|去年|来年|今年度?|本年度?|来月|先月|翌週|前週|元日|月末|月初|年末|年度末"
)
_SAME = {"去年": "昨年", "本年": "今年", "本年度": "今年度", "当年度": "今年度", "当月": "今月"}
_MONTHS, _DAYS = 12, 31
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Day:
    """A date with its year: a range of days, both ends included."""

    first: dt.date
    last: dt.date
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PartialDay:
    """A month, or a day of a month, of a year that is not said."""

    month: int
    day: int | None
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Days:
    """All that a text says of dates."""

    days: tuple[Day, ...]
    partial: tuple[PartialDay, ...]
    weekdays: frozenset[str]
    relative: frozenset[str]

    @property
    def spans(self) -> Iterator[tuple[int, int]]:
        """Where they stand, so that their digits are no numbers."""
        for one in self.days:
            yield one.start, one.end
        for part in self.partial:
            yield part.start, part.end


def read_days(folded: str) -> Days:
    """The dates of a text in comparison form."""
    days = tuple(
        Day(found.first, found.last, found.text, found.start, found.end) for found in find_dates(folded)
    )
    rest = list(folded)
    for day in days:
        rest[day.start : day.end] = "\0" * (day.end - day.start)
    bare = "".join(rest)
    partial = [
        PartialDay(month, day, match[0], *match.span())
        for pattern in (_PARTIAL, _SLASHED)
        for match in pattern.finditer(bare)
        for month, day in [
            (parse_number(match["month"]), parse_number(match["day"] or "") if match["day"] else None)
        ]
        if month and month <= _MONTHS and (day is None or 1 <= day <= _DAYS)
    ]
    partial += _followers(bare, partial)
    weekdays = frozenset(match["day"] or match["short"] for match in _WEEKDAY.finditer(folded))
    relative = frozenset(_SAME.get(word, word) for word in _RELATIVE.findall(folded))
    return Days(days, tuple(sorted(partial, key=lambda one: one.start)), weekdays, relative)


def _followers(bare: str, partial: Sequence[PartialDay]) -> list[PartialDay]:
    """The second day of 「8月12日から16日まで」 is one of August."""
    found = []
    for one in partial:
        match = one.day and re.match(
            rf"(?:\([^)]\))?\s*(?:から|より|[~〜～\-–－、])\s*({_N})日(?!間|前|後|目|以)", bare[one.end :]
        )
        day = parse_number(match[1]) if match else None
        if match and day and day <= _DAYS:
            start = one.end + match.start(1)
            found.append(PartialDay(one.month, day, match[0], start, one.end + match.end()))
    return found


def day_is_carried(said: Day, found: Days, numbers: frozenset[int]) -> bool:
    """By a date within it, by its month and day where the source leaves the year out, or as a bare year.

    ``numbers`` are the whole numbers of the source: 「2009度末」 says the year, too.
    """
    if any(said.first <= one.first and one.last <= said.last for one in found.days):
        return True
    years = {one.first.year for one in found.days if _is_year(one)}
    return _is_year(said) and (said.first.year in numbers or said.first.year in years)


def day_is_next(said: Day, found: Days) -> bool:
    """4月15日 where the source names the 14th and 翌日."""
    steps = {"翌日": 1, "前日": -1}
    return said.first == said.last and any(
        one.first == one.last and said.first - one.last == dt.timedelta(days=steps[word])
        for word in found.relative & steps.keys()
        for one in found.days
    )


def day_is_pieced_together(said: Day, found: Days, around: Sequence[Days]) -> bool:
    """By its month and day in the sentence and its year around it: 「1991年に…。十月から…」."""
    year = said.first.year
    if said.first.month != said.last.month or not any(
        one.first.year == year == one.last.year for days in around for one in days.days
    ):
        return False
    day = said.first.day if said.first == said.last else None
    return any(one.month == said.first.month and day in {None, one.day} for one in found.partial)


def _is_year(day: Day) -> bool:
    """A year or a 年度: 「2004年（平成16年）度」 is read as the year."""
    return (day.first.month, day.first.day) in {(1, 1), (4, 1)} and (day.last - day.first).days in {364, 365}


def partial_is_carried(said: PartialDay, found: Days) -> bool:
    """By the same month and day, with a year or without one."""
    return any(one.month == said.month and said.day in {None, one.day} for one in found.partial) or any(
        one.first.month == said.month
        and one.first.year == one.last.year
        and one.first.month == one.last.month
        and (said.day is None or (one.first == one.last and one.first.day == said.day))
        for one in found.days
    )


def is_counted_out(dimension: str, number: Fraction, value: Fraction, found: Days) -> bool:
    """Whether a number follows from dates: years or an age between two, or days from one to another."""
    years = {one.first.year for one in found.days}
    if dimension == "century":
        return any((year - 1) // 100 + 1 == value for year in years)
    if dimension == "second":
        days = {(one.month, one.day) for one in found.partial if one.day}
        apart = {abs(a - b) for month, a in days for other, b in days if month == other and a != b}
        return any(value == _DAY_SECONDS * (gap + more) for gap in apart for more in (0, 1))
    if dimension == "month" and any(one.day is None and one.month == value for one in found.partial):
        return True  # 六月とする, as laws say six months
    return dimension in {"month", "count:歳", "count:"} and (
        number in years_between(found) or (number in years and dimension == "month")
    )


def years_between(found: Days) -> frozenset[int]:
    """The differences of the source's years: of 1902年 and 1919年 17 lie between."""
    years = {one.first.year for one in found.days}
    return frozenset(abs(one - other) for one in years for other in years if one != other)
