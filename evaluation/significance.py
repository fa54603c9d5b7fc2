"""How far chance alone may carry a figure, or the difference between two runs.

Questions on one article share its words and succeed or fail together. So what is drawn again, or turned
around, are groups (articles) and not single questions; where every question is its own group, that is
the plain bootstrap and the plain permutation test. Everything is seeded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NUM_DRAWS = 2_000
CONFIDENCE = 0.95
SEED = 20_240_401
_CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which values a mean lies with `CONFIDENCE`."""

    low: float
    high: float


def mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing."""
    return math.fsum(values) / len(values) if values else 0.0


def bootstrap_interval(values: Sequence[float], groups: Sequence[str], *, seed: int = SEED) -> Interval:
    """Percentile bootstrap of the mean of ``values``, drawing whole groups with replacement."""
    if not values:
        return Interval(0.0, 0.0)
    sums, sizes = _by_group(values, groups)
    random = np.random.default_rng(seed)
    means: list[NDArray[np.float64]] = []
    rows = max(1, _CELLS_AT_ONCE // len(sums))
    for start in range(0, NUM_DRAWS, rows):
        drawn = random.integers(0, len(sums), (min(rows, NUM_DRAWS - start), len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(np.concatenate(means), (tail, 1 - tail))
    return Interval(float(low), float(high))


def permutation_test(differences: Sequence[float], groups: Sequence[str], *, seed: int = SEED) -> float:
    """Two-sided p-value of the mean difference: how often turning groups around makes it as large.

    With at most 2,000 sign patterns all of them are tried; else as many are drawn.
    """
    sums, _ = _by_group(differences, groups)
    sums = sums[sums != 0]
    if not len(sums):
        return 1.0
    observed = abs(float(sums.sum())) - 1e-9  # sums of equal numbers in another order differ in the last bit
    if 2 ** len(sums) <= NUM_DRAWS:
        patterns = (np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums))) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ sums) >= observed))
    random = np.random.default_rng(seed)
    rows = max(1, _CELLS_AT_ONCE // len(sums))
    as_large = 0
    for start in range(0, NUM_DRAWS, rows):
        signs = random.integers(0, 2, (min(rows, NUM_DRAWS - start), len(sums))) * 2 - 1
        as_large += int((np.abs(signs @ sums) >= observed).sum())
    return (as_large + 1) / (NUM_DRAWS + 1)


def sign_test(num_won: int, num_lost: int) -> float:
    """Two-sided p-value of so many questions won and lost, were both equally likely; ties do not count.

    >>> round(sign_test(9, 1), 4)
    0.0215
    """
    total, fewer = num_won + num_lost, min(num_won, num_lost)
    logs = [_log_choose(total, count) - total * math.log(2) for count in range(fewer + 1)]
    return min(1.0, 2 * math.fsum(map(math.exp, logs)))


def _log_choose(total: int, count: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)


def _by_group(
    values: Sequence[float], groups: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum and size of every group, in the order of their first members."""
    places = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    index = np.array([places[group] for group in groups], dtype=np.intp)
    sums = np.bincount(index, weights=np.asarray(values, dtype=np.float64), minlength=len(places))
    sizes = np.bincount(index, minlength=len(places))
    return sums.astype(np.float64), sizes.astype(np.float64)
