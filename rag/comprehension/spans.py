"""Short answers: the words of a passage where an answer most likely begins and ends."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from rag.comprehension.reader import Reading
from rag.text.analyzer import Analysis
from rag.types import Span

MAX_SPAN_WORDS = 16
_MAX_STARTS = 5


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """A short answer in offsets of the passage; ``logit`` may be compared among passages read together."""

    span: Span
    logit: float


def word_range(analysis: Analysis, within: Span) -> tuple[int, int]:
    """Which words begin inside ``within``: first and one past the last."""
    return bisect_left(analysis.starts, within.start), bisect_left(analysis.starts, within.end)


def find_span(reading: Reading, analysis: Analysis, within: Span) -> FoundSpan | None:
    """The best span of at most 16 words inside ``within``; None where no word is.

    「試用期間は三か月とする。」 asked for 何か月 → 「三か月」.
    """
    first, last = word_range(analysis, within)
    if last <= first:
        return None
    starts, ends = reading.starts[first:last], reading.ends[first:last]
    tried = []
    for begin in np.argsort(-starts, kind="stable")[:_MAX_STARTS].tolist():
        end = begin + int(np.argmax(ends[begin : begin + MAX_SPAN_WORDS]))
        tried.append((float(starts[begin] + ends[end]), first + begin, first + end))
    logit, begin, end = max(tried, key=itemgetter(0))
    return FoundSpan(Span(analysis.starts[begin], analysis.ends[end]), logit)
