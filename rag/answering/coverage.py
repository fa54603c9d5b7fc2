"""Which terms of a question stand in texts, many texts at once, and what share of the question that is."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float32]
Marks = NDArray[np.bool_]


def present(terms: Collection[str], texts: Sequence[Container[str]]) -> Marks:
    """Which terms each text has; (texts, terms)."""
    return np.array([[term in text for term in terms] for text in texts], np.bool_)


def pairs_present(terms: Collection[str], texts: Sequence[str]) -> Marks:
    """Which terms of the field ``bigram`` the texts have, which are in comparison form; (texts, terms).

    Two characters stand there side by side; one that is a term by itself stands alone there too.
    """
    alone = {term: re.compile(rf"(?<![^\W_]){re.escape(term)}(?![^\W_])") for term in terms if len(term) == 1}
    return np.array(
        [
            [bool(alone[term].search(text)) if term in alone else term in text for term in terms]
            for text in texts
        ],
        np.bool_,
    )


def shares(weights: Mapping[str, float], marks: Marks) -> Column:
    """The share of the weights whose term is present, for each text; 0 without weights."""
    each = np.array(list(weights.values()), np.float64)
    total = float(each.sum()) or 1.0
    found: Column = (marks @ each / total).astype(np.float32)
    return found


def of_rarest(weights: Mapping[str, float], marks: Marks) -> Column:
    """Whether the weightiest term is present, for each text."""
    if not weights:
        return np.zeros(len(marks), np.float32)
    rarest = max(range(len(weights)), key=list(weights.values()).__getitem__)
    found: Column = marks[:, rarest].astype(np.float32)
    return found


def covered(weights: Mapping[str, float], present: Container[str]) -> float:
    """The share of the weights whose term is present: 1 when all are; 0 without weights.

    >>> covered({"休暇": 3.0, "日": 1.0}, {"休暇"})
    0.75
    """
    total = sum(weights.values())
    found = sum(weight for term, weight in weights.items() if term in present)
    return found / total if total else 0.0
