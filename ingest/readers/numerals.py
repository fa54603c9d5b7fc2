"""Numbers of list items as office programs print them: 1. ① 一 ア イロハ ⅳ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
_TO_HALF = str.maketrans(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ",
)
_TO_FULL = str.maketrans("0123456789", "０１２３４５６７８９")
_KANJI = "〇一二三四五六七八九"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
          (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
_HUNDRED = 100


def _cycle(letters: str) -> Callable[[int], str]:
    """The n-th letter, doubled after the last: A … Z AA BB."""
    return lambda number: letters[(number - 1) % len(letters)] * ((number - 1) // len(letters) + 1)


def roman(number: int) -> str:
    """14 → XIV."""
    letters = ""
    for value, letter in _ROMAN:
        letters += letter * (number // value)
        number %= value
    return letters


def kanji(number: int) -> str:
    """21 → 二十一, 105 → 百五; digit by digit from 10,000 on."""
    if number >= 10 * _HUNDRED * 10 or number <= 0:
        return "".join(_KANJI[int(digit)] for digit in str(max(number, 0)))
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
        count, number = divmod(number, unit)
        text += ("" if count == 1 else _KANJI[count]) + name if count else ""
    return text + (_KANJI[number] if number else "")


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number).translate(_TO_FULL),
    "decimalFullWidth2": lambda number: str(number).translate(_TO_FULL),
    "decimalEnclosedCircle": lambda number: (
        _CIRCLED[number - 1] if 1 <= number <= len(_CIRCLED) else f"({number})"
    ),
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalEnclosedParen": lambda number: f"({number})",
    "japaneseCounting": kanji,
    "japaneseDigitalTenThousand": lambda number: "".join(_KANJI[int(digit)] for digit in str(number)),
    "ideographDigital": lambda number: "".join(_KANJI[int(digit)] for digit in str(number)),
    "japaneseLegal": kanji,
    "chineseCounting": kanji,
    "aiueoFullWidth": _cycle(_AIUEO),
    "aiueo": lambda number: _cycle(_AIUEO)(number).translate(_TO_HALF),
    "irohaFullWidth": _cycle(_IROHA),
    "iroha": lambda number: _cycle(_IROHA)(number).translate(_TO_HALF),
    "upperLetter": _cycle("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "lowerLetter": _cycle("abcdefghijklmnopqrstuvwxyz"),
    "upperRoman": roman,
    "lowerRoman": lambda number: roman(number).lower(),
}


def format_number(number: int, style: str) -> str:
    """A number in one of Word's formats, by its name; an unknown one prints digits, ``none`` nothing."""
    if style in {"none", "bullet"}:
        return ""
    return _FORMATS.get(style, str)(number)


def told_pages(numbers: Sequence[int]) -> str:
    """[1, 2, 3, 7] → ``pages 1-3, 7``."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    pages = "page " if len(numbers) == 1 else "pages "
    return pages + ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
