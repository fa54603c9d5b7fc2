"""What is known of a sentence, told in numbers.

Each is a plain fact in about [0, 1] that a reader can check. The weights stand in
``data/models/summary.json`` and are fitted by ``training/summaries.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.answering.coverage import covered
from rag.summary.grounds import Grounds
from rag.summary.material import Kind, Material, Sentence
from rag.summary.standalone import announces, readable_span

Matrix = NDArray[np.float32]
Column = NDArray[np.float32]

SENTENCE_FEATURES = (
    "first",
    "second",
    "third",
    "early",
    "first_of_part",
    "first_of_line",
    "in_first_part",
    "last_of_part",
    "centrality",
    "near_centre",
    "near_title",
    "near_heading",
    "mass",
    "density",
    "title_covered",
    "heading_covered",
    "speaks_of_itself",
    "speaks_of_itself_and_first",
    "proposes",
    "concludes",
    "explains",
    "rules",
    "announces",
    "asks",
    "has_number",
    "trimmed",
    "length",
    "short",
    "long",
    "commas",
    "latin",
    "item",
    "aside",
)

ITSELF = re.compile(
    r"本(?:研究|論文|稿|書|規程|規則|マニュアル|資料|文書|章|ガイド|報告|手順書|発表|調査|法|会|要領|実験|システム)|"
    r"この(?:トピック|記事|文書|ガイド|資料|規程|規則|マニュアル|手順|ページ|セクション|章|法律|規定|論文|ドキュメント|チュートリアル|シナリオ)|"
    r"当(?:社|会|規程)|我々|著者ら|筆者"
)
PROPOSES = re.compile(
    r"提案|構築|開発|検証|調査|分析|検討|評価|報告|作成|整備|試み|導入|比較|考察|実現|設計|目的|目指|取り組|明らかに|示す|行[うっ]|調べ|着目|議論|解明|紹介"
)
CONCLUDES = re.compile(
    r"結果|示した|示された|分かった|わかった|明らか|確認し|達成|向上し|示唆|結論|まとめ|以上"
)
EXPLAINS = re.compile(
    r"説明し|説明する|概要|紹介し|提供し|示します|使用して|方法|について|使用でき|できます|説明については"
)
_RULES = re.compile(
    r"定め|しなければならない|ものとする|とする。|目的とする|義務|禁止|承認|届け出|決定|決まっ"
)
_ASKS = re.compile(r"[?？]$|か[。．?？]?$")
_LATIN = re.compile(r"[A-Za-z]")
_ITEM = re.compile(r"[\s　]*(?:[-・●○◆■*]|[(（]?[0-9０-９一二三四五六七八九十]{1,3}[)）.．、])")


def sentence_features(facts: Grounds, sentences: Sequence[Sentence]) -> Matrix:
    """One row a sentence, one column a name of `SENTENCE_FEATURES`; float32."""
    if not sentences:
        return np.zeros((0, len(SENTENCE_FEATURES)), np.float32)
    borders = _Borders.of(facts.material)
    rows = [(*_place(facts, one, borders), *_words(facts, one), *_shape(one)) for one in sentences]
    return np.asarray(rows, np.float32)


@dataclass(frozen=True, slots=True)
class _Borders:
    """First and last sentence of running text of each part."""

    first: Mapping[int, int]
    last: Mapping[int, int]

    @classmethod
    def of(cls, material: Material) -> _Borders:
        prose = [one for one in material.sentences if one.kind is Kind.PROSE]
        last = {one.part: one.number for one in prose}
        return cls({one.part: one.number for one in reversed(prose)}, last)


def _place(facts: Grounds, one: Sentence, borders: _Borders) -> tuple[float, ...]:
    order = facts.order.get(one.number, len(facts.order))
    return (
        float(order == 0),
        float(order == 1),
        float(order == 2),  # noqa: PLR2004
        1 / (1 + order),
        float(borders.first.get(one.part) == one.number),
        float(one.place == 0),
        float(one.part <= 1),
        float(borders.last.get(one.part) == one.number),
    )


def _words(facts: Grounds, one: Sentence) -> tuple[float, ...]:
    dense = facts.rows[one.number, : len(facts.title_row)]
    mass = sum(facts.masses.get(term, 0.0) for term in one.terms)
    return (
        min(3.0, float(facts.centrality[one.number])) / 3,
        float(facts.near_centre[one.number]),
        float(dense @ facts.title_row) * math.sqrt(2),
        float(dense @ facts.heading_rows[one.part]) * math.sqrt(2),
        mass,
        min(1.0, 40 * mass / max(10, len(one.text))),
        share_of(facts.title_terms, one.terms),
        share_of(facts.heading_terms[one.part], one.terms),
    )


def share_of(wanted: frozenset[str], present: Mapping[str, int]) -> float:
    """Which share of the wanted terms is present."""
    return covered(dict.fromkeys(wanted, 1.0), present)


def _shape(one: Sentence) -> tuple[float, ...]:
    text = one.text
    itself = bool(ITSELF.search(text))
    span = readable_span(one)
    length = len(text)
    return (
        float(itself),
        float(itself and one.place == 0),
        float(bool(PROPOSES.search(text))),
        float(bool(CONCLUDES.search(text))),
        float(bool(EXPLAINS.search(text))),
        float(bool(_RULES.search(text))),
        float(announces(text)),
        float(bool(_ASKS.search(text))),
        float(any(term.isdecimal() for term in one.terms)),
        float(span is not None and span.start > one.start),
        min(1.0, math.log1p(length) / 6),
        float(length < 25),  # noqa: PLR2004
        float(length > 120),  # noqa: PLR2004
        min(1.0, sum(map(text.count, "、，,")) / 6),
        len(_LATIN.findall(text)) / length,
        float(bool(_ITEM.match(text))),
        float(one.kind is Kind.ASIDE),
    )
