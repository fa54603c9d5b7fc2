"""Numbers with units as values, however they are written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.evidence.facts import read_facts
from rag.answering.evidence.quantities import Quantity
from rag.text.analyzer import load_analyzer

ANALYZER = load_analyzer()


def read(text: str) -> tuple[Quantity, ...]:
    return read_facts(text, ANALYZER).quantities


# Text; dimension, value in base units and bound of each quantity in it.
READ = [
    ("三割", [("ratio", "3/10", "")], "a share"),
    ("30％", [("ratio", "3/10", "")], "the same"),
    ("2割5分", [("ratio", "1/4", "")], "割 and 分"),
    ("参加者の半数", [("ratio", "1/2", "")], "half"),
    ("三分の二", [("ratio", "2/3", "")], "the lower number first"),
    ("二倍", [("ratio", "2", "")], "times"),
    ("半年", [("month", "6", "")], "a word"),
    ("６ヶ月間", [("month", "6", "")], "any spelling"),
    ("1年半", [("month", "18", "")], "and a half"),
    ("十四日間", [("second", "1209600", "")], "days"),
    ("2週間", [("second", "1209600", "")], "weeks"),
    ("1時間30分", [("second", "5400", "")], "one length of time"),
    ("一年六か月以内", [("month", "18", "≤")], "the bound of both"),
    ("数千人", [], "nobody knows how many"),
    ("1万2千円", [("yen", "12000", "")], "man and sen"),
    ("12,000円", [("yen", "12000", "")], "commas"),
    ("3.5億円", [("yen", "350000000", "")], "decimals"),
    ("午後3時半", [("clock", "930", "")], "a time, in minutes"),
    ("15:30", [("clock", "930", "")], "the same"),
    ("正午", [("clock", "720", "")], "noon"),
    ("百人未満", [("count:人", "100", "<")], "a bound behind"),
    ("最大30分", [("second", "1800", "≤")], "a bound in front"),
    ("5日を超えない", [("second", "432000", "≤")], "a denied bound"),
    ("60時間を超えた", [("second", "216000", ">")], "more"),
    ("少なくとも3回", [("count:回", "3", "≥")], "at least"),
    ("約40km", [("metre", "40000", "≈")], "about"),
    ("二、三人", [("count:", "2", ""), ("count:人", "3", "")], "two numbers"),
    ("20〜30台", [("count:台", "20", ""), ("count:台", "30", "")], "the unit stands once"),
    ("ひとつとふたり", [("count:", "1", ""), ("count:人", "2", "")], "in kana"),
    ("一般に十分な統一", [], "words that hold numerals"),
    ("KA-200とUTF8とv2.7.1", [], "codes"),
    ("2024年4月1日", [], "dates are read elsewhere"),
    ("フリードリヒ3世", [], "part of a name"),
    ("99時と1分", [("count:", "99", ""), ("second", "60", "")], "no time of the day"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), READ)
def test_quantities(text: str, expected: list[tuple[str, str, str]], reason: str):
    found = [(one.dimension, one.value, one.bound) for one in read(text)]
    assert found == [(dimension, Fraction(value), bound) for dimension, value, bound in expected], reason


def test_a_number_knows_what_it_is_of():
    assert [one.label for one in read("入場料は大人五百円、小人は二百円である。")] == ["大人", "小人"]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(1, 10**7), st.sampled_from(["円", "人", "件", "メートル"]))
def test_any_number_is_read_back(number: int, unit: str):
    (plain,) = read(f"合わせて{number}{unit}です")
    (grouped,) = read(f"合わせて{number:,}{unit}です")
    assert plain.value == grouped.value == number
    assert plain.dimension == grouped.dimension
