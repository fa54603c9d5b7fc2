"""Which chunks fulfil `Conditions`, worked out before the search so that it chooses among these alone.

Phrases are looked up by their pairs of characters in the keyword index, which proposes a little too much;
the text of what it proposes decides. Pages and articles are marks in the index, titles and sources are those
of the documents.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

import numpy as np
import orjson
import tantivy
from numpy.typing import NDArray

from rag.store.base import Selection
from rag.store.hashing import Ids as TermIds
from rag.store.local.candidates import OpenKeywordIndex, field_name, index_words
from rag.store.local.keyword_view import KeywordView
from rag.store.local.scope import IN_SCOPE, scope_values, visible_chunks
from rag.store.local.term_block import TermBlock
from rag.store.local.vocabulary import pairs_with
from rag.store.terms import FIELD_NAMES, term_ids
from rag.text.fold import fold_text
from rag.text.terms import GARBLED_MARK, article_mark, page_mark, pairs_within
from rag.types import Conditions, Scope

MAX_VERIFIED = 5_000
"""So many texts are read to see whether a phrase stands there; of more, its pairs of characters decide."""

_FIELD_NUMBERS = [FIELD_NAMES.index(name) for name in ("bigram", "title", "heading")]
_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Group:
    """Terms of one field, one of which has to stand in a chunk."""

    field: int
    term_ids: TermIds


Requirement = Sequence[Sequence[_Group]]
"""Alternatives, in one of which every group has to hold. None at all: nothing can fulfil it."""


def select(
    connection: sqlite3.Connection, view: KeywordView, conditions: Conditions, scope: Scope
) -> Selection:
    """The chunks in scope that fulfil the conditions, listed, or for exclusions alone what they leave out."""
    looking = _Looking(connection, view, scope)
    excluded = [looking.holding(word) for word in conditions.excluded]
    kept = [looking.holding(phrase) for phrase in conditions.phrases]
    marks = (
        [*map(page_mark, conditions.pages)],
        [*map(article_mark, conditions.articles)],
        [GARBLED_MARK] * conditions.garbled,
    )
    kept += [looking.found(_marked(names)) for names in marks if names]
    if conditions.titles or conditions.sources or conditions.collections:
        kept.append(_of_documents(connection, conditions, scope))
    left_out = reduce(np.union1d, excluded, np.empty(0, np.int64))
    if not kept:
        return Selection(left_out, inverted=True)
    return Selection(np.setdiff1d(reduce(np.intersect1d, kept), left_out))


@dataclass(frozen=True, slots=True)
class _Looking:
    """Chunks by requirement, in the generation and in what came since."""

    connection: sqlite3.Connection
    view: KeywordView
    scope: Scope

    def holding(self, phrase: str) -> Ids:
        """Where ``phrase`` stands in the text, the title or the headings."""
        folded = _spaced(phrase)
        found = self.found(_phrase(folded))
        if len(folded) <= 2 or len(found) > MAX_VERIFIED:  # noqa: PLR2004  one pair says it all
            return found
        return _verified(self.connection, found, folded)

    def found(self, requirement: Requirement) -> Ids:
        """Ids in ascending order."""
        if not requirement:
            return np.empty(0, np.int64)
        added = self.view.added
        fresh = added.chunk_ids[_holds(added, requirement)]
        if len(fresh) and not self.scope.is_open:
            fresh = fresh[visible_chunks(self.connection, self.scope, after=self.view.base).contains(fresh)]
        return np.union1d(self._published(requirement), fresh)

    def _published(self, requirement: Requirement) -> Ids:
        index = self.view.index
        if index is None:
            return np.empty(0, np.int64)
        wanted = tantivy.Query.boolean_query([(_SHOULD, _all_of(index, groups)) for groups in requirement])
        query = tantivy.Query.boolean_query(
            [*index.conditions(self.scope, self.view.masked), (_MUST, wanted)]
        )
        for limit in (MAX_VERIFIED, max(index.searcher.num_docs, 1)):
            hits = index.searcher.search(query, limit=limit, count=False).hits
            if len(hits) < limit:
                break
        values = index.searcher.fast_field_values("chunk", [address for _, address in hits])
        return np.sort(np.array([value for value in values if value is not None], dtype=np.int64))


def _all_of(index: OpenKeywordIndex, groups: Sequence[_Group]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(_MUST, _one_of(index, group)) for group in groups])


def _one_of(index: OpenKeywordIndex, group: _Group) -> tantivy.Query:
    known = group.term_ids[index.frequencies.of(group.term_ids) > 0]
    words = index_words(known).decode("ascii").split()
    return tantivy.Query.term_set_query(index.schema, field_name(FIELD_NAMES[group.field]), words)


def _holds(block: TermBlock, requirement: Requirement) -> NDArray[np.bool_]:
    """Which chunks of the block fulfil it; a term's id says its field too."""
    held = np.zeros(len(block), dtype=np.bool_)
    for groups in requirement:
        all_of = np.ones(len(block), dtype=np.bool_)
        for group in groups:
            places = np.flatnonzero(np.isin(block.term_ids, group.term_ids))
            one_of = np.zeros(len(block), dtype=np.bool_)
            one_of[block.chunks_of(places)] = True
            all_of &= one_of
        held |= all_of
    return held


