"""Entailment models: sentence-transformers cross-encoders with labels for entailment and contradiction.

Imported and loaded when first wanted; nothing is fetched, and code that comes with a model is not run. Any
NLI model does whose labels say which is which: ``entailment``, ``neutral``, ``contradiction``, in any order
and case; a model without ``neutral`` gets 0 there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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

    def __init__(self, name: str, model: Any, columns: Sequence[int | None]) -> None:
        self.name = name
        self._model = model
        self._columns = columns

    def judge(self, premise: str, statement: str) -> Probabilities:
        """How the premise bears on the statement; both are cut at 2,000 characters."""
        pair = (premise[:_MAX_CHARS], statement[:_MAX_CHARS])
        logits = np.asarray(self._model.predict([pair], show_progress_bar=False)[0], np.float64)
        shares = _softmax(logits)
        return Probabilities(*(0.0 if place is None else float(shares[place]) for place in self._columns))


def load_entailment_model(name: str, *, device: str = "auto") -> CrossEncoderEntailment:
    """Load a model by name or folder from this machine; ModelUnavailable says what is missing."""
    try:
        import torch
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise ModelUnavailable(
            f"the entailment model {name} needs sentence-transformers: pip install 'swallow-rag[gpu]'"
        ) from error
    try:
        model = CrossEncoder(
            name,
            device=None if device == "auto" else device,
            local_files_only=True,
            trust_remote_code=False,
            activation_fn=torch.nn.Identity(),
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise ModelUnavailable(
            f"the entailment model {name} cannot be loaded ({reason}): fetch it with "
            f"`swallow-rag models fetch {name}`, or name a folder"
        ) from error
    return CrossEncoderEntailment(name, model, _columns(name, model.config.id2label))


def _columns(name: str, labels: Mapping[int, str]) -> tuple[int | None, ...]:
    """Where entailment, neutral and contradiction stand among the labels."""
    places = [
        next((int(place) for place, label in labels.items() if label.lower().startswith(start)), None)
        for start in _STARTS
    ]
    if places[0] is None or places[2] is None:
        raise ModelUnavailable(
            f"{name} is no entailment model: its labels are {', '.join(labels.values())}, "
            "and none of them says entailment or contradiction"
        )
    return tuple(places)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(logits - logits.max())
    shares: NDArray[np.float64] = raised / raised.sum()
    return shares
