"""What the references of a rule point at; a row is the text of 第4条 within a rule."""

from __future__ import annotations

import pytest

from ingest.references import numbers_without_meaning
from rag.types import Span
from rag.types.targets import Target
from tests.ingest.rule_text import annotated, pointed_at, rule

FRAME = """\
目次
第一章　総則（第一条―第三条）
第一章　総則
（目的）
第一条　旅費について定める。
２　法令に従う。
第二条　用語の意義は、次のとおりとする。
一　出張
二　旅費
三　日当
第三条　社員に適用する。
第二章　旅費
第一節　通則
（種類）
第四条　{}
第五条　日当を支払う。
第二節　精算
第五条の二　精算する。
第三章　雑則
第一節　委任
第六条　総務部長が定める。
附則
（施行期日）
第一条　令和六年四月一日から施行する。
第二条　{supplement}
別表第一（第四条関係）
別表第二（第五条関係）
様式第一号（第六条関係）
"""

CASES = [
    ("前条の規定", [("前条", "第3条")], "the article before"),
    ("次条に定める", [("次条", "第5条")], "the article behind"),
    ("第二条の規定", [("第二条", "第2条")], "an article by its number"),
    ("第２条の規定", [("第２条", "第2条")], "in full width"),
    ("第5条の2による", [("第5条の2", "第5条の2")], "an article put in later"),
    ("第一条第二項による", [("第一条第二項", "第1条第2項")], "a paragraph"),
    ("第二条第三号の者", [("第二条第三号", "第2条第3号")], "an item of an article with one paragraph"),
    ("前三条の規定", [("前三条", "第1条から第3条まで")], "three articles"),
    ("前九条の規定", [], "there are not so many"),
    ("第二条及び第三条", [("第二条", "第2条"), ("第三条", "第3条")], "two articles"),
    (
        "第一条第一項又は第二項",
        [("第一条第一項", "第1条第1項"), ("第二項", "第1条第2項")],
        "the same article",
    ),
    (
        "第一条の者。同条第二項の者",
        [("第一条", "第1条"), ("同条第二項", "第1条第2項")],
        "the article just named",
    ),
    (
        "第一条第二項の者は、同項により",
        [("第一条第二項", "第1条第2項"), ("同項", "第1条第2項")],
        "its paragraph",
    ),
    ("第二条第二号の者は、同号により", [("第二条第二号", "第2条第2号"), ("同号", "第2条第2号")], "its item"),
    ("同条の規定", [], "nothing was named yet"),
    ("本条の規定", [("本条", "第4条")], "itself"),
    ("この条において", [("この条", "第4条")], "itself"),
    ("第九条の規定", [("第九条", "第9条")], "no such article: its number and no span"),
    ("次章に定める", [("次章", "第3章")], "the chapter behind"),
    ("前章に定める", [("前章", "第1章")], "the chapter before"),
    ("この章において", [("この章", "第2章")], "its own chapter"),
    ("第二節に定める", [("第二節", "第2節")], "the section of its own chapter"),
    ("第三章に定める", [("第三章", "第3章")], "a chapter by its number"),
    ("別表第一のとおり", [("別表第一", "別表第1")], "a table"),
    ("別表２のとおり", [("別表２", "別表第2")], "a table in digits"),
    ("別表第九のとおり", [], "no such table"),
    ("様式第１号による", [("様式第１号", "様式第1号")], "a form"),
    ("別記様式第一による", [("別記様式第一", "様式第1号")], "a form without 号"),
    ("労働基準法第三十六条", [("第三十六条", "労働基準法第36条")], "another law"),
    (
        "労働基準法（昭和二十二年法律第四十九号）第三十六条及び第三十七条",
        [("第三十六条", "労働基準法第36条"), ("第三十七条", "労働基準法第37条")],
        "another law with its number, and on",
    ),
    (
        "民法第一条第二項及び第三項",
        [("第一条第二項", "民法第1条第2項"), ("第三項", "民法第1条第3項")],
        "its paragraphs",
    ),
    (
        "民法第一条により、同条第三項",
        [("第一条", "民法第1条"), ("同条第三項", "民法第1条第3項")],
        "its article again",
    ),
    (
        "民法第一条第二項第三号及び第四号",
        [("第一条第二項第三号", "民法第1条第2項第3号"), ("第四号", "民法第1条第2項第4号")],
        "an item of another law, and its next",
    ),
    (
        "民法第一条第二項により、同項第三号及び第五条",
        [("第一条第二項", "民法第1条第2項"), ("同項第三号", "民法第1条第2項第3号"), ("第五条", "民法第5条")],
        "the paragraph of another law again, and another article",
    ),
    (
        "民法第一条第二項各号",
        [("第一条第二項", "民法第1条第2項"), ("各号", "民法第1条第2項各号")],
        "all items there",
    ),
    (
        "第五条の者は、同項により",
        [("第五条", "第5条"), ("同項", "第5条")],
        "the only paragraph of an article",
    ),
    ("民法第一条により、同法第二条", [("第一条", "民法第1条"), ("第二条", "民法第2条")], "the same law"),
    (
        "会社は、個人情報の保護に関する法律第二条により",
        [("第二条", "個人情報の保護に関する法律第2条")],
        "a law with a long name",
    ),
    ("皇室典範（昭和二十二年法律第三号）第二条", [("第二条", "皇室典範第2条")], "known by its number alone"),
    ("この規程第二条", [("第二条", "第2条")], "this rule by name"),
    ("旅費規程第二条", [("第二条", "第2条")], "this rule by its title"),
    ("昭和22年法律第2号による", [], "the number of a law"),
    ("第2号被保険者", [], "a word with a number"),
    ("前条件を満たす", [], "条件 is a word"),
    ("この条例により", [], "条例 is a word"),
    (
        "次の各号による。\n一　甲\n二　前号の乙",
        [("次の各号", "第4条第1号から第4条第2号まで"), ("前号", "第4条第1号")],
        "items",
    ),
    ("次による。\n一　甲\n二　乙\n三　前二号の丙", [("前二号", "第4条第1号から第4条第2号まで")], "two items"),
    (
        "次による。\n一　甲\n二　乙\n三　前各号の丙",
        [("前各号", "第4条第1号から第4条第2号まで")],
        "all before",
    ),
    (
        "甲。\n２　前項の乙。\n３　前二項の丙。",
        [("前項", "第4条第1項"), ("前二項", "第4条第1項から第4条第2項まで")],
        "paragraphs",
    ),
    (
        "甲。\n２　次項の乙。\n３　第一項の丙。",
        [("次項", "第4条第3項"), ("第一項", "第4条第1項")],
        "paragraphs",
    ),
    (
        "次による。\n一　甲\n２　前項第一号の乙",
        [("前項第一号", "第4条第1項第1号")],
        "an item of the paragraph before",
    ),
    (
        "次による。\n一　甲\n２　前項各号の乙",
        [("前項", "第4条第1項"), ("各号", "第4条第1項第1号から第4条第1項第1号まで")],
        "its items",
    ),
    ("次による。\n一　甲\n２　第二号の乙", [], "no such item"),
    ("甲。\n２　第九項の乙。", [], "no such paragraph"),
    ("附則第一条による", [("附則第一条", "附則第1条")], "an article of the supplement"),
]


