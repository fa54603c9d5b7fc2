"""Dates, amounts, names and defined terms of a document, each with the places where it stands.

Covered: dates as `rag.text.era` reads them; numbers with a unit of `UNITS`; runs of nouns that MeCab knows as
proper, said at least twice; terms that the text itself defines (「…」とは, 以下「…」という). Not
covered: names that MeCab does not know, and amounts without a unit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from rag.summary.base import Fact
from rag.summary.citing import Citer
from rag.summary.material import Kind, Material, Sentence
from rag.text.era import find_dates
from rag.text.fold import fold_text
from rag.text.numerals import parse_number

DATE, AMOUNT, NAME, TERM = "日付", "数量", "名前", "用語"
KINDS = (DATE, AMOUNT, NAME, TERM)

MAX_FACTS = 20
"""So many of each kind are listed, those that stand most often first; the counts tell of all."""

MAX_PLACES = 5
MIN_NAME_PLACES = 2
_MIN_NAME_CHARS = 2

UNITS = (
    "億円|万円|千円|円|ドル|ユーロ|パーセント|％|%|ポイント|"
    "営業日|日間|か月間|か月|ヶ月|カ月|ヵ月|箇月|週間|年間|年度|年|時間|分間|分|秒|日|"
    "キロメートル|センチメートル|ミリメートル|メートル|キログラム|グラム|リットル|ワット|ボルト|デシベル|"
    "km|cm|mm|kg|mg|mL|ml|GB|MB|KB|TB|GHz|MHz|Hz|kW|dB|℃|度|"
    "人|名|件|個|台|回|冊|枚|社|本|箇所|か所|ヶ所|割|歳|泊|ページ|文字|坪|平方メートル|㎡|部屋|戸|倍"
)
_DIGITS = "0-9０-９"
_KANJI = "〇一二三四五六七八九十百千万億兆"
_AMOUNT = re.compile(
    rf"(?<![{_DIGITS}.．A-Za-z第月時年-])(?P<number>(?:[{_DIGITS}][{_DIGITS},，]*(?:[.．][{_DIGITS}]+)?[{_KANJI}]*|"
    rf"[〇一二三四五六七八九十百千][{_KANJI}]{{0,11}})) ?(?P<unit>{UNITS})(?![{_DIGITS}A-Za-z])"
)
_SMALL = rf"(?:[{_DIGITS}]{{1,2}}|[一二三四五六七八九十]{{1,3}})"
_MONTH_DAY = re.compile(rf"(?<![{_DIGITS}年/])(?P<month>{_SMALL})月(?P<day>{_SMALL})日(?!間)")
_ERAS = frozenset({"明治", "大正", "昭和", "平成", "令和"})
# 一人 and 十分 are words as often as amounts.
_WORDS = frozenset(
    {"十分", "一度", "一部", "一番", "一日", "一人", "万年", "千人", "百人", "一年", "一名", "万分"}
)

_SAID = r"[「『“]([^「」『』“”]{1,30})[」』”]"
_DEFINES = (
    re.compile(rf"{_SAID}とは[、，,]?.{{4,}}"),
    re.compile(rf"以下[、，]?(?:単に)?{_SAID}と(?:いう|総称する|略す|呼ぶ|する|記す)"),
    re.compile(rf"{_SAID}と(?:呼ぶ|呼びます|いいます|定義する|定義します|称する)"),
    re.compile(
        r"^(?:第[^条]{1,6}条(?:（[^）]*）)?[\s　]*)?([一-龥ァ-ヶーA-Za-z0-9・]{2,20})とは"
        r"[、，]?.{4,}(?:いう|です|である|ます|指す)[。．]?$"
    ),
)


@dataclass(slots=True)
class _Found:
    """One value: how it is written first, its first places, and how many there are."""

    text: str
    places: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0
    definition: str = ""

    def add(self, start: int, end: int) -> None:
        self.count += 1
        if len(self.places) < MAX_PLACES:
            self.places.append((start, end))


@dataclass(frozen=True, slots=True)
class _Mention:
    kind: str
    value: str
    text: str
    start: int
    end: int
    definition: str = ""


def find_facts(material: Material, citer: Citer) -> tuple[tuple[Fact, ...], Mapping[str, int]]:
    """The facts of each kind, the most frequent first, and how many values of each kind there are."""
    found: dict[str, dict[str, _Found]] = {kind: {} for kind in KINDS}
    for sentence in material.sentences:
        if sentence.kind is Kind.CODE:
            continue
        for mention in _mentions(sentence):
            known = found[mention.kind].setdefault(mention.value, _Found(mention.text))
            known.add(mention.start, mention.end)
            known.definition = known.definition or mention.definition
    found[NAME] = {value: one for value, one in found[NAME].items() if one.count >= MIN_NAME_PLACES}
    facts = [fact for kind in KINDS for fact in _listed(kind, found[kind], citer)]
    return tuple(facts), {kind: len(found[kind]) for kind in KINDS}


def _listed(kind: str, found: Mapping[str, _Found], citer: Citer) -> Iterator[Fact]:
    kept = sorted(found.items(), key=lambda item: (-item[1].count, item[1].places[0]))[:MAX_FACTS]
    for value, one in sorted(kept, key=lambda item: item[1].places[0]):
        citations = tuple(citer.cite(start, end) for start, end in one.places)
        yield Fact(kind, one.text, value, citations, one.definition, one.count)


def _mentions(sentence: Sentence) -> Iterator[_Mention]:
    taken = []
    for mention in _dates(sentence):
        taken.append((mention.start, mention.end))
        yield mention
    for match in _AMOUNT.finditer(sentence.text):
        start, end = sentence.start + match.start(), sentence.start + match.end()
        if match[0] not in _WORDS and not any(a < end and start < b for a, b in taken):
            yield _Mention(AMOUNT, amount_value(match), match[0], start, end)
    if sentence.kind is not Kind.HEADING:
        yield from _names(sentence)
    yield from _terms(sentence)


def _dates(sentence: Sentence) -> Iterator[_Mention]:
    """Dates with a year, and days of a month without one (``--07-18``)."""
    text, start = sentence.text, sentence.start
    found = find_dates(text)
    for date in found:
        value = date.first.isoformat() if date.first == date.last else f"{date.first}/{date.last}"
        yield _Mention(DATE, value, date.text, start + date.start, start + date.end)
    for match in _MONTH_DAY.finditer(text):
        if not any(date.start < match.end() and match.start() < date.end for date in found):
            month, day = parse_number(match["month"]) or 0, parse_number(match["day"]) or 0
            value = f"--{month:02}-{day:02}"
            yield _Mention(DATE, value, match[0], start + match.start(), start + match.end())


def _terms(sentence: Sentence) -> Iterator[_Mention]:
    for pattern in _DEFINES:
        if match := pattern.search(sentence.text):
            start, end = sentence.start + match.start(1), sentence.start + match.end(1)
            yield _Mention(TERM, fold_text(match[1]), match[1], start, end, sentence.text)


def amount_value(match: re.Match[str]) -> str:
    """「三十五万円」 and 「35万円」 → ``350000円``; decimals stay as they are written."""
    number, unit = match["number"], match["unit"]
    for scale in ("億", "万", "千"):
        if unit.startswith(scale):
            number, unit = number + scale, unit[1:]
    value = parse_number(number)
    return f"{fold_text(number) if value is None else value}{fold_text(unit)}"


def _names(sentence: Sentence) -> Iterator[_Mention]:
    """Runs of nouns that hold a proper one: 北沢|樹脂|工業 is one name."""
    places = list(
        zip(sentence.analysis.starts, sentence.analysis.ends, sentence.analysis.features, strict=True)
    )
    for is_noun, group in groupby(
        places, key=lambda place: place[2].pos.startswith(("名詞-固有", "名詞-普通名詞-一般"))
    ):
        run = list(group)
        if not is_noun or not any(one[2].pos.startswith("名詞-固有名詞") for one in run):
            continue
        first, last = run[0][0], run[-1][1]
        text = sentence.text[first:last]
        if len(text) >= _MIN_NAME_CHARS and text not in _ERAS and "\n" not in text:
            yield _Mention(NAME, fold_text(text), text, sentence.start + first, sentence.start + last)


def places_by_kind(facts: Iterable[Fact]) -> Mapping[str, list[Fact]]:
    """The facts by kind, in the order of `KINDS`."""
    by_kind: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_kind[fact.kind].append(fact)
    return {kind: by_kind[kind] for kind in KINDS if by_kind[kind]}
