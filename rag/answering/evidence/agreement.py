"""Whether a rewriting kept what must agree to the digit: numbers, dates, and that something is denied."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.analyzer import Analyzer
from rag.text.era import find_dates
from rag.text.fold import fold_text
from rag.text.terms import content_terms

_NEGATED = re.compile(r"ない|なかった|なく|なけれ|ません|ぬ。|ず[、にと]|禁止|不可|禁じ|除[くき]|以外")


def lost_exact(original: str, rewritten: str, analyzer: Analyzer) -> tuple[str, ...]:
    """Numbers and dates of a text that its rewriting lost or added, by value: ``("20",)``.

    「二十日」 and 「20日」 are equal. Dates are told as the first day that they mean.
    """
    one, other = _Exact.of(original, analyzer), _Exact.of(rewritten, analyzer)
    return (
        *sorted(first for first, _ in one.dates ^ other.dates),
        *sorted(one.numbers ^ other.numbers),
    )


def is_negated(text: str) -> bool:
    """Whether a text denies, forbids or excepts something."""
    return bool(_NEGATED.search(fold_text(text)))


@dataclass(frozen=True, slots=True)
class _Exact:
    """What must agree to the digit: dates as first and last day, and numbers outside dates."""

    dates: frozenset[tuple[str, str]]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str, analyzer: Analyzer) -> _Exact:
        """「令和6年4月1日から10日」 → that day, and 10."""
        dates = find_dates(text)
        rest = list(text)
        for date in dates:
            rest[date.start : date.end] = " " * (date.end - date.start)
        bare = "".join(rest)
        terms = content_terms(bare, analyzer.analyze(bare))
        return cls(
            frozenset((date.first.isoformat(), date.last.isoformat()) for date in dates),
            frozenset(term for term in terms.base if term.isdecimal()),
        )
