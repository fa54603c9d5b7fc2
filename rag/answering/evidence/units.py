"""Units and bounds as texts write them, as data: 3か月 and 三ヶ月 are one unit, 以内 and まで one bound."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal, NamedTuple

from rag.answering.evidence.words import COUNTERS

Bound = Literal["", "≥", ">", "≤", "<", "≈"]
"""What stands at a number: at least, more, at most, less, about, or nothing."""


class Unit(NamedTuple):
    """A dimension, and how many of its base units this is; 1時間 is 3,600 of ``second``."""

    dimension: str
    factor: Fraction


def _table(rows: str) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for row in rows.strip().splitlines():
        dimension, factor, *spellings = row.split()
        units |= dict.fromkeys(spellings, Unit(dimension, Fraction(factor)))
    return units


# Dimension, factor, spellings in comparison form. Durations and days of the calendar share their words.
UNITS = _table(
    """
    second 1 秒 秒間
    second 60 分 分間
    second 3600 時間
    second 86400 日 日間 昼夜
    second 604800 週 週間
    month 1 か月 ヶ月 ヵ月 カ月 ケ月 箇月 か月間 ヶ月間 ヵ月間 カ月間 箇月間
    month 12 年 年間 か年 ヶ年 カ年
    century 1 世紀
    ratio 1/100 % パーセント
    ratio 1/10 割
    ratio 1 倍
    yen 1 円
    metre 1/1000 mm ミリメートル ミリ
    metre 1/100 cm センチメートル センチ
    metre 1 m メートル
    metre 1000 km キロメートル
    kilo 1000 キロ
    gram 1/1000 mg ミリグラム
    gram 1 g グラム
    gram 1000 kg キログラム
    gram 1000000 t トン
    litre 1/1000 ml ミリリットル
    litre 1 l リットル
    litre 1000 kl キロリットル
    byte 1000 kb
    byte 1000000 mb
    byte 1000000000 gb
    byte 1000000000000 tb
    square 1 m2 平方メートル
    square 1000000 km2 平方キロメートル
    count:匹 1 匹 頭 羽
    count:人 1 人 名
    count:種 1 種類 種
    count:回 1 回 度
    count:所 1 か所 ヶ所 カ所 箇所
    count:歳 1 歳 才
    count:番 1 番 号 番目
    count:頁 1 ページ 頁
    count:字 1 文字 字
    count: 1 つ 個 こ ケ
    """
)

UNITS |= {word: Unit(f"count:{word}", Fraction(1)) for word in COUNTERS}

GENERIC = "count:"
"""つ, 個 and numbers without a known unit: they may count anything."""

UNIT = re.compile("|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)))

# What stands before a number, and what stands behind number and unit; the first that matches counts.
BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("≥", re.compile(r"(?:最低(?:でも|で)?|少なくとも|最小(?:で)?|早くて(?:も)?|短くて(?:も)?)[、は]?\s*$")),
    (
        "≤",
        re.compile(
            r"(?:最大|最長|最高|最多|長くて|多くて|遅くとも|上限|限度|せいぜい|長い)(?:でも|で|も|と|は)?[、は]?\s*$"
        ),
    ),
    ("≈", re.compile(r"(?:約|およそ|おおよそ|ほぼ|概ね|おおむね|大体|だいたい)\s*$")),
)
AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "≤",
        re.compile(
            r"(?:分|間)?(?:を|は)?(?:限度|上限|超えない|超えな[いく]|超えては|超えることは?(?:が|は)?でき|超過しない|超えてはなら)|"
            r"(?:分|間|台|枚)?(?:以下|以内|まで|が(?:上限|限度)|にとどま|のあいだに)"
        ),
    ),
    ("≥", re.compile(r"(?:間)?(?:以上|以降|以後|を?下回(?:ら|って?はなら))")),
    (
        "<",
        re.compile(
            r"(?:間)?(?:未満|に満たな|を?下回|より(?:少な|小さ|短|低|早)|には?届(?:いて|か)|足らず|弱(?![いく])|を切)"
        ),
    ),
    (
        ">",
        re.compile(
            r"(?:間)?(?:を?超(?:え|過|す)|を?上回|を?過ぎ|を?こえ|より(?:多|大き|長|高|遅)|あまり|余り|余(?![りる])|強(?![いく]))"
        ),
    ),
    ("≈", re.compile(r"(?:間)?(?:ほど|程度|くらい|ぐらい|前後|内外|近[くい]|ばかり)")),
)
