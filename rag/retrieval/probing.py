"""What is wrong though nothing fails: vectors that say nothing, text that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder
from rag.store.base import Store
from rag.text.analyzer import Analyzer
from rag.text.terms import GARBLED_MARK
from rag.types import EVERYTHING, Conditions

PROBES = ("年次有給休暇の日数", "冷蔵庫の温度が高い", "The train leaves at noon.")
"""Three texts that no embedder holds to be the same."""

SAMPLE_DOCUMENTS = 20
_SAME = 0.9999
_ENOUGH = 3


class GarbledText(NamedTuple):
    """Chunks that cannot be read, and the names of some of the documents that they stand in."""

    num_chunks: int
    names: tuple[str, ...]


def probe_embedder(embedder: Embedder, analyzer: Analyzer) -> str:
    """What is wrong with an embedder's vectors, empty when they tell different texts apart."""
    return judge_vectors(embedder.embed_queries(PROBES, [analyzer.analyze(text) for text in PROBES]))


def probe_store(store: Store) -> str:
    """The same of the vectors of a few documents' first chunks."""
    documents = store.document_infos(EVERYTHING)[:SAMPLE_DOCUMENTS]
    first = [chunk_id for info in documents for chunk_id in store.chunk_ids(info.id, EVERYTHING)[:1]]
    texts = {store.chunks([chunk_id], EVERYTHING)[chunk_id].text: chunk_id for chunk_id in first}
    vectors = list(store.vectors(list(texts.values())).values())
    return judge_vectors(np.stack(vectors)) if len(vectors) >= _ENOUGH else ""


def judge_vectors(vectors: NDArray[np.float32]) -> str:
    """What is wrong with the vectors of different texts, shape (texts, dimension); empty when nothing is."""
    if not np.isfinite(vectors).all():
        return "数でない値を含むベクトルがあります"
    if not vectors.any():
        return "ベクトルがすべて 0 です"
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    near = (vectors @ vectors.T) / np.maximum(lengths @ lengths.T, 1e-12)
    return "違う文のベクトルがみな同じです" if near.min() > _SAME else ""


def find_garbled(store: Store, max_names: int = 5) -> GarbledText:
    """The chunks that were marked when they came in."""
    counts = store.document_frequencies({"heading": {GARBLED_MARK: 1.0}})
    num_chunks = counts["heading"][GARBLED_MARK]
    return GarbledText(num_chunks, tuple(_names(store, max_names)) if num_chunks else ())


def _names(store: Store, max_names: int) -> Sequence[str]:
    marked = store.select(Conditions(garbled=True), EVERYTHING).chunk_ids
    chunks = store.chunks(marked.tolist(), EVERYTHING)
    infos = store.infos(sorted({chunk.document_id for chunk in chunks.values()}), EVERYTHING)
    return sorted(info.name for info in infos.values())[:max_names]
