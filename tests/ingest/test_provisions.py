"""条, 項 and 号 of a rule, with the spans that others point at."""

from __future__ import annotations

import pytest

from ingest.outline import division_label, division_level
from tests.ingest.rule_text import rule

RULE = """\
第一章　総則
（目的）
第一条　この規程は、旅費について定める。
（定義）
第二条　次の各号に掲げる用語の意義は、当該各号に定めるところによる。
一　出張　社外で仕事をすることをいう。
二　旅費　交通費及び宿泊費をいう。
２　前項の出張には、研修を含む。
２０名を超える研修は、別に定める。
３　次に掲げるものは、旅費としない。
(1) 私用の交通費
(2) 飲食の費用
附則
１　この規程は、令和６年４月１日から施行する。
２　旧規程は、廃止する。
別表第一（第五条関係）
東京　一万円
"""


def told(text: str, kind: str) -> dict[str, str]:
    document = rule(text)
    return {
        one.value: document.text[one.start : one.end].replace("\n", "/")
        for one in document.annotations
        if one.kind == kind
    }


def test_paragraphs_and_items_of_an_article() -> None:
    paragraphs = told(RULE, "paragraph")
    assert list(paragraphs) == ["第2条第1項", "第2条第2項", "第2条第3項", "附則第1項", "附則第2項"]
    assert paragraphs["第2条第1項"].endswith("二　旅費　交通費及び宿泊費をいう。")
    assert paragraphs["第2条第2項"] == "２　前項の出張には、研修を含む。/２０名を超える研修は、別に定める。"
    assert paragraphs["附則第2項"] == "２　旧規程は、廃止する。"
    assert told(RULE, "item") == {
        "第2条第1項第1号": "一　出張　社外で仕事をすることをいう。",
        "第2条第1項第2号": "二　旅費　交通費及び宿泊費をいう。",
        "第2条第3項第1号": "(1) 私用の交通費",
        "第2条第3項第2号": "(2) 飲食の費用",
    }


NUMBERED = [
    ("第1条　甲。\n２　乙。", ["第1条第1項", "第1条第2項"], [], "a number and a blank"),
    ("第1条　甲。\n2. 乙。", ["第1条第1項", "第1条第2項"], [], "a number and a full stop"),
    ("第1条　甲。\n②　乙。", ["第1条第1項", "第1条第2項"], [], "old laws count in circles"),
    ("第1条　甲。\n２前項の乙。", ["第1条第1項", "第1条第2項"], [], "nothing between number and text"),
    ("第1条　甲。\n２月に締める。", [], [], "a month is no paragraph"),
    ("第1条　甲。\n３　乙。", [], [], "3 does not come after 1"),
    ("第1条　次のとおり。\n1. 甲\n2. 乙", [], ["第1条第1号", "第1条第2号"], "announced numbers are items"),
    ("第1条　次のとおり。\n①甲\n②乙", [], ["第1条第1号", "第1条第2号"], "announced circles are items"),
    ("第1条　左のとおり。\n(一)　甲\n（二）　乙", [], ["第1条第1号", "第1条第2号"], "kanji in brackets"),
    ("第1条　各号。\n第1号　甲\n第2号　乙", [], ["第1条第1号", "第1条第2号"], "items that say what they are"),
    ("第1条　各号。\n一　甲\n一の二　乙\n二　丙", [], ["第1条第1号", "第1条第2号"], "one put in later"),
    ("第1条　甲。\n二　乙", [], [], "two does not begin a list"),
    ("第1条　甲。\n一般に、乙。", [], [], "一 begins a word"),
]


@pytest.mark.parametrize(("text", "paragraphs", "items", "why"), NUMBERED)
def test_numbers_at_the_beginning_of_lines(
    text: str, paragraphs: list[str], items: list[str], why: str
) -> None:
    assert (list(told(text, "paragraph")), list(told(text, "item"))) == (paragraphs, items), why


def test_a_text_without_articles_has_none_of_it() -> None:
    document = rule("一　甲\n二　乙\n前項の規定による。\n「甲」とは、乙をいう。")
    assert document.annotations == ()


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("第二章　旅費", "第2章"),
        ("第十二章の二　罰則", "第12章の2"),
        ("第３節", "第3節"),
        ("附　則", "附則"),
        ("附則（令和六年法律第一号）抄", "附則"),
        ("別表第一（第三条関係）", "別表第1"),
        ("別表２", "別表第2"),
        ("別表", "別表"),
        ("別記様式第三号", "様式第3号"),
        ("様式第３号の２（第５条関係）", "様式第3号の2"),
        ("別紙１", "別紙第1"),
        ("目的", ""),
        ("別紙のとおり", ""),
    ],
)
def test_what_others_call_a_division(line: str, label: str) -> None:
    assert division_label(line) == label
    assert (division_level(line) is not None) == bool(label)


def test_a_heading_for_a_table_or_form_without_a_number_is_no_division() -> None:
    assert [division_level(line) for line in ("様式", "別紙", "別表", "別記様式")] == [None, None, 2, 2]
