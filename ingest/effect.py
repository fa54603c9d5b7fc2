"""From when and until when a rule holds: 施行, 適用 and 廃止 as the text tells them.

The text is that of today: its 附則 list every change, and the latest day of taking effect is its own. What
counts:

* a sentence about the rule itself (「この規程は、令和6年4月1日から施行する」), not about another rule, not a
  proviso or a part (「ただし、第3条の規定は…」); 「公布の日から起算して…」 names no day;
* where one sentence names both, the day of 施行 and not that of 適用, which may lie before it;
* 「公布の日から施行する」 with the day that the head of the law or of the 附則 names;
* labels: 「施行日：2024/4/1」, 「（令和6年4月1日施行）」, 「有効期間　令和6年4月1日～令和7年3月31日」.

A rule ends with the day that is named: 「令和5年3月31日をもって廃止する」 holds on that day.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from rag.text.sentences import split_sentences
from rag.types import Annotation, Attributes

_D = "\ue000"
"""Stands for a date while the words around it are looked at."""

_RULES = (
    "規程|規則|規定|規約|要綱|要領|要項|基準|細則|約款|協定|協約|契約書?|覚書|法律|政令|省令|府令|条例|内規|定款|指針|方針|"
    "ガイドライン|マニュアル|手順書?|手引き?|法|令|計画|制度|通達|訓令"
)
_OWN = re.compile(
    rf"(?:この|本|当)(?:{_RULES})(?:[（(][^（）()]*[）)])?(?:の(?:一部)?(?:改正|変更))?(?:は|の[^、。]{{0,10}}は)、?"
)
_TITLE = re.compile(rf"(?:{_RULES})\s*\Z")
_PART = re.compile(r"\A[\s　]*(?:[0-9０-９]{1,2}|[一二三四五六七八九十]+)?[\s　]*(?:ただし|但し|なお)")
_END = r"(?=[。、．，）)」\s　]|\Z)"
_DONE = rf"(?:する|します|しました?|し|した|され(?:る|ます|た)|とします?|とする|され|いたします)?{_END}"
_FROM = r"[)）]?(?:\s*(?:から|より|に|をもって|を以て|を以つて|付で|付けで))?、?(?:これを)?"

_IN_FORCE = re.compile(rf"{_D}{_FROM}\s*施行{_DONE}")
_APPLIED = re.compile(rf"{_D}{_FROM}\s*(?:適用|実施|発効|運用(?:を開始)?|その?効力を生[ずじ]る?){_DONE}")
_ENDED = re.compile(
    rf"{_D}[)）]?\s*(?:限り|をもって|を以て|を以つて|に|付で)?、?(?:これを)?[^。をは{_D}]{{0,12}}?(?:廃止|失効|効力を失)"
)
_LASTS = re.compile(
    rf"(?:(?:有効|契約|適用|実施|施行)期間|効力)[^。{_D}]{{0,12}}{_D}\s*(?:から|より|[〜～~\-－–—―ー])\s*{_D}"
    rf"|{_D}から{_D}まで(?:の間)?、?[^。{_D}]{{0,8}}(?:効力を有|有効と|適用)"
)
_PROMULGATED = re.compile(r"公布の日から(?:これを)?施行")
_SUPPLEMENT = re.compile(r"^[\s　]*附\s*則", re.MULTILINE)
_NUMBERED = re.compile(rf"{_D}[^、。（）()]{{0,20}}(?:法律|令|規則|規程|条例|告示|訓令)第[^、。]{{1,12}}号")

_LABELS_BEGIN = re.compile(
    rf"(?:施行|適用|実施|発効|運用)(?:開始)?(?:年月日|期日|日付|日)(?:は|が)?[\s　]*[：:／/|]?[\s　]*{_D}"
    rf"|(?:\A|[（(\s　、/])(?:施行|発効)[\s　]*[：:／/|]?[\s　]*{_D}"
    rf"|{_D}[\s　]*(?:付け?)?[\s　]*(?:制定[・、]?|改正[・、]?)?(?:施行|発効)(?=[\s　）)、。・/]|\Z)"
)
_LABELS_END = re.compile(
    rf"(?:廃止|失効)(?:年月日|期日|日付|日)(?:は|が)?[\s　]*[：:／/|]?[\s　]*{_D}"
    rf"|(?:\A|[（(\s　、/])(?:廃止|失効)[\s　]*[：:／/|]?[\s　]*{_D}"
    rf"|(?:有効期限|適用期限)(?:は)?[\s　、]*[：:／/|]?[\s　]*{_D}"
    rf"|{_D}[\s　]*(?:付け?|限り|をもって)?、?[\s　]*(?:廃止|失効)(?=[\s　）)。・/]|\Z)"
)


_HEAD_CHARS = 600
_NUMBERING = " 　0123456789０１２３４５６７８９"


class _Sentence(NamedTuple):
    """A sentence with marks for its dates, and the dates."""

    text: str
    dates: Sequence[Annotation]

    def date(self, match: re.Match[str], number: int = 0) -> Annotation:
        """The date behind a mark of a match, the first one or a later."""
        return self.dates[self.text.count(_D, 0, match.start()) + number]

    def subject_is_own(self, place: int, title: str, *, is_rule: bool) -> bool:
        """Whether the rule itself is spoken of before a place; without a subject, only in a rule."""
        before = self.text[:place]
        if _OWN.search(before):
            return True
        subject, particle, _ = before.partition("は")
        if not particle:
            return is_rule and not re.search("[をが]", before)
        return subject.strip(_NUMBERING) == title


def effective_dates(
    text: str, title: str, dates: Sequence[Annotation], attributes: Attributes, *, is_rule: bool
) -> Attributes:
    """The attributes with 施行日 and 廃止日 where the text names them; what a file says of itself stays.

    ``is_rule`` tells that the text has articles or a 附則: then a sentence without a subject speaks of it.
    """
    is_rule = is_rule or _TITLE.search(title) is not None
    begins: list[dt.date] = []
    ends: list[dt.date] = []
    for sentence in _sentences(text, dates):
        begins += (_first_day(one) for one in _begins(sentence, title, is_rule=is_rule))
        ends += (_last_day(one) for one in _ends(sentence, title, is_rule=is_rule))
    begins += map(_first_day, _promulgations(text, dates))
    begin = attributes.effective_from or max(begins, default=None)
    end = attributes.effective_to or max(ends, default=None)
    if begin and end and end < begin:  # something else ended before this rule took effect
        end = attributes.effective_to
    return replace(attributes, effective_from=begin, effective_to=end)


def _sentences(text: str, dates: Sequence[Annotation]) -> Iterator[_Sentence]:
    """The sentences that hold a date; those of a line are cut with marks in the place of its dates."""
    index = 0
    while index < len(dates):
        begin = text.rfind("\n", 0, dates[index].start) + 1
        end = text.find("\n", dates[index].end)
        end = len(text) if end < 0 else end
        following = index
        while following < len(dates) and dates[following].end <= end:
            following += 1
        yield from _cut(_marked(text, begin, end, dates[index:following]), dates[index:following])
        index = max(following, index + 1)


def _marked(text: str, begin: int, end: int, dates: Sequence[Annotation]) -> str:
    pieces: list[str] = []
    place = begin
    for date in dates:
        pieces += (text[place : date.start], _D)
        place = date.end
    return "".join((*pieces, text[place:end]))


def _cut(line: str, dates: Sequence[Annotation]) -> Iterator[_Sentence]:
    used = 0
    for start, end in split_sentences(line):
        number = line.count(_D, start, end)
        if number:
            yield _Sentence(line[start:end].strip(), dates[used : used + number])
        used += number


def _begins(sentence: _Sentence, title: str, *, is_rule: bool) -> list[Annotation]:
    """The days of taking effect that a sentence tells: 施行 before 適用."""
    labelled = [sentence.date(match) for match in _LABELS_BEGIN.finditer(sentence.text)]
    if labelled or _PART.match(sentence.text):
        return labelled
    for pattern in (_IN_FORCE, _APPLIED, _LASTS):
        found = [
            sentence.date(match)
            for match in pattern.finditer(sentence.text)
            if pattern is _LASTS or sentence.subject_is_own(match.start(), title, is_rule=is_rule)
        ]
        if found:
            return found
    return []


def _ends(sentence: _Sentence, title: str, *, is_rule: bool) -> list[Annotation]:
    labels = _LABELS_END.finditer(sentence.text)
    found = [sentence.date(match) for match in labels if _has_no_subject(sentence, match)]
    found += [sentence.date(match, 1) for match in _LASTS.finditer(sentence.text)]
    if not _PART.match(sentence.text):
        found += [
            sentence.date(match)
            for match in _ENDED.finditer(sentence.text)
            if sentence.subject_is_own(match.start(), title, is_rule=is_rule)
        ]
    return found


def _has_no_subject(sentence: _Sentence, match: re.Match[str]) -> bool:
    return not re.search("[はをが]", sentence.text[: match.start()])


def _promulgations(text: str, dates: Sequence[Annotation]) -> Iterator[Annotation]:
    """For each 「公布の日から施行する」 the day in the head of the 附則, or of the law, that it is under."""
    heads = [one for one in dates if _is_head(text, one)]
    supplements = [match.start() for match in _SUPPLEMENT.finditer(text)]
    for match in _PROMULGATED.finditer(text):
        under = bisect_right(supplements, match.start()) - 1
        begin = supplements[under] if under >= 0 else 0
        own = [one for one in heads if begin <= one.start and "\n" not in text[begin : one.start]]
        first = [one for one in heads[:1] if under <= 0 and one.start < _HEAD_CHARS]
        yield from (own or first)[:1]


def _is_head(text: str, date: Annotation) -> bool:
    """Whether a date begins the number of a law in brackets: 「（平成二年三月二十九日厚生省令第二号）」."""
    numbered = _NUMBERED.match(_D + text[date.end : date.end + 40])
    return numbered is not None and text[max(date.start - 1, 0)] in "（(〔"


def _first_day(annotation: Annotation) -> dt.date:
    return dt.date.fromisoformat(annotation.value.partition("/")[0])


def _last_day(annotation: Annotation) -> dt.date:
    return dt.date.fromisoformat(annotation.value.rpartition("/")[2])
