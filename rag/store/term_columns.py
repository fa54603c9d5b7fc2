"""The index terms of a document's chunks, packed for the store without a Python object a term.

A chunk's terms are those of its text, of its document's title and of its headings together
(`rag.text.terms.index_terms`). Every occurrence is one number: chunk, field and the hash of the term, from
the highest bits down. Sorted, equal ones stand together and are counted, in the order that a row keeps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.store.hashing import HASH_BITS, HashedNames, Ids
from rag.store.terms import FIELD_NAMES, PackedTerms
from rag.text.columns import Columns, Integers, ranges
from rag.text.term_columns import Pairs, character_pairs, exact_terms, pair_name
from rag.text.terms import CONTEXT_FIELDS, role
from rag.text.vocabulary import Word, WordTable

MAX_TEXTS = 1 << 12
"""So many texts and chunks have numbers that stand beside field and hash in 64 bits."""

_FIELD_BITS = 3
_GROUP_BITS = np.uint64(HASH_BITS)
_OWNER_BITS = np.uint64(HASH_BITS + _FIELD_BITS)
_WITHOUT_OWNER = np.uint64((1 << (HASH_BITS + _FIELD_BITS)) - 1)
_HASH = np.uint64((1 << HASH_BITS) - 1)
_BASE, _BIGRAM, _LEMMA, _READING = map(FIELD_NAMES.index, ("base", "bigram", "lemma", "reading"))
_CONTEXTS = np.array([FIELD_NAMES.index(name) for name in CONTEXT_FIELDS], np.uint64)
_HEADING = int(_CONTEXTS[1])

_names = HashedNames()


def pack_columns(
    texts: Sequence[str], columns: Columns, parts: Integers, marks: Sequence[Sequence[str]]
) -> PackedTerms:
    """The terms of chunks whose title, headings and own text are the texts of these numbers.

    ``columns`` are the words of ``texts``, ``parts`` has shape (chunks, 3), ``marks`` are those of
    `index_terms`. There are at most `MAX_TEXTS` of either.
    """
    own = _occurrences(texts, columns)
    bounds = np.searchsorted(own, np.arange(len(texts) + 1, dtype=np.uint64) << _OWNER_BITS)
    chosen, owners = ranges(bounds, parts.ravel())
    chunks, part = np.divmod(owners, parts.shape[1])
    terms = own[chosen] & _WITHOUT_OWNER
    chunks = chunks.astype(np.uint64) << _OWNER_BITS
    # What a title or heading is found by stands once more, in a field of its own.
    again = np.flatnonzero((part < len(_CONTEXTS)) & (terms >> _GROUP_BITS <= max(_BASE, _BIGRAM)))
    contexts = terms[again] & _HASH | _CONTEXTS[part[again]] << _GROUP_BITS | chunks[again]
    occurrences = np.concatenate([terms | chunks, contexts, _marked(marks)])
    occurrences.sort()
    return _counted(occurrences, len(parts))


def _occurrences(texts: Sequence[str], columns: Columns) -> Ids:
    """Every occurrence of a term in the four fields of a text, ascending by text."""
    owners = np.repeat(np.arange(len(texts)), np.diff(columns.bounds))
    found = [_tagged(*_of_words(columns, owners, table), field) for field, table in _WORDS.items()]
    pair_owners, pairs = character_pairs(columns.folded)
    found.append(_tagged(pair_owners, _pairs.numbers(pairs), _BIGRAM))
    if exact := list(exact_terms(texts, columns)):
        exact_owners, names = zip(*exact, strict=True)
        found.append(_tagged(np.array(exact_owners), _names.numbers(names), _BASE))
    occurrences = np.concatenate(found)
    occurrences.sort()
    return occurrences


def _of_words(columns: Columns, owners: Integers, table: WordTable) -> tuple[Integers, Ids]:
    ids = table.of(columns.vocabulary)[columns.numbers]
    present = np.flatnonzero(ids)
    return owners[present], ids[present]


def _tagged(owners: Integers, ids: Ids, field: int) -> Ids:
    tagged: Ids = owners.astype(np.uint64) << _OWNER_BITS | np.uint64(field << HASH_BITS) | ids
    return tagged


def _marked(marks: Sequence[Sequence[str]]) -> Ids:
    owners = np.repeat(np.arange(len(marks)), [*map(len, marks)])
    return _tagged(owners, _names.numbers(mark for chunk in marks for mark in chunk), _HEADING)


def _counted(occurrences: Ids, num_chunks: int) -> PackedTerms:
    """Occurrences in ascending order → distinct terms with their counts."""
    firsts = np.flatnonzero(np.concatenate([[True], occurrences[1:] != occurrences[:-1]]))
    if not len(occurrences):
        firsts = firsts[:0]
    groups = (occurrences >> _GROUP_BITS).astype(np.int64)
    header = [
        np.bincount(groups[kept], minlength=num_chunks << _FIELD_BITS) for kept in (slice(None), firsts)
    ]
    shaped = np.stack(header, axis=1).reshape(num_chunks, 1 << _FIELD_BITS, 2)[:, : len(FIELD_NAMES)]
    counts = np.diff(firsts, append=len(occurrences))
    fields = groups[firsts] & ((1 << _FIELD_BITS) - 1)
    return PackedTerms.numbered(shaped, fields, occurrences[firsts] & _HASH, counts)


class HashedPairs:
    """Pair of characters → the hash of its name: a table whose places two pairs may dispute.

    The last one met has the place; the other is looked up by its name again when it comes.
    """

    _SPREAD = np.uint64(0x9E3779B97F4A7C15)

    def __init__(self, place_bits: int = 20) -> None:
        self._shift = np.uint64(64 - place_bits)
        self._pairs = np.zeros(1 << place_bits, np.uint64)
        self._ids = np.zeros(1 << place_bits, np.uint64)

    def numbers(self, pairs: Pairs) -> Ids:
        """The hash of each pair's name."""
        places = pairs * self._SPREAD >> self._shift
        ids: Ids = self._ids[places]
        missing = np.flatnonzero(self._pairs[places] != pairs)
        if len(missing):
            new, owners = np.unique(pairs[missing], return_inverse=True)
            ids[missing] = _names.numbers(map(pair_name, new.tolist()))[owners]
            self._pairs[places[missing]], self._ids[places[missing]] = pairs[missing], ids[missing]
        return ids


_pairs = HashedPairs()


def _term_table(field: str) -> WordTable:
    """Word → the hash of its term in a field, 0 for none."""

    def number(word: Word) -> int:
        name = getattr(role(word.feature), field)
        return _names[name] if name else 0

    return WordTable(lambda: number, np.uint64)


_WORDS = {_BASE: _term_table("base"), _LEMMA: _term_table("lemma"), _READING: _term_table("reading")}
