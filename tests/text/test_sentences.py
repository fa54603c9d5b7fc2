"""Sentences of Japanese texts; a bar in a row is where a sentence ends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.sentences import MAX_SENTENCE_CHARS, split_sentences

CUT = [
    ("休暇は年20日です。|申請は前日までに行います。", "the usual stop"),
    ("本当ですか？|はい！|そうです。", "full-width marks"),
    ("本当ですか?|はい!|そうです。", "half-width marks behind kana"),
    ("えっ！？|まさか!!|うそ。。。", "several marks are one end"),
    ("半角です｡|次です｡", "the half-width stop"),
    ("見出し\n|本文です。", "a line is a block of its own"),
    ("一行目\r\n|二行目", "a line of Windows"),
    ("一段落目。\n\n　|二段落目。", "blank lines and indentation belong to what stands before"),
    ("　字下げ。|次。", "indentation at the very start has only what follows"),
    ("句点のない文\n|もう一つ", "no stop at all"),
    ("「行きます。」と言った。", "a quotation inside a sentence"),
    ("「本当ですか？」と聞いた。|彼は黙った。", "a question inside a sentence"),
    ("「はい。」って答えた。", "colloquial quotation"),
    ("「やめろ！」という声がした。", "a shout inside a sentence"),
    ("「行きます。」|彼は立った。", "a quotation that stands for itself"),
    ("「おはよう。」|「おはよう。」", "two speakers"),
    (
        "「暑い。|もう夏だ。」\n|窓を開けた。",
        "a quotation that is a line of its own has sentences of its own",
    ),
    ("「暑い。もう夏だ」と言った。|次。", "no stop before the closing bracket"),
    ("『吾輩は猫である。』を読んだ。", "a title with a stop"),
    ("彼は「『行く。』と聞いた。」と書いた。|次。", "a quotation in a quotation"),
    ("「そうだ。」。|次。", "a stop behind the bracket as well"),
    ("「とにかく来て。」|とにかく急いだ。", "とにかく begins a sentence, though と goes on"),
    ("「待って。」|でも彼は行った。", "でも begins a sentence, though で goes on"),
    ("規程（以下「規程」という。）は、次による。", "a definition in brackets"),
    ("法（昭和二十二年法律第四十九号。以下「法」という。）第三条の規定による。", "a bracket before a noun"),
    ("提出する。|（ただし、休日を除く。）|次の条。", "a bracket that stands for itself"),
    ("申請します(詳細は別紙。様式は自由。)ので確認します。|次。", "half-width brackets"),
    ("すごい！と思った。|次。", "an exclamation that is quoted without brackets"),
    ("なぜ？という疑問が残る。", "a question that is quoted without brackets"),
    ("円周率は3.14です。|次。", "a decimal point"),
    ("円周率は３．１４です。|次。", "a full-width decimal point"),
    ("Ver.2を使う。|次。", "a version"),
    ("これは文である．|次の文である．", "the stop of scientific papers"),
    ("値は図３．|次に示す。", "a number at the end of a sentence"),
    ("１．２ 方法を述べる。", "a heading's number"),
    ("１．はじめに。|次。", "a numbered item"),
    ("1. はじめに。|2. 次に。", "numbered items in one line"),
    ("Ｊ．Ｆ．ケネディが来た。", "initials"),
    ("これは文である. |次の文である.", "a half-width stop behind Japanese"),
    ("これはGPUです. |速い.", "the same behind a noun in Latin letters"),
    ("It is done. |次に進む。", "an English sentence"),
    ("Done. |Next one.", "two English sentences"),
    ("e.g. This と書く。", "an abbreviation"),
    ("Apple Inc. が発表した。|次。", "a company"),
    ("Yahoo!ニュースを見る。|次。", "a name with a mark"),
    ("https://example.jp/a?b=c&d=1 を開く。|次。", "an address"),
    ("a != b なら真です。|次。", "an operator"),
    ("file.txt を開く。|.NET を使う。", "full stops in names"),
    ("閉じない「括弧です。|次の文。\n|別の行。", "an unclosed bracket swallows nothing"),
    ("閉じた」だけの文。|次の文。", "an unopened bracket"),
    ("「終わらない\n|次の行」です。", "brackets do not run across lines"),
    ("すごい！」と叫んだ。|次。", "a quotation that began in the line before"),
    ("古池や\n|蛙飛びこむ\n|水の音\n", "a poem: a line is a line"),
    ("朝\n\n|夕", "stanzas"),
    ("・申請書\n|・領収書（写し可。）\n|・その他", "a list without stops, a stop in brackets"),
    ("①申請する。|②承認を受ける。", "a list in one line, numbered in circles"),
    ("(1) 申請書。|(2) 領収書。", "a list in one line, numbered in brackets"),
    ("一、申請書\n|二、領収書", "a list numbered in kanji"),
    ("１．\n|２．", "numbers alone"),
    ("Ａ：はい。|Ｂ：いいえ。", "speakers without quotation marks"),
    ("（注１）単位は円。|（注２）税込み。", "notes that begin with a bracket"),
    ("注）雨天中止。", "a bracket that was never opened"),
    ("「A社（東京都。以下「甲」という。）」とB社", "brackets of every kind within each other"),
    ("「あのね。」|「なに？」|「雨。」", "a dialogue"),
    ("『それは…。』と彼は言いかけた。", "an ellipsis before the stop"),
    ("終わり……。|次へ……。", "an ellipsis ends nothing"),
    ("え……？　|まさか――。", "a question that trails off"),
    ("これは有意である（p<0.05）．|次節で述べる．", "a decimal point in brackets before ．"),
    ("価格は１，０００円です．|送料は別です．", "a full-width comma in a number"),
    ("2024.4.1施行。|以上。", "a date with full stops"),
    ("詳細はhttps://example.jp/a.html。|次へ。", "an address before the stop"),
    ("。", "a stop alone"),
    ("\n\n", "white space alone"),
    ("名前|", "the end of the text"),
]


@pytest.mark.parametrize(("marked", "reason"), CUT)
def test_where_sentences_end(marked: str, reason: str):
    expected = [part for part in marked.split("|") if part]
    text = "".join(expected)
    assert [text[start:end] for start, end in split_sentences(text)] == expected, reason


def test_nothing_has_no_sentences():
    assert split_sentences("") == []


def test_a_long_sentence_is_cut_behind_a_comma():
    text = "あ" * 700 + "、" + "い" * 700 + "。"
    assert [end - start for start, end in split_sentences(text)] == [701, 701]


def test_a_long_sentence_without_a_comma_is_cut_anywhere():
    assert [end - start for start, end in split_sentences("あ" * 2_500)] == [1_000, 1_000, 500]


@pytest.mark.parametrize("unit", ["「", "（", "「。", "（。）", "「（。", "。", ".", "a.", "!?", "あ"])
def test_endless_brackets_and_stops_take_no_endless_time(unit: str):
    text = unit * 20_000
    assert _holds(text)


PIECES = st.sampled_from(
    [
        *"あとです。．.!？「」（）()『』、 　\n1１aA\u2028",
        "漢字",
        "\r\n",
        "Ver",
        "e.g",
        "、" * 600,
        "〜" * 400,
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(derandomize=True, deadline=None, max_examples=600)
def test_sentences_tile_any_text(text: str):
    assert _holds(text)


@given(st.text(max_size=60))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_sentences_tile_any_unicode(text: str):
    assert _holds(text)


@given(st.lists(PIECES, max_size=20).map("".join), st.lists(PIECES, max_size=20).map("".join))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_line_is_cut_alike_wherever_it_stands(first: str, second: str):
    """Sentences of a line do not depend on the lines around it, except for white space."""
    both = {text.strip() for text in _texts(first + "\n" + second)}
    assert both - {""} == {text.strip() for text in (*_texts(first), *_texts(second))} - {""}


def _texts(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def _holds(text: str) -> bool:
    spans = split_sentences(text)
    return "".join(text[start:end] for start, end in spans) == text and all(
        0 < end - start <= MAX_SENTENCE_CHARS for start, end in spans
    )
