"""MeCab's compiled dictionary, read in place: what it says of a word whose place in it is known.

To write a word's features out costs MeCab more than to find the word. `rag.text.analyzer` lets it name the
dictionary entry alone (surface, ids of its left and right context, cost) and looks the features up here, once
for each entry met. The layout is that of MeCab 0.996's ``dictionary.cpp`` and of Darts, its double array.

>>> load_lexicon(Path(unidic_lite.DICDIR) / "sys.dic").entry("経費", left=5145, right=4830, cost=8340)
'名詞,普通名詞,一般,*,*,*,ケイヒ,経費,…'
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rag.errors import ModelUnavailable

_MAGIC = 0xEF718F77
_VERSION = 102
_UTF8 = (b"utf8", b"utf-8")
_HEADER = struct.Struct("<10I32s")
_TOKEN = struct.Struct("<HHHhII")
_MAX_FEATURE_BYTES = 4_096


class Token(NamedTuple):
    """One entry: ids of its contexts, part of speech by number, cost, where its features stand."""

    left: int
    right: int
    pos: int
    cost: int
    feature: int
    compound: int


class Lexicon:
    """A ``.dic`` file in memory. Build it with `load_lexicon`; many threads may use one."""

    def __init__(self, data: memoryview, num_array_bytes: int, num_token_bytes: int) -> None:
        first_token = _HEADER.size + num_array_bytes
        self._units = data[_HEADER.size : first_token].cast("i")
        self._tokens = data[first_token : first_token + num_token_bytes]
        self._features = data[first_token + num_token_bytes :]

    def entry(self, surface: str, left: int, right: int, cost: int) -> str:
        """The features of the entry that MeCab means, between commas; KeyError when there is none."""
        for token in self._tokens_of(surface.encode()):
            # Of entries that are equal up to here MeCab takes the first.
            if (token.left, token.right, token.cost) == (left, right, cost):
                return self._read_features(token)
        raise KeyError(surface)

    def by_left_context(self) -> dict[int, str]:
        """The features of every entry by its left context: for the few entries of ``unk.dic``."""
        tokens = map(Token._make, _TOKEN.iter_unpack(self._tokens))
        return {token.left: self._read_features(token) for token in tokens}

    def _tokens_of(self, key: bytes) -> Iterator[Token]:
        """The entries of a surface: the double array is walked byte by byte."""
        units = self._units
        base = units[0]
        for byte in key:
            place = 2 * (base + byte + 1)
            if units[place + 1] != base:
                return
            base = units[place]
        value = -units[2 * base] - 1
        if value < 0 or units[2 * base + 1] != base:
            return
        first, count = value >> 8, value & 0xFF
        for number in range(first, first + count):
            yield Token._make(_TOKEN.unpack_from(self._tokens, number * _TOKEN.size))

    def _read_features(self, token: Token) -> str:
        rest = self._features[token.feature : token.feature + _MAX_FEATURE_BYTES].tobytes()
        return rest[: rest.index(b"\0")].decode()


def load_lexicon(path: Path) -> Lexicon:
    """Map a dictionary into memory; raises ModelUnavailable when it is not of the layout known here."""
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        magic, version, _, _, _, _, array_bytes, token_bytes, _, _, charset = _HEADER.unpack_from(data)
    except (OSError, ValueError, struct.error) as error:
        raise ModelUnavailable(f"{path} cannot be read ({error}): {_MEND}") from error
    if (magic ^ _MAGIC, version) != (len(data), _VERSION) or charset.rstrip(b"\0").lower() not in _UTF8:
        raise ModelUnavailable(f"{path} is no MeCab dictionary of version {_VERSION} in UTF-8: {_MEND}")
    return Lexicon(data, array_bytes, token_bytes)


_MEND = "run pip install --force-reinstall unidic-lite"
