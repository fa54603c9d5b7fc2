"""Partial results on disk, so that a long summary goes on where it was stopped.

A result is one small JSON file, named by the SHA-256 of everything that shaped it: model, prompt, sampling.
It is written beside and renamed, so that a kill leaves a whole file or none; what cannot be read is
made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from rag.generation.base import Prompt, Sampling

_FORMAT = 1


class PartialResults:
    """Texts by key in a folder; without a folder nothing is kept. ``num_found`` counts what was there."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.num_found = 0

    def get(self, key: str) -> str | None:
        """The text of an earlier run; None when there is none, or its file is damaged."""
        if self._folder is None:
            return None
        try:
            values = json.loads(self._path(key).read_text(encoding="utf-8"))
            text = values["text"] if values["format"] == _FORMAT else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not isinstance(text, str):
            return None
        self.num_found += 1
        return text

    def put(self, key: str, text: str) -> None:
        """Keep a text; a folder that cannot be written to costs the resumption, not the summary."""
        if self._folder is None:
            return
        with suppress(OSError):
            path = self._path(key)
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
                json.dump({"format": _FORMAT, "text": text}, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(path)

    def _path(self, key: str) -> Path:
        folder = self._folder or Path()
        return folder / key[:2] / f"{key}.json"


def result_key(model: str, prompt: Prompt, sampling: Sampling) -> str:
    """The SHA-256 of what shapes a result, as 64 hexadecimal digits."""
    shaped = [
        model,
        prompt.text,
        [list(message) for message in prompt.messages],
        prompt.bos,
        [sampling.max_new_tokens, sampling.temperature, sampling.top_p, sampling.seed],
    ]
    return hashlib.sha256(json.dumps(shaped, ensure_ascii=True).encode()).hexdigest()
