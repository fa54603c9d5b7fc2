"""The comparison form of a text, and the way back to the text that people read."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.fold import Folded, fold, fold_all, fold_text
from rag.text.variants import REPLACED

FOLDED = [
    ("ﾃﾞｰﾀ", "データ", "half-width katakana and its voicing mark are one character"),
    ("ﾊﾟｿｺﾝ", "パソコン", "half-width semi-voicing mark"),
    ("か゛", "が", "a spacing voicing mark behind a kana is the combining one"),
    ("は゜", "ぱ", "a spacing semi-voicing mark"),
    ("か\u3099", "が", "NFD, as macOS writes file names"),
    ("か\u200b\u3099", "が", "an invisible character does not keep a mark from its kana"),
    ("う゛", "ゔ", "う with a voicing mark has a character of its own"),
    ("あ゛", "あ\u3099", "あ has no voiced form: the mark stays"),
    ("㍻", "平成", "one character for an era"),
    ("㋿", "令和", "the newest of them"),
    ("㈱", "(株)", "a bracketed kanji widens"),
    ("①", "1", "circled digits are digits"),
    ("㌔", "キロ", "square katakana"),
    ("ＡＢＣ１２３", "abc123", "full-width Latin letters and digits"),
    ("Windows", "windows", "lower case"),
    ("ΣΑΣ", "σασ", "no final sigma: a letter folds alike wherever it stands"),
    ("Straße", "straße", "lower case, not case folding: ß stays one letter"),
    ("İ", "i\u0307", "a capital that becomes two characters"),
    ("H\u0331", "ẖ", "a capital without a composed form whose small letter has one"),
    ("　", " ", "the ideographic space is a space"),
    ("あ\r\nい", "あ  い", "a new line is white space; lengths are kept"),
    ("あ\x00い", "あ い", "NUL would end the text for MeCab"),
    ("あ\ud800い", "あ い", "a lone surrogate cannot be encoded"),
    ("葛\U000e0100飾", "葛飾", "an ideographic variation selector"),
    ("☎\ufe0f", "☎", "an emoji variation selector"),
    ("\ufeffあ", "あ", "a byte order mark at the start, with nothing before it"),
    ("ソフト\u00adハイフン", "ソフトハイフン", "a soft hyphen"),
    ("髙﨑", "高崎", "the ladder 高 and the standing 崎 of names"),
    ("齋藤邉國澤", "斎藤辺国沢", "old forms of names"),
    ("斎藤と斉藤", "斎藤と斉藤", "two names: 斎 and 斉 stay apart"),
    ("龍と竜", "龍と竜", "both are in use"),
    ("學校ノ敎育", "学校ノ敎育", "school form of 學; what no table lists stays"),
    ("𠮷野", "吉野", "a variant beyond the basic plane"),
    ("⼾籍", "戸籍", "a Kangxi radical, as PDF gives it, by way of the old form 戶"),
    ("⻑所", "長所", "a CJK radical that NFKC does not know"),
    ("神", "神", "a compatibility ideograph"),
    ("A–B—C―D−E", "a-b-c-d-e", "dashes and the minus sign"),
    ("１０～２０〜３０", "10~20~30", "the wave dash in two codings"),
    ("“引用”と‘引用’", "\"引用\"と'引用'", "curly quotation marks"),
    ("･・•", "・・・", "middle dots"),
    ("…", "...", "an ellipsis widens"),
    ("ラーメン", "ラーメン", "the long vowel mark is no dash"),
    ("가ㄱ", "가ᄀ", "a compatibility jamo that is a letter of its own"),
    ("", "", "nothing"),
]


@pytest.mark.parametrize(("text", "expected", "reason"), FOLDED)
def test_the_comparison_form(text: str, expected: str, reason: str):
    assert fold_text(text) == expected, reason
    assert fold(text).text == expected, reason


SPANS = [
    ("㍻の世", (0, 1), "㍻", "half of a widened character is the whole of it"),
    ("㍻の世", (1, 3), "㍻の", "from within a widened character"),
    ("ﾃﾞｰﾀ", (0, 1), "ﾃﾞ", "two characters became one"),
    ("葛\U000e0100飾", (0, 1), "葛\U000e0100", "the selector belongs to its character"),
    ("葛\U000e0100飾", (1, 2), "飾", "behind the selector"),
    ("第㈱条", (4, 5), "条", "behind a widened character"),
    ("\ufeff条文", (0, 2), "条文", "what vanished at the start is left out"),
    ("Ａｂ", (1, 2), "ｂ", "one to one"),
]


@pytest.mark.parametrize(("text", "span", "expected", "reason"), SPANS)
def test_the_way_back(text: str, span: tuple[int, int], expected: str, reason: str):
    start, end = fold(text).original_span(*span)
    assert text[start:end] == expected, reason


def test_an_empty_span_stays_empty():
    folded = fold("㍻の世")
    assert folded.original_span(2, 2) == (1, 1)
    assert folded.original_span(4, 4) == (3, 3)
    assert fold("").original_span(0, 0) == (0, 0)


def test_a_map_is_not_stored_where_it_says_nothing():
    assert fold("ＡＢＣ、経費").starts == range(6)


TRICKY = st.sampled_from(
    [
        *"かはう゛゜ｶﾊﾞﾟ㍻㈱…Σİβ葛國A ー-\n\x00\u3099\u0301\u200b\u00ad\ufe0f\ufeff각ㄱ𠮷",
        "\U000e0100",
        "\ud800",
        "📞",
    ]
)
TEXTS = st.text(st.one_of(TRICKY, st.characters(codec="utf-8")), max_size=30)


@given(TEXTS)
@settings(derandomize=True, deadline=None, max_examples=500)
def test_folding_holds_for_any_text(text: str):
    folded = fold(text)
    assert folded.text == fold_text(text), "with and without the map"
    assert fold_text(folded.text) == folded.text, "folding twice is folding once"
    assert unicodedata.is_normalized("NFKC", folded.text)
    assert all(not char.isspace() or char == " " for char in folded.text)


@given(TEXTS)
@settings(derandomize=True, deadline=None, max_examples=500)
def test_the_map_holds_for_any_text(text: str):
    folded = fold(text)
    starts, ends = list(folded.starts), list(folded.ends)
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(char in fold_text(text[s:e]) for char, s, e in zip(folded.text, starts, ends, strict=True))
    covered = {place for s, e in zip(starts, ends, strict=True) for place in range(s, e)}
    missing = "".join(char for place, char in enumerate(text) if place not in covered)
    assert fold_text(missing) == "", "only what vanishes has no place"


@given(TEXTS, TEXTS)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_folding_lines_is_folding_the_text(first: str, second: str):
    marks_stay = fold_text("\n" + second)
    assert fold_text(first + "\n" + second) == fold_text(first) + marks_stay


def columns(folded: Folded) -> tuple[str, list[int], list[int], int]:
    return folded.text, list(folded.starts), list(folded.ends), folded.original_length


@given(TEXTS)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_long_text_folds_as_a_short_one(text: str):
    short, long = fold(text), fold(text + "\n" + "休暇を申請する。" * 10)
    assert long.text.startswith(short.text)
    assert list(long.starts)[: len(short.text)] == list(short.starts)
    assert list(long.ends)[: len(short.text)] == list(short.ends)


@given(st.lists(TEXTS, max_size=5))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_texts_fold_together_as_alone(texts: list[str]):
    assert [*map(columns, fold_all(texts))] == [columns(fold(text)) for text in texts]


def test_every_character_of_the_basic_plane_folds_once():
    for code in range(0x1_0000):
        folded = fold_text(chr(code))
        assert fold_text(folded) == folded, f"U+{code:04X}"


def test_characters_that_are_skipped_would_not_change():
    """Plain characters are not looked up; one beyond the table shows each of them to the slow way."""
    for code in (*range(0x20, 0x40), *range(0x3000, 0x30FF), *range(0x3400, 0xA000)):
        char = chr(code)
        expected = REPLACED.get(code, unicodedata.normalize("NFKC", char).lower())
        assert fold_text(char) == expected.replace("　", " ").replace(" ゙", "\u3099").replace(" ゚", "\u309a"), (
            char
        )


def test_variants_lead_to_characters_that_stay():
    for code, plain in REPLACED.items():
        assert fold_text(plain) == plain, chr(code)
