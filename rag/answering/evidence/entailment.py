"""What an entailment model is to the evidence check: premise and statement in, three probabilities out.

The model itself is loaded by `rag.embedding.entailment`, late and by name.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from rag.types import Verdict

_SURE = 0.5


class Entailment(NamedTuple):
    """Probabilities that a premise entails a statement, says nothing of it, or contradicts it."""

    entailed: float
    neutral: float
    contradicted: float

    def verdict(self, by_rule: Verdict) -> Verdict:
        """The verdict where words and facts leave it open; an unsure model changes nothing."""
        if self.entailed > _SURE:
            return Verdict.SUPPORTED
        if self.contradicted > _SURE:
            return Verdict.CONTRADICTED
        if self.neutral > _SURE:
            return Verdict.UNSUPPORTED
        return by_rule


class EntailmentModel(Protocol):
    """Judges one pair."""

    @property
    def name(self) -> str:
        """Name or folder of the model."""
        ...

    def judge(self, premise: str, statement: str) -> Entailment:
        """How the premise bears on the statement."""
        ...
