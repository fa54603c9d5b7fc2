"""What every generator with a checkpoint in this process has: its tokens, its context, its limits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, cast

from rag.errors import ModelUnavailable
from rag.generation.base import Prompt
from rag.generation.checkpoints import (
    apply_chat_template,
    choose_pad_id,
    find_special_tokens,
    find_stop_ids,
    first_line,
)
from rag.generation.deadlines import Deadlines
from rag.generation.escaping import escape_tokens
from rag.generation.prompts import split_bos


class PromptCodec:
    """A checkpoint's tokenizer as prompts need it; safe to call from several threads."""

    def __init__(self, tokenizer: Any, name: str) -> None:
        self._tokenizer = tokenizer
        self._name = name
        self._special_tokens = find_special_tokens(tokenizer)
        self._lock = threading.Lock()  # a fast tokenizer must not change its mode while it works

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens in it counted as the plain text they are sent as."""
        return [len(ids) for ids in self._plain_ids(texts)]

    def encode(self, prompt: Prompt) -> list[int]:
        """Token ids exactly as the model gets them: BOS at most once, special tokens in texts plain.

        The text is encoded without BOS and BOS put before it, as SentencePiece itself does it; encoded
        behind a BOS, 「[INST]」 may lose the space that it was trained with.
        """
        if prompt.messages:
            return self._chat_ids(prompt.messages)
        bos, text = split_bos(prompt)
        ids = self._plain_ids([text])[0]
        return [self._tokenizer.bos_token_id, *ids] if bos and self._tokenizer.bos_token else ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of these tokens, special ones left out."""
        text = self._tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return cast("str", text)

    def _plain_ids(self, texts: Sequence[str]) -> list[list[int]]:
        return self._tokenize(list(texts), special=False) if texts else []

    def _chat_ids(self, messages: Sequence[tuple[str, str]]) -> list[int]:
        """The model's own template around texts in which no special token is left alive."""
        plain = [
            {"role": role, "content": escape_tokens(content, self._special_tokens)}
            for role, content in messages
        ]
        text = apply_chat_template(self._tokenizer, plain, self._name)
        return self._tokenize([text], special=True)[0]

    def _tokenize(self, texts: list[str], *, special: bool) -> list[list[int]]:
        with self._lock:
            encoded = self._tokenizer(texts, add_special_tokens=False, split_special_tokens=not special)
        return cast("list[list[int]]", encoded["input_ids"])


class LocalGenerator:
    """The part of a generator that does not depend on how the model is run."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        name: str,
        prompt_style: str,
        context_tokens: int,
        deadlines: Deadlines | None = None,
    ) -> None:
        self._model = model
        self._codec = PromptCodec(tokenizer, name)
        self._name = name
        self._prompt_style = prompt_style
        self._context_tokens = context_tokens
        self._deadlines = deadlines or Deadlines()
        self._stop_ids = find_stop_ids(model, tokenizer)
        self._pad_id = choose_pad_id(tokenizer, self._stop_ids)

    @property
    def name(self) -> str:
        """The model as the settings name it."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """How many tokens prompt and answer may take together."""
        return self._context_tokens

    @property
    def prompt_style(self) -> str:
        """How prompts for this model are laid out."""
        return self._prompt_style

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens in it counted as the plain text they are sent as."""
        return self._codec.count(texts)

    def count_prompt(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt, BOS and chat template included."""
        return len(self.encode(prompt))

    def encode(self, prompt: Prompt) -> list[int]:
        """Token ids exactly as the model gets them."""
        return self._codec.encode(prompt)


def is_out_of_memory(error: BaseException | None) -> bool:
    """Whether a smaller batch may work where this error came."""
    import torch

    return isinstance(error, torch.OutOfMemoryError | MemoryError)


def explain_failure(name: str, error: BaseException) -> ModelUnavailable:
    """What went wrong while a model wrote, as one line; memory is given back first where it was short."""
    import torch

    if not is_out_of_memory(error):
        return ModelUnavailable(f"{name} failed while writing: {first_line(error)}")
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return ModelUnavailable(
        f"{name} ran out of memory: lower generation.context_tokens, generation.max_new_tokens or "
        "generation.max_requests, set generation.quantization, or take a smaller model"
    )
