"""Word documents, made part by part."""

from __future__ import annotations

import pytest

from ingest.readers.numerals import format_number, kanji, roman
from ingest.readers.registry import read
from rag.errors import DamagedDocument, EmptyDocument
from tests.ingest.readers.made import docx, marks, paragraph, texts, told, zipped


def style(key: str, name: str, inside: str = "", kind: str = "paragraph") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{key}"><w:name w:val="{name}"/>{inside}</w:style>'


VANISH = "<w:rPr><w:vanish/></w:rPr>"
STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    + style("1", "heading 1", '<w:basedOn w:val="a"/>')
    + style("2", "見出し ２")
    + style("x", "独自", '<w:basedOn w:val="1"/>')
    + style("body", "見出し１本文")
    + style("o", "層", '<w:pPr><w:outlineLvl w:val="2"/></w:pPr>')
    + style("o9", "層なし", '<w:pPr><w:outlineLvl w:val="9"/></w:pPr>')
    + style("t", "Title")
    + style("toc1", "toc 1")
    + style("q", "引用文")
    + style("v", "隠し", VANISH)
    + style("cv", "隠し文字", VANISH, kind="character")
    + style("num", "条", '<w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr>')
)


def level(depth: int, style: str, text: str, inside: str = "") -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/>{inside}</w:lvl>'


