"""What a generator is: a prompt in, text out, counted with the model's own tokenizer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt: either one text for completion, or messages for a chat route.

    ``text`` is set for every style that we render; ``messages`` (role, content) for servers that
    apply the model's chat template themselves.
    """

    text: str
    messages: tuple[tuple[str, str], ...] = ()
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen; temperature 0 is greedy."""

    max_new_tokens: int = 512
    temperature: float = 0.0
    top_p: float = 0.95
    seed: int = 0


class Generator(Protocol):
    """A model that continues prompts."""

    @property
    def name(self) -> str:
        """The model as the settings name it."""
        ...

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may take together."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens, as the model's own tokenizer cuts it."""
        ...

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as they are written, never half a character; stop strings are not sent.

        Raises ContextTooLong before anything is generated, ModelUnavailable when the model or its
        server fails.
        """
        ...
