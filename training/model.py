"""The trainable embedder: a weighted sum of word rows and n-gram rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's own name
from numpy.typing import NDArray
from torch import Tensor, nn

from rag.embedding.static import saturate
from rag.embedding.word_codes import ngram_rows
from training.vocabulary import Vocabulary, initial_log_weights


class BagModel(nn.Module):
    """Words → unit vector: sum of saturated count × weight × (row + mean of n-gram rows).

    Words beyond ``vocabulary.num_rows`` have no row of their own and live from their n-grams; all of
    them share one weight, which is what an unknown word gets at run time.
    """

    ngrams: Tensor
    ngram_offsets: Tensor

    def __init__(
        self, vocabulary: Vocabulary, vectors: NDArray[np.float32], num_ngram_rows: int, unknown: float
    ) -> None:
        super().__init__()
        dimension = vectors.shape[1]
        self.num_rows = vocabulary.num_rows
        self.index: dict[str, int] = vocabulary.index
        self._keep_ngrams(vocabulary.words, num_ngram_rows)
        ngrams, rows = _split_vectors(
            vectors, self.ngrams.numpy(), self.ngram_offsets.numpy(), num_ngram_rows
        )
        self.ngram_row = nn.EmbeddingBag.from_pretrained(torch.from_numpy(ngrams), freeze=False, mode="mean")
        self.word_row = nn.Embedding.from_pretrained(
            torch.from_numpy(np.vstack([rows, np.zeros((1, dimension), np.float32)])),
            freeze=False,
            sparse=True,
        )
        logs = initial_log_weights(vocabulary.probabilities[: self.num_rows])
        self.log_weight = nn.Parameter(torch.tensor([*logs, unknown]))

    def _keep_ngrams(self, words: Sequence[str], num_ngram_rows: int) -> None:
        rows = [ngram_rows(word, num_ngram_rows) for word in words]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        self.register_buffer("ngrams", torch.tensor([n for row in rows for n in row]))
        self.register_buffer("ngram_offsets", torch.from_numpy(starts.astype(np.int64)))

    def word_vectors(self, ids: Tensor) -> Tensor:
        """Row plus mean of n-gram rows for each word, shape (len(ids), dimension)."""
        starts, ends = self.ngram_offsets[ids], self.ngram_offsets[ids + 1]
        lengths = ends - starts
        offsets = torch.cumsum(lengths, 0) - lengths
        flat = torch.arange(int(lengths.sum())) + torch.repeat_interleave(starts - offsets, lengths)
        own = self.word_row(ids.clamp(max=self.num_rows))
        composed: Tensor = own + self.ngram_row(self.ngrams[flat], offsets)
        return composed

    def forward(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Unit vectors of texts given as word numbers, shape (len(texts), dimension)."""
        counts = [Counter(ids) for ids in texts]
        flat = torch.tensor([word for count in counts for word in count])
        occurrences = np.fromiter((n for count in counts for n in count.values()), np.float32)
        lengths = np.asarray([len(count) for count in counts])
        offsets = torch.from_numpy(np.cumsum(lengths) - lengths)
        unique, inverse = torch.unique(flat, return_inverse=True)
        weights = torch.exp(self.log_weight[flat.clamp(max=self.num_rows)])
        weights = weights * torch.from_numpy(saturate(occurrences))
        sums = F.embedding_bag(
            inverse, self.word_vectors(unique), offsets, mode="sum", per_sample_weights=weights
        )
        return F.normalize(sums, dim=1)


def _split_vectors(
    vectors: NDArray[np.float32], ngrams: NDArray[np.int64], offsets: NDArray[np.int64], num_ngram_rows: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """An n-gram begins as the mean of its words; a row as what its n-grams do not explain."""
    num_words, dimension = vectors.shape
    lengths = np.diff(offsets)[:num_words]
    owners = np.repeat(np.arange(num_words), lengths)
    members = ngrams[: offsets[num_words]]
    sums = np.zeros((num_ngram_rows, dimension), np.float32)
    np.add.at(sums, members, vectors[owners])
    totals = np.bincount(members, minlength=num_ngram_rows)[:, None]
    means: NDArray[np.float32] = sums / np.maximum(totals, 1).astype(np.float32)
    explained = np.zeros_like(vectors)
    np.add.at(explained, owners, means[members])
    own: NDArray[np.float32] = vectors - explained / np.maximum(lengths, 1).astype(np.float32)[:, None]
    return means, own
