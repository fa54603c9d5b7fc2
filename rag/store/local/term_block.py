"""The terms of chunks as columns, as scoring reads them; how they are stored: `rag.store.terms`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rag.store.hashing import Ids, joined
from rag.store.terms import FIELD_NAMES, HEADER_BYTES, TERM_TYPE


@dataclass(frozen=True)
class TermBlock:
    """The terms of some chunks; ``chunk_ids`` ascend.

    ``lengths`` and ``sizes`` have shape (chunks, fields): terms and distinct terms of each field.
    ``term_ids`` and ``counts`` hold the distinct terms of all chunks one after the other.
    """

    chunk_ids: NDArray[np.int64]
    lengths: NDArray[np.uint32]
    sizes: NDArray[np.uint32]
    term_ids: Ids
    counts: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.chunk_ids)

    @classmethod
    def decode(cls, rows: Iterable[tuple[int, bytes]]) -> TermBlock:
        """Stored rows (chunk id, data) in any order → columns in order of the ids."""
        pairs = sorted(rows)
        headers = b"".join([data[:HEADER_BYTES] for _, data in pairs])
        header = np.frombuffer(headers, dtype="<u4").reshape(-1, len(FIELD_NAMES), 2)
        records = np.frombuffer(b"".join([data[HEADER_BYTES:] for _, data in pairs]), TERM_TYPE)
        return cls(
            np.array([chunk_id for chunk_id, _ in pairs], dtype=np.int64),
            header[:, :, 0],
            header[:, :, 1],
            joined(records),
            records["count"].copy(),
        )

    @cached_property
    def low_bits(self) -> NDArray[np.uint16]:
        """The lowest bits of the term ids, by which most are told from those of a query."""
        return self.term_ids.astype(np.uint16)

    @property
    def field_lengths(self) -> list[int]:
        """How many terms each field has in all chunks."""
        lengths: list[int] = self.lengths.sum(axis=0, dtype=np.int64).tolist()
        return lengths

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
        return Frequencies(ids, counts.astype(np.int32))


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Term ids (ascending) and in how many chunks each stands; fewer than none of what was taken out."""

    ids: Ids
    counts: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    def to_bytes(self) -> bytes:
        """Both columns, one after the other."""
        return self.ids.astype("<u8").tobytes() + self.counts.astype("<i4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Frequencies:
        """The inverse of `to_bytes`."""
        size = len(data) // 12
        return cls(np.frombuffer(data, "<u8", size), np.frombuffer(data, "<i4", size, 8 * size))

    @classmethod
    def total(cls, parts: Sequence[Frequencies]) -> Frequencies:
        """The sum of several."""
        if not parts:
            return cls(np.empty(0, np.uint64), np.empty(0, np.int32))
        if len(parts) == 1:
            return parts[0]
        ids = np.concatenate([part.ids for part in parts])
        order = np.argsort(ids, kind="stable")  # runs that ascend are merged, not sorted
        ids, counts = ids[order], np.concatenate([part.counts for part in parts])[order]
        firsts = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]]))
        if not len(ids):
            return cls(ids, counts)
        return cls(ids[firsts], np.add.reduceat(counts, firsts, dtype=np.int32))

    def negative(self) -> Frequencies:
        """What takes these out again when added."""
        return Frequencies(self.ids, -self.counts)

    def of(self, wanted: Ids) -> NDArray[np.int64]:
        """The counts of ``wanted``, 0 for terms that are not here."""
        if not len(self.ids):
            return np.zeros(len(wanted), dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        return np.where(self.ids[places] == wanted, self.counts[places], 0).astype(np.int64)