def abstract(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def numbered(number: int, definition: int, inside: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{definition}"/>{inside}</w:num>'


NUMBERING = (
    abstract(
        0,
        level(0, "decimal", "%1.", '<w:start w:val="1"/>'),
        level(1, "aiueoFullWidth", "（%2）"),
        level(2, "decimal", "%1-%2-%3", "<w:isLgl/>"),
    )
    + abstract(1, level(0, "japaneseCounting", "第%1条"))
    + abstract(2, level(0, "bullet", "l"))
    + numbered(1, 0)
    + numbered(2, 1)
    + numbered(3, 2)
    + numbered(4, 0, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>')
)


def styled(text: str, style: str) -> str:
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def item(text: str, number: int, depth: int = 0) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def test_styles() -> None:
    body = (
        styled("経費精算規程", "t")
        + styled("目次の行", "toc1")
        + styled("総則", "1")
        + styled("目的", "2")
        + styled("見出しではない", "body")
        + styled("受け継ぐ", "x")
        + styled("三層", "o")
        + styled("本文", "o9")
        + styled("引用", "q")
        + styled("見えない", "v")
        + paragraph("直に", '<w:outlineLvl w:val="0"/>')
        + paragraph("【注意】")
        + paragraph("・項目")
        + styled("とても長い見出しは段落です" * 10, "1")
    )
    reading = read(docx(body, styles=STYLES), "a.docx")
    assert reading.title == "経費精算規程"
    assert [one[:20] for one in told(reading)] == [
        "paragraph 経費精算規程",
        "heading1 総則",
        "heading2 目的",
        "paragraph 見出しではない",
        "heading1 受け継ぐ",
        "heading3 三層",
        "paragraph 本文",
        "quote 引用",
        "heading1 直に",
        "heading3 【注意】",
        "list-item ・項目",
        "paragraph とても長い見出しは段",
    ]
    assert dict(reading.dropped) == {"table-of-contents": 4, "hidden-text": 4}


def test_numbers_are_printed_as_word_prints_them() -> None:
    body = (
        item("甲", 1)
        + item("乙", 1, 1)
        + item("丙", 1, 1)
        + item("丁", 1, 2)
        + item("戊", 1)
        + item("己", 1, 1)
        + styled("目的", "num")
        + styled("範囲", "num")
        + item("点", 3)
        + item("再び", 4)
        + item("リストでない", 0)
        + item("知らない", 99)
    )
    assert texts(read(docx(body, styles=STYLES, numbering=NUMBERING), "a.docx")) == [
        "1. 甲",
        "（ア）　乙",
        "（イ）　丙",
        "1-2-1 丁",
        "2. 戊",
        "（ア）　己",
        "第一条　目的",
        "第二条　範囲",
        "点",
        "5. 再び",
        "リストでない",
        "知らない",
    ]


def test_what_readers_of_the_page_do_not_see_is_counted() -> None:
    body = (
        "<w:p><w:r><w:t>見える</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>隠した</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>文</w:t></w:r>'
        '<w:r><w:rPr><w:rStyle w:val="cv"/></w:rPr><w:t>様式で</w:t></w:r>'
        "<w:del><w:r><w:delText>消した</w:delText></w:r></w:del><w:ins><w:r><w:t>足した</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>移した</w:t></w:r></w:moveFrom><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        "<w:del><w:p><w:r><w:delText>段落</w:delText></w:r></w:p></w:del>"
    )
    reading = read(
        docx(body, styles=STYLES, comments=paragraph("意見"), header=paragraph("頭書き")), "a.docx"
    )
    assert texts(reading) == ["見える文足した"]
    assert dict(reading.dropped) == {
        "hidden-text": 6,
        "deleted": 5,
        "moved-away": 3,
        "comment": 2,
        "page-header": 3,
    }


def test_insertions_and_comments_are_told_apart() -> None:
    """The second comment goes on into the next paragraph, the third is about no words."""
    body = (
        "<w:p><w:r><w:t>旅費は</w:t></w:r><w:ins w:author='経理課'><w:r><w:t>実費を</w:t></w:r></w:ins>"
        "<w:commentRangeStart w:id='1'/><w:r><w:t>支給</w:t></w:r><w:commentRangeEnd w:id='1'/>"
        "<w:commentRangeStart w:id='2'/><w:r><w:t>する。</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>次の段落。</w:t></w:r><w:commentRangeEnd w:id='2'/><w:r><w:t>終わり。</w:t></w:r>"
        "<w:commentRangeEnd w:id='3'/><w:moveTo><w:r><w:t>移動先</w:t></w:r></w:moveTo></w:p>"
    )
    notes = "".join(
        f"<w:comment w:id='{i}' w:author='総務課'>{paragraph(text)}</w:comment>"
        for i, text in enumerate(("零", "上限は", "要確認", "なし"))
    )
    first, second = read(docx(body, comments=notes), "a.docx").blocks
    assert (first.text, second.text) == ("旅費は実費を支給する。", "次の段落。終わり。移動先")
    assert marks(first, "inserted") == [("実費を", "経理課")]
    assert marks(first, "comment") == [("支給", "総務課: 上限は")]
    assert marks(second, "comment") == [("次の段落。", "総務課: 要確認")]
    assert marks(second, "inserted") == [("移動先", "")]


def test_inside_a_paragraph() -> None:
    body = (
        '<w:p xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>一</w:t><w:tab/>'
        "<w:t>二</w:t><w:br/><w:t>三</w:t><w:br w:type='page'/><w:noBreakHyphen/></w:r>"
        "<w:hyperlink><w:r><w:t>リンク</w:t></w:r></w:hyperlink>"
        "<w:r><w:ruby><w:rt><w:r><w:t>みさき</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>岬</w:t></w:r></w:rubyBase></w:ruby></w:r>"
        "<w:r><w:sym w:font='Wingdings' w:char='F0FC'/><w:sym w:char='F001'/><w:t>\uf06c</w:t></w:r>"
        "<mc:AlternateContent><mc:Choice><w:r><w:t>新</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>旧</w:t></w:r></mc:Fallback>"
        "</mc:AlternateContent></w:p>"
    )
    reading = read(docx(body), "a.docx")
    assert texts(reading) == ["一\t二\n三‑リンク岬✓●新"]
    assert marks(reading.blocks[0]) == [("岬", "みさき")]
    assert dict(reading.dropped) == {"symbol-font": 1}


def test_boxes_notes_and_pictures() -> None:
    body = (
        "<w:p><w:r><w:t>本文</w:t><w:footnoteReference w:id='2'/></w:r><w:r><w:pict><w:txbxContent>"
        + paragraph("箱の中")
        + "</w:txbxContent></w:pict></w:r>"
        "<w:r><w:drawing><docPr xmlns='x' descr='図'/></w:drawing></w:r></w:p>"
    )
    notes = (
        "<w:footnote w:id='0' w:type='separator'><w:p/></w:footnote><w:footnote w:id='2'>"
        + paragraph("脚注")
        + "</w:footnote>"
    )
    reading = read(docx(body, footnotes=notes), "a.docx")
    assert told(reading) == ["paragraph 本文", "paragraph 箱の中", "note 脚注"]
    assert dict(reading.dropped) == {"picture-description": 1}


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def row(*cells: str, head: bool = False) -> str:
    return f"<w:tr><w:trPr>{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"


@pytest.mark.parametrize(
    ("table", "expected", "why"),
    [
        (
            row(cell("品"), cell("値"), head=True) + row(cell("机"), cell("3")),
            ["品: 机 / 値: 3"],
            "a marked header",
        ),
        (
            row(cell("品名"), cell("単価"), cell("備考")) + row(cell("机"), cell("3"), cell("")),
            ["品名: 机 / 単価: 3"],
            "a found header",
        ),
        (row(cell("氏名"), cell("甲")) + row(cell("部署"), cell("乙")), ["氏名: 甲", "部署: 乙"], "a form"),
        (
            row(cell("区分"), cell("品"), cell("値"), head=True)
            + row(cell("家具", '<w:vMerge w:val="restart"/>'), cell("机"), cell("3"))
            + row(cell("", "<w:vMerge/>"), cell("椅子"), cell("2")),
            ["区分: 家具 / 品: 机 / 値: 3", "区分: 家具 / 品: 椅子 / 値: 2"],
            "a cell over two rows is told in both",
        ),
        (
            row(cell("品"), cell("値", '<w:gridSpan w:val="2"/>'), head=True)
            + row(cell("机"), cell("1"), cell("2")),
            ["品: 机 / 値: 1 / 値: 2"],
            "a head over two columns",
        ),
        (row(cell("枠の中の文章")), ["枠の中の文章"], "a frame is no table"),
        (
            row(f"<w:tc><w:tbl>{row(cell('内'), cell('側'))}</w:tbl></w:tc>", cell("外")),
            ["内: 側", "外"],
            "a table in a table",
        ),
        (
            "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>"
            + cell("乙")
            + "</w:tr>"
            + row(cell("一"), cell("二")),
            ["乙", "一: 二"],
            "a row that begins later",
        ),
    ],
)
def test_tables(table: str, expected: list[str], why: str) -> None:
    assert texts(read(docx(f"<w:tbl>{table}</w:tbl>"), "a.docx")) == expected, why


def test_content_controls() -> None:
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{paragraph('目次')}</w:sdtContent></w:sdt>"
    )
    plain = f"<w:sdt><w:sdtContent>{paragraph('欄の中')}</w:sdtContent></w:sdt>"
    reading = read(docx(contents + plain), "a.docx")
    assert texts(reading) == ["欄の中"]
    assert dict(reading.dropped) == {"table-of-contents": 2}


def test_numbered_titles_are_headings_where_nothing_else_is() -> None:
    body = "".join(
        map(paragraph, ["１．目的", "この要項は、", "２．範囲", "対象は、", "（１）社員", "（２）嘱託"])
    )
    assert told(read(docx(body), "a.docx"))[::2] == [
        "heading3 １．目的",
        "heading3 ２．範囲",
        "list-item （１）社員",
    ]
    alone = "".join(map(paragraph, ["１．目的", "この要項は、"]))
    assert told(read(docx(alone), "a.docx"))[0] == "list-item １．目的"


def test_properties_and_strict_files() -> None:
    data = {
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body><w:p><w:r>'
        "<w:t>厳密</w:t></w:r></w:p></w:body></w:document>",
        "docProps/core.xml": '<c xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
        "<dc:title>題</dc:title><dc:creator>総務部</dc:creator><t:modified>2024-04-01T00:00:00Z</t:modified></c>",
    }
    reading = read(zipped(data), "a.docx")
    assert (reading.title, reading.attributes.author, str(reading.attributes.date)) == (
        "題",
        "総務部",
        "2024-04-01",
    )
    assert texts(reading) == ["厳密"]
    without_day = data | {"docProps/core.xml": "<c/>"}
    assert read(zipped(without_day), "a.docx").attributes.date is None


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"word/document.xml": "<x/>"}, "names no main document"),
        (
            {
                "_rels/.rels": '<R xmlns="x"><Q Type="x/officeDocument" Target="word/document.xml"/></R>',
                "word/document.xml": "<x/>",
            },
            "no text body",
        ),
        (
            {
                "_rels/.rels": '<R xmlns="x"><Q Type="x/officeDocument" Target="word/document.xml"/></R>',
                "word/document.xml": "<x",
            },
            "not well-formed",
        ),
    ],
)
def test_damaged_documents(parts: dict[str, str], reason: str) -> None:
    with pytest.raises(DamagedDocument, match=reason):
        read(zipped(parts), "a.docx")


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ああああ"><!ENTITY b "&a;&a;&a;&a;">]>'
    files = {
        "_rels/.rels": '<R xmlns="x"><Q Type="x/officeDocument" Target="word/document.xml"/></R>',
        "word/document.xml": bomb
        + '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        "<w:t>&b;</w:t></w:r></w:p></w:body></w:document>",
    }
    with pytest.raises((EmptyDocument, DamagedDocument)):
        read(zipped(files), "a.docx")


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (3, "decimal", "3"),
        (3, "decimalFullWidth", "３"),
        (3, "decimalZero", "03"),
        (3, "decimalEnclosedCircle", "③"),
        (60, "decimalEnclosedCircle", "(60)"),
        (21, "japaneseCounting", "二十一"),
        (20, "ideographDigital", "二〇"),
        (2, "aiueo", "ｲ"),
        (2, "irohaFullWidth", "ロ"),
        (46, "aiueoFullWidth", "ン"),
        (27, "upperLetter", "AA"),
        (4, "lowerRoman", "iv"),
        (5, "noSuchFormat", "5"),
        (5, "none", ""),
    ],
)
def test_number_formats(number: int, style: str, text: str) -> None:
    assert format_number(number, style) == text


def test_numerals() -> None:
    assert [kanji(number) for number in (0, 10, 105, 1999, 12345)] == [
        "〇",
        "十",
        "百五",
        "千九百九十九",
        "一二三四五",
    ]
    assert roman(1994) == "MCMXCIV"
