r"""RTF: encodings inside one file, headings, tables, footnotes, ruby, and what nobody sees."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers.registry import read
from rag.errors import LimitExceeded, ReadError
from tests.ingest.readers.made import marks, texts, told

HEAD = r"{\rtf1\ansi\ansicpg932\deff0{\fonttbl{\f0\fnil\fcharset128 MS Mincho;}{\f1\fswiss\fcharset0 Arial;}}"


def escaped(text: str, encoding: str = "cp932") -> str:
    r"""「表」 → ``\'95\'5c``."""
    return "".join(f"\\'{byte:02x}" for byte in text.encode(encoding))


def rtf(body: str, head: str = HEAD) -> bytes:
    return f"{head}{body}}}".encode("latin-1")


TEXTS = [
    ("bytes of cp932", escaped("表彰規程①㈱髙"), "表彰規程①㈱髙"),
    ("the second byte as a letter, as Word writes it", r"\'83e\'83X\'83g", "テスト"),
    ("Unicode with a stand-in", r"\u34920?\u24432 ?", "表彰"),
    ("negative Unicode", r"\u-30616?", "表"),
    ("stand-ins of two bytes", r"\uc2\u34920\'95\'5c\u24432\'8f\'b2", "表彰"),
    ("no stand-in", r"\uc0\u34920\u24432", "表彰"),
    ("a character beyond U+FFFF", r"\uc0\u-10174\u-8265", "𠮷"),
    ("a Japanese file in a Western font", r"{\f1 " + escaped("旅費") + "}", "旅費"),
    ("characters by name", r"a\emdash b\tab c\~d\_e\{f\}", "a—b\tc\u00a0d‑e{f}"),
    ("line ends of the file mean nothing", "\\u26053?\r\n\\u36027?", "旅費"),
]


@pytest.mark.parametrize(("body", "text"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_text(body: str, text: str) -> None:
    reading = read(rtf(body + r"\par"), "a.rtf")
    assert texts(reading) == [text]
    assert (reading.media_type, reading.encoding) == ("application/rtf", "cp932")


def test_a_western_file_stays_one() -> None:
    reading = read(rtf(r"caf\'e9\par", r"{\rtf1\ansi\ansicpg1252"), "a.rtf")
    assert (texts(reading), reading.encoding) == (["café"], "cp1252")


def test_fonts_tell_other_encodings_apart() -> None:
    head = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f2\fcharset134 SimSun;}}"
    assert texts(read(rtf(r"\f2 \'d6\'d0\par", head), "a.rtf")) == ["中"]


def test_headings_lists_and_what_the_file_says_of_itself() -> None:
    body = (
        r"{\stylesheet{\s0 Normal;}{\s1 heading 1;}{\s2\outlinelevel1 " + escaped("章見出し") + ";}}"
        r"{\info{\title " + escaped("旅費規程") + r"}{\author " + escaped("経理課") + r"}{\creatim\yr2025}}"
        r"\pard\s1 "
        + escaped("総則")
        + r"\par\pard\s2 "
        + escaped("目的")
        + r"\par\pard "
        + escaped("旅費を定める。")
        + r"\par\pard{\listtext 1.\tab}"
        + escaped("日当")
        + r"\par"
    )
    reading = read(rtf(body), "a.rtf")
    assert (reading.title, reading.attributes.author) == ("旅費規程", "経理課")
    assert told(reading) == [
        "heading1 総則",
        "heading2 目的",
        "paragraph 旅費を定める。",
        "list-item 1.\t日当",
    ]


def test_tables_are_told_with_their_header() -> None:
    rows = [("部名", "場所", "時刻"), ("茶道部", "和室", "十八時"), ("書道部", "会議室", "十九時")]
    body = "".join(r"\trowd\pard\intbl " + r"\cell ".join(map(escaped, row)) + r"\cell\row " for row in rows)
    reading = read(rtf(escaped("案内") + r"\par " + body + r"\pard " + escaped("以上") + r"\par"), "a.rtf")
    assert told(reading) == [
        "paragraph 案内",
        "table-row 部名: 茶道部 / 場所: 和室 / 時刻: 十八時",
        "table-row 部名: 書道部 / 場所: 会議室 / 時刻: 十九時",
        "paragraph 以上",
    ]


def test_footnotes_follow_their_paragraph() -> None:
    body = (
        escaped("本文")
        + r"{\super 1}{\footnote\pard "
        + escaped("注の文。")
        + r"\par}"
        + escaped("の続き。")
        + r"\par"
    )
    assert told(read(rtf(body), "a.rtf")) == ["paragraph 本文1の続き。", "note 注の文。"]


def test_ruby_stands_apart() -> None:
    formula = (
        r"EQ \\* jc2 \\* hps10 \\o\\ad(\\s\\up 9(" + escaped("とうきょう") + ")," + escaped("東京") + ")"
    )
    body = r"{\field{\*\fldinst " + formula + r"}{\fldrslt }}" + escaped("へ行く。") + r"\par"
    reading = read(rtf(body), "a.rtf")
    assert texts(reading) == ["東京へ行く。"]
    assert marks(reading.blocks[0]) == [("東京", "とうきょう")]


def test_results_of_other_fields_are_shown() -> None:
    body = r"{\field{\*\fldinst PAGE}{\fldrslt 12}}" + escaped("ページ") + r"\par"
    assert texts(read(rtf(body), "a.rtf")) == ["12ページ"]


def test_what_nobody_sees_is_counted() -> None:
    hidden = r"{\header " + escaped("社外秘") + r"}{\v " + escaped("隠し") + "}"
    deleted = r"{\deleted " + escaped("消した文") + r"}{\*\annotation " + escaped("要確認") + "}"
    unknown = r"{\*\unknown " + escaped("知らない") + r"}{\pict\bin4 }}}}0102}"
    body = hidden + escaped("見える。") + deleted + unknown + r"\par"
    reading = read(rtf(body), "a.rtf")
    assert texts(reading) == ["見える。"]
    assert reading.dropped == {"page-header": 3, "hidden-text": 2, "deleted": 4, "comment": 3}


def test_damage_is_shown_and_counted() -> None:
    reading = read(rtf(r"\'95\'ff\'fd" + escaped("規程") + r"\par"), "a.rtf")
    assert "規程" in texts(reading)[0]
    assert "damaged places" in reading.warnings[0]


def test_endless_nesting_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="nested"):
        read(rtf("{" * 600 + "x" + "}" * 600), "a.rtf")


def test_a_file_that_ends_too_early_keeps_what_it_has() -> None:
    assert texts(read(rtf(escaped("途中まで"))[:-1], "a.rtf")) == ["途中まで"]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    text=st.text(
        st.characters(codec="cp932", exclude_categories=["C", "Z"], exclude_characters="¢£¬‖−〜\\¥"),
        min_size=1,
        max_size=30,
    )
)
def test_any_text_comes_back_from_its_bytes(text: str) -> None:
    text = f"文{text}文"
    assert "".join(texts(read(rtf(escaped(text) + r"\par"), "a.rtf"))) == text


@settings(derandomize=True, deadline=None, max_examples=100)
@given(body=st.text(alphabet=st.sampled_from("{}\\*'uvfs0189 -\n\x82\xa0"), max_size=60))
def test_no_bytes_break_the_reader(body: str) -> None:
    try:
        read(rtf(body), "a.rtf")
    except ReadError as error:
        assert "a.rtf" in str(error)
