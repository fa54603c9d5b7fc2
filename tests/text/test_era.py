"""Dates in Japanese texts."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.era import ERAS, SOLAR_SINCE, find_dates, to_era

DAYS = [
    ("令和6年4月1日", "2024-04-01", "the usual form"),
    ("令和６年４月１日", "2024-04-01", "full-width digits"),
    ("令和六年四月一日", "2024-04-01", "digits in kanji"),
    ("昭和二十年八月十五日", "1945-08-15", "with units"),
    ("令和 6 年 4 月 1 日", "2024-04-01", "spaced, as offices write it"),
    ("㋿６年４月１日", "2024-04-01", "an era in one character"),
    ("令和元年5月1日", "2019-05-01", "the first day of an era"),
    ("平成31年4月30日", "2019-04-30", "the last day of an era"),
    ("昭和64年1月7日", "1989-01-07", "the last day of Shōwa"),
    ("平成元年1月8日", "1989-01-08", "the first day of Heisei"),
    ("明治6年1月1日", "1873-01-01", "the first day of the solar calendar"),
    ("R6.4.1", "2024-04-01", "an initial"),
    ("Ｈ元．５．１", "1989-05-01", "the first year behind an initial, full width"),
    ("S63/12/31", "1988-12-31", "with slashes"),
    ("R6年4月1日", "2024-04-01", "an initial with units"),
    ("2024年4月1日", "2024-04-01", "Western"),
    ("2024/4/1", "2024-04-01", "slashes"),
    ("2024-04-01", "2024-04-01", "ISO"),
    ("2024.4.1", "2024-04-01", "full stops"),
    ("２０２４／０４／０１", "2024-04-01", "full-width slashes"),
    ("2024-04-01T10:00", "2024-04-01", "a time behind it"),
    ("report_2024-04-01.csv", "2024-04-01", "in a file name"),
    ("二〇二四年四月一日", "2024-04-01", "digit by digit"),
    ("千九百四十五年八月十五日", "1945-08-15", "a Western year with units"),
    ("2024年(令和6年)4月1日", "2024-04-01", "the year once more"),
    ("令和６年（2024年）４月１日", "2024-04-01", "the other way round"),
    ("令和6(2024)年4月1日", "2024-04-01", "before 年"),
    ("2024年2月29日", "2024-02-29", "a leap day"),
]

RANGES = [
    ("2024年4月", "2024-04-01", "2024-04-30", "a month"),
    ("令和5年12月", "2023-12-01", "2023-12-31", "December ends the year"),
    ("昭和64年1月", "1989-01-01", "1989-01-07", "a month cut by the era"),
    ("2024年", "2024-01-01", "2024-12-31", "a year"),
    ("昭和64年", "1989-01-01", "1989-01-07", "a year of seven days"),
    ("令和元年", "2019-05-01", "2019-12-31", "the first year begins late"),
    ("令和6年度", "2024-04-01", "2025-03-31", "a fiscal year"),
    ("2023年度", "2023-04-01", "2024-03-31", "the fiscal year that ends in a leap year"),
    ("令和元年度", "2019-04-01", "2020-03-31", "begun in 平成31年, called by the new era"),
    ("令和６（2024）年度", "2024-04-01", "2025-03-31", "with the Western year"),
    ("1990年代", "1990-01-01", "1999-12-31", "a decade"),
    ("昭和30年代", "1955-01-01", "1964-12-31", "a decade of an era"),
    ("平成30年代", "2018-01-01", "2019-04-30", "a decade that the era did not live to see"),
    ("明治5年12月2日", "1872-01-01", "1872-12-31", "the lunisolar calendar gives the year only"),
    ("2024年前半", "2024-01-01", "2024-12-31", "half of a year is still that year"),
]

NO_DATES = [
    ("昭和64年1月8日", "Heisei had begun"),
    ("平成31年5月1日", "Reiwa had begun"),
    ("明治45年7月30日", "Taishō had begun"),
    ("昭和64年度", "no day of that fiscal year was in Shōwa"),
    ("令和0年4月1日", "there is no year 0"),
    ("2024年2月30日", "no such day"),
    ("2023年2月29日", "not a leap year"),
    ("2024年13月", "no such month"),
    ("2024/13/1", "no such month with slashes"),
    ("2024-04-011", "inside a longer number"),
    ("12024-04-01", "inside a longer number"),
    ("10-2024-04-01", "part of a code"),
    ("2024-04-01-55", "part of a code"),
    ("1.2.3", "a version"),
    ("192.168.10.1", "an address"),
    ("0120-11-12", "a telephone number"),
    ("12024年", "a longer number"),
    ("1,024年", "a number with a comma"),
    ("千年の都", "a round number"),
    ("1000年前", "a length of time"),
    ("2000年間", "a length of time"),
    ("三年生", "a grade"),
    ("M4.5.6", "a screw or a version: so short nobody writes days of the lunisolar calendar"),
    ("X6.4.1", "no era begins with X"),
    ("PR6.4.1", "the initial is part of a word"),
    ("経費精算規程", "no digits at all"),
]


@pytest.mark.parametrize(("text", "day", "reason"), DAYS)
def test_days(text: str, day: str, reason: str):
    (found,) = find_dates(text)
    assert found.first == found.last == dt.date.fromisoformat(day), reason


@pytest.mark.parametrize(("text", "first", "last", "reason"), RANGES)
def test_ranges(text: str, first: str, last: str, reason: str):
    (found,) = find_dates(text)
    assert (found.first, found.last) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last)), reason
    assert found.text == text.removesuffix("前半")


@pytest.mark.parametrize(("text", "reason"), NO_DATES)
def test_what_is_no_date(text: str, reason: str):
    assert find_dates(text) == [], reason


def test_offsets_are_those_of_the_text():
    text = "㈱日本は、㍻３１年４月３０日（火）から2019-05-01まで。"
    found = find_dates(text)
    assert [text[date.start : date.end] for date in found] == ["㍻３１年４月３０日", "2019-05-01"]
    assert [date.text for date in found] == [text[date.start : date.end] for date in found]


def test_a_date_does_not_run_across_lines():
    assert [date.text for date in find_dates("2024年\n4月1日")] == ["2024年"]


def test_both_ends_of_a_period_are_found():
    found = find_dates("令和6年10月1日〜令和7年3月31日")
    assert [date.first for date in found] == [dt.date(2024, 10, 1), dt.date(2025, 3, 31)]


@given(st.dates(min_value=SOLAR_SINCE, max_value=dt.date(2117, 12, 31)))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_what_is_written_is_found(date: dt.date):
    for written in (to_era(date), date.isoformat(), f"{date.year}年{date.month}月{date.day}日"):
        (found,) = find_dates(f"期限は{written}です")
        assert (found.first, found.last, found.text) == (date, date, written)


@given(st.text(alphabet="令和平成昭rh元年度月日代0123456789一二十〇./-( )\n", max_size=40))
@settings(derandomize=True, deadline=None, max_examples=500)
def test_ranges_are_ranges_in_order(text: str):
    place = 0
    for date in find_dates(text):
        assert place <= date.start < date.end
        assert date.first <= date.last
        assert date.text == text[date.start : date.end]
        place = date.end


def test_eras_follow_each_other():
    for later, earlier in pairwise(ERAS):
        assert later.first - earlier.last == dt.timedelta(days=1)
        assert to_era(later.first).startswith(f"{later.name}元年")
        assert to_era(later.first - dt.timedelta(days=1)).startswith(earlier.name)


def test_days_before_the_solar_calendar_have_no_era_date():
    with pytest.raises(ValueError, match="1872-12-31 is before 1873"):
        to_era(dt.date(1872, 12, 31))
