"""Keeps the prompts that a generator is sent, for people who want to see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.generation.base import Generator, Prompt, Sampling


class PromptRecorder:
    """The generator itself, but for a list of what it was asked."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self.prompts: list[Prompt] = []

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
        """Pieces of text; the prompt is kept, also when the model then fails."""
        self.prompts.append(prompt)
        return self._generator.stream(prompt, sampling)

    def shown(self) -> list[str]:
        r"""The prompts as texts: as they are sent, or message by message.

        ``[system]\n規則\n\n[user]\n質問`` for one that the model's own chat template lays out.
        """
        return [
            "\n\n".join(f"[{role}]\n{text}" for role, text in prompt.messages) or prompt.text
            for prompt in self.prompts
        ]
