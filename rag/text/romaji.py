"""Japanese words in Latin letters → hiragana, for questions typed without an input method.

Hepburn, kunrei and what keyboards take are read alike; a macron is a long vowel. A word with a letter that
no Japanese syllable has (``server``) is no romaji.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

_VOWELS = "aiueo"
_PLAIN = """
 あいうえお|kかきくけこ|gがぎぐげご|sさしすせそ|zざじずぜぞ|tたちつてと|dだぢづでど|nなにぬねの|hはひふへほ
|bばびぶべぼ|pぱぴぷぺぽ|mまみむめも|rらりるれろ
"""
_CONTRACTED = """
kyき gyぎ syし zyじ jyじ tyち cyち dyぢ nyに hyひ byび pyぴ myみ ryり shし chち jじ
"""
_SPECIAL = """
shiし chiち tsuつ fuふ jiじ yaや yuゆ yoよ waわ woを faふぁ fiふぃ feふぇ foふぉ tiてぃ
thiてぃ diでぃ vuゔ wiうぃ
nnん n'ん nん -ー
"""
_SMALL = {"a": "ゃ", "u": "ゅ", "o": "ょ", "e": "ぇ"}
_ENTRY = re.compile(r"([a-z'-]+)([^a-z'\s-]+)")
_SYLLABLES = {
    **{
        row[0].strip() + vowel: kana
        for row in _PLAIN.replace("\n", "").split("|")
        for vowel, kana in zip(_VOWELS, row[1:], strict=True)
    },
    **{
        row + vowel: kana + small
        for row, kana in _ENTRY.findall(_CONTRACTED)
        for vowel, small in _SMALL.items()
    },
    **dict(_ENTRY.findall(_SPECIAL)),
}
_SYLLABLE = re.compile(
    r"(?P<double>([kgsztdhbpmrcjf])(?=\2)|t(?=ch))|(?P<nasal>m(?=[bp]))|(?P<kana>"
    # A double n before a vowel is ん and the next syllable's n: annai, kannri.
    + "|".join(["n(?=n[aiueoy])", *map(re.escape, sorted(_SYLLABLES, key=len, reverse=True))])
    + ")"
)
_WORD = re.compile(r"(?<![^\W_])[a-zāīūēō][a-zāīūēō'-]*[a-zāīūēō](?![^\W_])")
_MACRONS = {"ā": ("aa",), "ī": ("ii",), "ū": ("uu",), "ē": ("ei", "ee"), "ō": ("ou", "oo")}
_MIN_LETTERS = 3
_MAX_LETTERS = 40
_MAX_SPELLINGS = 8
_LONG_VOWELS = (
    "[あかがさざただなはばぱまやらわゃ]あ",
    "[いきぎしじちぢにひびぴみり]い",
    "[うくぐすずつづぬふぶぷむゆるゅ]う",
    "[えけげせぜてでねへべぺめれ]え",
    "[おこごそぞとどのほぼぽもよろょ]お",
)
_LONG = re.compile("|".join(_LONG_VOWELS))


def romaji_words(folded: str) -> Iterator[tuple[str, ...]]:
    """The words of a folded text that can be romaji, each with its possible spellings in hiragana.

    >>> list(romaji_words("yūkyū の server"))
    [('ゆうきゅう',)]
    """
    for match in _WORD.finditer(folded):
        if _MIN_LETTERS <= len(match[0]) <= _MAX_LETTERS and (spellings := to_hiragana(match[0])):
            yield spellings


def to_hiragana(word: str) -> tuple[str, ...]:
    """Every way to write a folded word in hiragana, none when it is no romaji.

    >>> to_hiragana("kenkō"), to_hiragana("saabaa"), to_hiragana("server")
    (('けんこう', 'けんこお', 'けんこー'), ('さあばあ', 'さーばー'), ())
    """
    choices = [_MACRONS.get(letter, (letter,)) for letter in word]
    spellings: dict[str, None] = {}
    for letters in product(*choices):
        kana = _read("".join(letters))
        if not kana or len(spellings) >= _MAX_SPELLINGS:
            break
        spellings[kana] = None
    for kana in tuple(spellings):
        spellings[_LONG.sub(_with_bar, kana)] = None
    return tuple(spellings)


def _read(word: str) -> str:
    kana, place = "", 0
    while place < len(word):
        match = _SYLLABLE.match(word, place)
        if not match:
            return ""
        kana += "っ" if match["double"] else "ん" if match["nasal"] else _SYLLABLES[match["kana"]]
        place = match.end()
    return kana


def _with_bar(match: re.Match[str]) -> str:
    return match[0][0] + "ー"
