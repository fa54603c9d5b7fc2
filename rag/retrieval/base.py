"""What a retriever is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rag.types import Hit, Question


class Retriever(Protocol):
    """Question → hits, best first."""

    def retrieve(self, question: Question, top_k: int) -> Sequence[Hit]:
        """At most ``top_k`` hits within ``question.scope``; an empty question finds nothing."""
        ...
