"""Romaji → hiragana, however it is spelt; and what is no romaji."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.text.romaji import romaji_words, to_hiragana

SPELLINGS = [
    ("hikkoshi", "ひっこし", "a double consonant"),
    ("matcha", "まっちゃ", "t before ch"),
    ("zassi", "ざっし", "kunrei with a double s"),
    ("shinbun", "しんぶん", "n before a consonant"),
    ("shimbun", "しんぶん", "m before b, as Hepburn has it"),
    ("annai", "あんない", "n and a syllable of n"),
    ("kannri", "かんり", "n typed twice"),
    ("hon'ya", "ほんや", "an apostrophe"),
    ("honya", "ほにゃ", "and without"),
    ("syain", "しゃいん", "kunrei"),
    ("shain", "しゃいん", "Hepburn"),
    ("jyunbi", "じゅんび", "as keyboards take it"),
    ("tyuui", "ちゅうい", "another"),
    ("yūkyū", "ゆうきゅう", "macrons"),
    ("kenkō", "けんこう", "a long o is mostly ou"),
    ("ōkii", "おおきい", "and sometimes oo"),
    ("meirei", "めいれい", "a long e"),
    ("saabaa", "さーばー", "a long vowel of a foreign word"),
    ("su-pa-", "すーぱー", "with the bar typed"),
    ("wo", "を", "a particle"),
    ("faibā", "ふぁいばー", "a foreign syllable"),
]


@pytest.mark.parametrize(("word", "kana", "reason"), SPELLINGS)
def test_spellings(word: str, kana: str, reason: str) -> None:
    assert kana in to_hiragana(word), reason


@pytest.mark.parametrize("word", ["server", "lan", "x", "qa", "kt", "thanks", "ラン", "", "a1"])
def test_what_is_no_romaji(word: str) -> None:
    assert to_hiragana(word) == ()


def test_words_of_a_text() -> None:
    text = "keihi の seisan と server, no, abc123 x-ray"
    assert list(romaji_words(text)) == [("けいひ",), ("せいさん",)]


def test_a_long_word_is_data() -> None:
    assert list(romaji_words("ka" * 30)) == []


@given(st.text(alphabet="aiueokstnhmyrwgzjcfbpd'-āūō ", max_size=45))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_nothing_but_kana_comes_out_and_not_without_end(text: str) -> None:
    for spellings in romaji_words(text):
        assert 0 < len(spellings) <= 16
        assert all("ぁ" <= char <= "ー" for kana in spellings for char in kana)
