"""Numbers with their units, as values: 三割 and 30 % are one, so are 半年 and 6か月, 1万2千円 and 12,000円.

Times of the day are quantities of their own kind (午後3時 is 15:00), dates are read elsewhere. Kanji are
numerals only where MeCab says so: 一般 and 十分 are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from rag.answering.evidence.units import AFTER, BEFORE, GENERIC, UNIT, UNITS, Bound, Unit
from rag.text.analyzer import Morpheme
from rag.text.numerals import parse_number

_KANJI = "〇零一二三四五六七八九十百千万億兆"
_ARABIC = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_NUMBER = re.compile(rf"(?:{_ARABIC})(?:[十百千万億兆]+(?:{_ARABIC})?)*|[{_KANJI}]+(?:[0-9]+)?")
_DECIMAL = re.compile(r"([0-9]+\.[0-9]+)(千)?(万|億|兆)?")
_LARGE = {"": 1, "千": 10**3, "万": 10**4, "億": 10**8, "兆": 10**12}
_FRACTION = re.compile(r"\s*分の\s*")
_TAIL_CHARS, _HEAD_CHARS, _LABEL_CHARS = 14, 8, 14

# What says a number without a numeral, or with one that MeCab takes for a word.
_WORDS: tuple[tuple[re.Pattern[str], str, Fraction], ...] = tuple(
    (re.compile(pattern), dimension, Fraction(value))
    for pattern, dimension, value in (
        (r"半(?:分|数|額)|(?<![一-龠])半ば", "ratio", "1/2"),
        (r"(?<![0-9一二三四五六七八九十数])倍(?:増|に|の|以上)", "ratio", "2"),
        (r"半年(?:間)?", "month", "6"),
        (r"半月(?:間)?", "second", "1296000"),
        (r"半日(?:間)?", "second", "43200"),
        (r"ひと月|一月(?=の間|ごと|当たり|あたり)", "month", "1"),
        (r"(?:一人|ひとり)(?!一人|ひとり)", "count:人", "1"),
        (r"二人|ふたり|両名", "count:人", "2"),
        (r"ひとつ", "count:", "1"),
        (r"ふたつ|両方|双方", "count:", "2"),
        (r"みっつ", "count:", "3"),
        (r"初号", "count:番", "1"),
        (r"前日", "second", "86400"),
        (r"隔週", "second", "1209600"),
        (r"無制限", "limit", "0"),
    )
)
_TIME = re.compile(
    rf"(?P<half>午前|午後|am|pm|朝|夜|夕方|昼|深夜|翌朝)?の?\s*(?P<hour>[0-9]{{1,2}}|[{_KANJI}]{{1,3}})"
    rf"(?:時(?!間|代|点|期|価|計|速)(?:\s*(?P<minute>[0-9]{{1,2}}|[{_KANJI}]{{1,4}})分(?!間)|(?P<thirty>半))?"
    r"|:(?P<clock>[0-9]{2})(?![0-9:]))"
)
_NOON = re.compile(r"正午")
_AFTERNOON = frozenset({"午後", "pm", "夜", "夕方"})
_MORNING = frozenset({"午前", "am", "朝", "翌朝", "深夜"})
_OF = frozenset({"に", "中", "中の", "のうち", "のうちの"})
_JOINED = frozenset({"second", "month", "metre", "gram", "litre"})
_HALF_DAY, _DAY = 12 * 60, 24 * 60


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in base units of its dimension (``second``, ``ratio``, ``count:人``, ``clock`` …).

    ``is_open`` is a time without 午前 or 午後, which may be either. ``text`` is as it was written.
    """

    dimension: str
    value: Fraction
    bound: Bound
    text: str
    start: int
    end: int
    is_open: bool = False
    number: Fraction = Fraction(0)
    """The number as it is written, whatever the unit."""
    label: str = ""
    """The noun before it: 大人 in 「大人500円」."""

    @property
    def is_count(self) -> bool:
        """Whether it counts things, whatever they are."""
        return self.dimension.startswith(GENERIC)


