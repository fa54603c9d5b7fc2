"""What is known of a sentence, or of a clause in it, told in numbers.

Each is a plain fact in about [0, 1] that a reader can check. The weights stand in
``data/models/summary.json`` and are fitted by ``training/summaries.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.answering.features import covered
from rag.embedding.base import Embedder, Vectors
from rag.summary.centrality import centrality, centre, rarity, sentence_rows, unit
from rag.summary.clauses import Clause
from rag.summary.material import Kind, Material, Sentence
from rag.summary.standalone import announces, readable_span
from rag.text.analyzer import Analyzer
from rag.text.terms import content_terms

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

CLAUSE_FEATURES = (
    *SENTENCE_FEATURES,
    "whole",
    "whole_start",
    "whole_first",
    "whole_first_of_part",
    "whole_explains",
    "whole_itself",
    "whole_near_title",
    "ends_in_noun",
    "behind_itself",
    "behind_topic",
    "behind_comma",
    "before_proposing",
    "before_object",
    "before_topic",
    "before_comma",
    "before_other",
    "before_suru",
    "clause_length",
    "clause_length_squared",
    "clause_short",
    "clause_mass",
    "clause_density",
    "clause_near_centre",
    "clause_near_title",
    "clause_title_covered",
    "clause_repeated",
    "clause_repeated_last",
    "clause_repeated_first",
    "clause_brackets",
    "clause_commas",
    "clause_itself",
    "clause_explains",
    "clause_proposes",
    "clause_concludes",
    "clause_starts_verb",
)

_ITSELF = re.compile(
    r"本(?:研究|論文|稿|書|規程|規則|マニュアル|資料|文書|章|ガイド|報告|手順書|発表|調査|法|会|要領|実験|システム)|"
    r"この(?:トピック|記事|文書|ガイド|資料|規程|規則|マニュアル|手順|ページ|セクション|章|法律|規定|論文|ドキュメント|チュートリアル|シナリオ)|"
    r"当(?:社|会|規程)|我々|著者ら|筆者"
)
_PROPOSES = re.compile(
    r"提案|構築|開発|検証|調査|分析|検討|評価|報告|作成|整備|試み|導入|比較|考察|実現|設計|目的|目指|取り組|明らかに|示す|行[うっ]|調べ|着目|議論|解明|紹介"
)
_CONCLUDES = re.compile(
    r"結果|示した|示された|分かった|わかった|明らか|確認し|達成|向上し|示唆|結論|まとめ|以上"
)
_EXPLAINS = re.compile(
    r"説明し|説明する|概要|紹介し|提供し|示します|使用して|方法|について|使用でき|できます|説明については"
)
_RULES = re.compile(
    r"定め|しなければならない|ものとする|とする。|目的とする|義務|禁止|承認|届け出|決定|決まっ"
)
_ASKS = re.compile(r"[?？]$|か[。．?？]?$")
_LATIN = re.compile(r"[A-Za-z]")
_ITEM = re.compile(r"[\s　]*(?:[-・●○◆■*]|[(（]?[0-9０-９一二三四五六七八九十]{1,3}[)）.．、])")


@dataclass(frozen=True)
class Facts:
    """What is worked out once for a document: rows of its sentences, and where each stands."""

    material: Material
    rows: Vectors
    title_row: Column
    heading_rows: Mapping[int, Column]
    title_terms: frozenset[str]
    heading_terms: Mapping[int, frozenset[str]]

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """How rare each term is."""
        return rarity(self.material)

    @cached_property
    def masses(self) -> Mapping[str, float]:
        """Which share of the document's repeated words each term is."""
        counts: dict[str, float] = {}
        for term, number in self.material.document_frequencies.items():
            if number > 1 and not term.isdecimal():
                counts[term] = math.sqrt(number - 1)
        total = sum(counts.values()) or 1.0
        return {term: count / total for term, count in counts.items()}

    @cached_property
    def readable(self) -> list[Sentence]:
        """Sentences that can stand in a summary, in order."""
        return [one for one in self.material.sentences if readable_span(one) is not None]

    @cached_property
    def centrality(self) -> Column:
        """Of every sentence."""
        return centrality(self.rows)

    @cached_property
    def near_centre(self) -> Column:
        """The product of every sentence with the direction of the whole."""
        product: Column = self.rows @ centre(self.rows)
        return product

    @cached_property
    def order(self) -> Mapping[int, int]:
        """Number of a sentence of running text → its place among those."""
        prose = [one.number for one in self.material.sentences if one.kind in {Kind.PROSE, Kind.ASIDE}]
        return {number: place for place, number in enumerate(prose)}


def gather(material: Material, embedder: Embedder, analyzer: Analyzer) -> Facts:
    """Work out what the features rest on; one pass over sentences and headings."""
    titles = [material.document.title, *(" ".join(part.path[-1:]) for part in material.parts)]
    analyses = [analyzer.analyze(title) for title in titles]
    terms = [frozenset(content_terms(t, a).base) for t, a in zip(titles, analyses, strict=True)]
    vectors = unit(embedder.embed_documents(titles, analyses))
    numbers = [part.number for part in material.parts]
    return Facts(
        material,
        sentence_rows(material, embedder),
        vectors[0],
        dict(zip(numbers, vectors[1:], strict=True)),
        terms[0],
        dict(zip(numbers, terms[1:], strict=True)),
    )