def _phrase(folded: str) -> Requirement:
    """In one of the fields all pairs of the phrase; of a single character any pair that has it."""
    pairs = pairs_within(folded)
    if not pairs:
        return _with_character(folded.strip())
    return [[_Group(field, term_ids(field, [pair])) for pair in pairs] for field in _FIELD_NUMBERS]


@lru_cache(maxsize=16)
def _with_character(character: str) -> Requirement:
    return [[_Group(field, term_ids(field, pairs_with(character)))] for field in _FIELD_NUMBERS]


def _marked(marks: Sequence[str]) -> Requirement:
    field = FIELD_NAMES.index("heading")
    return [[_Group(field, term_ids(field, marks))]]


def _of_documents(connection: sqlite3.Connection, conditions: Conditions, scope: Scope) -> Ids:
    """The chunks of documents whose title, name or collection is as asked."""
    titles, sources = map(_folded, (conditions.titles, conditions.sources))
    collections = set(conditions.collections)
    rows = connection.execute(
        f"SELECT title, name, collection, first_chunk, end_chunk FROM documents WHERE {IN_SCOPE}",  # noqa: S608
        scope_values(scope),
    )
    ranges = [
        np.arange(first, end, dtype=np.int64)
        for title, name, collection, first, end in rows
        if (not collections or collection in collections)
        and _has_one(titles, title)
        and _has_one(sources, name)
    ]
    return np.sort(np.concatenate(ranges)) if ranges else np.empty(0, np.int64)


def _folded(words: Sequence[str]) -> list[str]:
    return [_spaced(word) for word in words]


def _has_one(words: Sequence[str], text: str) -> bool:
    if not words:
        return True
    folded = _spaced(text)
    return any(word in folded for word in words)


def _verified(connection: sqlite3.Connection, chunk_ids: Ids, folded: str) -> Ids:
    rows = connection.execute(
        "SELECT chunks.id, text, title, heading_path FROM chunks JOIN documents ON number = document "
        "WHERE chunks.id IN (SELECT value FROM json_each(?))",
        (orjson.dumps(chunk_ids.tolist()).decode(),),
    )
    held = [
        chunk_id
        for chunk_id, text, title, headings in rows
        if any(folded in _spaced(part) for part in (text, title, *orjson.loads(headings)))
    ]
    return np.sort(np.array(held, dtype=np.int64))


def _spaced(text: str) -> str:
    """The comparison form with single blanks, so that a new line is no border."""
    return " ".join(fold_text(text).split())
