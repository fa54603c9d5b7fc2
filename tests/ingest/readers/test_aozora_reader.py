"""Books in the notation of Aozora Bunko."""

from __future__ import annotations

import pytest

from ingest.readers.aozora import is_aozora
from ingest.readers.aozora_line import described_character, parse_line, plain_text
from tests.ingest.readers.made import marks, read_text, told

BOOK = """灯台の夜
― 春の巻 ―
港　太郎
山田花子訳

-------------------------------------------------------
【テキスト中に現れる記号について】

《》：ルビ
（例）岬《みさき》
-------------------------------------------------------

［＃３字下げ］一［＃「一」は中見出し］

　岬《みさき》に灯台があった。※［＃「口＋世」、U+546D、12-6］という字もある。
［＃ここから大見出し］
二
［＃ここで大見出し終わり］
　次の文。
［＃改ページ］

底本：「灯台全集」港出版
2020（令和2）年1月1日初版
"""


def test_a_whole_book() -> None:
    reading = read_text(BOOK, "灯台.txt", "cp932")
    assert reading.media_type == "text/x-aozora"
    assert reading.title == "灯台の夜 ― 春の巻 ―"
    assert reading.attributes.author == "港　太郎"
    assert told(reading) == [
        "heading2 一",
        "paragraph 岬に灯台があった。呭という字もある。",
        "heading1 二",
        "paragraph 次の文。",
        "note 底本：「灯台全集」港出版",
        "note 2020（令和2）年1月1日初版",
    ]
    assert marks(reading.blocks[1]) == [("岬", "みさき")]
    assert reading.blocks[1].place is not None
    assert reading.blocks[1].place.lines == (15, 15)
    assert set(reading.dropped) == {"legend", "layout-note"}


@pytest.mark.parametrize(
    ("line", "text", "ruby", "why"),
    [
        ("檸檬《れもん》を", "檸檬を", [("檸檬", "れもん")], "the run of kanji before it"),
        (
            "武州｜青梅《おうめ》の宿《しゅく》",
            "武州青梅の宿",
            [("青梅", "おうめ"), ("宿", "しゅく")],
            "｜ marks where it begins",
        ),
        ("その人《ひと》々《びと》", "その人々", [("人", "ひと"), ("人々", "びと")], "々 belongs to kanji"),
        ("ランプ《洋燈》", "ランプ", [("ランプ", "洋燈")], "katakana"),
        ("おお《大》", "おお", [("おお", "大")], "hiragana"),
        ("ABC《エービーシー》", "ABC", [("ABC", "エービーシー")], "Latin letters"),
        ("《これはルビではない》", "《これはルビではない》", [], "nothing before it"),
        ("私はA子｜と《そして》", "私はA子と", [("と", "そして")], "kana behind ｜"),
    ],
)
def test_ruby(line: str, text: str, ruby: list[tuple[str, str]], why: str) -> None:
    found = parse_line(line)
    assert found.text == text, why
    assert [(text[one.start : one.end], one.value) for one in found.annotations] == ruby, why


@pytest.mark.parametrize(
    ("line", "text", "kind", "covered", "value"),
    [
        ("あっと言う［＃「あっ」に傍点］", "あっと言う", "emphasis", "あっ", "傍点"),
        ("これは［＃傍点］大事［＃傍点終わり］だ", "これは大事だ", "emphasis", "大事", "傍点"),
        ("一つの［＃「一つの」はママ］例", "一つの例", "note", "一つの", "はママ"),
        ("絵［＃花の絵（fig1.png、横10×縦10）入る］", "絵", "note", "", "花の絵（fig1.png、横10×縦10）入る"),
        ("※［＃「けものへん＋矍」、102-3］という", "〓という", "gaiji", "〓", "「けものへん＋矍」、102-3"),
        ("［＃「無い語」に傍点］本文", "本文", "emphasis", "", "傍点"),
    ],
)
def test_notes(line: str, text: str, kind: str, covered: str, value: str) -> None:
    found = parse_line(line)
    assert found.text == text
    assert [(one.kind, text[one.start : one.end], one.value) for one in found.annotations] == [
        (kind, covered, value)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "［＃ここから２字下げ］",
        "［＃地付き］大正三年",
        "［＃改丁］",
        "一［＃レ］二［＃（シ）］",
        "［＃「注」は割り注］",
        "　題［＃「題」は大見出し］",
    ],
)
def test_layout_leaves_nothing_in_the_text(line: str) -> None:
    found = parse_line(line)
    assert "［" not in found.text
    assert found.annotations == ()
    assert found.dropped or found.heading_level == 1


@pytest.mark.parametrize(
    ("described", "char"),
    [
        ("「日＋向」、第3水準1-85-25", "晌"),
        ("「土へん＋竒」、第4水準2-4-95", None),
        ("二の字点、1-2-22", "〻"),
        ("「口＋世」、U+546D、12-6", "呭"),
        ("U+D800", None),
        ("U+FFFFFF", None),
        ("ただの注記", None),
    ],
)
def test_described_characters(described: str, char: str | None) -> None:
    assert described_character(described) == char


def test_a_note_in_a_note() -> None:
    found = parse_line("※［＃「日＋向」、第3水準1-85-25］の［＃「※［＃「日＋向」、第3水準1-85-25］」に傍点］")
    assert found.text == "晌の"
    assert [(one.kind, one.start, one.end) for one in found.annotations] == [("emphasis", 0, 1)]
    unknown = parse_line("字［＃「※［＃「謎」、99-9］」はママ］")
    assert unknown.annotations[0].value == "はママ"


def test_annotations_follow_the_text_when_its_indent_goes() -> None:
    found = parse_line("　　岬《みさき》")
    assert (found.text, found.annotations[0].start) == ("岬", 0)
    assert plain_text("　檸檬《れもん》　") == "檸檬"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("岬《みさき》と港《みなと》と浜《はま》", True),
        ("本文［＃改ページ］", True),
        ("岬《みさき》だけ", False),
        ("《重要》お知らせ《緊急》", False),
        ("普通の文章", False),
    ],
)
def test_what_is_in_this_notation(text: str, expected: bool) -> None:
    assert is_aozora(text) is expected


def test_a_book_without_a_legend() -> None:
    reading = read_text("題名\n作者名\n\n岬《みさき》、港《みなと》、浜《はま》。\n", "a.txt")
    assert (reading.title, reading.attributes.author) == ("題名", "作者名")
    assert told(reading) == ["paragraph 岬、港、浜。"]
    alone = read_text("題名\n\n岬《みさき》、港《みなと》、浜《はま》。\n", "a.txt")
    assert (alone.title, alone.attributes.author) == ("題名", None)
    no_front = read_text(
        "岬《みさき》、港《みなと》、浜《はま》に船が並び、夜になると灯りがともって、海を照らしていたのである。\n",
        "a.txt",
    )
    assert no_front.title is None
