"""Vectors for documents whose reading process had no embedder: a large model stands once, in the parent.

No text is given to it twice: equal texts are embedded once, and what a cache knows is taken from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import overload

import numpy as np

from ingest.messages import PreparedDocument
from rag.embedding.base import Embedder, Vectors
from rag.store.local.vector_cache import VectorCache
from rag.text.analyzer import Analysis, Analyzer, load_analyzer

GATHERED_CHUNKS = 256
"""Small documents are gathered up to this many chunks, so that the model gets full batches."""


def with_vectors(
    prepared: Iterable[PreparedDocument], embedder: Embedder, known: VectorCache | None = None
) -> Iterator[PreparedDocument]:
    """The same documents, each with a vector a chunk; those that have them pass at once."""
    gathered: list[PreparedDocument] = []
    for document in prepared:
        if document.packed.vectors is not None:
            yield document
            continue
        gathered.append(document)
        if sum(len(one.texts) for one in gathered) >= GATHERED_CHUNKS:
            yield from _embedded(gathered, embedder, known)
            gathered = []
    if gathered:
        yield from _embedded(gathered, embedder, known)


def _embedded(
    gathered: Sequence[PreparedDocument], embedder: Embedder, known: VectorCache | None
) -> Iterator[PreparedDocument]:
    vectors = _embed([text for one in gathered for text in one.texts], embedder, known)
    place = 0
    for one in gathered:
        end = place + len(one.texts)
        yield replace(one, packed=one.packed.with_vectors(vectors[place:end]), texts=())
        place = end


def _embed(texts: Sequence[str], embedder: Embedder, known: VectorCache | None) -> Vectors:
    """A row a text, shape (len(texts), dimension)."""
    distinct = list(dict.fromkeys(texts))
    vectors = np.zeros((len(distinct), embedder.identity.dimension), dtype=np.float32)
    found = known.find(distinct) if known else {}
    for place, vector in found.items():
        vectors[place] = vector
    missing = [place for place in range(len(distinct)) if place not in found]
    if missing:
        new = [distinct[place] for place in missing]
        vectors[missing] = embedder.embed_documents(new, _OnDemand(new))
        if known:
            known.keep(new, vectors[missing])
    places = {text: place for place, text in enumerate(distinct)}
    rows: Vectors = vectors[[places[text] for text in texts]]
    return rows


class _OnDemand(Sequence[Analysis]):
    """The analyses of texts, made when they are looked at: most embedders never do."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> Analysis: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Analysis]: ...
    def __getitem__(self, index: int | slice) -> Analysis | Sequence[Analysis]:
        if isinstance(index, slice):
            return _OnDemand(self._texts[index])
        return _analyzer().analyze(self._texts[index])


@cache
def _analyzer() -> Analyzer:
    return load_analyzer()
