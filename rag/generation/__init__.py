"""Prompts, budgets and the models that write."""

from __future__ import annotations

from rag.errors import SettingsError
from rag.generation.base import Generator
from rag.settings import GenerationSettings


def load_generator(settings: GenerationSettings) -> Generator:
    """The generator that the settings name; only its own libraries are imported.

    Raises SettingsError for ``backend = "none"``, ModelUnavailable when model or server is not there.
    """
    if settings.backend == "transformers":
        from rag.generation.transformers import load_transformers_generator

        return load_transformers_generator(settings)
    if settings.backend == "openai":
        from rag.generation.openai import load_openai_generator

        return load_openai_generator(settings)
    raise SettingsError(
        "generation.backend = 'none' writes nothing: "
        "set it to 'transformers' (a model in this process) or 'openai' (a server)"
    )
