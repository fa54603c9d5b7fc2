"""Cell values as Excel shows them: 令和7年7月1日, 12,000円, 15%, and not 45839 or 0.15.

The commonest parts of number formats are understood: dates and times with 和暦 and weekdays, grouping,
decimals, percent, text around the number. A format beyond that shows the plain value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.text.era import ERAS

Value = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

JAPANESE_BUILT_IN = {
    **dict.fromkeys((27, 36, 50, 57), "ge.m.d"),
    **dict.fromkeys((28, 29, 51, 54, 58), 'ggge"年"m"月"d"日"'),
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"',
    **dict.fromkeys((34, 52, 55), 'yyyy"年"m"月"'),
    **dict.fromkeys((35, 53, 56), 'm"月"d"日"'),
}
"""Formats that the file names by number alone and that only a Japanese Excel knows (ECMA-376, 18.8.30)."""

_SYSTEM_DATES = ("mm-dd-yy", "[$-F800]", "m/d/yyyy", "mm/dd/yyyy")
_SYSTEM_TIMES = ("[$-F400]",)
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[(?P<bracket>[^\]]*)\]|_.|\*.'
    r"|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?|g+|e+|a{3,4}|r+|b+|AM/PM|A/P)|(?P<number>[#0?.,]+)|(?P<percent>%)|(?P<literal>.)",
    re.I | re.S,
)
_WEEKDAYS = "月火水木金土日"
_CURRENCY = re.compile(r"\$([^-]*)")
_ELAPSED = re.compile(r"[hms]+", re.I)
_SIGNIFICANT_DIGITS = 11
_WHOLE_LIMIT = 10**15


def show_value(value: Value, code: str = "General") -> str:
    """The text of a cell: 12000 with ``#,##0"円"`` → 「12,000円」."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return _show_date(value, code)
    if isinstance(value, dt.timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02}"
    return _show_number(value, code)


def _show_date(value: dt.datetime | dt.date | dt.time, code: str) -> str:
    if isinstance(value, dt.time):
        moment = dt.datetime.combine(dt.date(1900, 1, 1), value)
        code = code if re.search("[hs]", code, re.I) else "h:mm"
    else:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    if code.startswith(_SYSTEM_TIMES):
        code = "h:mm:ss"
    elif code.startswith(_SYSTEM_DATES) or code == "General":
        code = 'yyyy"年"m"月"d"日"' if code.startswith("[$-F800]") else "yyyy/m/d"
    return _DateWriter(moment, code.split(";")[0]).text().strip()


class _DateWriter:
    """Writes one moment along the tokens of a date format."""

    def __init__(self, moment: dt.datetime, code: str) -> None:
        self._moment = moment
        self._tokens = list(_TOKEN.finditer(code))
        self._is_half_day = any((one["date"] or "").upper() in {"AM/PM", "A/P"} for one in self._tokens)

    def text(self) -> str:
        return "".join(self._token(index) for index in range(len(self._tokens)))

    def _token(self, index: int) -> str:
        token = self._tokens[index]
        if token["date"]:
            return self._part(index, token["date"])
        if token["bracket"] is not None and _ELAPSED.fullmatch(token["bracket"]):
            return self._part(index, token["bracket"])
        return token["quoted"] or token["escaped"] or token["literal"] or token["number"] or ""

    def _part(self, index: int, part: str) -> str:
        letter = part[0].lower()
        if letter == "m" and self._means_minutes(index):
            letter = "minute"
        if part.upper() in {"AM/PM", "A/P"}:
            letter = "half"
        return _DATE_PARTS[letter](self, part)

    def _means_minutes(self, index: int) -> bool:
        """``m`` is a minute beside an hour or a second, else a month."""
        letters = [
            (i, (one["date"] or one["bracket"] or "")[:1].lower()) for i, one in enumerate(self._tokens)
        ]
        before = [letter for i, letter in letters if i < index and letter in set("ymdhs")]
        after = [letter for i, letter in letters if i > index and letter in set("ymdhs")]
        return bool(before and before[-1] == "h") or bool(after and after[0] == "s")

    @property
    def _era(self) -> tuple[str, str, int]:
        """Name, initial and year of the era; before 明治 the Western year."""
        day = self._moment.date()
        for era in ERAS:
            if era.first <= day:
                return era.name, era.initial.upper(), day.year - era.first.year + 1
        return "", "", day.year

    def year(self, part: str) -> str:
        return f"{self._moment.year}" if len(part) > 2 else f"{self._moment.year % 100:02}"  # noqa: PLR2004

    def month(self, part: str) -> str:
        return _padded(self._moment.month, part)

    def day(self, part: str) -> str:
        return _padded(self._moment.day, part) if len(part) < 3 else self.weekday(part)  # noqa: PLR2004

    def weekday(self, part: str) -> str:
        name = _WEEKDAYS[self._moment.weekday()]
        return name if len(part) == 3 else f"{name}曜日"  # noqa: PLR2004

    def era(self, part: str) -> str:
        name, initial, _ = self._era
        return {1: initial, 2: name[:1]}.get(len(part), name)

    def era_year(self, part: str) -> str:
        return _padded(self._era[2], part)

    def hour(self, part: str) -> str:
        hour = self._moment.hour
        return _padded((hour % 12 or 12) if self._is_half_day else hour, part)

    def minute(self, part: str) -> str:
        return _padded(self._moment.minute, part)

    def second(self, part: str) -> str:
        return _padded(self._moment.second, part.partition(".")[0])

    def half(self, part: str) -> str:
        return "AM" if self._moment.hour < 12 else "PM"  # noqa: PLR2004


