"""A generator whose server was down at the start: questions are answered without it until it is back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

from rag.errors import ModelUnavailable
from rag.generation.base import Generator, Prompt, Sampling

RETRY_SECONDS = 5.0
"""How long a failure to load is believed; within it every question is told the same at once."""


class LateGenerator:
    """Loads when it is asked for something, and says why not where that fails.

    ``failed`` is what was raised when loading was first tried. Everything but the name raises
    ModelUnavailable while the model cannot be had.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], Generator],
        failed: ModelUnavailable,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._name = name
        self._load = load
        self._reason = str(failed)
        self._retry_seconds = retry_seconds
        self._believed_until = time.monotonic() + retry_seconds
        self._generator: Generator | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model as the settings name it."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may take together."""
        return self._loaded().context_tokens

    @property
    def prompt_style(self) -> str:
        """How prompts for this model are laid out."""
        return self._loaded().prompt_style

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""
        return self._loaded().count_tokens(texts)

    def count_prompt(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt."""
        return self._loaded().count_prompt(prompt)

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        """Pieces of text, once the model is there."""
        return self._loaded().stream(prompt, sampling)

    def _loaded(self) -> Generator:
        with self._lock:
            if self._generator is None:
                self._generator = self._try()
            return self._generator

    def _try(self) -> Generator:
        if time.monotonic() < self._believed_until:
            raise ModelUnavailable(self._reason)
        try:
            return self._load()
        except ModelUnavailable as error:
            self._reason = str(error)
            self._believed_until = time.monotonic() + self._retry_seconds
            raise
