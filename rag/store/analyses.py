"""Analyses of chunks as rows, and the words that they are made of.

A row holds a byte for its layout, the id of the analyzer's name (48 bits), then a record for each word: its
id (48 bits), how far behind the last word it begins, and its length. What an id stands for is kept once in a
store: the words of a language repeat, so that a row needs neither their spelling nor compression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
import orjson
from numpy.typing import NDArray

from rag.store.hashing import HASH_TYPE, Ids, hashed, joined, split
from rag.text.analyzer import Analysis, Feature, feature
from rag.text.columns import Columns
from rag.text.vocabulary import WordTable

_NARROW, _WIDE = 0, 1
_LAYOUTS = (
    np.dtype([*HASH_TYPE.descr, ("gap", "i1"), ("length", "u1")]),
    np.dtype([*HASH_TYPE.descr, ("gap", "<i4"), ("length", "<u4")]),
)
_HEAD_BYTES = 1 + HASH_TYPE.itemsize
_MAX_REMEMBERED = 200_000


class _Words(dict[Feature, tuple[int, str]]):
    """Feature → its id and how it is written, worked out once for each."""

    def __missing__(self, word: Feature) -> tuple[int, str]:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        written = _written(word)
        self[word] = known = hashed(written), written
        return known


_words = _Words()
_ids = WordTable(lambda: lambda word: _words[word.feature][0], np.uint64)
_spellings = WordTable(lambda: lambda word: _words[word.feature][1], np.object_)


def pack_analyses(analyses: Sequence[Analysis]) -> tuple[list[bytes], dict[int, str]]:
    """A row for each analysis, and every word in them by its id."""
    features = list(chain.from_iterable(analysis.features for analysis in analyses))
    known = [_words[word] for word in features]
    ids = np.fromiter((number for number, _ in known), np.uint64, len(features))
    starts = _column(analyses, lambda analysis: analysis.starts, len(features))
    ends = _column(analyses, lambda analysis: analysis.ends, len(features))
    bounds = np.cumsum([0, *(len(analysis.features) for analysis in analyses)])
    names = [analysis.analyzer for analysis in analyses]
    written = dict(known) | {hashed(name): _written(name) for name in set(names)}
    return _rows(names, bounds, ids, starts, ends), written


def pack_words(columns: Columns, num_texts: int) -> tuple[list[bytes], dict[int, str]]:
    """`pack_analyses` of the first texts of ``columns``."""
    bounds = columns.bounds[: num_texts + 1]
    words = slice(bounds[-1])
    numbers = columns.numbers[words]
    ids_of = _ids.of(columns.vocabulary)
    ids = ids_of[numbers]
    names = [columns.analyzer] * num_texts
    met = np.unique(numbers)
    known = zip(ids_of[met].tolist(), _spellings.of(columns.vocabulary)[met].tolist(), strict=True)
    written = dict(known) | {hashed(name): _written(name) for name in set(names)}
    return _rows(names, bounds, ids, columns.starts[words], columns.ends[words]), written


def _rows(
    names: Sequence[str],
    bounds: NDArray[np.int64],
    ids: Ids,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> list[bytes]:
    """The stored form of texts whose words stand at ``bounds``; ``names`` are those of their analyzers."""
    before = np.concatenate([[0], ends[:-1]])
    before[bounds[:-1][bounds[:-1] < len(before)]] = 0
    gaps, lengths = starts - before, ends - starts
    layout = _layout(gaps, lengths)
    records = np.empty(len(ids), _LAYOUTS[layout])
    split(ids, records)
    records["gap"], records["length"] = gaps, lengths
    body, size = records.tobytes(), records.itemsize
    heads = {name: bytes([layout]) + hashed(name).to_bytes(6, "little") for name in set(names)}
    return [
        heads[name] + body[first * size : last * size]
        for name, first, last in zip(names, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    ]


def word_ids(rows: Iterable[bytes]) -> Ids:
    """The distinct ids in some rows; raises ValueError when one is not a stored analysis."""
    parts = [np.append(joined(records), np.uint64(head)) for head, records in map(_records, rows)]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)


def unpack_analysis(row: bytes, words: Mapping[int, Feature | str]) -> Analysis:
    """The analysis again; ``words`` holds at least those of the row."""
    head, records = _records(row)
    ends = np.cumsum(records["gap"].astype(np.int64) + records["length"])
    starts = ends - records["length"]
    features = map(words.__getitem__, joined(records).tolist())
    return Analysis(str(words[head]), tuple(starts.tolist()), tuple(ends.tolist()), tuple(features))  # type: ignore[arg-type]


def read_word(written: str) -> Feature | str:
    """What `pack_analyses` wrote: a word's feature, or the name of an analyzer."""
    value = orjson.loads(written)
    return value if isinstance(value, str) else feature(*value)


def _written(word: Feature | str) -> str:
    return orjson.dumps(word if isinstance(word, str) else list(word)).decode()


def _column(
    analyses: Sequence[Analysis], take: Callable[[Analysis], Sequence[int]], size: int
) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(map(take, analyses)), np.int64, size)


def _layout(gaps: NDArray[np.int64], lengths: NDArray[np.int64]) -> int:
    narrow = np.can_cast(np.min_scalar_type(lengths.max(initial=0)), "u1") and np.array_equal(
        gaps, gaps.astype("i1")
    )
    return _NARROW if narrow else _WIDE


def _records(row: bytes) -> tuple[int, NDArray[np.void]]:
    if (
        len(row) < _HEAD_BYTES
        or row[0] >= len(_LAYOUTS)
        or (len(row) - _HEAD_BYTES) % _LAYOUTS[row[0]].itemsize
    ):
        raise ValueError(f"not a stored analysis: {len(row)} bytes that begin with {row[:1]!r}")
    return int.from_bytes(row[1:_HEAD_BYTES], "little"), np.frombuffer(
        row, _LAYOUTS[row[0]], offset=_HEAD_BYTES
    )
