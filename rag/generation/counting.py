"""Counts tokens for a model behind a server: exactly where that is possible, else from above."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from rag.errors import ModelUnavailable

Messages = Sequence[tuple[str, str]]

MESSAGE_TOKENS = 16
"""What a chat template puts around one message, from above (Llama 3: 6 and the role's name)."""
TEMPLATE_TOKENS = 64
"""What a chat template puts around all messages, from above (Llama 3.1: BOS and two lines of dates)."""

_COSTS = (  # tokens a character; the first class that fits counts
    (re.compile(r"[a-zA-Z ]"), 0.5),
    (re.compile(r"[\x00-\x7f]"), 1.0),  # digits and signs stand alone
    (re.compile(r"[\u3000-\u30ff\uff00-\uffef]"), 1.0),  # kana, punctuation, full-width forms
    (re.compile(r"[\u4e00-\u9fff]"), 2.0),  # kanji: those that a vocabulary lacks fall to three bytes
    (re.compile(r"[\u0080-\uffff]"), 3.0),  # one token a byte
)
_RARE = 4.0


class TokenCounter(Protocol):
    """Tokens of texts, and of messages with the template around them."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens."""
        ...

    def count_messages(self, messages: Messages) -> int:
        """Tokens of a whole chat prompt."""
        ...


class EstimatedCounter:
    """An estimate from above, for servers that do not count and models whose tokenizer is not here.

    ASCII letters and spaces cost 0.5 tokens, other ASCII 1, kana and full-width forms 1, kanji 2, the
    rest its UTF-8 bytes. Running Japanese comes out at about 1.3 tokens a character, which is what
    Llama 2's own vocabulary needs, and twice what Swallow's and Llama 3's need: some room in the
    context stays empty, so that a server which cuts long prompts silently has nothing to cut. A text
    made of rare kanji alone may still take up to 3 tokens a character.
    """

    def count(self, texts: Sequence[str]) -> list[int]:
        """An upper estimate for each text: 「有休は20日」 → 10."""
        return [math.ceil(sum(map(_cost, text))) + 1 for text in texts]

    def count_messages(self, messages: Messages) -> int:
        """An upper estimate, with room for the template."""
        return with_template(messages, self.count([content for _, content in messages]))


class FolderCounter:
    """The model's own tokenizer files from a folder: exact for texts, from above for messages."""

    def __init__(self, encode: Callable[[str], Sequence[int]]) -> None:
        self._encode = encode

    def count(self, texts: Sequence[str]) -> list[int]:
        """Exact counts; special tokens in a text are not counted as one."""
        return [len(self._encode(text)) for text in texts]

    def count_messages(self, messages: Messages) -> int:
        """Exact for the texts, with room for the template."""
        return with_template(messages, self.count([content for _, content in messages]))


def load_folder_counter(folder: Path) -> FolderCounter | None:
    """A counter from ``tokenizer.json`` or ``tokenizer.model``; None where the folder has neither.

    Neither torch nor transformers is imported. Raises ModelUnavailable when the file is damaged.
    """
    loaders = {"tokenizer.json": _load_tokenizers, "tokenizer.model": _load_sentencepiece}
    for name, load in loaders.items():
        if (folder / name).is_file():
            try:
                return FolderCounter(load(folder / name))
            except ImportError as error:
                raise ModelUnavailable(
                    f"counting with {folder / name} needs {error.name}: pip install 'swallow-rag[gpu]'"
                ) from error
            except Exception as error:
                raise ModelUnavailable(f"the tokenizer {folder / name} cannot be read: {error}") from error
    return None


def _load_tokenizers(path: Path) -> Callable[[str], Sequence[int]]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def _load_sentencepiece(path: Path) -> Callable[[str], Sequence[int]]:
    from sentencepiece import SentencePieceProcessor

    processor = SentencePieceProcessor(model_file=str(path))
    encode: Callable[[str], list[int]] = processor.encode
    return encode


def _cost(char: str) -> float:
    return next((cost for pattern, cost in _COSTS if pattern.match(char)), _RARE)


def with_template(messages: Messages, counts: Sequence[int]) -> int:
    """Tokens of the texts with room for any template around them."""
    return sum(counts) + MESSAGE_TOKENS * len(messages) + TEMPLATE_TOKENS
