"""How numbers are read, alone and with what they count: 三本 さんぼん, 二十日 はつか, 1,000円 せんえん.

The sound changes are a table (``data/counters.tsv``): for each counter the numbers whose ending is
doubled, the sound after three, and what is read in a way of its own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rag.learner.tables import load_table
from rag.text.fold import fold_text
from rag.text.numerals import parse_number

_DIGITS = ("", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう")
_UNITS = (
    (1_000, "せん", {1: "せん", 3: "さんぜん", 8: "はっせん"}),
    (100, "ひゃく", {1: "ひゃく", 3: "さんびゃく", 6: "ろっぴゃく", 8: "はっぴゃく"}),
    (10, "じゅう", {1: "じゅう"}),
)
_LARGE = ((10**12, "ちょう"), (10**8, "おく"), (10**4, "まん"), (1, ""))
_DOUBLED_BEFORE_TRILLION = {1: "いっちょう", 8: "はっちょう", 10: "じゅっちょう"}
_MAX_VALUE = 10**16
_ASKING = {"何": "なん", "数": "すう", "幾": "いく"}
NUMERAL = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?[万億兆]?|[一二三四五六七八九十百千万億兆〇]+"
    r"|[何数幾](?:[十百千万億]*)"
)

_DOUBLED_AT = {"k": (1, 6, 8, 10, 100), "s": (1, 8, 10), "t": (1, 8, 10), "h": (1, 6, 8, 10, 100), "-": ()}
_DOUBLED = {1: "いっ", 6: "ろっ", 8: "はっ", 10: "じゅっ", 100: "ゃっ"}
_ENDINGS = {1: "いち", 6: "ろく", 8: "はち", 10: "じゅう", 100: "ゃく"}
_DIGIT_VARIANTS = {"よ", "し", "しち", "く", "よん", "きゅう", "なな"}
_THREE = 3
_TO_HALF_VOICED = str.maketrans("はひふへほ", "ぱぴぷぺぽ")


class CountedReading(NamedTuple):
    """The reading of number and counter; ``counter`` is empty where both are read as one (ひとり)."""

    number: str
    counter: str


class Counter(NamedTuple):
    """One row of the table: what is counted with, how it is read, and how sounds change."""

    reading: str
    sounds: str
    after_three: str
    exceptions: dict[int, CountedReading]


@lru_cache(maxsize=1)
def counters() -> dict[str, Counter]:
    """Every counter by its spelling, and once more as an ordinal: 回, 回目."""
    plain = {
        written: Counter(reading, sounds, after_three, dict(map(_exception, exceptions.split())))
        for written, reading, sounds, after_three, exceptions in load_table("counters.tsv", 5)
    }
    return {**{f"{written}目": _ordinal(counter) for written, counter in plain.items()}, **plain}


def _ordinal(counter: Counter) -> Counter:
    exceptions = {
        value: CountedReading(found.number, found.counter + "め")
        for value, found in counter.exceptions.items()
    }
    return Counter(counter.reading + "め", counter.sounds, counter.after_three + "め", exceptions)


def _exception(text: str) -> tuple[int, CountedReading]:
    value, _, reading = text.partition("=")
    number, _, counter = reading.partition("+")
    return int(value), CountedReading(number, counter)


def read_number(value: int) -> str:
    """A whole number in hiragana; empty from 10,000,000,000,000,000 on.

    >>> [read_number(value) for value in (0, 300, 1_000, 18_600, 10_000_000)]
    ['れい', 'さんびゃく', 'せん', 'いちまんはっせんろっぴゃく', 'いっせんまん']
    """
    if not 0 <= value < _MAX_VALUE:
        return ""
    parts = []
    for size, name in _LARGE:
        section, value = divmod(value, size)
        if section and size == 10**12 and section in _DOUBLED_BEFORE_TRILLION:
            parts.append(_DOUBLED_BEFORE_TRILLION[section])
        elif section:
            parts.append(_read_section(section, before_unit=size > 1) + name)
    return "".join(parts) or "れい"


def _read_section(value: int, *, before_unit: bool) -> str:
    """A number below 10,000; 千 is いっせん before 万, as in 一千万."""
    parts = []
    for size, name, special in _UNITS:
        digit, value = divmod(value, size)
        if digit:
            plain = special.get(digit) or _DIGITS[digit] + name
            parts.append("いっせん" if plain == "せん" and before_unit else plain)
    return "".join(parts) + _DIGITS[value]


def read_numeral(written: str) -> str:
    """A number as it is written (1,000, 三百五十, 二〇二四, 3.5, 何十), read; empty when it is none."""
    folded = fold_text(written)
    if folded[:1] in _ASKING:
        return _read_asking(folded)
    whole, point, decimals = folded.partition(".")
    if not point:
        value = parse_number(folded)
        return read_number(value) if value is not None else ""
    value, (digits, unit) = parse_number(whole), _split_unit(decimals)
    if value is None or not digits.isdecimal():
        return ""
    before = {"": "れい"}.get(whole, read_number(value))
    return f"{before}てん{''.join(_DIGITS[int(d)] or 'ぜろ' for d in digits)}{unit}".replace(
        "いちてん", "いってん"
    )


def _split_unit(decimals: str) -> tuple[str, str]:
    names = {"万": "まん", "億": "おく", "兆": "ちょう"}
    return (decimals[:-1], names[decimals[-1]]) if decimals[-1:] in names else (decimals, "")


def _read_asking(written: str) -> str:
    voiced = {"百": "びゃく", "千": "ぜん"}
    plain = {"十": "じゅう", "百": "ひゃく", "千": "せん", "万": "まん", "億": "おく"}
    head, units = _ASKING[written[0]], written[1:]
    names = [
        (voiced if head == "なん" and place == 0 else plain).get(unit, plain[unit])
        for place, unit in enumerate(units)
    ]
    return head + "".join(names)


def read_counted(written: str, counter: str) -> CountedReading | None:
    """Number and counter together; None when either is unknown.

    >>> [tuple(read_counted(*pair)) for pair in (("三", "本"), ("二十", "日"), ("10", "分"), ("四", "月"))]
    [('さん', 'ぼん'), ('はつか', ''), ('じゅっ', 'ぷん'), ('し', 'がつ')]
    """
    entry, number = counters().get(counter), read_numeral(written)
    if entry is None or not number:
        return None
    value = _value(written)
    if value is None:
        return CountedReading(number, entry.after_three if written[0] == "何" else entry.reading)
    if value in entry.exceptions:
        return entry.exceptions[value]
    exact = _by_last_digit(entry, value, number)
    return exact or _changed(entry, value, number)


def _value(written: str) -> int | None:
    """The whole number; None for 何, 数 and decimals, after which nothing changes by value."""
    return parse_number(fold_text(written))


def _by_last_digit(entry: Counter, value: int, number: str) -> CountedReading | None:
    """十四人 → じゅうよ + にん: another reading of the digit alone holds for the last digit as well."""
    last = value % 10
    found = entry.exceptions.get(last)
    if found is None or found.number not in _DIGIT_VARIANTS:
        return None
    return CountedReading(number.removesuffix(_DIGITS[last]) + found.number, found.counter)


def _changed(entry: Counter, value: int, number: str) -> CountedReading:
    ending = 1_000 if value % 1_000 == 0 else next((s for s in (100, 10) if value % s == 0), value % 10)
    if ending in _DOUBLED_AT[entry.sounds] and number.endswith(_ENDINGS[ending]):
        stem = number.removesuffix(_ENDINGS[ending]) + _DOUBLED[ending]
        first = entry.reading[0].translate(_TO_HALF_VOICED) if entry.sounds == "h" else entry.reading[0]
        return CountedReading(stem, first + entry.reading[1:])
    # さん, せん and まん voice what follows: 三本, 千本, 一万本.
    if ending == _THREE or (entry.sounds == "h" and number.endswith(("せん", "ぜん", "まん"))):
        return CountedReading(number, entry.after_three)
    return CountedReading(number, entry.reading)


def find_numeral(folded: str, place: int) -> int:
    """The end of the number that begins at ``place`` of a folded text; ``place`` when there is none."""
    match = _NUMERAL.match(folded, place)
    return match.end() if match else place


_NUMERAL = re.compile(NUMERAL)
