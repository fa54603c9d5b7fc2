"""Softmax regression: weights under which the right rows of each question get the most of its shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float32]


class Choice(NamedTuple):
    """Rows of facts of one question, which of them are right, and how much the question counts."""

    facts: NDArray[Any]
    right: NDArray[np.bool_]
    weight: float


def fit_choices(choices: Sequence[Choice], strength: float, *, never_against: Sequence[int] = ()) -> Floats:
    """One weight a fact, large ones penalised by ``strength``; questions without a choice say nothing.

    The facts of these numbers, ``never_against``, get no weight below 0.
    """
    usable = [choice for choice in choices if choice.right.any() and not choice.right.all()]
    num_facts = usable[0].facts.shape[1]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = strength * float(weights @ weights), 2 * strength * weights
        for facts, right, weight in usable:
            scores = facts @ weights
            share = np.exp(scores - scores.max())
            total, gold = share.sum(), share[right].sum()
            value -= weight * float(np.log(gold / total))
            slope -= weight * (facts.T @ (np.where(right, share, 0) / gold - share / total))
        return value, slope

    bounds = [(0.0 if fact in never_against else None, None) for fact in range(num_facts)]
    found = minimize(loss, np.zeros(num_facts), jac=True, method="L-BFGS-B", bounds=bounds)
    weights: Floats = found.x.astype(np.float32)
    return weights
