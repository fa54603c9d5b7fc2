"""Workbooks, made with openpyxl and patched where openpyxl cannot write what Excel can."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from ingest.readers.cell_format import Value, show_value
from ingest.readers.registry import read
from rag.errors import DamagedDocument
from tests.ingest.readers.made import DRAWING, relationships, texts, told, zipped

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FILL = PatternFill("solid", fgColor="DDEBF7")
WHITE = PatternFill("solid", fgColor="FFFFFF")


def saved(fill: Callable[[Workbook], None]) -> bytes:
    """The bytes of a workbook after ``fill`` has written into it."""
    workbook = Workbook()
    workbook.properties.creator = "総務部"
    fill(workbook)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def rows(*lines: list[Value]) -> Callable[[Workbook], None]:
    def fill(workbook: Workbook) -> None:
        for line in lines:
            workbook.active.append(line)

    return fill


def test_a_table_with_its_header() -> None:
    def fill(workbook: Workbook) -> None:
        rows(["予定表"], [], ["日付", "行事", "金額"], [dt.date(2025, 7, 1), "発行", 12000])(workbook)
        sheet = workbook.active
        sheet.title = "予定"
        sheet["A1"].font = Font(bold=True)
        sheet["A4"].number_format = '[$-411]ggge"年"m"月"d"日";@'
        sheet["C4"].number_format = '#,##0"円"'
        workbook.create_sheet("備考").append(["自由な文です。"])

    reading = read(saved(fill), "a.xlsx")
    assert told(reading) == [
        "heading1 予定",
        "heading2 予定表",
        "table-row 日付: 令和7年7月1日 / 行事: 発行 / 金額: 12,000円",
        "heading1 備考",
        "paragraph 自由な文です。",
    ]
    assert [block.place.cells for block in reading.blocks if block.place] == [None, "A1", "A4:C4", None, "A1"]
    assert reading.blocks[2].place is not None
    assert reading.blocks[2].place.label == "シート「予定」A4:C4"
    assert reading.attributes.author == "総務部"


def test_a_form_on_squared_paper() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.active
        for place, text, area in (
            ("B2", "備品貸出申請書", "B2:Y2"),
            ("B4", "申請部署：", "B4:E4"),
            ("F4", "営業課", "F4:L4"),
            ("M4", "申請者", "M4:P4"),
            ("Q4", "担当C", "Q4:Y4"),
            ("B5", "使用目的", "B5:E6"),
            ("F5", "展示会のため", "F5:Y6"),
        ):
            sheet[place] = text
            sheet.merge_cells(area)
        for place in ("B4", "M4", "B5"):
            sheet[place].fill = FILL
        for place in ("F4", "Q4"):
            sheet[place].fill = WHITE
        sheet["B2"].font = Font(bold=True)

    assert told(read(saved(fill), "a.xlsx")) == [
        "heading2 備品貸出申請書",
        "table-row 申請部署: 営業課 / 申請者: 担当C",
        "table-row 使用目的: 展示会のため",
    ]


def test_an_unmarked_form_on_squared_paper() -> None:
    def fill(workbook: Workbook) -> None:
        sheet = workbook.active
        for place, text, area in (
            ("A1", "氏名", "A1:C1"),
            ("D1", "担当A", "D1:H1"),
            ("I1", "内線", "I1:K1"),
            ("L1", "118", "L1:N1"),
        ):
            sheet[place] = text
            sheet.merge_cells(area)

    assert texts(read(saved(fill), "a.xlsx")) == ["氏名: 担当A / 内線: 118"]


def test_heads_over_heads_and_cells_over_rows() -> None:
    def fill(workbook: Workbook) -> None:
        rows(
            ["区分", "金額", None, "備考"],
            [None, "税抜", "税込", None],
            ["家具", 100, 110, "あ"],
            [None, 200, 220, None],
            ["文具", 1, 2, None],
            ["続きの説明", None, None, None],
        )(workbook)
        sheet = workbook.active
        for area in ("A1:A2", "B1:C1", "D1:D2", "A3:A4"):
            sheet.merge_cells(area)
        for place in ("A1", "B1", "B2", "C2", "D1"):
            sheet[place].fill = FILL

    assert texts(read(saved(fill), "a.xlsx")) == [
        "区分: 家具 / 金額 税抜: 100 / 金額 税込: 110 / 備考: あ",
        "区分: 家具 / 金額 税抜: 200 / 金額 税込: 220",
        "区分: 文具 / 金額 税抜: 1 / 金額 税込: 2",
        "続きの説明",
    ]


@pytest.mark.parametrize(
    ("lines", "expected", "why"),
    [
        (
            [["品名", "単価"], ["机", 3000], ["椅子", 2000]],
            ["品名: 机 / 単価: 3000", "品名: 椅子 / 単価: 2000"],
            "unmarked header",
        ),
        (
            [["氏名", "担当A"], ["部署", "総務部"]],
            ["氏名: 担当A", "部署: 総務部"],
            "two columns of names and values",
        ),
        ([[1, 2, 3], [4, 5, 6]], ["1 / 2 / 3", "4 / 5 / 6"], "numbers alone"),
        (
            [["一覧"], ["品名", "単価", "数"], ["机", 3, 1], ["椅子", 2, 1]],
            ["一覧", "品名: 机 / 単価: 3 / 数: 1", "品名: 椅子 / 単価: 2 / 数: 1"],
            "a title over it",
        ),
        (
            [["品名", "単価"], ["机", 3], [], ["県名", "人口"], ["甲県", 9]],
            ["品名: 机 / 単価: 3", "県名: 甲県 / 人口: 9"],
            "two tables",
        ),
    ],
)
def test_tables_without_marks(lines: list[list[Value]], expected: list[str], why: str) -> None:
    assert texts(read(saved(rows(*lines)), "a.xlsx")) == expected, why


def test_a_blank_row_does_not_end_a_table() -> None:
    """Rows that fill the columns of the table above belong to it; a note below them does not."""
    table = [["番号", "作業", "担当", "期限"], [1, "設計", "営業課", "四月"], [2, "試作", "総務課", "五月"]]
    more = [[3, "検査", "経理課", "六月"], [4, "出荷", "倉庫課", "七月"]]
    lines: list[list[Value]] = [*table, [], *more, [], ["※ 期限は月末とする。"], [], *more]
    assert texts(read(saved(rows(*lines)), "a.xlsx")) == [
        "番号: 1 / 作業: 設計 / 担当: 営業課 / 期限: 四月",
        "番号: 2 / 作業: 試作 / 担当: 総務課 / 期限: 五月",
        "番号: 3 / 作業: 検査 / 担当: 経理課 / 期限: 六月",
        "番号: 4 / 作業: 出荷 / 担当: 倉庫課 / 期限: 七月",
        "※ 期限は月末とする。",
        "3 / 検査 / 経理課 / 六月",
        "4 / 出荷 / 倉庫課 / 七月",
    ]


def test_what_is_hidden_is_counted() -> None:
    def fill(workbook: Workbook) -> None:
        rows(["見える", "隠す列"], ["隠す行", "x"], ["見える", "y"])(workbook)
        sheet = workbook.active
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[2].hidden = True
        other = workbook.create_sheet("裏")
        other.append(["秘密の一覧"])
        other.sheet_state = "veryHidden"

    reading = read(saved(fill), "a.xlsx")
    assert texts(reading) == ["見える", "見える"]
    assert dict(reading.dropped) == {"hidden-cells": 8, "hidden-sheet": 5}


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_readings_that_were_typed_are_no_text() -> None:
    """Excel keeps what was typed beside the kanji, for shared strings and for those of a cell alike."""
    typed = '<t>{}</t><rPh sb="0" eb="2"><t>{}</t></rPh><phoneticPr fontId="1"/>'
    parts = unpacked(saved(rows(["x"])))
    cells = (
        f'<c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is>{typed.format("本田", "ホンダ")}</is></c>'
    )
    sheet = re.sub(r"<c r=.*</c>", cells, parts["xl/worksheets/sheet1.xml"].decode())
    strings = f"<sst xmlns='{SPREADSHEET}'><si>{typed.format('豊田', 'トヨタ')}</si></sst>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f"<Override PartName='/xl/sharedStrings.xml' ContentType='{kind}'/></Types>"
    changed = {
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": strings,
        "[Content_Types].xml": parts["[Content_Types].xml"].decode().replace("</Types>", part),
    }
    assert texts(read(zipped(parts | changed), "a.xlsx")) == ["豊田: 本田"]


@pytest.mark.parametrize(("epoch", "serial"), [(CALENDAR_WINDOWS_1900, 45839), (CALENDAR_MAC_1904, 44377)])
def test_both_calendars_show_the_same_day(epoch: dt.datetime, serial: int) -> None:
    def fill(workbook: Workbook) -> None:
        workbook.epoch = epoch
        workbook.active["A1"] = serial
        workbook.active["A1"].number_format = 'ggge"年"m"月"d"日"'

    assert texts(read(saved(fill), "a.xlsx")) == ["令和7年7月1日"]


def test_formats_that_only_a_japanese_excel_knows() -> None:
    parts = unpacked(saved(rows(["開始日"], [45839])))
    styles = parts["xl/styles.xml"].replace(b'<xf numFmtId="0"', b'<xf numFmtId="28"')
    reading = read(zipped(parts | {"xl/styles.xml": styles}), "a.xlsx")
    assert texts(reading) == ["開始日", "令和7年7月1日"]


def test_formulas_without_a_saved_value_are_told() -> None:
    reading = read(saved(rows(["合計", "=SUM(1,2)"])), "a.xlsx")
    assert texts(reading) == ["合計"]
    assert reading.warnings == ("1 formulas were saved without a value: save it in Excel",)


def test_text_boxes_over_the_sheet() -> None:
    data = saved(rows(["本文"]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    targets = relationships({"d": ("drawing", "../drawings/drawing1.xml")})
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = targets.encode()
    parts["xl/drawings/drawing1.xml"] = (
        f'<d:wsDr xmlns:d="{sheet}" {DRAWING}>'
        "<d:sp><d:txBody><a:p><a:r><a:t>図の中の注意</a:t></a:r></a:p></d:txBody></d:sp></d:wsDr>"
    ).encode()
    assert texts(read(zipped(parts), "a.xlsx")) == ["本文", "図の中の注意"]


def test_a_workbook_that_openpyxl_cannot_open() -> None:
    with pytest.raises(DamagedDocument, match="cannot be opened"):
        read(zipped({"xl/workbook.xml": "<x/>", "[Content_Types].xml": "<Types/>"}), "a.xlsx")


MOMENT = dt.datetime(2025, 7, 1, 15, 4, 5)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (MOMENT, '[$-411]ggge"年"m"月"d"日";@', "令和7年7月1日"),
        (MOMENT, "[$-411]ge.m.d", "R7.7.1"),
        (MOMENT, 'gge"年"', "令7年"),
        (dt.date(1989, 1, 7), '[$-411]ggge"年"', "昭和64年"),
        (dt.date(1800, 1, 1), "ggge", "1800"),
        (MOMENT, "yyyy/m/d", "2025/7/1"),
        (MOMENT, "yy-mm-dd", "25-07-01"),
        (MOMENT, "mm-dd-yy", "2025/7/1"),
        (MOMENT, "General", "2025/7/1"),
        (MOMENT, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2025年7月1日"),
        (MOMENT, "[$-F400]h:mm:ss\\ AM/PM", "15:04:05"),
        (MOMENT, "m/d(aaa)", "7/1(火)"),
        (MOMENT, "dddd", "火曜日"),
        (MOMENT, "yyyy/mm/dd hh:mm", "2025/07/01 15:04"),
        (MOMENT, "h:mm AM/PM", "3:04 PM"),
        (MOMENT, "mm:ss", "04:05"),
        (dt.time(9, 5), "h:mm", "9:05"),
        (dt.time(9, 5), "General", "9:05"),
        (dt.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (12000, '#,##0"円"', "12,000円"),
        (12000, '"¥"#,##0;"¥"\\-#,##0', "¥12,000"),
        (-1200, "#,##0;[Red]△#,##0", "△1,200"),
        (-1200, "#,##0", "-1,200"),
        (12, "[$¥-411]#,##0", "¥12"),
        (0.153, "0.0%", "15.3%"),
        (45, "0000", "0045"),
        (1234567, "#,##0,", "1,235"),
        (12.5, '0.0"kg"', "12.5kg"),
        (2.5, "0.##", "2.5"),
        (100, "0.##", "100"),
        (3.5, "General", "3.5"),
        (0.1 + 0.2, "General", "0.3"),
        (7, "0_ ", "7"),
        (1e20, "General", "1e+20"),
        (1.5, "# ?/?", "1.5"),
        (12345, "0.00E+00", "12345"),
        (3, "@", "3"),
        (True, "General", "TRUE"),
        (False, "General", "FALSE"),
        ("文字", "@", "文字"),
        (None, "General", ""),
    ],
)
def test_values_as_excel_shows_them(value: Value, code: str, shown: str) -> None:
    assert show_value(value, code) == shown
