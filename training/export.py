"""The trained model as the files that `rag.embedding.static` reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from rag.embedding.static import (
    CONFIG_FILE,
    FORMAT,
    MODEL_FILES,
    SCALES_FILE,
    VECTORS_FILE,
    WORDS_FILE,
    StaticConfig,
    revision_of,
)
from training.model import BagModel

NAME = "static-ja"
LICENCE = "CC-BY-SA-4.0"
_INT8_MAX = 127


def quantise(vectors: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 and the step of each row: ``vectors ≈ quantised * steps[:, None]``."""
    steps = np.abs(vectors).max(axis=1) / _INT8_MAX
    steps = np.where(steps > 0, steps, 1).astype(np.float32)
    return np.rint(vectors / steps[:, None]).astype(np.int8), steps


def export_model(model: BagModel, words: tuple[str, ...], folder: Path) -> None:
    """Write the model with every word's row and n-grams added up; the same input gives the same bytes."""
    with torch.no_grad():
        rows = model.word_vectors(torch.arange(model.num_rows)).numpy()
        ngrams = model.ngram_row.weight.numpy()
        weights = torch.exp(model.log_weight).numpy()
    vectors, steps = quantise(np.vstack([rows, ngrams]))
    factors = np.concatenate([weights[:-1], np.full(len(ngrams), weights[-1])])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WORDS_FILE).write_text("".join(f"{w}\n" for w in words[: model.num_rows]), encoding="utf-8")
    np.save(folder / VECTORS_FILE, vectors, allow_pickle=False)
    np.save(folder / SCALES_FILE, (steps * factors).astype(np.float16), allow_pickle=False)
    _write_config(folder, vectors.shape[1], model.num_rows, len(ngrams))


def _write_config(folder: Path, dimension: int, num_words: int, num_ngram_rows: int) -> None:
    checksums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in MODEL_FILES}
    config = StaticConfig(
        format=FORMAT,
        name=NAME,
        revision=revision_of(checksums),
        dimension=dimension,
        num_words=num_words,
        num_ngram_rows=num_ngram_rows,
        licence=LICENCE,
        sha256=checksums,
    )
    (folder / CONFIG_FILE).write_text(config.model_dump_json(indent=2) + "\n", encoding="utf-8")
