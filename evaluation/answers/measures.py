"""What an answer is worth, and how well answerable questions are told from others: pure functions.

Exact match and F1 are those of SQuAD 1.1 (Rajpurkar et al. 2016, ``evaluate-v1.1.py``) over characters, as
JGLUE measures JSQuAD: both texts in comparison form (`rag.text.fold`) without white space and punctuation,
and the best value over the gold answers counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.text.fold import fold_text

FALSE_REFUSALS = 0.05
"""The share of answerable questions that may be refused where refusals are compared."""


def bare(text: str) -> str:
    """Letters and digits of the comparison form: 「１８６０年 7月７日。」 → ``1860年7月7日``.

    A text of marks alone (``%``) stays in comparison form.
    """
    folded = _close(text)
    return "".join(char for char in folded if char.isalnum()) or folded


def _close(text: str) -> str:
    """Comparison form without white space."""
    return "".join(fold_text(text).split())


def exact_match(answer: str, gold: Sequence[str]) -> float:
    """1 when the answer is one of the gold answers.

    >>> exact_match("「ウィーン」", ["ウィーン", "オーストリアのウィーン"])
    1.0
    """
    return float(any(bare(answer) == bare(one) for one in gold))


def char_f1(answer: str, gold: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over the characters as bags; the best over the gold answers.

    >>> char_f1("オーストリアのウィーン", ["ウィーン"])
    0.5333333333333333
    """
    return max((_f1(Counter(bare(answer)), Counter(bare(one))) for one in gold), default=0.0)


def _f1(answer: Counter[str], gold: Counter[str]) -> float:
    shared = (answer & gold).total()
    return 2 * shared / (answer.total() + gold.total()) if shared else 0.0


def holds_answer(sentence: str, gold: Sequence[str]) -> bool:
    """Whether one of the gold answers stands in the sentence, however it is written.

    >>> holds_answer("主にウィーンで活躍した。", ["ｳｨｰﾝ"])
    True
    """
    texts = bare(sentence), _close(sentence)
    return any(wanted in text for one in gold if (wanted := bare(one)) for text in texts)


def area_under_curve(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """The probability that an answerable question scores above one that is not; a tie is half.

    None where one of both is missing.

    >>> area_under_curve([0.9, 0.5], [0.5, 0.1])
    0.875
    """
    if not (len(answerable) and len(unanswerable)):
        return None
    high, low = np.asarray(answerable, np.float64), np.sort(np.asarray(unanswerable, np.float64))
    below, not_above = np.searchsorted(low, high, "left"), np.searchsorted(low, high, "right")
    return float((below + not_above).sum() / (2 * len(high) * len(low)))


class Working(NamedTuple):
    """What one threshold does: shares of the answerable refused, and of the others answered."""

    threshold: float
    false_refusals: float
    false_answers: float


def workings(answerable: Sequence[float], unanswerable: Sequence[float]) -> list[Working]:
    """Every threshold that changes anything, rising: what scores below it is refused.

    The first answers everything, the last refuses everything.
    """
    high, low = _sorted(answerable), _sorted(unanswerable)
    seen = np.unique(np.concatenate([high, low]))
    thresholds = np.append(seen, np.nextafter(seen[-1], np.inf)) if len(seen) else seen
    return [
        Working(float(one), float(_below(high, one)), 1.0 - float(_below(low, one))) for one in thresholds
    ]


def refusal_rate_at(
    answerable: Sequence[float], unanswerable: Sequence[float], false_refusals: float = FALSE_REFUSALS
) -> float | None:
    """The share of the unanswerable that is refused where so many of the answerable are; None without them.

    >>> refusal_rate_at([0.2, 0.8, 0.9, 0.9], [0.1, 0.1, 0.5, 0.85], 0.25)
    0.75
    """
    if not (len(answerable) and len(unanswerable)):
        return None
    allowed = [one for one in workings(answerable, unanswerable) if one.false_refusals <= false_refusals]
    return 1.0 - allowed[-1].false_answers


def _sorted(values: Sequence[float]) -> NDArray[np.float64]:
    return np.sort(np.asarray(values, np.float64))


def _below(values: NDArray[np.float64], threshold: np.float64) -> float:
    return float(np.searchsorted(values, threshold, "left")) / len(values) if len(values) else 0.0
