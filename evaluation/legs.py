"""The ways to search that a run measures side by side."""

from __future__ import annotations

from collections.abc import Mapping

from rag.assembly import Assembly, build_retriever
from rag.retrieval.base import Retriever
from rag.settings import RetrievalSettings

LEGS = ("keyword", "dense", "fused", "reranked", "final")
"""Single legs, both fused, the fused hits re-ranked, and what `ask` uses with the settings as they are."""


def leg_settings(settings: RetrievalSettings) -> dict[str, RetrievalSettings]:
    """The settings of each leg, hits not folded but in ``final``."""
    bare = {"fold_duplicates": False, "max_per_document": 0}
    plain = {**bare, "reranker": "none"}
    different: dict[str, dict[str, object]] = {
        "keyword": {"mode": "keyword", **plain},
        "dense": {"mode": "dense", **plain},
        "fused": {"mode": "hybrid", **plain},
        "reranked": {"mode": "hybrid", **bare},
    }
    changed = {leg: settings.model_copy(update=values) for leg, values in different.items()}
    return {leg: changed.get(leg, settings) for leg in LEGS}


def build_legs(assembly: Assembly) -> Mapping[str, Retriever]:
    """A retriever for each leg; legs with equal settings share one, and are measured once."""
    built: dict[RetrievalSettings, Retriever] = {}
    for settings in leg_settings(assembly.settings.retrieval).values():
        if settings not in built:
            built[settings] = build_retriever(settings, assembly.store, assembly.analyzer, assembly.embedder)
    return {leg: built[one] for leg, one in leg_settings(assembly.settings.retrieval).items()}
