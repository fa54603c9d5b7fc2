"""A generator around another one: everything is passed on, so that a wrapper says only what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.generation.base import Generator, Prompt, Sampling


class WrappedGenerator:
    """The wrapped generator itself; a subclass changes `stream`."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    @property
    def name(self) -> str:
        """The model as the settings name it."""
        return self._generator.name

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may take together."""
        return self._generator.context_tokens

    @property
    def prompt_style(self) -> str:
        """How prompts for this model are laid out."""
        return self._generator.prompt_style

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""
        return self._generator.count_tokens(texts)

    def count_prompt(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt."""
        return self._generator.count_prompt(prompt)

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as the wrapped generator writes them."""
        return self._generator.stream(prompt, sampling)
