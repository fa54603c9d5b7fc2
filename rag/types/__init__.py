"""What flows through the house: frozen values that every stage shares.

Offsets are always Python string indices into ``Document.text``, half open: ``text[start:end]``.
Nothing here imports anything of ours, so that every stage may import it.
"""

from __future__ import annotations

from rag.types.answers import (
    ABSTENTION,
    Answer,
    Citation,
    Conflict,
    EmbedderIdentity,
    Hit,
    IndexIdentity,
    LegScore,
    Question,
    Statement,
    Turn,
    Verdict,
)
from rag.types.conditions import NO_CONDITIONS, Conditions
from rag.types.documents import (
    EVERYTHING,
    Annotation,
    Attributes,
    Box,
    Chunk,
    Document,
    DocumentInfo,
    Locator,
    Scope,
    Section,
    Span,
)
from rag.types.targets import Target

__all__ = [
    "ABSTENTION",
    "EVERYTHING",
    "NO_CONDITIONS",
    "Annotation",
    "Answer",
    "Attributes",
    "Box",
    "Chunk",
    "Citation",
    "Conditions",
    "Conflict",
    "Document",
    "DocumentInfo",
    "EmbedderIdentity",
    "Hit",
    "IndexIdentity",
    "LegScore",
    "Locator",
    "Question",
    "Scope",
    "Section",
    "Span",
    "Statement",
    "Target",
    "Turn",
    "Verdict",
]
