"""PDFs drawn with reportlab: lines, columns, vertical pages, ruby, furniture, tables."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import CIDFont, UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.readers.base import ReadOptions
from ingest.readers.pdf.garbling import MENDED, garbling_warnings, shifted_kana
from ingest.readers.registry import read
from rag.errors import DamagedDocument, EmptyDocument, EncryptedDocument
from tests.ingest.readers.made import marks, texts, told

MINCHO, GOTHIC, VERTICAL = "HeiseiMin-W3", "HeiseiKakuGo-W5", "Vertical"
HEIGHT, WIDTH, LEFT, SIZE = 842, 595, 60, 10.5

pdfmetrics.registerFont(UnicodeCIDFont(MINCHO))
pdfmetrics.registerFont(UnicodeCIDFont(GOTHIC))


def drawn(*pages: Callable[[Canvas], None], **options: object) -> bytes:
    """The bytes of a PDF with one page for each function."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), **options)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def put(canvas: Canvas, x: float, y: float, text: str, size: float = SIZE, **more: str | float) -> None:
    """Write a line whose foot is ``y`` points from the top; more: ``font``, ``charSpace``."""
    canvas.setFont(str(more.pop("font", MINCHO)), size)
    canvas.drawString(x, HEIGHT - y, text, **more)


def lines(
    canvas: Canvas, rows: Iterable[str], top: float = 100, left: float = LEFT, size: float = SIZE
) -> None:
    for index, text in enumerate(rows):
        put(canvas, left, top + index * size * 1.7, text, size)


WRAPPED = (
    "　この説明書は、はじめて機械を使う人のために、準備から片付けまでの手順を順番に説明し",
    "ています。読み終わったあとは、いつでも見られる場所に保管してください。手順の途中で分",
    "からないことがあれば、担当者に聞いてください。",
    "　次に、安全についての注意を述べます。作業の前には必ず電源を切り、手袋を着けてくださ",
    "い。",
)


def test_lines_become_paragraphs() -> None:
    reading = read(drawn(lambda canvas: lines(canvas, WRAPPED)), "a.pdf")
    assert [text.strip() for text in texts(reading)] == [
        "".join(WRAPPED[:3]).strip(),
        "".join(WRAPPED[3:]).strip(),
    ]
    places = reading.blocks[0].places
    assert [place.page for place in places] == [1, 1, 1]
    assert (
        "".join(reading.blocks[0].text[place.start : place.end] for place in places) == reading.blocks[0].text
    )
    box = places[0].boxes[0]
    assert box.left == pytest.approx(LEFT, abs=SIZE + 1)
    assert 85 < box.top < box.bottom < 110


def test_latin_words_and_hyphens() -> None:
    rows = (
        "Open source software is distributed under licenses that allow anyone to use it and to re-",
        "distribute it with or without changes, and the conditions are written in a file called",
        "LICENSE.",
    )
    assert texts(read(drawn(lambda canvas: lines(canvas, rows)), "a.pdf")) == [
        "Open source software is distributed under licenses that allow anyone to use it and to "
        "redistribute it with or without changes, and the conditions are written in a file called LICENSE."
    ]


def test_a_paragraph_runs_on_overleaf_past_footnote_and_furniture() -> None:
    def page(canvas: Canvas, number: int, rows: Sequence[str], note: str = "") -> None:
        put(canvas, 200, 30, "社内資料　取扱注意", 8)
        put(canvas, 290, 820, f"- {number} -", 8)
        lines(canvas, rows, top=600)
        if note:
            put(canvas, LEFT, 750, note, 8)

    reading = read(
        drawn(
            lambda canvas: page(canvas, 1, WRAPPED[:2], "※ 担当者は総務課にいます。"),
            lambda canvas: page(canvas, 2, WRAPPED[2:]),
            lambda canvas: page(canvas, 3, ["　三枚目の本文です。"]),
        ),
        "a.pdf",
    )
    assert [one.split(" ", 1)[0] for one in told(reading)] == ["paragraph", "note", "paragraph", "paragraph"]
    assert reading.blocks[0].text.endswith("担当者に聞いてください。")
    assert [place.page for place in reading.blocks[0].places] == [1, 1, 2]
    assert reading.blocks[1].text == "※ 担当者は総務課にいます。"
    assert dict(reading.dropped) == {"page-furniture": 42}


