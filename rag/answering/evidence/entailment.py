"""What an entailment model is to the evidence check: premise and statement in, three probabilities out.

The model itself is loaded by `rag.embedding.entailment`, late and by name.
"""

from __future__ import annotations

from typing import Protocol

from rag.embedding.entailment import Probabilities
from rag.types import Verdict

_SURE = 0.5


class EntailmentModel(Protocol):
    """Judges one pair."""

    @property
    def name(self) -> str:
        """Name or folder of the model."""
        ...

    def judge(self, premise: str, statement: str) -> Probabilities:
        """How the premise bears on the statement."""
        ...


def weigh(by_rule: Verdict, found: Probabilities) -> Verdict:
    """The verdict where words and facts leave it open; a model that is unsure changes nothing."""
    if found.entailed > _SURE:
        return Verdict.SUPPORTED
    if found.contradicted > _SURE:
        return Verdict.CONTRADICTED
    return Verdict.UNSUPPORTED if found.neutral > _SURE else by_rule
