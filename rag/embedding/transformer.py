"""Any sentence-transformers model as an embedder; `rag.embedding.checkpoints` finds and loads it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.base import Vectors
from rag.embedding.checkpoints import (
    Wanted,
    explain_full_memory,
    find_folder,
    find_row,
    load_checkpoint,
    model_name,
)
from rag.settings import EmbeddingSettings
from rag.text.analyzer import Analysis
from rag.types import EmbedderIdentity


@dataclass(frozen=True, slots=True)
class Preset:
    """What a family of embedders was trained to see before a query and before a document.

    ``pattern`` matches the last part of a name or folder, case ignored. ``max_tokens`` is None where
    the length does not matter (static embeddings).
    """

    pattern: str
    dimensions: tuple[int, ...]
    max_tokens: int | None
    query_prefix: str
    document_prefix: str
    licence: str


PRESETS = (
    Preset(
        r"ruri-v3-(?:30|70|130|310)m",
        (256, 384, 512, 768),
        8_192,
        "検索クエリ: ",
        "検索文書: ",
        "Apache-2.0",
    ),
    Preset(r"multilingual-e5-(?:small|base|large)", (384, 768, 1_024), 512, "query: ", "passage: ", "MIT"),
    Preset(r"bge-m3", (1_024,), 8_192, "", "", "MIT"),
    Preset(r"GLuCoSE-base-ja-v2", (768,), 512, "query: ", "passage: ", "Apache-2.0"),
    Preset(r"static-embedding-japanese", (1_024,), None, "", "", "MIT"),
)

_NO_LIMIT = 1_000_000
"""transformers says "no limit" as a number of thirty digits."""

_HASHED = frozenset({".json", ".txt", ".model", ".safetensors"})


def load_transformer_embedder(settings: EmbeddingSettings) -> TransformerEmbedder:
    """Load ``settings.model``: ``cl-nagoya/ruri-v3-30m``, or a folder.

    Prefixes come from the settings, else from `PRESETS`, else from the model's own prompts. Raises
    ModelUnavailable with the command that fetches the model, SettingsError for an unknown device.
    """
    wanted = Wanted("embedder", settings.model, "embedding.model", "'bundled'", settings.device)
    folder = find_folder(wanted)
    model = load_checkpoint("SentenceTransformer", wanted, folder)
    query, document = _choose_prefixes(settings, find_preset(folder), model.prompts or {})
    model.default_prompt_name = None  # prefixes are put on here, once
    dimension = model.encode(["資料"], show_progress_bar=False).shape[1]
    identity = EmbedderIdentity(model_name(folder), _revision(folder), dimension, query, document)
    return TransformerEmbedder(model, identity, batch_size=settings.batch_size, folder=folder)


def find_preset(name_or_path: str | Path) -> Preset | None:
    """The preset of a model by its name or folder; None when we do not know it."""
    return find_row(PRESETS, name_or_path)


class TransformerEmbedder:
    """A sentence-transformers model with its prefixes; safe to call from several threads.

    ``folder`` holds its tokenizer, for those who count tokens.
    """

    def __init__(
        self, model: Any, identity: EmbedderIdentity, *, batch_size: int = 32, folder: Path | None = None
    ) -> None:
        self.folder = folder
        self._model = model
        self._identity = identity
        self._batch_size = batch_size
        self._lock = threading.Lock()  # a fast tokenizer must not change its mode while it works

    @property
    def identity(self) -> EmbedderIdentity:
        """Name, revision, dimension and prefixes."""
        return self._identity

    @property
    def max_tokens(self) -> int | None:
        """Of a longer text only so many tokens are read; None where the length does not matter."""
        limit = getattr(self._model, "max_seq_length", None)
        return limit if isinstance(limit, int) and limit < _NO_LIMIT else None

    def embed_documents(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        """Vectors of chunks, shape (len(texts), dimension); the analyses are not used."""
        return self._embed(texts, self._identity.document_prefix)

    def embed_queries(self, texts: Sequence[str], analyses: Sequence[Analysis]) -> Vectors:
        """Vectors of questions, shape (len(texts), dimension); the analyses are not used."""
        return self._embed(texts, self._identity.query_prefix)

    def _embed(self, texts: Sequence[str], prefix: str) -> Vectors:
        """Unit rows; zeros for a text without a letter or digit, whose vector would be the prefix's."""
        vectors = np.zeros((len(texts), self._identity.dimension), dtype=np.float32)
        rows = [i for i, text in enumerate(texts) if any(map(str.isalnum, text))]
        if rows:
            vectors[rows] = self._encode([prefix + texts[i] for i in rows])
        return vectors

    def _encode(self, texts: list[str]) -> Vectors:
        full = (
            f"{self._identity.name} ran out of GPU memory with {self._batch_size} texts at once: "
            "lower embedding.batch_size"
        )
        with explain_full_memory(full), self._lock:
            encoded = self._model.encode(
                texts, batch_size=self._batch_size, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(encoded, dtype=np.float32)


def _choose_prefixes(
    settings: EmbeddingSettings, preset: Preset | None, own: Mapping[str, str]
) -> tuple[str, str]:
    """Query's and document's; one that the settings leave out is the preset's, else the model's own."""
    query = preset.query_prefix if preset else own.get("query") or ""
    document = preset.document_prefix if preset else own.get("document") or own.get("passage") or ""
    return (
        query if settings.query_prefix is None else settings.query_prefix,
        document if settings.document_prefix is None else settings.document_prefix,
    )


def _revision(folder: Path) -> str:
    """The commit of a snapshot in the cache, else a hash over the files that decide about vectors."""
    if folder.parent.name == "snapshots":
        return folder.name
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _HASHED and path.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:16]
