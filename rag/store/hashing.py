"""Names as numbers, without a table to look them up in.

Terms and words are kept as 48 bits of a hash of their name. Whoever reads a document, in any process, gives
the same name the same number, so that nothing is handed out by the one that writes, and rows are short. Among
five million terms of a store the chance that any two share a number is one in twenty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint64]

HASH_BITS = 48
HASH_TYPE = np.dtype([("low", "<u4"), ("high", "<u2")])
"""How such a number is stored."""

MAX_REMEMBERED = 400_000


def hashed(name: str) -> int:
    """48 bits, never 0: ``hashed("休暇")`` is the same in every process.

    Raises UnicodeEncodeError for half of a surrogate pair.
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=HASH_BITS // 8).digest(), "little") or 1


class HashedNames(dict[str, int]):
    """Name → number, worked out once for each name met; begun again when it has grown too large."""

    def __init__(self, max_remembered: int = MAX_REMEMBERED) -> None:
        super().__init__()
        self._max_remembered = max_remembered

    def __missing__(self, name: str) -> int:
        if len(self) >= self._max_remembered:
            self.clear()
        self[name] = number = hashed(name)
        return number

    def numbers(self, names: Iterable[str]) -> Ids:
        """The numbers of names, in their order."""
        return np.fromiter(map(self.__getitem__, names), np.uint64)


def split(ids: Ids, record: NDArray[np.void]) -> None:
    """Write numbers into the fields ``low`` and ``high`` of records of as many."""
    record["low"] = ids & np.uint64(0xFFFFFFFF)
    record["high"] = ids >> np.uint64(32)


def joined(record: NDArray[np.void]) -> Ids:
    """The inverse of `split`."""
    ids: Ids = record["high"].astype(np.uint64)
    ids <<= np.uint64(32)
    ids |= record["low"]
    return ids