_DATE_PARTS: dict[str, Callable[[_DateWriter, str], str]] = {
    "y": _DateWriter.year,
    "b": _DateWriter.year,
    "m": _DateWriter.month,
    "d": _DateWriter.day,
    "a": _DateWriter.weekday,
    "g": _DateWriter.era,
    "e": _DateWriter.era_year,
    "r": _DateWriter.era_year,
    "h": _DateWriter.hour,
    "minute": _DateWriter.minute,
    "s": _DateWriter.second,
    "half": _DateWriter.half,
}


def _padded(number: int, part: str) -> str:
    return f"{number:02}" if len(part) == 2 else str(number)  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class _NumberFormat:
    """One section of a number format: 「¥#,##0.0」 with what stands around the digits."""

    prefix: str
    digits: str
    suffix: str
    percent: bool


def _show_number(value: float, code: str) -> str:
    sections = code.split(";")
    is_negative = value < 0 and len(sections) > 1
    parsed = _parse_number_format(sections[1] if is_negative else sections[0])
    if parsed is None:
        return _plain(value)
    number = abs(value) if is_negative else value
    whole, _, decimals = parsed.digits.partition(".")
    scaled = number * 100 if parsed.percent else number
    scaled /= 1000 ** (len(whole) - len(whole.rstrip(",")))
    whole = whole.rstrip(",")
    places = len(decimals)
    text = f"{scaled:,.{places}f}" if "," in whole else f"{scaled:.{places}f}"
    if optional := len(decimals) - len(decimals.rstrip("#?")):
        kept = len(text) - optional
        text = text[:kept] + text[kept:].rstrip("0")
        text = text.rstrip(".")
    if "," not in whole and not text.startswith("-"):
        digits, point, rest = text.partition(".")
        text = digits.zfill(whole.count("0")) + point + rest
    return f"{parsed.prefix}{text}{parsed.suffix}".strip()


def _parse_number_format(section: str) -> _NumberFormat | None:
    """The parts of a section, or None for ``General``, fractions, exponents and text."""
    if section.strip() in {"General", "", "@", "G/標準"} or re.search(
        r"[eE][+-]|/", _without_literals(section)
    ):
        return None
    prefix, digits, suffix, percent = "", "", "", False
    for token in _TOKEN.finditer(section):
        bracket = token["bracket"]
        currency = _CURRENCY.match(bracket) if bracket is not None else None
        text = token["quoted"] or token["escaped"] or (currency[1] if currency else "")
        if token["number"] and not suffix:
            digits += token["number"]
            continue
        if token["percent"]:
            percent, text = True, "%"
        elif token["literal"] or token["date"] or token["number"]:
            text = token[0]
        prefix, suffix = (prefix, suffix + text) if digits else (prefix + text, suffix)
    return _NumberFormat(prefix, digits, suffix, percent) if digits else None


def _without_literals(section: str) -> str:
    return re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", section)


def _plain(value: float) -> str:
    """A number as ``General`` shows it: no trailing zeros, no noise of binary fractions."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < _WHOLE_LIMIT):
        return str(int(value))
    return f"{value:.{_SIGNIFICANT_DIGITS}g}"
