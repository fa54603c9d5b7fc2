"""Blocks become one document: sections, articles, dates, locators, attributes."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import BuiltDocument, build_document, document_id
from ingest.readers.base import Block, BlockKind, Reading
from rag.errors import EmptyDocument
from rag.types import Annotation, Attributes, Document, Locator


def build(
    *blocks: Block, title: str | None = None, source: str = "規程/就業規則.txt", **reading: object
) -> BuiltDocument:
    """A document of these blocks."""
    read = Reading(blocks, "text/plain", title=title, **reading)  # type: ignore[arg-type]
    return build_document(read, source=source, collection="社内", sha256="ab" * 32, size_bytes=10)


def prose(text: str, **more: object) -> Block:
    return Block(BlockKind.PARAGRAPH, text, **more)  # type: ignore[arg-type]


def heading(text: str, level: int) -> Block:
    return Block(BlockKind.HEADING, text, level=level)


def of_kind(document: Document, kind: str) -> list[tuple[str, str]]:
    return [
        (document.text[one.start : one.end], one.value) for one in document.annotations if one.kind == kind
    ]


def test_the_id_depends_on_collection_and_source() -> None:
    assert document_id("社内", "a.txt") == document_id("社内", "a.txt")
    assert len(document_id("社内", "a.txt")) == 16
    assert (
        len({document_id("社内", "a.txt"), document_id("社外", "a.txt"), document_id("社内", "b.txt")}) == 3
    )
    assert document_id("a", "b\0c") != document_id("a\0b", "d")


def test_blocks_are_joined_by_newlines_and_what_is_known_of_the_file_is_kept() -> None:
    built = build(
        prose("一つ目"), prose("  "), prose("　二つ目"), encoding="cp932", warnings=("w",), dropped={"x": 2}
    )
    document = built.document
    assert document.text == "一つ目\n二つ目"
    assert (document.encoding, document.size_bytes, document.collection) == ("cp932", 10, "社内")
    assert built.warnings == ("w",)
    assert built.dropped == {"x": 2}


def test_sections_nest() -> None:
    built = build(
        prose("前書き"),
        heading("一章", 1),
        prose("本文"),
        heading("一節", 2),
        prose("本文"),
        heading("二章", 1),
        prose("終"),
    )
    text = built.document.text
    told = [(one.path, text[one.start : one.end].replace("\n", "/")) for one in built.document.sections]
    assert told == [
        (("一章",), "一章/本文/一節/本文/"),
        (("一章", "一節"), "一節/本文/"),
        (("二章",), "二章/終"),
    ]


def test_a_chapter_in_plain_words_is_a_section_in_any_format() -> None:
    built = build(prose("第一章　総則"), prose("（目的）"), prose("第一条　この規則は、目的を定める。"))
    assert [one.path for one in built.document.sections] == [
        ("第一章　総則",),
        ("第一章　総則", "第1条（目的）"),
    ]


ARTICLES = (
    prose("第一章　総則"),
    prose("（目的）"),
    prose("第一条　この規則は目的を定める。"),
    prose("２　この規則にないことは法令による。"),
    prose("（範囲）"),
    prose("第一条の二　この規則は社員に適用する。"),
    prose("第二条（定義）　用語の意味は次による。"),
    prose("一　会社　当社をいう。"),
    prose("附則"),
    prose("この規則は、令和6年4月1日から施行する。"),
)


def test_articles_run_from_their_caption_to_the_next() -> None:
    found = of_kind(build(*ARTICLES).document, "article")
    assert [value for _, value in found] == ["第1条", "第1条の2", "第2条"]
    assert found[0][0].startswith("（目的）")
    assert found[0][0].endswith("法令による。")
    assert found[1][0].startswith("（範囲）\n第一条の二")
    assert found[2][0].endswith("当社をいう。")


def test_an_article_that_is_a_heading_makes_no_second_section() -> None:
    built = build(
        heading("第1条（目的）", 2), prose("この規程は、"), heading("第2条（範囲）", 2), prose("適用する。")
    )
    assert [one.title for one in built.document.sections] == ["第1条（目的）", "第2条（範囲）"]
    assert [value for _, value in of_kind(built.document, "article")] == ["第1条", "第2条"]


def test_table_rows_are_no_articles() -> None:
    built = build(Block(BlockKind.TABLE_ROW, "第1条 / 目的"), prose("第三条の規定により、"))
    assert of_kind(built.document, "article") == []


def test_dates_and_the_day_of_taking_effect() -> None:
    document = build(*ARTICLES, prose("令和7年度の予算")).document
    assert of_kind(document, "date") == [
        ("令和6年4月1日", "2024-04-01"),
        ("令和7年度", "2025-04-01/2026-03-31"),
    ]
    assert document.attributes.effective_from == dt.date(2024, 4, 1)


@pytest.mark.parametrize(
    ("text", "begins", "ends", "why"),
    [
        ("この規程は、令和3年4月1日から施行する。", dt.date(2021, 4, 1), None, "the usual words"),
        (
            "平成20年4月1日施行\n令和6年10月1日 改正、令和6年10月1日から適用する",
            dt.date(2024, 10, 1),
            None,
            "the last one",
        ),
        ("旧規程は令和6年3月31日限り廃止する。", None, None, "another rule ends"),
        ("この要領は、令和8年3月31日限り、その効力を失う。", None, dt.date(2026, 3, 31), "this one ends"),
        ("令和6年4月1日に開いた会議", None, None, "a date alone"),
    ],
)
def test_effective_dates(text: str, begins: dt.date | None, ends: dt.date | None, why: str) -> None:
    attributes = build(prose(text)).document.attributes
    assert (attributes.effective_from, attributes.effective_to) == (begins, ends), why


def test_what_the_file_says_of_itself_wins() -> None:
    known = Attributes(author="総務部", effective_from=dt.date(2020, 1, 1))
    attributes = build(prose("令和6年4月1日から施行する。"), attributes=known).document.attributes
    assert attributes == known


def test_annotations_and_locators_move_to_the_whole_text() -> None:
    place = Locator(0, 0, page=3)
    ruby = Annotation("ruby", 1, 3, "とうきょう")
    document = build(prose("\0前"), prose("\0東京は", place=place, annotations=(ruby,))).document
    assert of_kind(document, "ruby") == [("東京", "とうきょう")]
    assert document.locators == (Locator(2, 5, page=3),)


def test_a_block_in_several_places_has_a_locator_for_each() -> None:
    places = (Locator(0, 2, page=1), Locator(2, 4, page=2), Locator(4, 4, page=3))
    document = build(prose("はじ"), prose("続くよね", places=places)).document
    assert [(one.start, one.end, one.page) for one in document.locators] == [(3, 5, 1), (5, 7, 2)]


@pytest.mark.parametrize(
    ("kind", "annotation"),
    [
        (BlockKind.TABLE_ROW, "table-row"),
        (BlockKind.QUOTE, "quoted"),
        (BlockKind.NOTE, "note"),
        (BlockKind.CODE, "code"),
    ],
)
def test_kinds_of_blocks_that_others_must_know(kind: BlockKind, annotation: str) -> None:
    document = build(prose("前"), Block(kind, "  中身")).document
    assert [text.strip() for text, _ in of_kind(document, annotation)] == ["中身"]
    assert ("  中身" in document.text) == (kind is BlockKind.CODE)


@pytest.mark.parametrize(
    ("title", "blocks", "expected", "why"),
    [
        ("規程\n2024", (prose("x"),), "規程 2024", "the file's own title on one line"),
        (None, (heading("見出し", 1), prose("x")), "見出し", "the first heading of the highest level"),
        (
            None,
            (heading("小", 2), heading("大", 1), prose("x")),
            "就業規則",
            "the first heading is a lower one",
        ),
        ("  ", (prose("x"),), "就業規則", "the name of the file"),
        (
            None,
            (prose("旅費規則"), prose("第一章　総則"), prose("x")),
            "旅費規則",
            "the line above a chapter",
        ),
        (None, (prose("第一章　総則"), prose("x")), "就業規則", "a chapter is no title"),
        (None, (prose("これは文です。"), prose("附則"), prose("x")), "就業規則", "nor is a sentence"),
    ],
)
def test_titles(title: str | None, blocks: tuple[Block, ...], expected: str, why: str) -> None:
    assert build(*blocks, title=title).document.title == expected, why


def test_nothing_left_is_an_error_with_the_source() -> None:
    with pytest.raises(EmptyDocument, match=r"規程/就業規則\.txt"):
        build(prose("\0\u200b "))


BLOCKS = st.lists(
    st.builds(
        Block,
        st.sampled_from([BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.TABLE_ROW, BlockKind.CODE]),
        st.sampled_from(
            [
                "第一章　総則",
                "（目的）",
                "第一条　定める。",
                "本文。\r\n続き",
                " \0",
                "附則",
                "x",
                "第二条　y",
            ]
        ),
        level=st.integers(1, 4),
        place=st.just(Locator(0, 0, page=1)),
    ),
    max_size=12,
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(BLOCKS)
def test_spans_are_inside_the_text_and_sections_are_properly_nested(blocks: list[Block]) -> None:
    try:
        document = build(prose("始"), *blocks).document
    except EmptyDocument:
        return
    spans = [(one.start, one.end) for one in (*document.sections, *document.annotations, *document.locators)]
    assert all(0 <= start <= end <= len(document.text) for start, end in spans)
    for one in document.sections:
        inside = [other for other in document.sections if one.start <= other.start < one.end]
        assert all(other.end <= one.end for other in inside)
    starts = [one.start for one in document.locators]
    assert starts == sorted(starts)
    assert all(a.end <= b.start for a, b in zip(document.locators, document.locators[1:], strict=False))
