"""Whatever goes into a row comes out equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.store.local import codec
from rag.store.local.identity import identity_from_json, identity_to_json
from rag.store.local.term_block import FieldTerms, Frequencies, TermBlock, encode_terms
from rag.types import Annotation, Box, EmbedderIdentity, IndexIdentity, Locator, Section, Span

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
numbers = st.integers(0, 2**31 - 1)
optional_texts = st.none() | texts
boxes = st.builds(Box, *[st.floats(allow_nan=False, allow_infinity=False)] * 4)
locators = st.builds(
    Locator,
    start=numbers,
    end=numbers,
    page=st.none() | numbers,
    boxes=st.lists(boxes, max_size=3).map(tuple),
    sheet=optional_texts,
    cells=optional_texts,
    lines=st.none() | st.tuples(numbers, numbers),
    part=optional_texts,
)
sections = st.builds(Section, numbers, texts, numbers, numbers, st.lists(texts, max_size=4).map(tuple))
annotations = st.builds(Annotation, texts, numbers, numbers, texts)
quick = settings(derandomize=True, deadline=None, max_examples=60)


@quick
@given(texts)
def test_texts(text: str) -> None:
    assert codec.decode_text(codec.encode_text(text)) == text


@quick
@given(*[st.lists(kind, max_size=4).map(tuple) for kind in (sections, annotations, locators)])
def test_spans(
    some_sections: tuple[Section, ...],
    some_annotations: tuple[Annotation, ...],
    some_locators: tuple[Locator, ...],
) -> None:
    values = (some_sections, some_annotations, some_locators)
    assert codec.decode_spans(codec.encode_spans(*values)) == values


@quick
@given(st.none() | locators)
def test_locators(locator: Locator | None) -> None:
    assert codec.decode_locator(codec.encode_locator(locator)) == locator


@quick
@given(
    st.lists(st.builds(Span, numbers, numbers)).map(tuple), st.lists(texts).map(tuple), st.none() | st.dates()
)
def test_small_columns(sentences: tuple[Span, ...], words: tuple[str, ...], date: dt.date | None) -> None:
    assert codec.decode_sentences(codec.encode_sentences(sentences)) == sentences
    assert codec.decode_words(codec.encode_words(words)) == words
    assert codec.decode_date(codec.encode_date(date)) == date


@quick
@given(texts, texts, st.integers(1, 4_096), texts)
def test_identities(name: str, revision: str, dimension: int, prefix: str) -> None:
    identity = IndexIdentity(EmbedderIdentity(name, revision, dimension, prefix, prefix), "a", "d", "f")
    assert identity_from_json(identity_to_json(identity)) == identity


term_counts = st.dictionaries(st.integers(1, 50), st.integers(1, 400), max_size=8)


def encode(fields: Sequence[Mapping[int, int]]) -> bytes:
    return encode_terms([FieldTerms.of(field, field.values()) for field in fields])


rows = st.lists(st.tuples(term_counts, term_counts), max_size=6)


@quick
@given(rows)
def test_terms_come_back_field_by_field(chunks: list[tuple[dict[int, int], dict[int, int]]]) -> None:
    encoded = [(number * 3, encode(fields)) for number, fields in enumerate(chunks)]
    block = TermBlock.decode(reversed(encoded), 2)
    assert block.chunk_ids.tolist() == [number for number, _ in encoded]
    assert block.lengths.tolist() == [[sum(field.values()) for field in fields] for fields in chunks]
    first = 0
    for fields, sizes in zip(chunks, block.sizes.tolist(), strict=True):
        for field, size in zip(fields, sizes, strict=True):
            part = slice(first, first + size)
            assert dict(zip(block.term_ids[part].tolist(), block.counts[part].tolist(), strict=True)) == field
            first += size
    assert block.chunks_of(np.arange(first)).tolist() == sorted(block.chunks_of(np.arange(first)).tolist())


@quick
@given(rows, st.data())
def test_blocks_can_be_joined_and_selected(
    chunks: list[tuple[dict[int, int], dict[int, int]]], data: st.DataObject
) -> None:
    encoded = [(number, encode(fields)) for number, fields in enumerate(chunks)]
    whole = TermBlock.decode(encoded, 2)
    middle = data.draw(st.integers(0, len(encoded)))
    joined = TermBlock.decode(encoded[:middle], 2).joined(TermBlock.decode(encoded[middle:], 2))
    assert_equal_blocks(joined, whole)
    kept = np.array([data.draw(st.booleans()) for _ in encoded], dtype=np.bool_)
    expected = TermBlock.decode([row for row, keep in zip(encoded, kept, strict=True) if keep], 2)
    assert_equal_blocks(whole.select(kept), expected)


def assert_equal_blocks(block: TermBlock, other: TermBlock) -> None:
    for column in ("chunk_ids", "lengths", "sizes", "term_ids", "counts"):
        assert np.array_equal(getattr(block, column), getattr(other, column)), column


@quick
@given(st.lists(st.dictionaries(st.integers(1, 20), st.integers(1, 9), max_size=6), max_size=4))
def test_frequencies_add_up(parts: list[dict[int, int]]) -> None:
    columns = [
        Frequencies(np.array(sorted(part), np.uint32), np.array([part[i] for i in sorted(part)], np.uint32))
        for part in parts
    ]
    total = Frequencies.from_bytes(Frequencies.total(columns).to_bytes())
    wanted = np.arange(25, dtype=np.uint32)
    assert total.of(wanted).tolist() == [sum(part.get(i, 0) for part in parts) for i in range(25)]


def test_counts_beyond_the_column_are_cut() -> None:
    block = TermBlock.decode([(1, encode([{7: 70_000}]))], 1)
    assert block.counts.tolist() == [65_535]
    assert block.lengths.tolist() == [[70_000]]
