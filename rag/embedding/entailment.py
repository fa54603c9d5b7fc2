"""Entailment models: sentence-transformers cross-encoders with labels for entailment and contradiction.

Imported and loaded when first wanted; nothing is fetched, and code that comes with a model is not run. Any
NLI model does whose labels say which is which: ``entailment``, ``neutral``, ``contradiction``, in any order
and case; a model without ``neutral`` gets 0 there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.embedding.checkpoints import Wanted, find_folder
from rag.embedding.pairs import PairModel, load_pair_model
from rag.errors import ModelUnavailable

_MAX_CHARS = 2_000
_STARTS = ("entail", "neutral", "contradict")


class Probabilities(NamedTuple):
    """That a premise entails a statement, says nothing of it, or contradicts it; they add up to 1."""

    entailed: float
    neutral: float
    contradicted: float


class CrossEncoderEntailment:
    """Reads premise and statement together and judges how one bears on the other."""

    def __init__(self, name: str, model: PairModel, columns: Sequence[int | None]) -> None:
        self.name = name
        self._model = model
        self._columns = columns

    def judge(self, premise: str, statement: str) -> Probabilities:
        """How the premise bears on the statement; both are cut at 2,000 characters."""
        pair = (premise[:_MAX_CHARS], statement[:_MAX_CHARS])
        shares = _softmax(self._model.logits([pair])[0])
        return Probabilities(*(0.0 if place is None else float(shares[place]) for place in self._columns))


def load_entailment_model(name: str, *, device: str = "auto") -> CrossEncoderEntailment:
    """Load a model by name or folder from this machine; ModelUnavailable says what is missing."""
    wanted = Wanted("entailment model", name, "answering.entailment_model", "'' for the rules alone", device)
    model = load_pair_model(wanted, find_folder(wanted))
    return CrossEncoderEntailment(name, model, _columns(name, model.labels))


def _columns(name: str, labels: Sequence[str]) -> tuple[int | None, ...]:
    """Where entailment, neutral and contradiction stand among the labels."""
    places = [
        next((place for place, label in enumerate(labels) if label.lower().startswith(start)), None)
        for start in _STARTS
    ]
    if places[0] is None or places[2] is None:
        raise ModelUnavailable(
            f"{name} is no entailment model: its labels are {', '.join(labels)}, "
            "and none of them says entailment or contradiction"
        )
    return tuple(places)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(logits - logits.max())
    shares: NDArray[np.float64] = raised / raised.sum()
    return shares
