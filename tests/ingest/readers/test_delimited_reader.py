"""CSV and TSV, and the telling of rows."""

from __future__ import annotations

import pytest

from ingest.readers.delimited import find_delimiter
from ingest.readers.registry import read
from ingest.readers.rows import find_header, is_form, tell_pairs, tell_row, tidy_cell
from tests.ingest.readers.made import read_text, texts


def test_what_excel_writes() -> None:
    data = (
        '番号,質問,回答\r\n1,①有給は,"前日まで。\r\n当日は電話で"\r\n2,㈱の表記,"「""株""」です"\r\n'.encode(
            "cp932"
        )
    )
    reading = read(data, "よくある質問.csv")
    assert texts(reading) == [
        "番号: 1 / 質問: ①有給は / 回答: 前日まで。当日は電話で",
        '番号: 2 / 質問: ㈱の表記 / 回答: 「"株"」です',
    ]
    assert [block.place.lines for block in reading.blocks if block.place] == [(2, 3), (4, 4)]
    assert reading.media_type == "text/csv"


@pytest.mark.parametrize(
    ("text", "name", "delimiter"),
    [
        ("a,b\n1,2\n", "a.csv", ","),
        ("a\tb\n1\t2\n", "a.tsv", "\t"),
        ("a;b;c\n1;2;3\n", "a.csv", ";"),
        ("氏名|年齢\n甲|20\n", "a.csv", "|"),
        ("一列だけ\n二行目\n", "a.csv", ","),
        ("一列だけ\n二行目\n", "a.tsv", "\t"),
        ('"a,b";c\n"d,e";f\n', "a.csv", ";"),
    ],
)
def test_delimiters(text: str, name: str, delimiter: str) -> None:
    assert find_delimiter(text, name) == delimiter


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        (
            "13101,100,東京都\n13102,101,東京都\n",
            ["13101 / 100 / 東京都", "13102 / 101 / 東京都"],
            "no header: numbers",
        ),
        (
            "東京都,新宿区,甲\n東京都,港区,乙\n東京都,北区,丙\n",
            ["東京都 / 新宿区 / 甲", "東京都 / 港区 / 乙", "東京都 / 北区 / 丙"],
            "no header: repeated below",
        ),
        (
            "施設一覧,,\n名称,住所,電話\n図書館,本町1,123\n",
            ["施設一覧", "名称: 図書館 / 住所: 本町1 / 電話: 123"],
            "a title over the header",
        ),
        ("名称,住所\n\n図書館,本町\n", ["名称: 図書館 / 住所: 本町"], "blank lines"),
        ("一列\n二行目\n", ["一列", "二行目"], "a single column is prose"),
        ("名称,住所\n図書館,本町,余り\n", ["名称: 図書館 / 住所: 本町 / 余り"], "a cell too many"),
        ("氏名,部署\n", ["氏名 / 部署"], "a header alone"),
    ],
)
def test_headers(text: str, expected: list[str], why: str) -> None:
    assert texts(read_text(text, "a.csv")) == expected, why


def test_a_quotation_mark_that_is_never_closed() -> None:
    reading = read_text('名称,大きさ\n画面,"24型\n' + "机,大\n" * 600, "a.csv")
    assert len(reading.blocks) == 601
    assert "quotation mark" in reading.warnings[0]


def test_a_cell_longer_than_the_module_likes() -> None:
    reading = read_text('名称,説明\n画面,"24型' + "あ" * 200_000 + '"\n', "a.csv")
    assert len(reading.blocks[0].text) > 200_000


def test_rows_are_told_with_their_header() -> None:
    assert tell_row(["部名", "場所"], ["茶道部", "本社3階\n和室"]) == "部名: 茶道部 / 場所: 本社3階 和室"
    assert tell_row(None, ["一", "", "二"]) == "一 / 二"
    assert tell_row(["合計"], ["合計", "3"]) == "合計 / 3"
    assert tidy_cell(" 一。\n二 ") == "一。二"
    assert [one.text for one in tell_pairs([["氏名", "甲"], ["", ""], ["備考"]])] == ["氏名: 甲", "備考"]


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["品名", "単価"], ["机", "3,000円"]], 0),
        ([["2024年度", ""], ["品名", "単価"], ["机", "3,000円"]], 1),
        ([["1", "2"], ["3", "4"]], None),
        ([["品名", "品名"], ["机", "椅子"]], None),
        ([["品名"], ["机"]], None),
        ([], None),
    ],
)
def test_finding_the_header(rows: list[list[str]], header: int | None) -> None:
    assert find_header(rows) == header


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["氏名", "担当A"], ["部署", "総務部"]], True),
        ([["項目", "内容"], ["期間", "3か月"]], False),
        ([["a", "b", "c"]], False),
        ([["同じ", "1"], ["同じ", "2"]], False),
        ([], False),
    ],
)
def test_forms(rows: list[list[str]], expected: bool) -> None:
    assert is_form(rows) is expected
