"""A question's terms as the numbers that the store knows them by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from rag.store.local.bm25 import QueryTerms
from rag.store.terms import FIELD_NAMES, check_fields, term_ids
from rag.text.fold import fold_text
from rag.text.query_terms import WeightedTerms

_LETTER = re.compile(r"[^\W_]")
_BASIC_PLANE = 0x1_0000


def number_query(terms: WeightedTerms) -> QueryTerms:
    """The terms of a question in the order of their ids, also those that never stood in the store."""
    check_fields(terms)
    asked = [
        (term_id, field, count, word)
        for field, name in enumerate(FIELD_NAMES)
        for term_id, (word, count) in _numbered(field, terms.get(name, {}))
    ]
    asked.sort()
    return QueryTerms(
        np.array([term_id for term_id, *_ in asked], dtype=np.uint64),
        np.array([field for _, field, *_ in asked], dtype=np.intp),
        np.array([count for *_, count, _ in asked], dtype=np.float64),
        tuple(word for *_, word in asked),
    )


def pairs_with(character: str) -> Sequence[str]:
    """Every pair of letters that has the character in it, and the character alone: 税 → 税, 税金, 減税, ….

    The store keeps numbers of terms and not their names, so that what may be there is written out; that
    takes some tenths of a second. Letters beyond the basic plane are left out.
    """
    before = [letter + character for letter in _letters()]
    return [character, *before, *(character + letter for letter in _letters())]


@cache
def _letters() -> str:
    """All letters and digits that folding leaves as they are."""
    characters = map(chr, range(0x20, _BASIC_PLANE))
    return "".join(one for one in characters if _LETTER.match(one) and fold_text(one) == one)


def _numbered(field: int, counts: Mapping[str, float]) -> zip[tuple[int, tuple[str, float]]]:
    return zip(term_ids(field, [*counts]).tolist(), counts.items(), strict=True)
