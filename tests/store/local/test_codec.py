"""Whatever goes into a row comes out equal."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.store import codec
from rag.store.analyses import pack_analyses, read_word, unpack_analysis, word_ids
from rag.store.hashing import hashed
from rag.store.local.frequencies import add_frequencies, load_frequencies
from rag.store.local.identity import identity_from_json, identity_to_json
from rag.store.local.term_block import Frequencies, TermBlock
from rag.store.terms import FIELD_NAMES, MAX_COUNT, PackedTerms, term_ids
from rag.text.analyzer import Analysis, feature
from rag.text.terms import Terms
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


term_counts = st.dictionaries(st.sampled_from([*"休暇申請経費"]), st.integers(1, MAX_COUNT), max_size=6)
chunk_terms = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELD_NAMES, term_counts.map(Counter)))
chunks_of_terms = st.lists(chunk_terms, max_size=6)


@quick
@given(chunks_of_terms)
def test_terms_come_back_field_by_field(chunks: list[Terms]) -> None:
    packed = PackedTerms.of(chunks)
    rows = [(number * 3, row) for number, row in enumerate(packed.rows())]
    block = TermBlock.decode(reversed(rows))
    assert block.chunk_ids.tolist() == [number for number, _ in rows]
    lengths = [[terms.get(name, Counter()).total() for name in FIELD_NAMES] for terms in chunks]
    assert block.lengths.tolist() == lengths
    assert packed.field_lengths == block.field_lengths
    assert packed.field_lengths == np.array(lengths, int).reshape(-1, len(FIELD_NAMES)).sum(axis=0).tolist()
    first = 0
    for terms, sizes in zip(chunks, block.sizes.tolist(), strict=True):
        for number, (name, size) in enumerate(zip(FIELD_NAMES, sizes, strict=True)):
            part = slice(first, first + size)
            found = dict(zip(block.term_ids[part].tolist(), block.counts[part].tolist(), strict=True))
            words = terms.get(name, {})
            assert found == dict(zip(term_ids(number, [*words]).tolist(), words.values(), strict=True))
            first += size
    assert block.chunks_of(np.arange(first)).tolist() == sorted(block.chunks_of(np.arange(first)).tolist())


@quick
@given(chunks_of_terms, st.data())
def test_blocks_can_be_joined_and_selected(chunks: list[Terms], data: st.DataObject) -> None:
    rows = [*enumerate(PackedTerms.of(chunks).rows())]
    whole = TermBlock.decode(rows)
    middle = data.draw(st.integers(0, len(rows)))
    joined = TermBlock.decode(rows[:middle]).joined(TermBlock.decode(rows[middle:]))
    assert_equal_blocks(joined, whole)
    kept = np.array([data.draw(st.booleans()) for _ in rows], dtype=np.bool_)
    expected = TermBlock.decode([row for row, keep in zip(rows, kept, strict=True) if keep])
    assert_equal_blocks(whole.select(kept), expected)


def assert_equal_blocks(block: TermBlock, other: TermBlock) -> None:
    for column in ("chunk_ids", "lengths", "sizes", "term_ids", "counts"):
        assert np.array_equal(getattr(block, column), getattr(other, column)), column


def frequencies(counts: Mapping[int, int]) -> Frequencies:
    ids = sorted(counts)
    return Frequencies(np.array(ids, np.uint64), np.array([counts[number] for number in ids], np.int32))


parts_of_frequencies = st.lists(
    st.dictionaries(st.integers(1, 20), st.integers(1, 9), max_size=6), max_size=4
)


@quick
@given(parts_of_frequencies)
def test_frequencies_add_up(parts: list[dict[int, int]]) -> None:
    total = Frequencies.from_bytes(Frequencies.total([*map(frequencies, parts)]).to_bytes())
    wanted = np.arange(25, dtype=np.uint64)
    assert total.of(wanted).tolist() == [sum(part.get(i, 0) for part in parts) for i in range(25)]
    nothing = Frequencies.total([total, total.negative()])
    assert not nothing.of(wanted).any()


@quick
@given(parts_of_frequencies)
def test_files_of_frequencies_add_up(parts: list[dict[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for part in parts:
            add_frequencies(Path(folder), [frequencies(part)])
        found = load_frequencies(Path(folder))
    expected = Frequencies.total([*map(frequencies, parts)])
    assert np.array_equal(found.ids, expected.ids)
    assert np.array_equal(found.counts, expected.counts)


def test_counts_beyond_the_column_are_cut() -> None:
    block = TermBlock.decode([(1, PackedTerms.of([{"base": Counter({"休暇": 70_000})}]).rows()[0])])
    assert block.counts.tolist() == [MAX_COUNT]
    assert block.lengths.tolist()[0] == [70_000, 0, 0, 0, 0, 0]


def test_the_same_word_has_another_id_in_another_field_and_the_same_in_every_process() -> None:
    ids = [int(term_ids(field, ["休暇"])[0]) for field in range(len(FIELD_NAMES))]
    assert len(set(ids)) == len(FIELD_NAMES)
    assert hashed("休暇") == 84410829981320


@quick
@given(
    st.lists(st.tuples(st.integers(-300, 300), st.integers(0, 300), texts), max_size=5),
    st.sampled_from(["甲", "乙"]),
)
def test_analyses(words: list[tuple[int, int, str]], analyzer: str) -> None:
    place, starts, ends = 0, [], []
    for gap, length, _ in words:
        starts.append(place + gap)
        ends.append(place := place + gap + length)
    found = Analysis(
        analyzer, tuple(starts), tuple(ends), tuple(feature("名詞", w, w, "") for *_, w in words)
    )
    empty = Analysis("別", (), (), ())
    rows, written = pack_analyses([empty, found, empty, found])
    known = {number: read_word(word) for number, word in written.items()}
    assert set(word_ids(rows).tolist()) == set(known)
    assert [unpack_analysis(row, known) for row in rows] == [empty, found, empty, found]


@pytest.mark.parametrize("row", [b"", b"\x00" * 6, b"\x07" * 7, b"\x00" * 8])
def test_what_is_no_analysis_is_noticed(row: bytes) -> None:
    with pytest.raises(ValueError, match="not a stored analysis"):
        unpack_analysis(row, {})
