"""Slides, made part by part."""

from __future__ import annotations

import pytest

from ingest.readers.registry import read
from rag.errors import DamagedDocument
from tests.ingest.readers.made import line, pptx, shape, told, zipped

FRAME = (
    '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="2" name="t"/></p:nvGraphicFramePr>'
    '<a:graphic><a:graphicData uri="{uri}">{inside}</a:graphicData></a:graphic></p:graphicFrame>'
)


def table(*rows: str, heads: bool = True) -> str:
    properties = f'<a:tblPr firstRow="{int(heads)}"/>'
    return FRAME.format(uri="http://x/table", inside=f"<a:tbl>{properties}{''.join(rows)}</a:tbl>")


def row(*cells: str, attributes: str = "") -> str:
    return (
        "<a:tr>"
        + "".join(f"<a:tc {attributes}><a:txBody>{line(cell)}</a:txBody></a:tc>" for cell in cells)
        + "</a:tr>"
    )


def test_titles_bodies_tables_and_notes() -> None:
    first = (
        shape(line("要点") + line("補足", '<a:pPr lvl="1"/>'))
        + shape(line("研修の<![CDATA[]]>") + line("ねらい"), "title")
        + shape(line("2025年4月1日"), "dt")
        + shape(line("3"), "sldNum")
        + table(row("日", "内容"), row("4月2日", "説明"))
        + shape(line("自由な文"), None)
    )
    reading = read(
        pptx(
            first,
            shape(line("二枚目"), "ctrTitle"),
            notes={1: shape(line("話すこと")) + shape(line("1"), "sldNum")},
        ),
        "a.pptx",
    )
    assert reading.title == "研修のねらい"
    assert told(reading) == [
        "heading1 研修のねらい",
        "list-item 要点",
        "list-item 補足",
        "table-row 日: 4月2日 / 内容: 説明",
        "paragraph 自由な文",
        "note 話すこと",
        "heading1 二枚目",
    ]
    places = [(block.place.page, block.place.part) for block in reading.blocks if block.place]
    assert places == [(1, "slide")] * 5 + [(1, "notes"), (2, "slide")]
    assert dict(reading.dropped) == {"slide-furniture": 10}


def test_what_is_not_shown_is_counted() -> None:
    beside = '<a:xfrm><a:off x="-500" y="0"/><a:ext cx="400" cy="10"/></a:xfrm>'
    inside = '<a:xfrm><a:off x="0" y="0"/><a:ext cx="400" cy="10"/></a:xfrm>'
    slide = (
        shape(line("見える"), None, inside)
        + shape(line("横の外"), None, beside)
        + shape(line("隠した形"), None, name='hidden="1"')
        + '<p:pic><p:nvPicPr><p:cNvPr id="3" name="p" descr="写真"/></p:nvPicPr></p:pic>'
    )
    reading = read(pptx(slide, "<!--hidden-->" + shape(line("隠した枚"))), "a.pptx")
    assert told(reading) == ["paragraph 見える"]
    assert dict(reading.dropped) == {"hidden-shape": 7, "picture-description": 2, "hidden-slide": 4}


@pytest.mark.parametrize(
    ("style", "labels"),
    [
        ('<a:buAutoNum type="arabicPeriod"/>', ["1. 甲", "2. 乙"]),
        ('<a:buAutoNum type="arabicParenBoth" startAt="3"/>', ["(3) 甲", "(4) 乙"]),
        ('<a:buAutoNum type="circleNumDbPlain"/>', ["① 甲", "② 乙"]),
        ('<a:buAutoNum type="alphaLcParenR"/>', ["a) 甲", "b) 乙"]),
        ('<a:buChar char="•"/>', ["甲", "乙"]),
    ],
)
def test_numbered_paragraphs(style: str, labels: list[str]) -> None:
    body = "".join(line(text, f"<a:pPr>{style}</a:pPr>") for text in ("甲", "乙"))
    assert told(read(pptx(shape(body, None)), "a.pptx")) == [f"list-item {label}" for label in labels]


def test_numbers_begin_anew_after_a_higher_level() -> None:
    numbered = '<a:pPr lvl="{}"><a:buAutoNum type="arabicPeriod"/></a:pPr>'
    body = "".join(
        line(text, numbered.format(level)) for text, level in (("甲", 0), ("細", 1), ("乙", 0), ("細", 1))
    )
    assert [one.split(" ", 1)[1] for one in told(read(pptx(shape(body)), "a.pptx"))] == [
        "1. 甲",
        "1. 細",
        "2. 乙",
        "1. 細",
    ]


def test_text_without_bullets_breaks_and_fields() -> None:
    body = (
        "<a:p><a:pPr><a:buNone/></a:pPr><a:r><a:t>一行目</a:t></a:r><a:br/>"
        '<a:fld id="{1}" type="x"><a:t>欄</a:t></a:fld></a:p><a:p/>'
    )
    assert told(read(pptx(shape(body)), "a.pptx")) == ["paragraph 一行目\n欄"]


def test_groups_and_alternatives() -> None:
    group = f"<p:grpSp>{shape(line('組の中'), None)}</p:grpSp>"
    new, old = shape(line("新"), None), shape(line("旧"), None)
    choice = f"<mc:Choice>{new}</mc:Choice><mc:Fallback>{old}</mc:Fallback>"
    choice = f"<mc:AlternateContent>{choice}</mc:AlternateContent>"
    assert told(read(pptx(group + choice), "a.pptx")) == ["paragraph 組の中", "paragraph 新"]


def test_merged_cells() -> None:
    merged = (
        '<a:tr><a:tc rowSpan="2"><a:txBody>'
        + line("家具")
        + "</a:txBody></a:tc><a:tc><a:txBody>"
        + line("机")
        + "</a:txBody></a:tc></a:tr>"
        '<a:tr><a:tc vMerge="1"/><a:tc><a:txBody>' + line("椅子") + "</a:txBody></a:tc></a:tr>"
    )
    spanning = (
        '<a:tr><a:tc gridSpan="2"><a:txBody>' + line("見出し") + '</a:txBody></a:tc><a:tc hMerge="1"/></a:tr>'
    )
    reading = read(
        pptx(table(row("区分", "品"), merged) + table(spanning, row("一", "二"), heads=False)), "a.pptx"
    )
    assert told(reading) == [
        "table-row 区分: 家具 / 品: 机",
        "table-row 区分: 家具 / 品: 椅子",
        "table-row 見出し",
        "table-row 一: 二",
    ]


def test_charts_are_named_as_not_read() -> None:
    reading = read(pptx(shape(line("本文")) + FRAME.format(uri="http://x/chart", inside="")), "a.pptx")
    assert reading.warnings == ("1 charts were not read",)


def test_a_presentation_without_its_slides() -> None:
    with pytest.raises(DamagedDocument, match="names no main document"):
        read(zipped({"ppt/presentation.xml": "<x/>"}), "a.pptx")
