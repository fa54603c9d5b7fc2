"""All settings: one frozen model a stage, from TOML and the environment, built once at the face.

Order of precedence: arguments > ``SWALLOW_RAG_RETRIEVAL__TOP_K`` > ``swallow-rag.toml`` > defaults.
Unknown keys and unknown ``SWALLOW_RAG_*`` variables are errors, because a misspelt setting that is
silently ignored is worse than none.
"""

from __future__ import annotations

from rag.settings.loading import DEFAULT_FILE, ENVIRONMENT_PREFIX, Settings, load_settings, setting_names
from rag.settings.stages import (
    AnsweringSettings,
    EmbeddingSettings,
    GenerationSettings,
    IngestSettings,
    LearnerSettings,
    RecordsSettings,
    RetrievalSettings,
    Stage,
    StoreSettings,
    UiSettings,
    default_store_path,
)

__all__ = [
    "DEFAULT_FILE",
    "ENVIRONMENT_PREFIX",
    "AnsweringSettings",
    "EmbeddingSettings",
    "GenerationSettings",
    "IngestSettings",
    "LearnerSettings",
    "RecordsSettings",
    "RetrievalSettings",
    "Settings",
    "Stage",
    "StoreSettings",
    "UiSettings",
    "default_store_path",
    "load_settings",
    "setting_names",
]