def test_page_numbers_of_two_pages() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            lines(canvas, [f"本文の{number}枚目です。"])
            put(canvas, 290, 820, str(number + 4), 9)

        return draw

    assert texts(read(drawn(page(1), page(2)), "a.pdf")) == ["本文の1枚目です。", "本文の2枚目です。"]


def test_numbers_of_footnotes_are_taken_out_of_the_sentence() -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, LEFT, 100, "詳しくは別の資料")
        put(canvas, LEFT + 8 * SIZE, 96, "1", 5)
        put(canvas, LEFT + 8 * SIZE + 4, 100, "を見てください。")
        put(canvas, LEFT, 118, "次の文はここから始まります。")
        put(canvas, LEFT, 700, "1", 5)
        put(canvas, LEFT + 6, 704, "資料は総務課にあります。")

    reading = read(drawn(page), "a.pdf")
    assert reading.blocks[0].text.startswith("詳しくは別の資料を見てください。")
    assert [one.value for one in reading.blocks[0].annotations] == ["1"]
    assert told(reading)[-1].startswith("note ")


def test_ruby_stands_over_its_characters() -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, LEFT + 2 * SIZE, 92, "とうだい", SIZE / 2)
        put(canvas, LEFT + 5 * SIZE, 92, "み", SIZE / 2)
        put(canvas, LEFT, 100, "岬の灯台を見た。")

    block = read(drawn(page), "a.pdf").blocks[0]
    assert block.text == "岬の灯台を見た。"
    assert marks(block) == [("灯台", "とうだい"), ("見", "み")]


COLUMNS = ("灯台の明かりは夜どおし", "海を照らし、船はそれを", "頼りに港へ帰る。")


@pytest.mark.parametrize("backwards", [False, True])
def test_vertical_columns_are_read_from_the_right(backwards: bool) -> None:
    if VERTICAL not in pdfmetrics.getRegisteredFontNames():
        font = CIDFont("HeiseiMin-W3", "UniJIS-UCS2-V")
        font.fontName = VERTICAL
        pdfmetrics.registerFont(font)

    def page(canvas: Canvas) -> None:
        placed = [(500 - index * 20, text) for index, text in enumerate((*COLUMNS, "朝になると消える。"))]
        for x, text in reversed(placed) if backwards else placed:
            for row, char in enumerate(text):
                put(canvas, x, 100 + row * SIZE, char)

    assert texts(read(drawn(page), "a.pdf")) == ["".join(COLUMNS), "朝になると消える。"]


def test_two_tiers_of_vertical_text() -> None:
    def page(canvas: Canvas) -> None:
        for top, tier in ((100, "上"), (400, "下")):
            for index, number in reversed(list(enumerate("一二三四"))):
                for row, char in enumerate(f"{tier}の段の{number}行目です"):
                    put(canvas, 500 - index * 40, top + row * SIZE, char)

    expected = [f"{tier}の段の{number}行目です" for tier in "上下" for number in "一二三四"]
    assert texts(read(drawn(page), "a.pdf")) == expected


def test_a_side_note_that_the_file_holds_too_late() -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, ["左の段の本文です。", "左の段の続きです。"], top=100)
        lines(canvas, ["下の注です。"], top=300, left=400, size=8)
        lines(canvas, ["上の注です。"], top=200, left=400, size=8)

    assert texts(read(drawn(page), "a.pdf"))[-2:] == ["上の注です。", "下の注です。"]


