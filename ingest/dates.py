"""Dates of a document: every one as an annotation, and those from which and until which it holds."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from rag.text.era import find_dates
from rag.types import Annotation, Attributes

_BEGINS = re.compile(
    "(?:から|より|に|をもって|を以て|を以つて)?(?:これを)?(?:施行|適用|実施|発効)(?:す|し|さ|$|\\n)"
)
_THIS = re.compile(
    "(?:この|本)(?:規程|規則|規定|要綱|要領|基準|細則|約款|規約|協定|法律|政令|省令|条例|内規)[^。\\n]{0,20}は、?$"
)
_ENDS = re.compile("(?:限り|をもって|に)、?[^。\\n]{0,12}(?:廃止|失効|効力を失)")
_LOOK_CHARS = 40


def date_annotations(text: str) -> tuple[Annotation, ...]:
    """Every date as ``date`` with its days: ``2024-04-01``, or ``2024-04-01/2025-03-31`` for 令和6年度."""
    return tuple(
        Annotation(
            "date",
            found.start,
            found.end,
            found.first.isoformat() if found.first == found.last else f"{found.first}/{found.last}",
        )
        for found in find_dates(text)
    )


def effective_dates(text: str, dates: Sequence[Annotation], attributes: Attributes) -> Attributes:
    """The attributes with 施行日 and 廃止日 where the text names them.

    Of several days of taking effect the last counts: 附則 list them as the text was changed. A text says
    that *it* ends (「この規程は、令和8年3月31日限り廃止する」); that another one ends is no end of this.
    """
    begins = [one for one in dates if _BEGINS.match(text, one.end)]
    ends = [
        one
        for one in dates
        if _ENDS.match(text, one.end) and _THIS.search(text[max(one.start - _LOOK_CHARS, 0) : one.start])
    ]
    return replace(
        attributes,
        effective_from=attributes.effective_from or max(map(_first_day, begins), default=None),
        effective_to=attributes.effective_to or max(map(_last_day, ends), default=None),
    )


def _first_day(annotation: Annotation) -> dt.date:
    return dt.date.fromisoformat(annotation.value.partition("/")[0])


def _last_day(annotation: Annotation) -> dt.date:
    return dt.date.fromisoformat(annotation.value.rpartition("/")[2])
