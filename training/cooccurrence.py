"""Word vectors from the company words keep: positive PMI of neighbours, then a truncated SVD."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd

from training.corpus import CORPORA
from training.words import read_corpus_words

WINDOW = 6
MIN_PAIR_WEIGHT = 1.0
CONTEXT_SMOOTHING = 0.75
SINGULAR_POWER = 0.5
_BREAK = -1


def corpus_ids(folder: Path, index: dict[str, int]) -> NDArray[np.int32]:
    """All corpora as one row of word numbers, with breaks between blocks; other words left out."""
    parts = []
    for name in CORPORA:
        ids: list[int] = []
        for document in read_corpus_words(folder, name):
            for _, words in document:
                ids += [index[word] for word in words if word in index]
                ids += [_BREAK] * WINDOW
        parts.append(np.asarray(ids, dtype=np.int32))
    return np.concatenate(parts)


def count_neighbours(ids: NDArray[np.int32], num_words: int) -> sp.csr_matrix:
    """Symmetric counts of neighbours up to `WINDOW` words away, the near ones weighing more."""
    total = sp.csr_matrix((num_words, num_words), dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        left, right = ids[:-distance], ids[distance:]
        kept = (left >= 0) & (right >= 0) & (left != right)
        weights = np.full(int(kept.sum()), 1.0 / np.sqrt(distance), dtype=np.float32)
        counts = sp.coo_matrix((weights, (left[kept], right[kept])), shape=total.shape).tocsr()
        total = total + counts
    total = total + total.T
    total.data[total.data < MIN_PAIR_WEIGHT] = 0
    total.eliminate_zeros()
    return total.tocsr()


def positive_pmi(counts: sp.csr_matrix) -> sp.csr_matrix:
    """max(0, log(p(a, b) / (p(a) p(b)^.75))), the matrix that skip-gram factorises implicitly."""
    rows = np.asarray(counts.sum(axis=1)).ravel() + 1e-9
    smoothed = rows**CONTEXT_SMOOTHING
    context = smoothed / smoothed.sum()
    coo = counts.tocoo()
    values = np.log(coo.data / (rows[coo.row] * context[coo.col]))
    kept = values > 0
    kept_values = values[kept].astype(np.float32)
    return sp.csr_matrix((kept_values, (coo.row[kept], coo.col[kept])), shape=counts.shape)


def word_vectors(folder: Path, words: tuple[str, ...], dimension: int, seed: int) -> NDArray[np.float32]:
    """Unit vectors of the words, shape (len(words), dimension); zeros for a word without neighbours."""
    index = {word: place for place, word in enumerate(words)}
    matrix = positive_pmi(count_neighbours(corpus_ids(folder, index), len(words)))
    left, singular, _ = randomized_svd(matrix, dimension, n_iter=3, n_oversamples=20, random_state=seed)
    vectors = (left * singular**SINGULAR_POWER).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit
