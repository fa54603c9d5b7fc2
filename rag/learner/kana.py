"""Kana: katakana and hiragana, romaji, and what is kanji."""

from __future__ import annotations

import re

KANJI = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆〇"
_HAS_KANJI = re.compile(f"[{KANJI}]")
_KANA_ONLY = re.compile(r"[ぁ-ゖァ-ヺーゝゞヽヾ・]+")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


def to_hiragana(text: str) -> str:
    """``ヨミ`` → ``よみ``; everything else, ー included, stays."""
    return text.translate(_TO_HIRAGANA)


def to_katakana(text: str) -> str:
    """``よみ`` → ``ヨミ``; everything else stays."""
    return text.translate(_TO_KATAKANA)


def has_kanji(text: str) -> bool:
    """Whether there is a kanji (々, 〆 and 〇 count) in the text."""
    return bool(_HAS_KANJI.search(text))


def is_kana(text: str) -> bool:
    """Whether the text is kana alone."""
    return bool(_KANA_ONLY.fullmatch(text))


def romaji_to_hiragana(text: str) -> str | None:
    """Hepburn or Kunrei romaji as hiragana; None when it is not romaji.

    >>> [romaji_to_hiragana(word) for word in ("kōen", "gakkou", "shin'yō", "Shimbun", "xyz")]
    ['こうえん', 'がっこう', 'しんよう', 'しんぶん', None]
    """
    rest = text.strip().lower().translate(_LONG_VOWELS).replace("-", "").replace(" ", "")
    kana = []
    while rest:
        match = _SYLLABLE.match(rest)
        if not match:
            return None
        kana.append(_kana_of(match[0]))
        rest = rest[match.end() :]
    return "".join(kana) or None


def _kana_of(syllable: str) -> str:
    if syllable in _ROMAJI:
        return _ROMAJI[syllable]
    return "ん" if syllable.startswith(("n", "m")) else "っ"


_ROWS = {
    "": "あいうえお", "k": "かきくけこ", "g": "がぎぐげご", "s": "さしすせそ", "z": "ざじずぜぞ",
    "t": "たちつてと", "d": "だぢづでど", "n": "なにぬねの", "h": "はひふへほ", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ", "m": "まみむめも", "r": "らりるれろ",
}  # fmt: skip
_GLIDES = {
    "ky": "き", "gy": "ぎ", "sy": "し", "zy": "じ", "ty": "ち", "ny": "に", "hy": "ひ", "by": "び",
    "py": "ぴ", "my": "み", "ry": "り", "sh": "し", "ch": "ち", "j": "じ", "jy": "じ",
}  # fmt: skip
_ROMAJI = {
    **{head + vowel: kana for head, row in _ROWS.items() for vowel, kana in zip("aiueo", row, strict=True)},
    **{
        head + vowel: kana + small
        for head, kana in _GLIDES.items()
        for vowel, small in zip("auoe", "ゃゅょぇ", strict=True)
    },
    **{"ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wo": "を", "shi": "し", "chi": "ち", "tsu": "つ",
       "fu": "ふ", "ji": "じ", "fa": "ふぁ", "fi": "ふぃ", "fe": "ふぇ", "fo": "ふぉ", "vu": "ゔ"},
}  # fmt: skip
_LONG_VOWELS = str.maketrans(
    {
        "ā": "aa",
        "ī": "ii",
        "ū": "uu",
        "ē": "ei",
        "ō": "ou",
        "â": "aa",
        "î": "ii",
        "û": "uu",
        "ê": "ei",
        "ô": "ou",
    }
)
_SYLLABLE = re.compile(
    r"n'|"
    + "|".join(sorted(map(re.escape, _ROMAJI), key=len, reverse=True))
    + r"|n(?![aiueoy])|m(?=[bpm])|([kgsztdcbpfr])(?=\1)|t(?=ch)"
)
