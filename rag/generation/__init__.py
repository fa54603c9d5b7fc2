"""Prompts, budgets and the models that write."""

from __future__ import annotations

from rag.errors import SettingsError
from rag.generation.base import Generator
from rag.settings import GenerationSettings


def load_generator(settings: GenerationSettings) -> Generator:
    """The generator that the settings name; only its own libraries are imported.

    Raises SettingsError for ``backend = "none"`` (and for ``"langchain"``, which `rag.assembly` loads),
    ModelUnavailable when model or server is not there.
    """
    if settings.backend == "transformers":
        from rag.generation.loading import load_local_generator

        return load_local_generator(settings)
    if settings.backend == "openai":
        from rag.generation.openai import load_openai_generator

        return load_openai_generator(settings)
    raise SettingsError(
        f"generation.backend = {settings.backend!r} writes nothing here: "
        "set it to 'transformers' (a model in this process) or 'openai' (a server)"
    )