def test_tables_are_told_with_their_header() -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, LEFT, 80, "運転の種類について説明します。")
        for row, cells in enumerate(
            (("運転", "使うとき", "風量"), ("自動", "ふだん", "中"), ("静音", "会議中", "最小"))
        ):
            for column, text in enumerate(cells):
                put(canvas, LEFT + column * 120, 120 + row * 20, text, 9)

    assert texts(read(drawn(page), "a.pdf"))[1:] == [
        "運転: 自動 / 使うとき: ふだん / 風量: 中",
        "運転: 静音 / 使うとき: 会議中 / 風量: 最小",
    ]


def test_a_header_in_letters_of_its_own_and_a_second_line_of_a_cell() -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, LEFT, 100, "症状", 9, font=GOTHIC)
        put(canvas, LEFT + 200, 100, "考えられること", 9, font=GOTHIC)
        put(canvas, LEFT, 120, "においがする", 9)
        put(canvas, LEFT + 200, 120, "フィルターの交換時期です。", 9)
        put(canvas, LEFT + 200, 132, "新しいものに替えます。", 9)
        put(canvas, LEFT, 150, "音がする", 9)
        put(canvas, LEFT + 200, 150, "故障ではありません。", 9)

    assert texts(read(drawn(page), "a.pdf")) == [
        "症状: においがする / 考えられること: フィルターの交換時期です。新しいものに替えます。",
        "症状: 音がする / 考えられること: 故障ではありません。",
    ]


def test_a_form_is_told_in_pairs_and_spread_letters_stay_a_word() -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, LEFT, 100, "氏名", charSpace=25)
        put(canvas, LEFT + 120, 100, "担当者A")
        put(canvas, LEFT, 120, "所属先")
        put(canvas, LEFT + 120, 120, "総務部")

    assert texts(read(drawn(page), "a.pdf")) == ["氏名: 担当者A", "所属先: 総務部"]


def test_headings_by_size_and_title() -> None:
    def page(canvas: Canvas) -> None:
        put(canvas, LEFT, 60, "取扱説明書", 20)
        put(canvas, LEFT, 100, "準備", 14)
        lines(canvas, WRAPPED[:3], top=130)
        put(canvas, LEFT, 240, "片付け", 14)
        lines(canvas, ["　使い終わったら、電源を切ってください。"], top=270)

    reading = read(drawn(page), "a.pdf")
    assert reading.title == "取扱説明書"
    assert [one for one in told(reading) if one.startswith("heading")] == [
        "heading1 取扱説明書",
        "heading2 準備",
        "heading2 片付け",
    ]


def test_headings_by_the_outline() -> None:
    def page(canvas: Canvas) -> None:
        for index, (title, level) in enumerate((("第１部", 0), ("準備 する", 1), ("片付け", 1))):
            put(canvas, LEFT, 100 + index * 60, title.replace(" ", ""))
            put(canvas, LEFT, 125 + index * 60, "　説明の文をここに書きます。")
            canvas.bookmarkPage(title)
            canvas.addOutlineEntry(title, title, level)
        canvas.setTitle("Microsoft Word - 手順書.docx")
        canvas.setAuthor("総務部")

    reading = read(drawn(page), "a.pdf")
    assert [one for one in told(reading) if one.startswith("heading")] == [
        "heading1 第１部",
        "heading2 準備する",
        "heading2 片付け",
    ]
    assert (reading.title, reading.attributes.author) == ("手順書", "総務部")


def test_tables_of_contents_are_counted() -> None:
    rows = ["１ はじめに" + "." * 60 + " 2", "２ 準備" + "." * 64 + " 3"]
    reading = read(drawn(lambda canvas: lines(canvas, [*rows, "本文はここからです。"])), "a.pdf")
    assert texts(reading) == ["本文はここからです。"]
    assert reading.dropped["table-of-contents"] > 120


def test_what_nobody_sees() -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, ["見える本文です。"])
        put(canvas, LEFT, 300, "小さすぎる", 0.4)
        put(canvas, WIDTH + 50, 300, "紙の外")
        canvas.setFillColorRGB(1, 1, 1)
        put(canvas, LEFT, 400, "白い文字です。")

    reading = read(drawn(page), "a.pdf")
    assert texts(reading) == ["見える本文です。", "白い文字です。"]
    assert dict(reading.dropped) == {"tiny-text": 5, "off-page": 3}
    assert [(one.kind, one.value) for one in reading.blocks[1].annotations] == [("hidden", "white")]


