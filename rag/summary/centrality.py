"""How much a sentence says of what the whole text says: LexRank on word vectors and words together.

A sentence's row is the bundled vector beside a hashed vector of its words, weighted by how rare they are
in the document; the product of two rows is the mean of both cosines. The walk from sentence to sentence is
made within blocks of neighbouring sentences, so that work and memory grow with the length of the text and
not with its square.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.embedding.base import Embedder, Vectors
from rag.summary.material import Material

Column = NDArray[np.float32]

NUM_BUCKETS = 256
BLOCK_SENTENCES = 1_500
"""One block's matrix of similarities takes 9 MB."""

THRESHOLD = 0.15
"""Similarities below are chance: sentences of any text share common words."""

DAMPING = 0.85
NUM_STEPS = 20


def sentence_rows(material: Material, embedder: Embedder) -> Vectors:
    """One row of length 1 for each sentence (zeros without words), shape (sentences, dimension + buckets)."""
    sentences = material.sentences
    dense = embedder.embed_documents([s.text for s in sentences], [s.analysis for s in sentences])
    words = np.zeros((len(sentences), NUM_BUCKETS), np.float32)
    weights = rarity(material)
    for row, sentence in zip(words, sentences, strict=True):
        for term, count in sentence.terms.items():
            bucket, sign = _bucket(term)
            row[bucket] += sign * weights[term] * math.sqrt(count)
    return unit(np.hstack([unit(dense), unit(words)]))


def rarity(material: Material) -> Mapping[str, float]:
    """What each term weighs: the rarer among the sentences, the more."""
    total = len(material.sentences)
    return {term: math.log(1 + total / number) for term, number in material.document_frequencies.items()}


def centrality(rows: Vectors) -> Column:
    """The share of time that the walk spends on each sentence, the mean of its block being 1.

    Shape (sentences,); the order of sentences matters only for which share a block.
    """
    found = np.ones(len(rows), np.float32)
    num_blocks = max(1, -(-len(rows) // BLOCK_SENTENCES))
    for block in np.array_split(np.arange(len(rows)), num_blocks):
        found[block] = _walk(rows[block])
    return found


def _walk(rows: Vectors) -> Column:
    near = rows @ rows.T
    np.fill_diagonal(near, 0.0)
    near[near < THRESHOLD] = 0.0
    sums = near.sum(axis=1, keepdims=True)
    np.divide(near, sums, out=near, where=sums > 0)
    share: Column = np.ones(len(rows), np.float32)
    for _ in range(NUM_STEPS):
        share = np.float32(1 - DAMPING) + np.float32(DAMPING) * (share @ near)
    return share


def unit(rows: Vectors) -> Vectors:
    """The rows brought to length 1; zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    brought: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return brought


def centre(rows: Vectors) -> Column:
    """The direction of the whole text; a sentence's product with it says how near it is."""
    direction: Column = unit(rows.sum(axis=0, keepdims=True))[0]
    return direction


@lru_cache(maxsize=200_000)
def _bucket(term: str) -> tuple[int, float]:
    """Where a term counts, and with which sign, so that terms which share a bucket cancel out."""
    number = zlib.crc32(term.encode("utf-8", "replace"))
    return number % NUM_BUCKETS, 1.0 if number & 0x100000 else -1.0
