"""Citation recall and precision as ALCE defines them (Gao et al. 2023, §3, ``eval.py``).

A statement has recall 1 when all that it cites, together, supports it; without citations it has 0. A citation
has precision 1 when its statement has recall 1 and the citation is not irrelevant: it is irrelevant when
alone it does not support the statement and the others do without it. Both are means within an answer, then
over answers. What *supports* means is said by a judge: ALCE asks an NLI model, our own evidence check is the
default.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from rag.types import Answer, Citation, Statement


class SupportJudge(Protocol):
    """Says whether sources carry a statement."""

    @property
    def name(self) -> str:
        """For reports: ``evidence check``, or the model's name."""
        ...

    def supports(self, statement: str, sources: Sequence[Citation]) -> bool:
        """Whether the quoted sentences, taken together, carry the statement."""
        ...


class CitationFigures(NamedTuple):
    """Both figures of one answer, in [0, 1]."""

    recall: float
    precision: float


def judge_citations(answer: Answer, judge: SupportJudge) -> CitationFigures | None:
    """The figures of one answer; None when it states nothing."""
    if not answer.statements:
        return None
    supported = [_is_supported(statement, judge) for statement in answer.statements]
    precise = [
        recalled and _is_relevant(statement, citation, judge)
        for statement, recalled in zip(answer.statements, supported, strict=True)
        for citation in statement.citations
    ]
    return CitationFigures(sum(supported) / len(supported), sum(precise) / len(precise) if precise else 0.0)


def _is_supported(statement: Statement, judge: SupportJudge) -> bool:
    return bool(statement.citations) and judge.supports(statement.text, statement.citations)


def _is_relevant(statement: Statement, citation: Citation, judge: SupportJudge) -> bool:
    others = [other for other in statement.citations if other is not citation]
    if not others or judge.supports(statement.text, [citation]):
        return True  # the only one supports whatever all do
    return not judge.supports(statement.text, others)
