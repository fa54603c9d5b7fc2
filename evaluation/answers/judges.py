"""Who says that sources carry a statement: our own evidence check, or an NLI model."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.answers.citations import SupportJudge
from rag.answering.evidence import EvidenceChecker
from rag.text.analyzer import load_analyzer
from rag.types import Citation, Verdict

_CARRIED = frozenset({Verdict.VERBATIM, Verdict.SUPPORTED})


class EvidenceJudge:
    """The check that generated answers go through; it works without a model."""

    name = "evidence check"

    def __init__(self, checker: EvidenceChecker) -> None:
        self._checker = checker

    def supports(self, statement: str, sources: Sequence[Citation]) -> bool:
        """Whether one of the sentences, with its headings, carries the whole statement."""
        return any(
            self._checker.compare(
                statement, one.quote, context="\n".join((one.document.title, *one.heading_path))
            ).verdict
            in _CARRIED
            for one in sources
        )


def load_judge() -> SupportJudge:
    """The default judge."""
    return EvidenceJudge(EvidenceChecker(load_analyzer()))
