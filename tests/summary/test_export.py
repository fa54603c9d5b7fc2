"""Footnotes in Markdown and Word: each leads to the span it cites, and no text of a document acts."""

import io
import zipfile

import docx
import pytest
from lxml import etree

from ingest.readers.registry import read
from rag.summary.base import Format, Length, PartCoverage, Request, Summary
from rag.summary.export.markdown import escape_markdown, to_markdown
from rag.summary.export.outline import coverage_strip
from rag.summary.export.word import saveable, to_docx
from rag.summary.making import make_page
from rag.summary.summarizer import Summarizer
from tests.summary.conftest import make_document, sample_document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_markdown_has_a_footnote_for_every_mark(summarizer: Summarizer):
    page = make_page([sample_document("経費精算規程_2021.docx")], summarizer, Request())
    text = to_markdown(page)
    marks = {part.split("]")[0] for part in text.split("[^")[1:]}
    notes = {line[2 : line.index("]")] for line in text.splitlines() if line.startswith("[^")}
    assert marks == notes
    assert "| 区分 | 宿泊費（1泊） | 日当（日帰り） | 日当（宿泊） |\n| --- | --- | --- | --- |" in text
    assert text.startswith("# 経費精算規程\n")
    assert "のうち" in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("![](http://a.example.jp/x.png)", r"\!\[\](http://a.example.jp/x.png)"),
        ("<script>", r"\<script\>"),
        ("a|b", r"a\|b"),
        ("- 項目", r"\- 項目"),
        ("1. 項目", r"\1. 項目"),
        ("一\n二", "一 二"),
        ("普通の文。", "普通の文。"),
    ],
)
def test_text_of_documents_is_no_markup(text: str, escaped: str):
    assert escape_markdown(text) == escaped


def test_lists_and_several_documents(summarizer: Summarizer):
    documents = [sample_document("読み物_N4.md"), sample_document("読み物_N3.md")]
    text = to_markdown(make_page(documents, summarizer, Request(Length.SHORT), Format.LIST))
    assert "\n- " in text
    assert "# 共通点と相違点" in text
    assert "| 事項 | 関係 |" in text


def test_changes_and_minutes_as_markdown(summarizer: Summarizer):
    rules = [sample_document(f"経費精算規程_{name}") for name in ("2021.docx", "2024.txt")]
    changes = to_markdown(make_page(rules, summarizer, Request(), Format.CHANGES))
    assert "| 種別 | 箇所 | 旧 | 新 | 差 |" in changes
    record = sample_document("製品企画会議_議事録.docx")
    minutes = to_markdown(make_page([record], summarizer, Request(Length.SHORT), Format.MINUTES))
    assert "## 決定事項" in minutes
    assert "| 内容 | 担当 | 期限 |" in minutes
    nothing = make_page([sample_document("読み物_N4.md")], summarizer, Request(Length.SHORT), Format.MINUTES)
    assert "見つかりませんでした" in to_markdown(nothing)


def test_word_files_have_real_footnotes_and_can_be_read_again(summarizer: Summarizer):
    page = make_page([sample_document("経費精算規程_2021.docx")], summarizer, Request())
    data = to_docx(page)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        notes = etree.fromstring(package.read("word/footnotes.xml"))
        body = etree.fromstring(package.read("word/document.xml"))
        assert b"footnotes.xml" in package.read("word/_rels/document.xml.rels")
        assert b"footnotes+xml" in package.read("[Content_Types].xml")
    numbers = [note.get(f"{W}id") for note in notes if note.get(f"{W}type") is None]
    marks = [mark.get(f"{W}id") for mark in body.iter(f"{W}footnoteReference")]
    assert marks == numbers
    assert len(marks) > 3
    opened = docx.Document(io.BytesIO(data))
    assert opened.paragraphs[0].text == "経費精算規程"
    assert opened.tables[0].cell(0, 0).text == "区分"
    said = "\n".join(block.text for block in read(data, "要約.docx").blocks)
    assert page.summaries[0].statements[0].text in said


def test_a_page_without_citations_has_no_footnotes_part(summarizer: Summarizer):
    page = make_page([make_document("```\nx\n```")], summarizer, Request())
    with zipfile.ZipFile(io.BytesIO(to_docx(page))) as package:
        assert "word/footnotes.xml" not in package.namelist()


def test_characters_that_xml_cannot_hold_are_left_out():
    assert saveable("文\x00字\x0b\ud800") == "文字"


def test_the_strip_has_a_sign_a_part_and_joins_many():
    parts = [PartCoverage("節", (), 10, count) for count in (0, 1, 2)]
    summary = Summary("題", "/題.txt", (), tuple(parts))
    assert coverage_strip(summary) == "·▄█"
    many = Summary("題", "/題.txt", (), tuple(parts * 100))
    assert len(coverage_strip(many)) == 60
