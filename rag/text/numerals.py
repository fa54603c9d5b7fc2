"""Numbers as Japanese texts write them: 三十五万, 二〇二四, 1,234, ３千, 弐拾."""

from __future__ import annotations

import re

from rag.text.fold import fold_text

KANJI_DIGITS = "〇一二三四五六七八九"
_DIGIT_VALUES = {
    **{char: str(value) for value, char in enumerate(KANJI_DIGITS)},
    **{"零": "0", "○": "0", "◯": "0", "壱": "1", "弐": "2", "参": "3", "伍": "5"},
}
_TO_DIGITS = str.maketrans(_DIGIT_VALUES)
_SMALL_UNITS = (("千", 1_000), ("百", 100), ("十", 10))
_LARGE_UNITS = (("京", 10**16), ("兆", 10**12), ("億", 10**8), ("万", 10**4), ("", 1))
_UNIT_SPELLINGS = str.maketrans({"拾": "十", "廿": "二十", "卅": "三十", "阡": "千", "佰": "百"})

# Digits alone, or digits before 千, 百, 十 in this order; then the same before 京, 兆, 億, 万.
_SECTION = r"(?:[0-9]{1,18}|(?=[0-9千百十])(?:[0-9]?千)?(?:[0-9]?百)?(?:[0-9]?十)?[0-9]?)"
_NUMBER = re.compile("".join(f"(?:({_SECTION}){unit})?" for unit, _ in _LARGE_UNITS))
_GROUPED = re.compile(r"(?<![0-9])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")


def parse_number(text: str) -> int | None:
    """The whole number that ``text`` writes, or None when it is not one (then also 3.5 and 三十百).

    >>> [parse_number(text) for text in ("三十五万", "二〇二四", "１，２３４", "3億5千万", "二つ")]
    [350000, 2024, 1234, 350000000, None]
    """
    folded = fold_text(text).translate(_UNIT_SPELLINGS).translate(_TO_DIGITS)
    match = _NUMBER.fullmatch(_GROUPED.sub(_without_commas, folded))
    if not match or not match[0]:
        return None
    return sum(
        _section_value(section) * value
        for section, (_, value) in zip(match.groups(), _LARGE_UNITS, strict=True)
        if section is not None
    )


def _without_commas(match: re.Match[str]) -> str:
    return match[0].replace(",", "")


def _section_value(section: str) -> int:
    """``3千5百`` → 3500; ``千`` → 1000."""
    value = 0
    for unit, size in _SMALL_UNITS:
        digits, found, rest = section.partition(unit)
        if found:
            value += int(digits or 1) * size
            section = rest
    return value + int(section or 0)
