"""Search results for a reader of a level: what is within reach first, the rest left out."""

from __future__ import annotations

from collections.abc import Iterable

from rag.learner.levels import WordList, is_within, profile
from rag.learner.library import read_text
from rag.text.analyzer import Analyzer
from rag.types import Hit


def within_level(hits: Iterable[Hit], level: str, words: WordList, analyzer: Analyzer) -> list[Hit]:
    """The hits whose passage a reader of ``level`` can read, in the order of relevance.

    A document that states its own level (`Attributes.level`) is taken at its word.
    """
    return [hit for hit in hits if _fits(hit, level, words, analyzer)]


def _fits(hit: Hit, level: str, words: WordList, analyzer: Analyzer) -> bool:
    stated = hit.document.attributes.level
    found = stated or profile(read_text(hit.chunk.text, analyzer), words).level
    return found in _LEVELS and is_within(found, level)


_LEVELS = frozenset({"N5", "N4", "N3", "N2", "N1"})
