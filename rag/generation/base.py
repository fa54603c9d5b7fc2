"""What a generator is: a prompt in, text out, counted with the model's own tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt: either one text for completion, or messages for a chat route.

    ``text`` is set for every style that we render; ``messages`` (role, content) where the model's own
    chat template is applied, by the server or by its tokenizer. ``bos`` asks for the model's
    beginning-of-sequence token before ``text`` (`rag.generation.prompts.split_bos`).
    """

    text: str
    messages: tuple[tuple[str, str], ...] = ()
    stop: tuple[str, ...] = ()
    bos: bool = False


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen; temperature 0 is greedy.

    ``on_cut`` is called when an answer ends because it has ``max_new_tokens`` and not because it is whole.
    """

    max_new_tokens: int = 512
    temperature: float = 0.0
    top_p: float = 0.95
    seed: int = 0
    on_cut: Callable[[], None] | None = field(default=None, compare=False, repr=False)

    def cut(self) -> None:
        """Tell whoever wants to know that the answer is cut."""
        if self.on_cut:
            self.on_cut()


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

    @property
    def prompt_style(self) -> str:
        """How prompts for this model are laid out: a key of `rag.generation.prompts.STYLES`."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens, as the model's own tokenizer cuts it."""
        ...

    def count_prompt(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt as `stream` will send it, special tokens and chat template included."""
        ...

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text as they are written, never half a character; stop strings are not sent.

        Raises ContextTooLong before anything is generated, ModelUnavailable when the model or its
        server fails, ModelBusy when too many are waiting. Closing the iterator ends the work.
        """
        ...
