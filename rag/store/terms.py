"""Terms of chunks as rows: what is stored of them.

A row holds, all little endian: for each field its length in terms and the number of its distinct terms
(uint32), then a record for each distinct term, field by field: its id (48 bits) and how often it stands there
(uint8). An id is the hash of the term and of its field, so that 休暇 in a title is not 休暇 in a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rag.errors import StoreError
from rag.store.hashing import HASH_TYPE, HashedNames, Ids, hashed, split
from rag.text.terms import Terms

FIELD_NAMES = ("base", "bigram", "title", "heading", "lemma", "reading")
"""The fields of `rag.text.terms.Terms`; their order is part of the store's format."""

MAX_COUNT = 255
"""A term that stands more often counts as this often; BM25 has long stopped to tell the difference."""

TERM_TYPE = np.dtype([*HASH_TYPE.descr, ("count", "u1")])
HEADER_BYTES = 8 * len(FIELD_NAMES)

_MARKS = np.array([hashed(f"field {name}") for name in FIELD_NAMES], dtype=np.uint64)
_NOTHING: Mapping[str, int] = {}
_names = HashedNames()


def term_ids(field: int, words: Sequence[str]) -> Ids:
    """The ids of words in one field."""
    ids: Ids = _names.numbers(words) ^ _MARKS[field]
    return ids


def check_fields(names: Mapping[str, object]) -> None:
    """Raise StoreError for a field that the store has no place for."""
    unknown = sorted(names.keys() - set(FIELD_NAMES))
    if unknown:
        raise StoreError(f"no such field of terms: {', '.join(unknown)} (there are {', '.join(FIELD_NAMES)})")


class PackedTerms:
    """The terms of a document's chunks: ``header`` of shape (chunks, fields, 2), and ``records``."""

    def __init__(self, header: NDArray[np.uint32], records: NDArray[np.void]) -> None:
        self.header = header
        self.records = records

    @classmethod
    def of(cls, chunks: Sequence[Terms]) -> PackedTerms:
        """Number the terms of all chunks at once; raises StoreError for an unknown field."""
        for terms in chunks:
            check_fields(terms)
        fields = [terms.get(name, _NOTHING) for terms in chunks for name in FIELD_NAMES]
        sizes = np.fromiter(map(len, fields), np.int64, len(fields))
        counts = np.fromiter(chain.from_iterable(field.values() for field in fields), np.int64, sizes.sum())
        sums = np.concatenate([[0], np.cumsum(counts)])
        ends = np.cumsum(sizes)
        lengths = sums[ends] - sums[ends - sizes]
        header = np.stack([lengths, sizes], axis=1).reshape(-1, len(FIELD_NAMES), 2)
        owners = np.repeat(np.tile(np.arange(len(FIELD_NAMES)), len(chunks)), sizes)
        return cls.numbered(header, owners, _names.numbers(chain.from_iterable(fields)), counts)

    @classmethod
    def numbered(
        cls, header: NDArray[np.int64], fields: NDArray[np.int64], ids: Ids, counts: NDArray[np.int64]
    ) -> PackedTerms:
        """From distinct terms in their order: field, hash of the name, and how often it stands there."""
        records = np.empty(len(ids), TERM_TYPE)
        split(ids ^ _MARKS[fields], records)
        records["count"] = np.minimum(counts, MAX_COUNT)
        return cls(header.astype("<u4"), records)

    @classmethod
    def joined(cls, parts: Sequence[PackedTerms]) -> PackedTerms:
        """The terms of the chunks of all parts."""
        if len(parts) == 1:
            return parts[0]
        header = np.concatenate([part.header for part in parts])
        return cls(header, np.concatenate([part.records for part in parts]))

    @property
    def field_lengths(self) -> list[int]:
        """How many terms each field has in all chunks."""
        lengths: list[int] = self.header[:, :, 0].sum(axis=0, dtype=np.int64).tolist()
        return lengths

    def rows(self) -> list[bytes]:
        """The stored form, a row a chunk."""
        heads, body = self.header.tobytes(), self.records.tobytes()
        ends = np.cumsum(self.header[:, :, 1].sum(axis=1, dtype=np.int64)) * TERM_TYPE.itemsize
        rows, start = [], 0
        for number, end in enumerate(ends.tolist()):
            head = number * HEADER_BYTES
            rows.append(heads[head : head + HEADER_BYTES] + body[start:end])
            start = end
        return rows
