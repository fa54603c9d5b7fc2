"""Statement ⇔ source: a generated answer is cut into statements, each held against the evidence.

``drafts`` cuts, ``facts`` reads what must agree exactly (``quantities``, ``days``, ``names``, ``polarity``,
``opposites``), ``comparison`` and ``denial`` hold the facts of a statement against those of a sentence,
``checker`` chooses the sentences and gives the verdict.
"""

from __future__ import annotations

from rag.answering.evidence.agreement import is_negated, lost_exact
from rag.answering.evidence.checker import EvidenceChecker, Finding
from rag.answering.evidence.discrepancy import Discrepancy
from rag.answering.evidence.drafts import Draft, cut_drafts

__all__ = ["Discrepancy", "Draft", "EvidenceChecker", "Finding", "cut_drafts", "is_negated", "lost_exact"]
