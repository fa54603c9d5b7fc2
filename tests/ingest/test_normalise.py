"""Text is tidied without changing a word; annotations move along."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.normalise import normalise
from rag.types import Annotation


@pytest.mark.parametrize(
    ("text", "tidy", "dropped", "why"),
    [
        ("第一条\u00a0目的\r\n\0", "第一条 目的", {"control": 1}, "NBSP, CRLF and NUL"),
        ("一行目\r二行目", "一行目\n二行目", {}, "the line end of old Macs"),
        ("一\u2028二\x0b三\x0c四", "一\n二\n三\n四", {}, "line separators of word processors, page breaks"),
        ("行末の空白　 \t\n次", "行末の空白\n次", {}, "blanks that nobody sees"),
        ("段落\n\n\n\n\n段落", "段落\n\n段落", {}, "runs of blank lines"),
        (
            "ソフト\u00adハイフン\u200b\ufeff",
            "ソフトハイフン",
            {"invisible": 3},
            "soft hyphen, zero width, mark",
        ),
        ("右\u202eから\u2066左", "右から左", {"invisible": 2}, "signs that turn text around"),
        ("\ud83d片方だけ", "片方だけ", {"surrogate": 1}, "half a surrogate, which no encoding can hold"),
        ("\x07ベル\x1b", "ベル", {"control": 2}, "bell and escape"),
        ("ＡＢＣ　１２３㈱①", "ＡＢＣ　１２３㈱①", {}, "full width stays as people wrote it"),
        ("葛\U000e0100飾", "葛\U000e0100飾", {}, "a variation selector changes what is seen"),
        ("👩\u200d💻", "👩\u200d💻", {}, "so does a joiner"),
        ("髙﨑さん", "髙﨑さん", {}, "names keep their kanji"),
        ("", "", {}, "nothing"),
    ],
)
def test_table(text: str, tidy: str, dropped: dict[str, int], why: str) -> None:
    found = normalise(text)
    assert (found.text, dict(found.dropped)) == (tidy, dropped), why


def test_indents_are_kept_on_request() -> None:
    assert normalise("　　序").text == "　　序"
    assert normalise("\n　　序", keep_indent=False).text == "序"


def test_annotations_move_with_their_text() -> None:
    found = normalise(
        "\0東京\r\nの\u200b塔　", [Annotation("ruby", 1, 3, "とうきょう"), Annotation("ruby", 7, 8, "とう")]
    )
    spans = [found.text[one.start : one.end] for one in found.annotations]
    assert found.text == "東京\nの塔"
    assert spans == ["東京", "塔"]


def test_an_annotation_whose_text_is_gone_goes_too() -> None:
    text = "a\0b"
    kept = normalise(text, [Annotation("x", 1, 2), Annotation("note", 1, 1, "点")]).annotations
    assert kept == (Annotation("note", 1, 1, "点"),)


MESSY = st.text(st.sampled_from("あ漢aA1 　\u00a0\t\r\n\0\x07\u200b\ufeff\ud800。\u2028\x0c①"), max_size=40)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(MESSY)
def test_tidying_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@settings(derandomize=True, deadline=None, max_examples=200)
@given(MESSY)
def test_every_character_that_stays_is_where_the_shift_says(text: str) -> None:
    found = normalise(text)
    for place, char in enumerate(text):
        if char in "あ漢aA1。①":
            assert found.text[found.shift(place)] == char
    assert found.shift(len(text)) == len(found.text)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(MESSY, MESSY, MESSY)
def test_annotations_cover_the_same_letters(before: str, inside: str, after: str) -> None:
    found = normalise(before + inside + after, [Annotation("x", len(before), len(before) + len(inside))])
    letters = [char for char in inside if char in "あ漢aA1。①"]
    covered = [found.text[one.start : one.end] for one in found.annotations]
    assert [char for text in covered for char in text if char in "あ漢aA1。①"] == letters
