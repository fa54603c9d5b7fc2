"""All that must agree exactly between a statement and its source: what they say, read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.evidence.days import Days, read_days
from rag.answering.evidence.names import Name, read_names
from rag.answering.evidence.opposites import Value, read_values
from rag.answering.evidence.polarity import Predicate, read_predicates
from rag.answering.evidence.quantities import Quantity, read_quantities
from rag.text.analyzer import Analyzer, Morpheme
from rag.text.fold import fold_text
from rag.text.terms import Parts, content_terms

_BOUND_CHARS = 3
_TOPIC_CHARS = 24
_TELLING = re.compile(r"[0-9a-z一-龠々ァ-ヺー]")


@dataclass(frozen=True, slots=True)
class Facts:
    """What one text says, in comparison form; offsets are those of ``folded``."""

    folded: str
    terms: Parts
    quantities: tuple[Quantity, ...]
    days: Days
    names: tuple[Name, ...]
    predicates: tuple[Predicate, ...]
    values: tuple[Value, ...]

    @property
    def characters(self) -> frozenset[str]:
        """Kanji, katakana, digits and letters, each once."""
        return frozenset(_TELLING.findall(self.folded))

    @property
    def topic(self) -> frozenset[str]:
        """The characters of what is spoken of: 雑誌 and 貸 of 「雑誌の貸出しは…」; none without は."""
        head, mark, _ = self.folded.partition("は")
        return frozenset(_TELLING.findall(head)) if mark and len(head) <= _TOPIC_CHARS else frozenset()

    @property
    def numbers(self) -> frozenset[int]:
        """The whole numbers, whatever they count."""
        return frozenset(int(one.value) for one in self.quantities if one.value.denominator == 1)


def read_facts(text: str, analyzer: Analyzer) -> Facts:
    """Numbers, dates, names and what is affirmed: 「令和6年4月1日から、役員を除き三割を支給しない。」"""
    folded = fold_text(text)
    analysis = analyzer.analyze(folded)
    days = read_days(folded)
    dateless = list(folded)
    for start, end in days.spans:
        dateless[start:end] = "\0" * (end - start)
    bare = "".join(dateless)
    morphemes = list(analysis.morphemes())
    outside = [one for one in morphemes if bare[one.start : one.end].strip("\0")]
    quantities = read_quantities(bare, outside)
    return Facts(
        folded,
        content_terms(folded, analysis),
        quantities,
        days,
        read_names(folded, _without_numerals(outside)),
        _outside_bounds(read_predicates(folded, morphemes), quantities),
        read_values(folded),
    )


def _outside_bounds(
    predicates: tuple[Predicate, ...], quantities: Sequence[Quantity]
) -> tuple[Predicate, ...]:
    """Without what only bounds a number: 5万人に届かない, 3日を超えない."""
    bounded = [one for one in quantities if one.bound not in {"", "≈"}]
    return tuple(
        predicate
        for predicate in predicates
        if not any(0 <= predicate.start - one.end <= _BOUND_CHARS for one in bounded) or predicate.sign > 0
    )


def _without_numerals(morphemes: list[Morpheme]) -> list[Morpheme]:
    """Names begin behind a number: 三|委員会."""
    return [one for one in morphemes if one.feature.pos != "名詞-数詞"]
