"""What a sentence claims, in a form that can be held against another: words, amounts, days, denial.

Two sentences disagree when they speak of the same and differ in an amount of the same unit, a day, or in
saying yes and no. Words are compared by pairs of characters within runs of kanji, katakana or letters, so
that 「出張の費用」 and 「出張費用」 agree; particles and hiragana say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from rag.answering.conversation_words import FAMILIES
from rag.answering.evidence import is_negated
from rag.text.era import find_dates
from rag.text.fold import fold_text
from rag.text.numerals import parse_number

SAME_SHARE = 0.85
"""Of all pairs that either sentence has: what must be common where nothing ties the documents together."""

RELATED_SHARE = 0.7
"""Of the pairs of the shorter sentence: what must be common between versions of one document."""

TOPIC_SHARE = 0.6
"""Of the pairs before は, where both have one: 会議室の予約 and 社用車の予約 are two things."""

MIN_PAIRS = 3
MIN_PAIRS_ALONE = 6
_MIN_PAIRS_OF_LONG = 8

_RUN = re.compile(r"[一-龠々]+|[ァ-ヶー]+|[a-z]+")
_COUNTERS = (
    "円|営業日|日|人|名|回|時間|分|秒|年|[かヶカ箇]月|週間|歳|個|台|枚|本|冊|件|割|度|階|倍|泊|%"
    "|キロ|メートル|グラム"
)
_AMOUNT = re.compile(
    rf"(?P<digits>[0-9][0-9,]*(?:\.[0-9]+)?[万億]?)\s*(?P<unit>[一-龠々ァ-ヶーかヶa-z%]{{1,3}})?"
    rf"|(?P<kanji>[〇一二三四五六七八九十百千万億]+)(?P<counter>{_COUNTERS})"
)
_ENUMERATOR = re.compile(
    r"^\s*(?:第[0-9〇一二三四五六七八九十百]+[条項号章節](?:の[0-9〇一二三四五六七八九十]+)?(?:\([^()]{1,20}\))?"
    r"|[(]?[0-9一二三四五六七八九十]{1,3}[).,、](?![0-9])|[0-9一二三四五六七八九十]{1,2}(?=\s)|[・●■○*-])\s*"
)
_REFERENCE = re.compile(
    r"(?:第[0-9〇一二三四五六七八九十百]+|前[0-9一二三四五六七八九十]*|次)(?:条|項|号|章|節)"
    r"|別表[0-9一二三四五六七八九十第]*"
)
_OBLIGES = re.compile(
    r"(?:なければ|なくては|ないと|ねば)(?:なら|いけ)(?:ない|ません|ず)|ざるを得ない|に限り|限り"
)
_OF_ITSELF = re.compile(r"施行|制定|改正|改定|廃止|発行|作成日|更新日|版")


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence; ``pairs`` are of characters, ``amounts`` go by the first two characters of their unit."""

    folded: str
    pairs: frozenset[str]
    topic: frozenset[str]
    amounts: Mapping[str, frozenset[float]]
    days: frozenset[tuple[str, str]]
    denied: bool

    @classmethod
    def of(cls, text: str) -> Claim:
        """「第9条　宿泊費は一泊12,000円とする」 → 宿泊 泊費 …, {泊: 1, 円: 12000}."""
        dates = find_dates(text)
        rest = list(text)
        for date in dates:
            rest[date.start : date.end] = " " * (date.end - date.start)
        folded = _REFERENCE.sub(" ", _ENUMERATOR.sub("", fold_text("".join(rest))))
        amounts: dict[str, frozenset[float]] = {}
        for found in _AMOUNT.finditer(folded):
            unit = (found["unit"] or found["counter"] or "")[:2]
            value = _value(found["digits"] or found["kanji"])
            if value is not None:
                amounts[unit] = amounts.get(unit, frozenset()) | {value}
        bare = _AMOUNT.sub(lambda found: f" {found['unit'] or found['counter'] or ''}", folded)
        return cls(
            folded,
            _pairs(bare),
            _pairs(bare.partition("は")[0] if "は" in bare else ""),
            amounts,
            frozenset((date.first.isoformat(), date.last.isoformat()) for date in dates),
            is_negated(_OBLIGES.sub("", folded)),
        )

    def disagrees(self, other: Claim, *, related: bool) -> bool:
        """Whether both speak of the same and one of them must be wrong, or out of date.

        ``related`` says that their documents are versions of one another, where wording may differ more.
        """
        if not self._speaks_of_the_same(other, related=related):
            return False
        units = self.amounts.keys() & other.amounts.keys()
        if any(self.amounts[unit] != other.amounts[unit] for unit in units):
            return True
        if bool(self.days and other.days) and self.days != other.days:
            return not _OF_ITSELF.search(self.folded)
        return self.denied != other.denied and self._share_of_all(other) >= SAME_SHARE

    def _speaks_of_the_same(self, other: Claim, *, related: bool) -> bool:
        fewer = min(len(self.pairs), len(other.pairs))
        topics = min(len(self.topic), len(other.topic))
        if len(self.topic & other.topic) < TOPIC_SHARE * topics:
            return False
        if any(self._speaks_of_another(other, words, fewer) for words in FAMILIES):
            return False
        if not related:
            return fewer >= MIN_PAIRS_ALONE and self._share_of_all(other) >= SAME_SHARE
        return fewer >= MIN_PAIRS and len(self.pairs & other.pairs) >= RELATED_SHARE * fewer

    def _speaks_of_another(self, other: Claim, words: frozenset[str], fewer: int) -> bool:
        """部長 and 課長 have amounts of their own; in a long sentence one may be named by the way."""
        mine, theirs = named_in(self.folded, words), named_in(other.folded, words)
        return mine != theirs and not (fewer >= _MIN_PAIRS_OF_LONG and (mine <= theirs or theirs <= mine))

    def _share_of_all(self, other: Claim) -> float:
        return len(self.pairs & other.pairs) / max(len(self.pairs | other.pairs), 1)


def named_in(folded: str, words: frozenset[str]) -> frozenset[str]:
    """Which of the words that stand for one another a sentence names, the longest alone: 部長, 海外."""
    found = {word for word in words if word in folded}
    return frozenset(word for word in found if not any(word != other and word in other for other in found))


def _value(written: str) -> float | None:
    plain = written.replace(",", "")
    if plain[-1] not in "万億" and plain.replace(".", "").isdecimal():
        return float(plain)
    parsed = parse_number(plain)
    return None if parsed is None else float(parsed)


def _pairs(text: str) -> frozenset[str]:
    """「出張の費用」 → {出張, 費用}; 「宿泊費」 → {宿泊, 泊費}."""
    runs = _RUN.findall(text)
    return frozenset(pair for run in runs for pair in ([*map("".join, pairwise(run))] or [run]))
