"""Numbers as Japanese texts write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.numerals import parse_number

NUMBERS = [
    ("三十五万", 350_000, "units in kanji"),
    ("二〇二四", 2024, "digit by digit"),
    ("二千二十四", 2024, "the same with units"),
    ("十", 10, "a unit alone is one of it"),
    ("千百", 1_100, "two units alone"),
    ("３千", 3_000, "full-width digit before a unit"),
    ("3億5千万", 350_000_000, "digits and units mixed"),
    ("12億3,456万7890", 1_234_567_890, "with commas within"),
    ("1,234,567", 1_234_567, "thousands"),
    ("１，２３４", 1_234, "full-width thousands"),
    ("弐拾参", 23, "the forms that contracts use"),
    ("壹萬", 10_000, "their old forms, folded"),
    ("廿一", 21, "an old twenty"),
    ("〇", 0, "zero"),
    ("007", 7, "leading zeros"),
    ("", None, "nothing"),
    ("万", None, "a large unit needs a number before it"),
    ("三十百", None, "units out of order"),
    ("20千", None, "nobody writes that"),
    ("3.5", None, "not a whole number"),
    ("1,23", None, "no thousands"),
    ("二つ", None, "more than a number"),
    ("٣", None, "digits of other scripts are none of ours, though int() takes them"),
    ("9" * 5_000, None, "too long for a number; int() would refuse"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), NUMBERS)
def test_numbers(text: str, expected: int | None, reason: str):
    assert parse_number(text) == expected, reason


def _in_kanji(value: int) -> str:
    """Write a number below 100 million with units."""
    large, small = divmod(value, 10_000)
    if large:
        return _in_kanji(large) + "万" + (_in_kanji(small) if small else "")
    written = ""
    for size, unit in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, small = divmod(small, size)
        if digit:
            written += ("" if digit == 1 and unit else "〇一二三四五六七八九"[digit]) + unit
    return written


@given(st.integers(min_value=1, max_value=99_999_999))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_what_is_written_is_read(value: int):
    assert parse_number(_in_kanji(value)) == value
    assert parse_number(f"{value:,}") == value
