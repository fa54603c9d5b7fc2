"""From settings to a generator with a checkpoint in this process."""

from __future__ import annotations

from typing import Any

from rag.errors import SettingsError
from rag.generation.base import Generator
from rag.generation.catalog import choose_style
from rag.generation.checkpoints import choose_context, find_folder, load_model, load_tokenizer
from rag.generation.deadlines import Deadlines
from rag.generation.transformers import TransformersGenerator
from rag.settings import GenerationSettings


def load_local_generator(settings: GenerationSettings) -> Generator:
    """Load ``settings.model``, a folder or a name that is in the Hugging Face cache, from this machine.

    One request at a time, or several with continuous batching when ``settings.max_requests`` says so.
    Raises ModelUnavailable with the command that fetches it, or with what is wrong with the folder;
    SettingsError when a device or context does not exist or nothing says how the model is prompted.
    """
    if settings.max_requests == 1:
        return load_transformers_generator(settings)
    from rag.generation.batching import BatchingGenerator

    model, tokenizer, facts = _load(settings)
    return BatchingGenerator(
        model,
        tokenizer,
        max_requests=settings.max_requests,
        max_waiting=settings.max_waiting,
        sampled=settings.temperature > 0,
        seed=settings.seed,
        **facts,
    )


def load_transformers_generator(settings: GenerationSettings) -> TransformersGenerator:
    """The generator for one request at a time; warm when it is on a GPU."""
    model, tokenizer, facts = _load(settings)
    generator = TransformersGenerator(
        model, tokenizer, decoding=settings.decoding, max_waiting=settings.max_waiting, **facts
    )
    if model.device.type == "cuda":
        generator.warm_up()
    return generator


def _load(settings: GenerationSettings) -> tuple[Any, Any, dict[str, Any]]:
    """Model, tokenizer, and what every generator must be told about them."""
    folder = find_folder(settings.model)
    tokenizer = load_tokenizer(folder)
    has_template = bool(tokenizer.chat_template)
    style = choose_style(settings.prompt_style, settings.model, has_chat_template=has_template)
    if style == "chat-template" and not has_template:
        raise SettingsError(
            f"{settings.model} has no chat template: set generation.prompt_style to what it was trained with"
        )
    model = load_model(folder, settings, num_ids=len(tokenizer))
    facts = {
        "name": settings.model,
        "prompt_style": style,
        "context_tokens": choose_context(settings, model.config),
        "deadlines": Deadlines.from_settings(settings),
    }
    return model, tokenizer, facts
