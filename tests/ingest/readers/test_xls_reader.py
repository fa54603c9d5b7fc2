"""Workbooks of before 2007: values as Excel shows them, tables, forms, and what is hidden."""

from __future__ import annotations

import pytest

from ingest.readers.xls import read
from rag.errors import DamagedDocument
from tests.ingest.readers.biff import MARKED, MadeSheet, Value, book, old_book
from tests.ingest.readers.made import texts, told

SHOWN = [  # value, number format, the calendar of 1904, what Excel shows
    (45839.0, 'ggge"年"m"月"d"日"', False, "令和7年7月1日"),
    (45839.0, 57, False, "R7.7.1"),
    (44377.0, 57, True, "R7.7.1"),
    (45839.5, "yyyy/m/d h:mm", False, "2025/7/1 12:00"),
    (0.75, "h:mm", False, "18:00"),
    (12000.0, '#,##0"円"', False, "12,000円"),
    (0.155, "0.0%", False, "15.5%"),
    (12000.0, "General", False, "12000"),
    (True, "General", False, "TRUE"),
]


@pytest.mark.parametrize(("value", "code", "is_1904", "shown"), SHOWN)
def test_values_are_shown_as_excel_shows_them(
    value: Value, code: str | int, is_1904: bool, shown: str
) -> None:
    data = book(MadeSheet("Sheet1", {(0, 0): (value, 2)}), formats=[code], is_1904=is_1904)
    assert texts(read(data, "a.xls")) == [shown]


def test_a_table_is_told_with_its_header_and_its_place() -> None:
    cells: dict[tuple[int, int], Value | tuple[Value, int]] = {
        (0, 0): "部活動一覧",
        (2, 0): ("部名", MARKED),
        (2, 1): ("場所", MARKED),
        (3, 0): "茶道部",
        (3, 1): "和室",
        (4, 0): "書道部",
        (4, 1): "髙﨑室①",
    }
    reading = read(book(MadeSheet("案内", cells, merged=[(0, 0, 0, 3)])), "a.xls")
    assert told(reading) == [
        "heading1 案内",
        "paragraph 部活動一覧",
        "table-row 部名: 茶道部 / 場所: 和室",
        "table-row 部名: 書道部 / 場所: 髙﨑室①",
    ]
    place = reading.blocks[2].place
    assert place is not None and place.label == "シート「案内」A4:B4"
    assert reading.media_type == "application/vnd.ms-excel"


def test_what_is_hidden_is_counted() -> None:
    seen = MadeSheet(
        "表", {(0, 0): "見える", (1, 0): "隠れた行", (0, 1): "隠れた列"}, (), frozenset({1}), frozenset({1})
    )
    reading = read(book(seen, MadeSheet("秘密", {(0, 0): "控えの表"}, is_hidden=True)), "a.xls")
    assert texts(reading)[1:] == ["見える"]
    assert reading.dropped == {"hidden-cells": 8, "hidden-sheet": 4}


def test_a_workbook_that_does_not_say_its_code_page_is_japanese() -> None:
    assert texts(read(old_book("表彰規程①", "㈱の一覧"), "a.xls"))[1:] == ["表彰規程①", "㈱の一覧"]


def test_a_day_outside_the_calendar_is_a_number() -> None:
    cells: dict[tuple[int, int], Value | tuple[Value, int]] = {(0, 0): (-5.0, 2), (2, 0): (9e9, 2)}
    assert texts(read(book(MadeSheet("Sheet1", cells), formats=["yyyy/m/d"]), "a.xls")) == [
        "-5",
        "9000000000",
    ]


@pytest.mark.parametrize("data", [b"", bytes(100), book(MadeSheet("S", {(0, 0): "x"}))[:60]])
def test_what_is_no_workbook_is_told(data: bytes) -> None:
    with pytest.raises(DamagedDocument, match=r"a\.xls: the workbook cannot be opened"):
        read(data, "a.xls")
