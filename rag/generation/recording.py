"""Keeps the prompts that a generator is sent, for people who want to see them."""

from __future__ import annotations

from collections.abc import Iterator

from rag.generation.base import Generator, Prompt, Sampling
from rag.generation.wrapping import WrappedGenerator


class PromptRecorder(WrappedGenerator):
    """The generator itself, but for a list of what it was asked."""

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator)
        self.prompts: list[Prompt] = []

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text; the prompt is kept, also when the model then fails."""
        self.prompts.append(prompt)
        return super().stream(prompt, sampling)

    def shown(self) -> list[str]:
        r"""The prompts as texts: as they are sent, or message by message.

        ``[system]\n規則\n\n[user]\n質問`` for one that the model's own chat template lays out.
        """
        return [
            "\n\n".join(f"[{role}]\n{text}" for role, text in prompt.messages) or prompt.text
            for prompt in self.prompts
        ]
