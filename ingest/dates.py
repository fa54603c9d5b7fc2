"""Dates of a document as annotations on their spans."""

from __future__ import annotations

from rag.text.era import find_dates
from rag.types import Annotation


def date_annotations(text: str) -> tuple[Annotation, ...]:
    """Every date as ``date`` with its days: ``2024-04-01``, or ``2024-04-01/2025-03-31`` for 令和6年度."""
    return tuple(
        Annotation(
            "date",
            found.start,
            found.end,
            found.first.isoformat() if found.first == found.last else f"{found.first}/{found.last}",
        )
        for found in find_dates(text)
    )