def sentence_features(facts: Facts, sentences: Sequence[Sentence]) -> Matrix:
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


def _place(facts: Facts, one: Sentence, borders: _Borders) -> tuple[float, ...]:
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


def _words(facts: Facts, one: Sentence) -> tuple[float, ...]:
    dense = facts.rows[one.number, : len(facts.title_row)]
    mass = sum(facts.masses.get(term, 0.0) for term in one.terms)
    return (
        min(3.0, float(facts.centrality[one.number])) / 3,
        float(facts.near_centre[one.number]),
        float(dense @ facts.title_row) * math.sqrt(2),
        float(dense @ facts.heading_rows[one.part]) * math.sqrt(2),
        mass,
        min(1.0, 40 * mass / max(10, len(one.text))),
        _share(facts.title_terms, one.terms),
        _share(facts.heading_terms[one.part], one.terms),
    )


def _share(wanted: frozenset[str], present: Mapping[str, int]) -> float:
    return covered(dict.fromkeys(wanted, 1.0), present)


def _shape(one: Sentence) -> tuple[float, ...]:
    text = one.text
    itself = bool(_ITSELF.search(text))
    span = readable_span(one)
    length = len(text)
    return (
        float(itself),
        float(itself and one.place == 0),
        float(bool(_PROPOSES.search(text))),
        float(bool(_CONCLUDES.search(text))),
        float(bool(_EXPLAINS.search(text))),
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


def clause_features(facts: Facts, found: Sequence[Clause], embedder: Embedder) -> Matrix:
    """One row a clause, one column a name of `CLAUSE_FEATURES`; float32."""
    if not found:
        return np.zeros((0, len(CLAUSE_FEATURES)), np.float32)
    sentences = list({one.sentence.number: one.sentence for one in found}.values())
    of_sentence = dict(zip((s.number for s in sentences), sentence_features(facts, sentences), strict=True))
    analyses = [one.analysis for one in found]
    vectors = unit(embedder.embed_documents([one.text for one in found], analyses))
    middle = unit(facts.rows[:, : vectors.shape[1]].sum(axis=0, keepdims=True))[0]
    near = vectors @ np.stack([middle, facts.title_row], axis=1)
    rows = [
        (
            *of_sentence[one.sentence.number],
            *_borders_of(one, of_sentence[one.sentence.number]),
            *_size(one),
            *_said(facts, one, content_terms(one.text, analysis).base, near[index]),
            *_signs(one),
        )
        for index, (one, analysis) in enumerate(zip(found, analyses, strict=True))
    ]
    return np.asarray(rows, np.float32)


def _borders_of(one: Clause, row: Column) -> tuple[float, ...]:
    known = dict(zip(SENTENCE_FEATURES, row.tolist(), strict=True))
    features = one.sentence.analysis.features
    last = features[one.last - 1]
    behind = features[one.last].base if one.last < len(features) else ""
    behind_lemma = features[one.last].lemma if one.last < len(features) else ""
    ahead = features[one.first - 1] if one.first else None
    noun = not one.is_whole and last.pos.startswith(("名詞", "接尾辞"))
    after = one.after[:14]
    return (
        float(one.is_whole),
        float(one.is_whole and one.first == 0),
        float(one.is_whole) * known["first"],
        float(one.is_whole) * known["first_of_part"],
        float(one.is_whole) * known["explains"],
        float(one.is_whole) * known["speaks_of_itself"],
        float(one.is_whole) * known["near_title"],
        float(noun),
        float(bool(_ITSELF.search(one.before[-14:]))),
        float(ahead is not None and ahead.pos == "助詞-係助詞"),
        float(ahead is not None and ahead.base in "、，,"),
        float(not one.is_whole and bool(_PROPOSES.search(after))),
        float(behind == "を"),
        float(behind == "は"),
        float(behind in {"、", "，", ","}),
        float(behind in {"の", "と", "で", "に", "が"}),
        float(behind_lemma == "為る"),
    )


def _size(one: Clause) -> tuple[float, ...]:
    share = (one.end - one.start) / 60
    return (
        share,
        share * share,
        float(one.end - one.start < 16),  # noqa: PLR2004
    )


def _said(facts: Facts, one: Clause, terms: Mapping[str, int], near: Column) -> tuple[float, ...]:
    frequencies = facts.material.document_frequencies
    mass = sum(facts.masses.get(term, 0.0) for term in terms)
    content = [term for term in terms if not term.isdecimal()]
    again = sum(frequencies[term] > 1 for term in content)
    return (
        mass,
        min(1.0, 20 * mass / max(8, one.end - one.start)),
        float(near[0]),
        float(near[1]),
        _share(facts.title_terms, terms),
        again / max(1, len(content)),
        float(bool(content) and frequencies[content[-1]] > 1),
        float(bool(content) and frequencies[content[0]] > 1),
    )


def _signs(one: Clause) -> tuple[float, ...]:
    text = one.text
    return (
        float("(" in text or "（" in text),
        min(1.0, sum(map(text.count, "、，,")) / 3),
        float(bool(_ITSELF.search(text))),
        float(bool(_EXPLAINS.search(text))),
        float(bool(_PROPOSES.search(text))),
        float(bool(_CONCLUDES.search(text))),
        float(one.sentence.analysis.features[one.first].pos.startswith("動詞")),
    )
