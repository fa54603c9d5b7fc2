"""What a ranking is worth: pure functions of grades.

``gains`` are the grades of what was found, best first, each unit (document or chunk) once, 0 where it is
not gold. ``ideal`` are the grades of everything that is gold, whether found or not. Definitions are those
of trec_eval, with which the tests compare them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

DEPTH = 10
"""No metric looks deeper."""


def recall_at(gains: Sequence[float], ideal: Sequence[float], depth: int) -> float:
    """The share of what is gold that stands among the first ``depth``.

    >>> recall_at([0, 1, 0], [1], 1), recall_at([0, 1, 0], [1], 5)
    (0.0, 1.0)
    """
    return sum(gain > 0 for gain in gains[:depth]) / len(ideal) if ideal else 0.0


def reciprocal_rank_at(gains: Sequence[float], depth: int) -> float:
    """1 / rank of the first that is gold, 0 when it stands below ``depth``.

    >>> reciprocal_rank_at([0, 1, 0], 10)
    0.5
    """
    return next((1 / rank for rank, gain in enumerate(gains[:depth], start=1) if gain > 0), 0.0)


def ndcg_at(gains: Sequence[float], ideal: Sequence[float], depth: int) -> float:
    """Discounted cumulative gain over that of the best possible order; the gain is the grade itself.

    >>> round(ndcg_at([0, 1], [1], 10), 4)
    0.6309
    """
    best = _discounted(sorted(ideal, reverse=True)[:depth])
    return _discounted(gains[:depth]) / best if best else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def first_rank(gains: Sequence[float]) -> int | None:
    """The rank of the first that is gold, from 1; None when nothing was found."""
    return next((rank for rank, gain in enumerate(gains, start=1) if gain > 0), None)


Metric = Callable[[Sequence[float], Sequence[float]], float]

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        "recall@1": lambda gains, ideal: recall_at(gains, ideal, 1),
        "recall@5": lambda gains, ideal: recall_at(gains, ideal, 5),
        "recall@10": lambda gains, ideal: recall_at(gains, ideal, DEPTH),
        "mrr@10": lambda gains, _: reciprocal_rank_at(gains, DEPTH),
        "ndcg@10": lambda gains, ideal: ndcg_at(gains, ideal, DEPTH),
    }
)
"""The metrics that every run prints, by the name that it prints."""
