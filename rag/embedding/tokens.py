"""How long a text is for a model: counted by the model's own tokenizer, without loading the model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.errors import ModelUnavailable

TOKENIZER_FILE = "tokenizer.json"


class TokenCounter:
    """Counts tokens with ``tokenizers``; special tokens are left to the caller."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens of each text: ``["有給休暇"]`` → ``[3]``."""
        return [len(one.ids) for one in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


class CharacterCounter:
    """For models without a ``tokenizer.json``: a token a character, which Japanese rarely exceeds."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """The number of characters of each text."""
        return [len(text) for text in texts]


def load_token_counter(folder: Path) -> TokenCounter | CharacterCounter:
    """The counter of a model's folder; raises ModelUnavailable when its tokenizer cannot be loaded."""
    file = folder / TOKENIZER_FILE
    if not file.is_file():
        return CharacterCounter()
    try:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(file))
    except ImportError as error:
        raise ModelUnavailable(
            "counting tokens needs tokenizers: pip install 'swallow-rag[gpu]', "
            "or set embedding.model to 'bundled'"
        ) from error
    except Exception as error:  # tokenizers raises plain Exception
        raise ModelUnavailable(f"{file} cannot be read: fetch the model again ({error})") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return TokenCounter(tokenizer)