def read_quantities(folded: str, morphemes: Sequence[Morpheme]) -> tuple[Quantity, ...]:
    """Every quantity of a text in comparison form whose dates are blanked out, in order.

    ``morphemes`` are those of the same text. 「年20日以内」 → 20 days, at most.
    """
    clocks = list(_read_clocks(folded))
    rest = _blank(folded, clocks)
    numerals = {
        place
        for start, end, feature in morphemes
        if _is_numeral(rest[start:], feature.pos)
        for place in range(start, end)
    }
    numbers = list(_read_numbers(rest, numerals))
    words = list(_read_words(_blank(rest, numbers)))
    found = _joined(sorted((*clocks, *numbers, *words), key=lambda one: one.start))
    found = _rated(folded, found)
    return tuple(replace(one, label=_label(folded, morphemes, one.start)) for one in found)


def _joined(found: Sequence[Quantity]) -> list[Quantity]:
    """1時間30分 is one quantity of 90 minutes, 1年6か月 one of 18 months; 1日8時間 are two."""
    joined: list[Quantity] = []
    for one in found:
        before = joined[-1] if joined else None
        if (
            before
            and before.end == one.start
            and before.dimension == one.dimension
            and one.dimension in _JOINED
            and one.value < before.value
            and not before.text.endswith(("日", "週"))
        ):
            whole = replace(before, value=before.value + one.value, number=Fraction(-1))
            joined[-1] = replace(
                whole, bound=one.bound or before.bound, text=before.text + one.text, end=one.end
            )
        else:
            joined.append(one)
    return joined


def _rated(folded: str, found: Sequence[Quantity]) -> list[Quantity]:
    """10人に7人 and 10人中7人 are a share of 70 %."""
    rated: list[Quantity] = []
    for one in found:
        before = rated[-1] if rated else None
        if before and _is_rate(before, one, folded):
            text, share = folded[before.start : one.end], one.value / before.value
            rated[-1] = replace(before, dimension="ratio", value=share, text=text, end=one.end)
        else:
            rated.append(one)
    return rated


def _is_rate(one: Quantity, other: Quantity, folded: str) -> bool:
    between = folded[one.end : other.start]
    return between in _OF and one.is_count and one.dimension == other.dimension and one.value > other.value


def _label(folded: str, morphemes: Sequence[Morpheme], start: int) -> str:
    """The nouns before a number, particles between them left out."""
    before = [one for one in morphemes if one.end <= start and one.start >= start - _LABEL_CHARS]
    while before and before[-1].feature.pos.startswith(("助詞", "補助記号", "空白")):
        before.pop()
    nouns: list[Morpheme] = []
    while before and before[-1].feature.pos.startswith(
        ("名詞-普通名詞", "名詞-固有名詞", "接尾辞-名詞的", "接頭辞")
    ):
        nouns.append(before.pop())
    return folded[nouns[-1].start : nouns[0].end] if nouns else ""


def _is_numeral(rest: str, pos: str) -> bool:
    """A numeral, or a word such as 二日 and 一人 that begins with one."""
    return pos == "名詞-数詞" or (
        pos.startswith("名詞") and bool(re.match(rf"[{_KANJI}]+[日人月年度回つ割分]", rest))
    )


def _blank(text: str, taken: Sequence[Quantity]) -> str:
    chars = list(text)
    for one in taken:
        chars[one.start : one.end] = "\0" * (one.end - one.start)
    return "".join(chars)


def _read_clocks(folded: str) -> Iterator[Quantity]:
    for match in _TIME.finditer(folded):
        half, minute = match["half"] or "", match["minute"] or match["clock"]
        hour = parse_number(match["hour"])
        minutes = 30 if match["thirty"] else parse_number(minute or "0")
        if hour is None or minutes is None or hour > 24 or minutes > 59:  # noqa: PLR2004 - a clock
            continue
        total = hour * 60 + minutes
        if half in _AFTERNOON and total < _HALF_DAY:
            total += _HALF_DAY
        is_open = half not in _AFTERNOON | _MORNING and total <= _HALF_DAY
        yield _quantity(folded, "clock", Fraction(total % _DAY), match.start(), match.end(), is_open=is_open)
    for match in _NOON.finditer(folded):
        yield _quantity(folded, "clock", Fraction(_HALF_DAY), *match.span())


