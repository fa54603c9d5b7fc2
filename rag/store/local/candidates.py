"""Asking tantivy for chunks that may be among the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import tantivy
from numpy.typing import NDArray

from rag.store.hashing import Ids
from rag.store.local.bm25 import QueryTerms
from rag.store.local.term_block import Frequencies
from rag.store.terms import FIELD_NAMES
from rag.types import Scope

MAX_TERMS = 96
"""Of a pasted page with a thousand terms, the weightiest choose the candidates; all of them score."""

FREQUENT_SHARE = 0.3
"""A term that stands in more chunks than this hardly tells them apart, and costs most of the time: on
100,000 chunks the p50 of a search is 1.5 ms without such terms and 8 ms with them."""

MIN_CHUNKS_TO_SKIP = 2_000
"""In small stores every term takes part, so that the candidates are all there is."""

WORD_CHARS = 8
"""48 bits of an id, six a letter."""

_LETTERS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8)
_PAIRS = np.stack([np.tile(_LETTERS, 64), np.repeat(_LETTERS, 64)], axis=1).view(np.uint16).ravel()
"""Two letters for twelve bits, the lower six first."""
_MUST, _MUST_NOT, _SHOULD = tantivy.Occur.Must, tantivy.Occur.MustNot, tantivy.Occur.Should


Condition = tuple[tantivy.Occur, tantivy.Query]


class OpenKeywordIndex(NamedTuple):
    """An opened generation; ``frequencies`` are the numbers of chunks that hold a term, by its id."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    frequencies: Frequencies

    def conditions(self, scope: Scope, masked: Sequence[int]) -> list[Condition]:
        """Only what the scope shows, and no document whose number is in ``masked``."""
        return list(_conditions(self.schema, scope, masked))


def field_name(field: str) -> str:
    """The index's field for terms of ``field``: ``base`` → ``terms_base``."""
    return f"terms_{field}"


def index_words(ids: Ids) -> bytes:
    """Term ids as words of the index: `WORD_CHARS` letters each, and a blank behind."""
    pairs = np.empty((len(ids), WORD_CHARS // 2), np.uint16)
    for place in range(WORD_CHARS // 2):
        pairs[:, place] = _PAIRS[(ids >> np.uint64(12 * place)) & np.uint64(4095)]
    words = np.full((len(ids), WORD_CHARS + 1), ord(" "), dtype=np.uint8)
    words[:, :WORD_CHARS] = pairs.view(np.uint8)
    return words.tobytes()


class CandidateSearch:
    """One query under some conditions, for any number of candidates.

    ``weights`` say how much each term counts, ``frequent`` which ones stand in too many chunks.
    """

    def __init__(
        self,
        index: OpenKeywordIndex,
        query: QueryTerms,
        weights: NDArray[np.float64],
        frequent: NDArray[np.bool_],
        conditions: Sequence[Condition],
    ) -> None:
        self._index = index
        self._query = query
        self._conditions = conditions
        self._chosen = _choose_terms(weights, frequent)

    def find(self, limit: int) -> list[int]:
        """At most ``limit`` chunk ids, about best first."""
        found = self._find(self._chosen, limit)
        if len(found) < limit and len(self._chosen) < len(self._query):
            found = self._find(np.arange(len(self._query)), limit)
        return found

    def _find(self, terms: NDArray[np.intp], limit: int) -> list[int]:
        searcher = self._index.searcher
        hits = searcher.search(self._tantivy_query(terms), limit=limit, count=False).hits
        values = searcher.fast_field_values("chunk", [address for _, address in hits])
        return [int(value) for value in values if value is not None]

    def _tantivy_query(self, terms: NDArray[np.intp]) -> tantivy.Query:
        query = self._query
        written = index_words(query.ids[terms]).decode("ascii").split()
        words = [
            (_SHOULD, tantivy.Query.boost_query(self._term(field, word), boost))
            for field, word, boost in zip(
                query.fields[terms].tolist(), written, query.boosts[terms].tolist(), strict=True
            )
        ]
        if not self._conditions:
            return tantivy.Query.boolean_query(words)  # this form alone skips blocks that cannot win
        return tantivy.Query.boolean_query([*self._conditions, (_MUST, tantivy.Query.boolean_query(words))])

    def _term(self, field: int, word: str) -> tantivy.Query:
        name = field_name(FIELD_NAMES[field])
        return tantivy.Query.term_query(self._index.schema, name, word, index_option="freq")


def _choose_terms(weights: NDArray[np.float64], frequent: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The weightiest terms that are not frequent; all when all are frequent."""
    rare = np.flatnonzero(~frequent)
    if not len(rare):
        rare = np.arange(len(weights))
    return rare[np.argsort(-weights[rare], kind="stable")[:MAX_TERMS]]


def _conditions(schema: tantivy.Schema, scope: Scope, masked: Sequence[int]) -> Iterator[Condition]:
    one_of = tantivy.Query.term_set_query
    if scope.collections:
        yield _MUST, _unscored(one_of(schema, "collection", sorted(scope.collections)))
    if scope.sources:
        names = sorted(scope.sources)
        either = [(_SHOULD, one_of(schema, field, names)) for field in ("source", "name")]
        yield _MUST, _unscored(tantivy.Query.boolean_query(either))
    if scope.date_from or scope.date_to:
        first, last = (date.toordinal() if date else None for date in (scope.date_from, scope.date_to))
        yield (
            _MUST,
            _unscored(tantivy.Query.range_query(schema, "day", tantivy.FieldType.Integer, first, last)),
        )
    if masked:
        yield _MUST_NOT, tantivy.Query.term_set_query(schema, "document", list(masked))


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)
