"""HTML pages: main text, tables, ruby, character sets."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.readers.registry import read
from rag.errors import EmptyDocument, LimitExceeded
from tests.ingest.readers.made import marks, read_text, texts, told

PAGE = """<!DOCTYPE html><html><head><meta charset="Shift_JIS"><title>社内報
 第1号</title><meta name="author" content="総務部"><meta name="date" content="2025-07-01">
<style>p{}</style><script>var x = "見えない";</script></head><body>
<header><p>会社名</p></header><nav><ul><li>トップ</li></ul></nav>
<div class="breadcrumb">トップ &gt; 社内報</div>
<h1>社内報</h1><h2>特集</h2>
<p>新しい機械を
入れました。これは   早い。<br>次の行です。</p>
<p><ruby>梟<rp>（</rp><rt>ふくろう</rt><rp>）</rp></ruby>の絵<img alt="梟" src="a.png"></p>
<ol start="3"><li>三番</li><li><p>四番</p><p>続き</p></li></ol><ul><li>項目</li></ul>
<table><caption>部員</caption><tr><th>部</th><th>人数</th></tr><tr><td>茶道</td><td>9人</td></tr></table>
<blockquote>引用文</blockquote><pre>  code()
</pre><dl><dt>用語</dt><dd>意味</dd></dl>
<div style="display:none">隠した文</div><p hidden>これも</p>
<footer>連絡先</footer></body></html>"""


def test_a_page() -> None:
    reading = read(PAGE.encode("cp932"), "a.html")
    assert reading.title == "社内報 第1号"
    assert (reading.encoding, reading.warnings) == ("cp932", ())
    assert reading.attributes.author == "総務部"
    assert reading.attributes.date == dt.date(2025, 7, 1)
    assert told(reading) == [
        "heading1 社内報",
        "heading2 特集",
        "paragraph 新しい機械を入れました。これは 早い。",
        "paragraph 次の行です。",
        "paragraph 梟の絵",
        "list-item 3. 三番",
        "list-item 4. 四番",
        "paragraph 続き",
        "list-item 項目",
        "paragraph 部員",
        "table-row 部: 茶道 / 人数: 9人",
        "quote 引用文",
        "code   code()",
        "paragraph 用語",
        "paragraph 意味",
    ]
    assert marks(reading.blocks[4]) == [("梟", "ふくろう")]
    assert dict(reading.dropped) == {
        "navigation": 13,
        "hidden": 7,
        "picture-description": 1,
        "page-furniture": 3,
    }


def test_a_wrong_declaration_is_told() -> None:
    reading = read(PAGE.encode("euc_jp"), "a.html")
    assert reading.encoding == "euc-jp"
    assert reading.warnings == ("declares Shift_JIS but its bytes are euc-jp",)


@pytest.mark.parametrize(
    ("body", "expected", "why"),
    [
        ("<main><p>本文です。</p></main><p>外</p>", ["本文です。"], "the main element holds the text"),
        (
            "<article><h1>題</h1><p>長い本文です。長い本文です。</p></article><p>外</p>",
            ["題", "長い本文です。長い本文です。"],
            "so does an article",
        ),
        (
            "<article>短</article><p>長い本文です。長い本文です。長い本文です。</p>",
            ["短", "長い本文です。長い本文です。長い本文です。"],
            "not a teaser",
        ),
        ("<header><h1>題名</h1></header><p>本文</p>", ["題名", "本文"], "a header with the title stays"),
        (
            "<main><footer>注</footer><p>本文</p></main>",
            ["注", "本文"],
            "a footer inside the main text stays",
        ),
        ("<p>外<p>閉じない段落<b>太字", ["外", "閉じない段落太字"], "tags that are not closed"),
        (
            "<table><tr><td><h2>題</h2><p>本文</p></td><td>横</td></tr></table>",
            ["題", "本文", "横"],
            "a table for layout",
        ),
        (
            "<table><tr><td>氏名</td><td>担当A</td></tr><tr><td>部署</td><td>総務</td></tr></table>",
            ["氏名: 担当A", "部署: 総務"],
            "a form",
        ),
        (
            "<table><tr><th>期間</th><td>3か月</td></tr><tr><th>場所</th><td>本社</td></tr></table>",
            ["期間: 3か月", "場所: 本社"],
            "heads beside",
        ),
        (
            "<table><tr><th rowspan=2>品</th><th colspan=2>金額</th></tr><tr><th>税抜</th><th>税込</th></tr>"
            "<tr><td rowspan=2>机</td><td>100</td><td>110</td></tr><tr><td>200</td><td>220</td></tr></table>",
            ["品: 机 / 金額 税抜: 100 / 金額 税込: 110", "品: 机 / 金額 税抜: 200 / 金額 税込: 220"],
            "heads over heads, cells over rows",
        ),
        (
            "<pre>これは手紙の文章です。\n\n読んでください。</pre>",
            ["これは手紙の文章です。", "読んでください。"],
            "prose in pre",
        ),
        ("<ruby>水<rt>みず</rt>揚<rt>あ</rt></ruby>げ", ["水揚げ"], "ruby piece by piece"),
        ("<span>一</span>\n<span>二</span> <i>three</i>", ["一二 three"], "source breaks and blanks"),
        ("<ol><li></li></ol><li>宙に浮いた項目</li>", ["宙に浮いた項目"], "an item without a list"),
        ("<table><tr><td colspan='x'>一つ</td></tr></table>", ["一つ"], "a single cell"),
    ],
)
def test_table(body: str, expected: list[str], why: str) -> None:
    assert texts(read_text(f"<html><body>{body}</body></html>", "a.html")) == expected, why


def test_xhtml_with_entities_of_its_own() -> None:
    page = """<?xml version="1.0" encoding="euc-jp"?>
<!DOCTYPE html PUBLIC "x" "http://example.jp/x.dtd" [
<!ENTITY title "入手方法"><!ENTITY self "&self;"><!ENTITY ext SYSTEM "file:///etc/passwd">]>
<html><head><title>&title;</title></head><body><p>&os; と &copy; と &ext; と &amp;lt;</p></body></html>"""
    reading = read(page.encode("euc_jp"), "where.xml")
    assert reading.title == "入手方法"
    assert texts(reading) == ["&os; と © と &ext; と &lt;"]
    assert "entities are defined outside the file" in reading.warnings[0]


def test_entities_cannot_make_a_file_grow_without_bound() -> None:
    body = "<html><body>" + "&a;" * 50_000 + "</body></html>"
    page = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "{"い" * 1000}">]>{body}'
    with pytest.raises(LimitExceeded, match="entities"):
        read_text(page, "a.html")


def test_a_page_without_text() -> None:
    with pytest.raises(EmptyDocument):
        read_text("<html><body><script>x()</script></body></html>", "a.html")
