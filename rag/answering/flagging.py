"""Citations whose words mean to command a model are marked, so that a reader sees it beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.text.injection import find_instructions
from rag.types import Answer, Citation, Conflict, Question

INSTRUCTION = "instruction"
"""The flag, and the kind of the annotation that ingestion makes of the same words."""


def flag_citations(question: Question, answer: Answer) -> Answer:
    """The answer with ``instruction`` among the flags of such citations; most come back as they are."""
    if not any(map(_commands, answer.citations)):
        return answer
    return replace(
        answer,
        statements=tuple(replace(one, citations=_flagged(one.citations)) for one in answer.statements),
        conflicts=tuple(Conflict(_flagged(conflict.citations)) for conflict in answer.conflicts),
    )


def _flagged(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(
        replace(citation, flags=(*citation.flags, INSTRUCTION)) if _commands(citation) else citation
        for citation in citations
    )


def _commands(citation: Citation) -> bool:
    return next(find_instructions(citation.quote), None) is not None
