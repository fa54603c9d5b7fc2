"""Whose article is it? The law that is named before a number, or the reference that it goes on from."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUTES = "法律|政令|省令|府令|規則|規程|条例|協定|要綱|要領|約款|定款|細則|内規"
_KINDS = f"{_STATUTES}|規定|契約書?|憲法|法|令"
_ENDINGS = tuple(_KINDS.replace("書?", "|契約書").split("|"))
_BRACKET = re.compile(r"[（(]([^（）()\n]{0,80})[）)]\s?\Z")
_NUMBERED = re.compile("(?:法律|政令|令|規則|条約|布告|告示)第")
_OWN = re.compile(rf"(?:この|本|当社?)(?:{_KINDS})\Z")
_SAME = re.compile(rf"同(?:{_KINDS})\Z")
_RUN = re.compile(r"[一-龠々〆ァ-ヶーA-Za-z0-9０-９・]+\Z")
_BARE = re.compile(rf"(?:{_KINDS})\Z")
_LONG = re.compile(
    rf"[^\s はがを]{{2,60}}(?:に関する|のための|に係る|に基づく|等の|の)[^\s はがを]{{0,30}}(?:{_STATUTES})\Z"
)
_JOINED = re.compile(
    r"\s*(?:、|，|及び|又は|若しくは|並びに|から|まで|・|〜|～|または|および|ならびに|もしくは)?\s*"
)
_LAW_NUMBER = re.compile(r"(?:法律|令|告示|訓令|規程|規則|条例|達|通達|発|基|[：:]\S{0,8})\s?\Z")
_DELIMITERS = "、。，「」（）()\n"
_NAME_CHARS = 140
_OWN_CHARS = 3
"""A name of two characters (規則, 法) says nothing about which rule is meant."""


@dataclass(slots=True)
class Citing:
    """What stands before the references of one text, asked in the order of the text."""

    text: str
    title: str
    _end: int = -1
    _law: str = ""

    def note(self, match: re.Match[str], law: str = "") -> None:
        """Remember a reference that the next one may go on from, and whose it is."""
        self._end, self._law = match.end(), law

    def law_before(self, match: re.Match[str]) -> str:
        """The other law whose article this is, 「労働基準法」; empty for this rule's own."""
        return self._law if self.is_joined(match) else self._named(match.start())

    def joined_law(self, match: re.Match[str]) -> str:
        """The other law of the reference that this one goes on from: 「民法第3条第1項及び第2項」."""
        return self._law if self.is_joined(match) else ""

    def is_joined(self, match: re.Match[str]) -> bool:
        """Whether only 及び or its like stands between this reference and the last one."""
        return self._end >= 0 and _JOINED.fullmatch(self.text, self._end, match.start()) is not None

    def is_law_number(self, match: re.Match[str]) -> bool:
        """Whether 第49号 is the number of a law: 「昭和22年法律第49号」."""
        return _LAW_NUMBER.search(self.text, max(match.start() - 12, 0), match.start()) is not None

    def _named(self, place: int) -> str:
        name, is_numbered = _name_before(self.text[max(place - _NAME_CHARS, 0) : place])
        if _OWN.search(name) or not (is_numbered or name.endswith(_ENDINGS)):
            return ""
        if _SAME.search(name):
            return self._law or name[-2:]
        return _own_or(_short_name(name), self.title)


def _name_before(text: str) -> tuple[str, bool]:
    """What may be a law's name at the end of a text, and whether its number stands in brackets behind it."""
    bracket = _BRACKET.search(text)
    text = text[: bracket.start()] if bracket else text
    name = text[max(map(text.rfind, _DELIMITERS)) + 1 :].strip()
    return name, bool(name and bracket and _NUMBERED.search(bracket[1]))


def _short_name(name: str) -> str:
    """The name at the end of a stretch: 「会社は個人情報の保護に関する法律」 → 個人情報の保護に関する法律."""
    run = _RUN.search(name)
    if run is None or _BARE.fullmatch(run[0]):
        long = _LONG.search(name)
        return long[0] if long else run[0] if run else name
    return run[0]


def _own_or(name: str, title: str) -> str:
    return "" if len(name) >= _OWN_CHARS and name in title else name