def _read_numbers(text: str, numerals: set[int]) -> Iterator[Quantity]:
    done = 0
    waiting: list[tuple[Fraction, int, int]] = []
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if start < done or _is_code(text, start, end) or not _may_begin(text, start, numerals):
            continue
        value = _value(match[0])
        if value is None:
            continue
        if fraction := _fraction(text, end, value):
            value, done = fraction
            yield _quantity(text, "ratio", value, start, done)
            continue
        unit, done, value = _unit(text, end, value)
        if unit is None and re.match(r"\s*[~〜～\-–－‐]\s*[0-9〇一二三四五六七八九十]", text[end:]):
            waiting.append((value, start, end))  # 2〜3日: the unit stands behind the second
            continue
        dimension, factor = unit or Unit(GENERIC, Fraction(1))
        for first, begin, stop in (*waiting, (value, start, done)):
            yield _quantity(text, dimension, first * factor, begin, stop, number=first)
        waiting.clear()


def _may_begin(text: str, start: int, numerals: set[int]) -> bool:
    return text[start].isdigit() or start in numerals


def _is_code(text: str, start: int, end: int) -> bool:
    """Digits that belong to a code (ka-200, utf8, 2.7.1), or to no number at all (数千)."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return bool(
        re.search(r"[a-z_][-_./]?$|[0-9]\.$|[数何幾]$", before)
        or re.match(r"[-_][a-z0-9]|\.[0-9]", after)
        or (re.match(r"[a-z]", after) and not UNIT.match(text[end:]))
        or re.match(r"世(?!紀)", after)
    )


def _value(written: str) -> Fraction | None:
    if match := _DECIMAL.fullmatch(written.replace(",", "")):
        return Fraction(match[1]) * _LARGE[match[2] or ""] * _LARGE[match[3] or ""]
    number = parse_number(written)
    return None if number is None else Fraction(number)


def _fraction(text: str, end: int, below: Fraction) -> tuple[Fraction, int] | None:
    """三分の二: the lower number was read, the upper one follows."""
    between = _FRACTION.match(text, end)
    above = between and _NUMBER.match(text, between.end())
    if not above or not below:
        return None
    value = _value(above[0])
    return None if value is None else (value / below, above.end())


def _unit(text: str, end: int, value: Fraction) -> tuple[Unit | None, int, Fraction]:
    """The unit behind a number, where it ends, and the value with what follows: 2割5分, 1年半."""
    begin = end + (text[end : end + 1] == " ")
    match = UNIT.match(text, begin)
    if not match:
        return None, end, value
    unit, end = UNITS[match[0]], match.end()
    if match[0] == "割" and (part := re.match(rf"\s*([0-9]|[{_KANJI}])分(?!間)", text[end:])):
        return unit, end + part.end(), value + Fraction(parse_number(part[1]) or 0, 10)
    if unit.dimension in {"second", "month"} and text[end : end + 1] == "半":
        return unit, end + 1, value + Fraction(1, 2)
    return unit, end, value


def _read_words(text: str) -> Iterator[Quantity]:
    for pattern, dimension, value in _WORDS:
        for match in pattern.finditer(text):
            yield _quantity(text, dimension, value, *match.span())


def _quantity(
    text: str,
    dimension: str,
    value: Fraction,
    start: int,
    end: int,
    *,
    is_open: bool = False,
    number: Fraction | None = None,
) -> Quantity:
    bound = _bound(text[max(0, start - _HEAD_CHARS) : start], text[end : end + _TAIL_CHARS])
    return Quantity(
        dimension, value, bound, text[start:end], start, end, is_open, value if number is None else number
    )


def _bound(head: str, tail: str) -> Bound:
    """What stands behind counts before what stands in front: 最低3回まで is a bound from above."""
    none: Bound = ""
    behind = next((bound for bound, pattern in AFTER if pattern.match(tail.lstrip())), none)
    if behind and behind != "≈":
        return behind
    return next((bound for bound, pattern in BEFORE if pattern.search(head)), behind)
