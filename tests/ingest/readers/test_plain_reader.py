"""Plain text: paragraphs, headings, lines that a program cut."""

from __future__ import annotations

import pytest

from ingest.readers.lines import glue, is_wide, num_columns, paragraphs, wrap_columns
from tests.ingest.readers.made import read_text, told


def test_headings_items_and_lines() -> None:
    reading = read_text(
        "手順書\n\n１　はじめに\nこの手順書は点検の手順を説明します。\n\n・電源を切る\n（２）ふたを外す\n",
        "手順.txt",
    )
    assert reading.title == "手順書"
    assert told(reading) == [
        "paragraph 手順書",
        "heading3 １　はじめに",
        "paragraph この手順書は点検の手順を説明します。",
        "list-item ・電源を切る",
        "list-item （２）ふたを外す",
    ]
    assert [block.place.lines for block in reading.blocks if block.place] == [
        (1, 1),
        (3, 3),
        (4, 4),
        (6, 6),
        (7, 7),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("就業規則\n\n本文です。", "就業規則"),
        ("これは文です。\n\n本文です。", None),
        ("就業規則\n本文です。", None),
        ("一行だけ", None),
        ("-----\n\n本文です。", None),
    ],
)
def test_titles(text: str, title: str | None) -> None:
    assert read_text(text, "a.txt").title == title


CUT = [
    "このチュートリアルでは、操作の基本を順番に説明します。はじめて使う人も、",
    "画面の例を見ながら進めれば、三十分ほどで一通りの操作ができるようになりま",
    "す。途中でやめても、次に開いたときに続きから始められます。",
    "",
    "困ったときは、画面の右上にあるボタンを押すと、いまの操作についての説明が",
    "出ます。",
]


def test_lines_that_were_cut_at_one_width_are_joined() -> None:
    found = paragraphs(CUT)
    assert wrap_columns(CUT) == 72
    assert [one.text[-7:] for one in found] == ["始められます。", "説明が出ます。"]
    assert "できるようになります。途中" in found[0].text
    assert (found[0].first_line, found[0].last_line) == (1, 3)
    assert (found[1].alone, found[1].first_line) == (True, 5)


@pytest.mark.parametrize(
    ("lines", "number", "why"),
    [
        (["短い行", "短い行", "短い行", "短い行"], 4, "a list of names"),
        (
            ["来月の展示会の旅費について、", "問い合わせが続いています。"],
            1,
            "a line that ends with 、 goes on",
        ),
        (["次のとおりとする、", "・一つ目"], 2, "but not into an item"),
        (["。".join(["あ" * 34]) + "。"] * 4, 4, "full lines that end sentences"),
        ([], 0, "nothing"),
    ],
)
def test_lines_that_stay_apart(lines: list[str], number: int, why: str) -> None:
    assert len(paragraphs(lines)) == number, why


def test_contents_are_not_joined() -> None:
    lines = ["１ はじめに ................................................... 2"] * 4
    assert len(paragraphs(lines)) == 4


@pytest.mark.parametrize(
    ("left", "right", "between"),
    [
        ("検討し", "た", ""),
        ("open", "source", " "),
        ("API", "を", ""),
        ("語 ", "x", ""),
        ("", "x", ""),
        ("…", "a", ""),
    ],
)
def test_glue(left: str, right: str, between: str) -> None:
    assert glue(left, right) == between


def test_columns() -> None:
    assert num_columns("abcあい。") == 9
    assert is_wide("ー")
    assert not is_wide("ｱ")


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    text = "会議は毎月第一月曜日に開きます。資料は前日までに配ります。\r\n欠席する人は連絡してください。\r\n"
    reading = read_text(text, "会議.txt", encoding)
    assert [block.text for block in reading.blocks] == text.split()
    assert reading.encoding is not None
    assert reading.warnings == ()


def test_damage_is_told() -> None:
    data = "会議は毎月第一月曜日に開きます。".encode() + b"\xff" + "資料は前日までに配ります。".encode()
    from ingest.readers.registry import read

    reading = read(data, "会議.txt")
    assert reading.warnings == ("1 damaged places in utf-8 text, shown as \ufffd",)
