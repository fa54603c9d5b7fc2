"""Laws, DocBook, recognised pages and any other XML."""

from __future__ import annotations

import pytest

from ingest.readers.registry import read
from rag.errors import DamagedDocument
from tests.ingest.readers.made import marks, read_text, texts, told

LAW = """<?xml version="1.0" encoding="utf-8"?>
<Law Lang="ja"><LawNum>令和六年法律第一号</LawNum><LawBody><LawTitle>見本法</LawTitle>
<TOC><TOCLabel>目次</TOCLabel></TOC><MainProvision><Chapter><ChapterTitle>第一章　総則</ChapterTitle>
<Article><ArticleCaption>（目的）</ArticleCaption><ArticleTitle>第一条</ArticleTitle>
<Paragraph><ParagraphNum/><ParagraphSentence><Sentence>この法律は、<Ruby>訃<Rt>ふ</Rt></Ruby>報を定める。</Sentence></ParagraphSentence>
<Item><ItemTitle>一</ItemTitle><ItemSentence><Column><Sentence>用語</Sentence></Column><Column><Sentence>意味</Sentence></Column></ItemSentence></Item>
</Paragraph><Paragraph><ParagraphNum>２</ParagraphNum><ParagraphSentence><Sentence>前項のほか。</Sentence></ParagraphSentence></Paragraph>
</Article></Chapter></MainProvision>
<SupplProvision><SupplProvisionLabel>附　則</SupplProvisionLabel><Paragraph><ParagraphNum/><ParagraphSentence><Sentence>公布の日から施行する。</Sentence></ParagraphSentence></Paragraph></SupplProvision>
<AppdxTable><AppdxTableTitle>別表</AppdxTableTitle><TableStruct><Table><TableRow><TableColumn><Sentence>品名</Sentence></TableColumn><TableColumn><Sentence>単価</Sentence></TableColumn><TableColumn><Sentence>備考</Sentence></TableColumn></TableRow>
<TableRow><TableColumn><Sentence>机</Sentence></TableColumn><TableColumn><Sentence>3</Sentence></TableColumn><TableColumn><Sentence>無</Sentence></TableColumn></TableRow></Table></TableStruct></AppdxTable>
</LawBody></Law>"""  # noqa: E501


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_law(wrapped: bool) -> None:
    text = (
        LAW.replace("<Law ", "<Data><Full><Law ").replace("</Law>", "</Law></Full></Data>")
        if wrapped
        else LAW
    )
    reading = read_text(text, "law.xml")
    assert reading.title == "見本法"
    assert told(reading) == [
        "paragraph 令和六年法律第一号",
        "heading2 第一章　総則",
        "paragraph （目的）",
        "paragraph 第一条　この法律は、訃報を定める。",
        "paragraph 一　用語　意味",
        "paragraph ２　前項のほか。",
        "heading2 附　則",
        "paragraph 公布の日から施行する。",
        "heading2 別表",
        "table-row 品名: 机 / 単価: 3 / 備考: 無",
    ]
    assert marks(reading.blocks[3]) == [("訃", "ふ")]
    assert dict(reading.dropped) == {"table-of-contents": 2}


DOCBOOK = """<?xml version="1.0" encoding="euc-jp"?>
<!DOCTYPE article PUBLIC "x" "http://example.jp/docbook.dtd" [<!ENTITY prog "手順書">]>
<article><info><title>&prog;</title><author>書いた人</author></info>
<para>&os; の
説明です。<footnote><para>脚注</para></footnote></para>
<section><title>準備</title><itemizedlist><listitem><para>一つ目</para></listitem></itemizedlist>
<note><para>注意</para></note><screen># ls
</screen><remark>編集者</remark><blockquote><para>引用</para></blockquote>
<table><title>表</title><tgroup><thead><row><entry>名</entry><entry>値</entry></row></thead>
<tbody><row><entry><para>甲</para></entry><entry>1</entry></row></tbody></tgroup></table>
<variablelist><varlistentry><term>用語</term><listitem><para>意味</para></listitem></varlistentry></variablelist>
</section></article>"""


def test_docbook() -> None:
    reading = read(DOCBOOK.encode("euc_jp"), "a.xml")
    assert (reading.title, reading.encoding) == ("手順書", "euc-jp")
    assert told(reading) == [
        "heading1 手順書",
        "paragraph &os; の説明です。",
        "note 脚注",
        "heading2 準備",
        "list-item 一つ目",
        "paragraph 注意",
        "code # ls",
        "quote 引用",
        "paragraph 表",
        "table-row 名: 甲 / 値: 1",
        "paragraph 用語",
        "list-item 意味",
    ]
    assert reading.warnings == ("1 entities are defined outside the file and stay as they are: &os;",)
    assert dict(reading.dropped) == {"formality": 7}


def test_a_recognised_page() -> None:
    lines = "".join(
        f'<LINE STRING="{text}" CONF="{conf}"/>'
        for text, conf in (
            ("送付には、気送管にて送付するものと、", "0.9"),
            ("直接落下させる装置がある。", "0.7"),
        )
    )
    reading = read_text(
        f"<?xml version='1.0'?><OCRDATASET><PAGE><TEXTBLOCK>{lines}</TEXTBLOCK></PAGE></OCRDATASET>", "a.xml"
    )
    assert texts(reading) == ["送付には、気送管にて送付するものと、直接落下させる装置がある。"]
    assert [value for _, value in marks(reading.blocks[0], "ocr")] == ["0.80"]


def test_any_other_xml() -> None:
    inside = "<title>題</title><g><a>一</a><b>二<c>三</c></b></g><d/><e><![CDATA[&x;]]></e>"
    reading = read_text(f"<?xml version='1.0'?><r>{inside}</r>", "a.xml")
    assert (reading.title, texts(reading)) == ("題", ["題", "一", "二三", "&x;"])


def test_xml_that_is_not_well_formed() -> None:
    with pytest.raises(DamagedDocument, match="not well-formed"):
        read_text("<?xml version='1.0'?><a><b>閉じない</a>", "a.xml")


def test_nothing_outside_the_file_is_reached() -> None:
    text = "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><r>&x; と本文</r>"
    assert texts(read_text(text, "a.xml")) == ["&x; と本文"]
