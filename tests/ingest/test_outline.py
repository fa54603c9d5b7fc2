"""Headings and articles that Japanese texts write out in words."""

from __future__ import annotations

import pytest

from ingest.outline import article_heading, division_level, heading_level, is_caption, numbered_level, to_int


@pytest.mark.parametrize(
    ("line", "level", "why"),
    [
        ("第一編　総則", 1, "編 stands above 章"),
        ("第２章　採用及び異動", 2, "full-width digits"),
        ("第十二章の二　罰則", 2, "a chapter put in later"),
        ("第三節", 3, "without a title"),
        ("附　則", 2, "spread over the line"),
        ("附則（令和六年法律第一号）抄", 2, "with its law"),
        ("別表第一（第三条関係）", 2, "a table behind the text"),
        ("別表第一（第十一条、第十二条関係）", 2, "a table for two articles"),
        ("第一章　総則（第一条―第七条）", None, "a line of a table of contents"),
        ("第一章 総則 ........ 3", None, "the same with dots"),
        ("第二章では、旅費について定める。", None, "a sentence that begins so"),
        ("第一章を参照、", None, "goes on"),
        ("附則は適用しない", None, "a sentence"),
        ("章立て", None, "no number"),
    ],
)
def test_divisions(line: str, level: int | None, why: str) -> None:
    assert division_level(line) == level, why


@pytest.mark.parametrize(
    ("line", "alone", "level"),
    [
        ("【注意事項】", False, 3),
        ("■ 今月の標語", False, 3),
        ("■ これは文なので見出しではありません。", False, None),
        ("１　このマニュアルの使い方", True, 3),
        ("１　このマニュアルの使い方", False, None),  # the first item of a list, perhaps
        ("2.1 役割", True, 4),
        ("第１　趣旨", True, 2),
        ("第一　趣旨", False, None),  # the first item of a list, perhaps
        ("Ⅱ　実施体制", True, 2),
        ("（１）申請の窓口", True, 5),
        ("(2) 申請する。", True, None),  # a sentence
        ("＜補足＞", False, 3),
        ("普通の行", True, None),
        ("長い行" * 20, True, None),
    ],
)
def test_headings_of_plain_text(line: str, alone: bool, level: int | None) -> None:
    assert heading_level(line, alone=alone) == level


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("３．委託業務の名称", 3),
        ("１.２.３ 詳細", 5),
        ("3 個", 3),
        ("12:30", None),
        ("１、申込。", None),
        ("Ⅳ. 資料", 2),
        ("第３ 経過措置", 2),
        ("第３次計画", None),
        ("(3)担当", None),
        ("(a) 担当", None),
    ],
)
def test_numbered_titles(line: str, level: int | None) -> None:
    assert numbered_level(line) == level


@pytest.mark.parametrize(
    ("line", "label", "caption", "why"),
    [
        ("第１条　この規則は、", "第1条", "", "the number of a rule"),
        ("第二十条の三　前条の", "第20条の3", "", "an article put in later"),
        ("第五条（領収書）　一件", "第5条", "（領収書）", "its caption beside it"),
        ("第百五条", "第105条", "", "alone on its line"),
        ("第三条及び第四条　削除", "第3条", "", "two articles at once"),
        ("第三条の規定により、", None, "", "a reference"),
        ("第三条に定める", None, "", "a reference"),
        ("この法律第三条", None, "", "not at the beginning"),
    ],
)
def test_articles(line: str, label: str | None, caption: str, why: str) -> None:
    found = article_heading(line)
    assert (found.label if found else None) == label, why
    assert (found.caption if found else "") == caption, why


def test_captions() -> None:
    assert is_caption("（目的）")
    assert is_caption("(定義)")
    assert not is_caption("（注）この表は参考です")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二十", 20),
        ("２０", 20),
        ("20", 20),
        ("二〇", 20),
        ("百五", 105),
        ("千二百三十四", 1234),
        ("十", 10),
        ("2百", 200),
    ],
)
def test_numbers(text: str, number: int) -> None:
    assert to_int(text) == number
