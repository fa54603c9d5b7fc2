"""The ways to search that a run measures side by side."""

from __future__ import annotations

from collections.abc import Mapping

from rag.assembly import Assembly, build_retriever
from rag.retrieval.base import Retriever
from rag.settings import RetrievalSettings

LEGS = ("keyword", "dense", "fused", "reranked", "final")
"""Single legs, both fused, the fused hits re-ranked, and what `ask` uses with the settings as they are."""


def leg_settings(settings: RetrievalSettings) -> dict[str, RetrievalSettings]:
    """The settings of each leg, hits not folded but in ``final``.

    There is no re-ranker yet, so that ``reranked`` is ``fused``.
    """
    bare = {"fold_duplicates": False, "max_per_document": 0}
    modes = {"keyword": "keyword", "dense": "dense", "fused": "hybrid", "reranked": "hybrid"}
    changed = {leg: settings.model_copy(update={"mode": mode, **bare}) for leg, mode in modes.items()}
    return {leg: changed.get(leg, settings) for leg in LEGS}


def build_legs(assembly: Assembly) -> Mapping[str, Retriever]:
    """A retriever for each leg; legs with equal settings share one, and are measured once."""
    built: dict[RetrievalSettings, Retriever] = {}
    for settings in leg_settings(assembly.settings.retrieval).values():
        if settings not in built:
            built[settings] = build_retriever(settings, assembly.store, assembly.analyzer, assembly.embedder)
    return {leg: built[one] for leg, one in leg_settings(assembly.settings.retrieval).items()}