@pytest.mark.parametrize(("words", "expected", "why"), CASES)
def test_what_is_meant(words: str, expected: list[tuple[str, str]], why: str) -> None:
    document = rule(FRAME.format(words, supplement="なし。"))
    head = document.text.index("（種類）")
    tail = document.text.index("第五条　日当")
    found = [
        (document.text[one.start : one.end], Target.from_value(one.value).label)
        for one in document.annotations
        if one.kind == "reference" and head <= one.start < tail
    ]
    assert found == expected, why


def test_a_supplement_counts_its_articles_anew() -> None:
    document = rule(FRAME.format("甲。", supplement="前条の日に、第三条及び附則第一条による。"))
    found = [
        one
        for one in annotated(document, "reference")
        if one[0] not in {"第一条", "第三条"} or one[1] == "第3条"
    ]
    assert ("前条", "附則第1条") in found
    assert ("第三条", "第3条") in found
    assert ("附則第一条", "附則第1条") in found


def test_the_span_is_that_of_what_is_meant() -> None:
    document = rule(FRAME.format("前条、第一条第二項及び別表第二", supplement="なし。"))
    begins = pointed_at(document, "reference")
    assert {"第三条　社員に適用する。", "２　法令に従う。", "別表第二（第五条関係）"} <= set(begins)


def test_numbers_without_a_meaning_are_counted() -> None:
    document = rule("第一条　甲。\n第二条　前条及び第2号被保険者、昭和22年法律第2号。")
    known = [one for one in document.annotations if one.kind == "reference"]
    assert [document.text[one.start : one.end] for one in known] == ["前条"]
    assert numbers_without_meaning(document.text, known) == 2


def test_numbers_at_the_head_of_articles_chapters_and_tables_are_no_references() -> None:
    document = rule("第一章　総則\n第一条　甲。\n第二条　乙。\n別表第一（第二条関係）\n丙")
    assert annotated(document, "reference") == [("第二条", "第2条")]


@pytest.mark.parametrize(
    "target", [Target("第3条", Span(4, 20)), Target("民法第90条"), Target("a@b", Span(0, 1))]
)
def test_a_target_is_written_and_read(target: Target) -> None:
    assert Target.from_value(target.value) == target