def test_pages_of_pictures() -> None:
    def picture(canvas: Canvas) -> None:
        canvas._code.append("q 200 0 0 200 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q")

    without = ReadOptions(ocr=False)
    with pytest.raises(EmptyDocument, match=r"a\.pdf: pages 1-2 with only pictures not read: .*ingest\.ocr"):
        read(drawn(picture, picture), "a.pdf", without)
    mixed = read(drawn(picture, lambda canvas: lines(canvas, ["本文です。"])), "a.pdf", without)
    assert mixed.warnings == (
        "page 1 with only pictures not read: text recognition is switched off by ingest.ocr",
    )
    with pytest.raises(EmptyDocument, match="no text"):
        read(drawn(lambda canvas: canvas.line(0, 0, 9, 9)), "a.pdf")


def test_a_turned_page_with_another_origin() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.saveState()
        canvas.rotate(90)
        canvas.setFont(MINCHO, SIZE)
        for index, text in enumerate(("　横に回した紙の一行目です。", "　横に回した紙の二行目です。")):
            canvas.drawString(100, -100 - index * 18, text)
        canvas.restoreState()

    reading = read(drawn(page), "a.pdf")
    assert [text.strip() for text in texts(reading)] == [
        "横に回した紙の一行目です。",
        "横に回した紙の二行目です。",
    ]
    assert all(0 <= value <= HEIGHT for value in reading.blocks[0].places[0].boxes[0])


def test_passwords_and_damage() -> None:
    locked = drawn(lambda canvas: lines(canvas, ["秘密"]), encrypt=StandardEncryption("foo"))
    assert texts(read(locked, "a.pdf", ReadOptions(password="foo"))) == ["秘密"]
    with pytest.raises(EncryptedDocument, match=r"a\.pdf: does not open with the password that was given"):
        read(locked, "a.pdf", ReadOptions(password="bar"))
    with pytest.raises(EncryptedDocument, match="needs a password: give it with --password"):
        read(locked, "a.pdf")
    with pytest.raises(DamagedDocument, match="cannot be opened"):
        read(b"%PDF-1.7\nnothing else", "a.pdf")


def test_dates_of_files() -> None:
    reading = read(drawn(lambda canvas: lines(canvas, ["本文です。"]), invariant=1), "a.pdf")
    assert reading.attributes.date == dt.date(2000, 1, 1)


@pytest.mark.parametrize(
    ("wrong", "right", "why"),
    [
        ("⼀⽇⼤⼈", "一日大人", "Kangxi radicals"),
        ("⻑⻘⻝", "長青食", "radicals of the supplement"),
        ("︒︑﹁﹂︵︶", "。、「」（）", "vertical forms"),
        ("㈱①髙", "㈱①髙", "signs that people wrote stay"),
    ],
)
def test_signs_that_stand_for_one_character(wrong: str, right: str, why: str) -> None:
    assert wrong.translate(MENDED) == right, why


def test_shifted_kana_are_mended_only_where_it_is_proven() -> None:
    garbled = "䛣䛾説明書䛿䛿䛨䜑䛶䛾人䛾䛯䜑䛻、手順䜢順番䛻説明䛧䛶䛔䜎䛩。䝅䝇䝔䝮䛾使䛔方。"
    table = shifted_kana([garbled])
    assert (
        garbled.translate(table)
        == "この説明書ははじめての人のために、手順を順番に説明しています。システムの使い方。"
    )
    assert shifted_kana(["普通の文章です。䛾という字は珍しい。"]) == {}


def test_garbling_is_told() -> None:
    told = garbling_warnings("漢字" * 150 + "\ue000\ufffd")
    assert [line.split(" ", 1)[0] for line in told] == ["1", "1", "only"]
    assert garbling_warnings("ふつうの文章。" * 100) == ()
