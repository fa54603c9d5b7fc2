"""Turns a space of word vectors so that words lie nearly where they lay in an older model.

Distances stay what they are. What was fitted on the older vectors, such as the span reader, can go on from
there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from rag.embedding.static import SCALES_FILE, VECTORS_FILE, WORDS_FILE
from training.model import BagModel


def turn(model: BagModel, words: tuple[str, ...], towards: Path) -> float:
    """Turn in place (Schönemann 1966); the mean cosine of the words that both have, as much as they count."""
    older = {word: row for row, word in enumerate((towards / WORDS_FILE).read_text("utf-8").split("\n")[:-1])}
    shared = [place for place, word in enumerate(words[: model.num_rows]) if word in older]
    rows = [older[words[place]] for place in shared]
    scales = np.load(towards / SCALES_FILE, allow_pickle=False).astype(np.float32)[rows]
    target = np.load(towards / VECTORS_FILE, allow_pickle=False)[rows] * scales[:, None]
    with torch.no_grad():
        own = model.word_vectors(torch.tensor(shared))
        own = (own * torch.exp(model.log_weight[shared])[:, None]).numpy()
        turned = _rotation(own, target)
        for weight in (model.word_row.weight, model.ngram_row.weight):
            weight.copy_(weight @ torch.from_numpy(turned))
    there = own @ turned
    norms = np.linalg.norm(there, axis=1) * np.linalg.norm(target, axis=1)
    return float((there * target).sum() / max(float(norms.sum()), 1e-9))


def _rotation(vectors: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float32]:
    left, _, right = np.linalg.svd(vectors.T @ target)
    rotation: NDArray[np.float32] = (left @ right).astype(np.float32)
    return rotation
