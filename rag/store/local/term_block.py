"""The terms of chunks as columns: what is stored of them, and what scoring reads.

Terms are numbers here (see `rag.store.local.vocabulary`). A stored row holds, all little endian: for each
field its length in terms and the number of its distinct terms (uint32), then the distinct term ids of all
fields one after the other (uint32, ascending within a field), then how often each stands there (uint16).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_COUNT = 65_535
"""A term that stands more often counts as this often; BM25 has long stopped to tell the difference."""


class FieldTerms(NamedTuple):
    """The distinct terms of one field of one chunk: ids (ascending) and how often each stands there."""

    ids: NDArray[np.uint32]
    counts: NDArray[np.uint32]

    @classmethod
    def of(cls, numbered: Iterable[int], counts: Collection[int]) -> FieldTerms:
        """From ids in any order and as many counts."""
        ids = np.fromiter(numbered, np.uint32, len(counts))
        order = np.argsort(ids)
        return cls(ids[order], np.fromiter(counts, np.uint32, len(counts))[order])


def encode_terms(fields: Sequence[FieldTerms]) -> bytes:
    """The stored form of one chunk's terms, field by field."""
    header = np.array([[field.counts.sum(), len(field.ids)] for field in fields], dtype="<u4")
    ids = np.concatenate([field.ids for field in fields])
    counts = np.minimum(np.concatenate([field.counts for field in fields]), MAX_COUNT)
    return b"".join([header.tobytes(), ids.astype("<u4").tobytes(), counts.astype("<u2").tobytes()])


@dataclass(frozen=True)
class TermBlock:
    """The terms of some chunks; ``chunk_ids`` ascend.

    ``lengths`` and ``sizes`` have shape (chunks, fields): terms and distinct terms of each field.
    ``term_ids`` and ``counts`` hold the distinct terms of all chunks one after the other.
    """

    chunk_ids: NDArray[np.int64]
    lengths: NDArray[np.uint32]
    sizes: NDArray[np.uint32]
    term_ids: NDArray[np.uint32]
    counts: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.chunk_ids)

    @classmethod
    def decode(cls, rows: Iterable[tuple[int, bytes]], num_fields: int) -> TermBlock:
        """Stored rows (chunk id, data) in any order → columns in order of the ids."""
        pairs = sorted(rows)
        header_bytes = 8 * num_fields
        headers = b"".join(data[:header_bytes] for _, data in pairs)
        header = np.frombuffer(headers, dtype="<u4").reshape(-1, num_fields, 2)
        splits = [header_bytes + (len(data) - header_bytes) // 6 * 4 for _, data in pairs]
        ids = b"".join(data[header_bytes:split] for (_, data), split in zip(pairs, splits, strict=True))
        counts = b"".join(data[split:] for (_, data), split in zip(pairs, splits, strict=True))
        return cls(
            np.array([chunk_id for chunk_id, _ in pairs], dtype=np.int64),
            header[:, :, 0],
            header[:, :, 1],
            np.frombuffer(ids, dtype="<u4"),
            np.frombuffer(counts, dtype="<u2"),
        )

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Where each chunk's terms end in the columns."""
        return np.cumsum(self.sizes.sum(axis=1, dtype=np.int64))

    def chunks_of(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Which chunk (by position in the block) each place of the columns belongs to."""
        return np.searchsorted(self.ends, places, side="right")

    def select(self, kept: NDArray[np.bool_]) -> TermBlock:
        """The chunks where ``kept`` is true."""
        terms = np.repeat(kept, self.sizes.sum(axis=1, dtype=np.int64))
        return TermBlock(
            self.chunk_ids[kept],
            self.lengths[kept],
            self.sizes[kept],
            self.term_ids[terms],
            self.counts[terms],
        )

    def joined(self, later: TermBlock) -> TermBlock:
        """One block with ``later``, whose chunk ids are all greater, behind it."""
        if not len(self) or not len(later):
            return self if len(self) else later
        return TermBlock(
            np.concatenate([self.chunk_ids, later.chunk_ids]),
            np.concatenate([self.lengths, later.lengths]),
            np.concatenate([self.sizes, later.sizes]),
            np.concatenate([self.term_ids, later.term_ids]),
            np.concatenate([self.counts, later.counts]),
        )

    def frequencies(self) -> Frequencies:
        """In how many chunks of the block each term stands."""
        ids, counts = np.unique(self.term_ids, return_counts=True)
        return Frequencies(ids.astype(np.uint32), counts.astype(np.uint32))


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Term ids (ascending) and in how many chunks each stands."""

    ids: NDArray[np.uint32]
    counts: NDArray[np.uint32]

    def to_bytes(self) -> bytes:
        """Both columns, one after the other."""
        return self.ids.astype("<u4").tobytes() + self.counts.astype("<u4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Frequencies:
        """The inverse of `to_bytes`."""
        ids, counts = np.frombuffer(data, dtype="<u4").reshape(2, -1)
        return cls(ids, counts)

    @classmethod
    def total(cls, parts: Sequence[Frequencies]) -> Frequencies:
        """The sum of several."""
        if not parts:
            return cls(np.empty(0, np.uint32), np.empty(0, np.uint32))
        ids, places = np.unique(np.concatenate([part.ids for part in parts]), return_inverse=True)
        counts = np.bincount(places, np.concatenate([part.counts for part in parts]), minlength=len(ids))
        return cls(ids, counts.astype(np.uint32))

    def of(self, wanted: NDArray[np.uint32]) -> NDArray[np.int64]:
        """The counts of ``wanted``, 0 for terms that are not here."""
        if not len(self.ids):
            return np.zeros(len(wanted), dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[places] == wanted, self.counts[places], 0).astype(np.int64)
