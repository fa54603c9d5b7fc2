"""Text that was garbled before it was saved: restored where that is proven, told where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.encoding import decode
from ingest.mojibake import encode_as_taken, repair

TEXT = "こんにちは、世界。旅費規程の第３条を確認してください（令和6年4月1日）。"


def taken_for(text: str, meant: str, taken: str) -> str:
    """What a program shows that reads ``meant`` as ``taken``; open bytes of cp1252 as control characters."""
    data = text.encode(meant)
    if taken != "cp1252":
        return data.decode(taken, "replace")
    open_bytes = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    return "".join(chr(byte) if byte in open_bytes else bytes([byte]).decode(taken) for byte in data)


WHOLE = [
    ("browsers' reading of UTF-8", "utf-8", "cp1252"),
    ("the same, with every byte a character", "utf-8", "latin-1"),
    ("Shift_JIS in a Western program", "cp932", "cp1252"),
    ("the same, with every byte a character", "cp932", "latin-1"),
    ("EUC in a Western program", "euc-jp", "cp1252"),
    ("the same, with every byte a character", "euc-jp", "latin-1"),
]


@pytest.mark.parametrize(("meant", "taken"), [case[1:] for case in WHOLE])
def test_a_whole_text_comes_back(meant: str, taken: str) -> None:
    repaired = repair(taken_for(TEXT, meant, taken))
    assert repaired.text == TEXT
    assert (repaired.num_chars, repaired.num_lost, repaired.num_left) == (len(TEXT), 0, 0)


RUNS = [
    ("UTF-8 in a Japanese program", "縺薙ｓ縺ｫ縺｡縺ｯ", "こんにちは"),
    ("between text that is right", "表題: 縺薙ｓ縺ｫ縺｡縺ｯ (済)", "表題: こんにちは (済)"),
    ("what is proven once proves the rest", "縺薙ｓ縺ｫ縺｡縺ｯ\n6蟷ｴ", "こんにちは\n6年"),
    ("without the bytes that cp1252 leaves open", "ã“ã‚“ã«ã¡ã¯ã€", "こんにちは、"),
    ("line by line", "正しい行。\nã“ã‚“ã«ã¡ã¯\n正しい行。", "正しい行。\nこんにちは\n正しい行。"),
    ("Japanese EUC in a Japanese program", "､ｳ､ﾎﾊｸｾﾏ､ﾏ､ｹ､ﾇ､ﾋ", "この文章はすでに"),
]


@pytest.mark.parametrize(("garbled", "meant"), [case[1:] for case in RUNS], ids=[case[0] for case in RUNS])
def test_garbled_stretches_are_restored(garbled: str, meant: str) -> None:
    assert repair(garbled).text == meant


RIGHT = [
    ("words with the rare kanji", "縺れた糸を解く。繧繝縁の畳。"),
    ("French", "L’été à la plage, où ça coûte 5 €. ‚cité‘ ƒ"),
    ("Portuguese with the same letters", "São João, manhã, irmãs e mãe: não está."),
    ("German quotation marks", "Er sagte: ‚Größe‘ und „Übung“."),
    ("half-width katakana", "ﾄｳｷｮｳﾄ､ﾁﾖﾀﾞｸ､ｶｽﾐｶﾞｾｷ･ﾅｶﾞﾀﾁｮｳ"),
    ("a bank's record", "ｶ)ｺﾊﾙｼﾖｳｼﾞ､ﾌﾘｺﾐ､ﾃｽｳﾘﾖｳ"),
    ("sums in yen and other signs", "¥1,200 ¤ §5 ±3 ¥500"),
    ("plain ASCII", "plain text"),
    ("nothing", ""),
]


@pytest.mark.parametrize("text", [text for _, text in RIGHT], ids=[why for why, _ in RIGHT])
def test_what_is_right_stays(text: str) -> None:
    repaired = repair(text)
    assert (repaired.text, repaired.found) == (text, ())


def test_what_is_lost_is_counted_and_the_rest_restored() -> None:
    repaired = repair(taken_for("旅費規程の第３条を確認してください。", "utf-8", "cp932"))
    assert repaired.text == "\ufffd費規程\ufffd第\ufffd条を確認してください\ufffd"
    assert repaired.num_lost == 4
    assert list(repaired.warnings) == [
        "18 characters had been garbled (UTF-8 taken for cp932) and were restored; "
        "4 of them are lost and shown as \ufffd"
    ]


def test_what_cannot_be_proven_is_told_and_left() -> None:
    garbled = "縺・★縺セ縺縺繧た繧か"
    repaired = repair(garbled)
    assert (repaired.text, repaired.num_left) == (garbled, 1)
    assert list(repaired.warnings) == [
        "1 places are garbled (UTF-8 taken for cp932) and could not be restored"
    ]


def test_files_are_restored_when_they_are_decoded() -> None:
    decoded = decode("縺薙ｓ縺ｫ縺｡縺ｯ".encode())
    assert (decoded.text, decoded.encoding) == ("こんにちは", "utf-8")
    assert decoded.warnings == ("5 characters had been garbled (UTF-8 taken for cp932) and were restored",)
    assert decode(TEXT.encode("cp932")).misread is None


def test_what_came_from_no_byte_has_none() -> None:
    assert encode_as_taken("é\x81", "cp1252") == b"\xe9\x81"
    with pytest.raises(UnicodeEncodeError):
        encode_as_taken("あ", "cp1252")


JAPANESE = st.text(
    st.characters(codec="cp932", categories=["Lo"]) | st.sampled_from("。、「」のにはをがです"),
    min_size=1,
    max_size=40,
)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(text=JAPANESE)
def test_japanese_is_never_taken_for_garbled(text: str) -> None:
    repaired = repair(text)
    assert repaired.num_chars == 0 and repaired.text == text


@settings(derandomize=True, deadline=None, max_examples=100)
@given(text=st.text("ぁあいうえおかがきくぐ日本語文章規程。、", min_size=8, max_size=40))
def test_every_text_in_utf8_comes_back_from_a_western_program(text: str) -> None:
    assert repair(taken_for(f"この{text}", "utf-8", "cp1252")).text == f"この{text}"
