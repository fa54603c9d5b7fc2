"""Vectors for documents whose reading process had no embedder: a large model stands once, in the parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import overload

from ingest.messages import PreparedDocument
from rag.embedding.base import Embedder
from rag.text.analyzer import Analysis, Analyzer, load_analyzer

GATHERED_CHUNKS = 256
"""Small documents are gathered up to this many chunks, so that the model gets full batches."""


def with_vectors(prepared: Iterable[PreparedDocument], embedder: Embedder) -> Iterator[PreparedDocument]:
    """The same documents, each with a vector a chunk; those that have them pass at once."""
    gathered: list[PreparedDocument] = []
    for document in prepared:
        if document.packed.vectors is not None:
            yield document
            continue
        gathered.append(document)
        if sum(len(one.texts) for one in gathered) >= GATHERED_CHUNKS:
            yield from _embedded(gathered, embedder)
            gathered = []
    if gathered:
        yield from _embedded(gathered, embedder)


def _embedded(gathered: Sequence[PreparedDocument], embedder: Embedder) -> Iterator[PreparedDocument]:
    texts = [text for one in gathered for text in one.texts]
    vectors = embedder.embed_documents(texts, _OnDemand(texts))
    place = 0
    for one in gathered:
        end = place + len(one.texts)
        yield replace(one, packed=one.packed.with_vectors(vectors[place:end]), texts=())
        place = end


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
