"""Chunks that overlap, and chunks that are as long as an embedder reads."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunk_document
from ingest.chunking import Chunking, Measure
from rag.embedding.tokens import CharacterCounter, load_token_counter
from rag.embedding.transformer import load_transformer_embedder
from rag.errors import ModelUnavailable, SettingsError
from rag.settings import EmbeddingSettings, IngestSettings
from rag.text.sentences import split_sentences
from rag.types import Chunk, Document, Section, Span


def document_of(text: str, *headings: str) -> Document:
    """A document with a section from each of these lines to the next of them."""
    starts = [text.index(heading) for heading in headings]
    sections = tuple(
        Section(1, heading, start, end, (heading,))
        for heading, start, end in zip(headings, starts, [*starts[1:], len(text)], strict=False)
    )
    return Document("d", "/a.txt", "default", "規程", text, sections=sections)


def texts(document: Document, max_chars: int, overlap: int) -> list[str]:
    chunks = chunk_document(document, split_sentences(document.text), max_chars, overlap_sentences=overlap)
    return [chunk.text for chunk in chunks]


ONE, TWO, THREE, FOUR, FIVE = (f"{char * 19}。" for char in "一二三四五")
SENTENCES = ONE + TWO + THREE + FOUR + FIVE

OVERLAPS = [
    (0, [ONE + TWO, THREE + FOUR, FIVE], "none"),
    (1, [ONE + TWO, TWO + THREE, THREE + FOUR, FOUR + FIVE], "one sentence stands in both"),
]


@pytest.mark.parametrize(("overlap", "expected", "why"), OVERLAPS)
def test_sentences_that_stand_in_two_chunks(overlap: int, expected: list[str], why: str) -> None:
    assert texts(document_of(SENTENCES), 40, overlap) == expected, why


def test_no_more_than_half_of_a_chunk_is_told_again() -> None:
    assert texts(document_of(SENTENCES), 45, 2) == texts(document_of(SENTENCES), 45, 1)


def test_sections_do_not_overlap() -> None:
    document = document_of("甲章\n" + ONE + TWO + "乙章\n" + THREE + FOUR, "甲章", "乙章")
    assert texts(document, 60, 2) == ["甲章\n" + ONE + TWO, "乙章\n" + THREE + FOUR]


def test_tiny_neighbours_that_are_joined_hold_every_sentence_once() -> None:
    document = document_of("あ。い。" * 30)
    for chunk in chunk_document(document, split_sentences(document.text), 50, overlap_sentences=2):
        assert all(left.end == right.start for left, right in pairwise(chunk.sentences))


def test_a_ruler_counts_in_place_of_characters() -> None:
    document = document_of(SENTENCES)
    chunks = chunk_document(
        document,
        split_sentences(document.text),
        40,
        ruler=lambda spans: [40 if document.text[start] == "三" else 10 for start, _ in spans],
    )
    assert [chunk.text for chunk in chunks] == [ONE + TWO, THREE, FOUR + FIVE]


LINES = st.lists(st.text(alphabet="あい漢A。\n 　", max_size=40), max_size=12)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(lines=LINES, max_chars=st.integers(50, 120), overlap=st.integers(0, 3), scale=st.integers(1, 3))
def test_chunks_hold_every_character_in_order(
    lines: list[str], max_chars: int, overlap: int, scale: int
) -> None:
    document = document_of("\n".join(lines))
    chunks = chunk_document(
        document,
        split_sentences(document.text),
        max_chars,
        overlap_sentences=overlap,
        ruler=lambda spans: [(end - start) * scale for start, end in spans],
    )
    covered = {place for chunk in chunks for place in range(chunk.start, chunk.end)}
    assert all(place in covered or char.isspace() for place, char in enumerate(document.text))
    for earlier, later in pairwise(chunks):
        assert earlier.start < later.start
        assert earlier.end < later.end
        assert overlap or earlier.end <= later.start
    assert all(chunk.text == document.text[chunk.start : chunk.end] for chunk in chunks)


def test_what_shapes_chunks_is_told_in_short() -> None:
    assert [
        Chunking(400).recipe,
        Chunking(400, 1).recipe,
        Chunking(400, 0, 512).recipe,
        Chunking(300, 2, 64).recipe,
    ] == ["400", "400/1", "400/0/512", "300/2/64"]


def test_an_embedder_over_words_reads_any_length() -> None:
    assert Chunking.of(IngestSettings(overlap_sentences=1)) == Chunking(400, 1)
    with pytest.raises(SettingsError, match=r"max_chunk_tokens = 100, but the embedder has no tokens"):
        Chunking.of(IngestSettings(max_chunk_tokens=100))


def test_chunks_are_as_long_as_the_embedder_reads(tiny_embedder: Path) -> None:
    embedder = load_transformer_embedder(EmbeddingSettings(model=str(tiny_embedder), device="cpu"))
    chunking = Chunking.of(IngestSettings(), embedder)
    assert (embedder.max_tokens, chunking.max_tokens, chunking.max_chars) == (64, 64, 400)
    document = replace(
        document_of("見出し\n" + "年次有給休暇は、二十日とする。" * 30, "見出し"), title="休暇規程"
    )
    measure = Measure(chunking)
    chunks = chunk_document(
        document, split_sentences(document.text), chunking.max_chars, ruler=measure.ruler(document)
    )
    counter = load_token_counter(tiny_embedder)
    sizes = counter.count([f"休暇規程\n見出し\n{chunk.text}" for chunk in chunks])
    assert len(chunks) > 5
    assert max(sizes) + 2 <= 64
    assert min(sizes[:-1]) > 40

    fewer = Chunking.of(IngestSettings(max_chunk_tokens=48), embedder)
    assert fewer.max_tokens == 48
    with pytest.raises(SettingsError, match="reads 64: set 64 or less"):
        Chunking.of(IngestSettings(max_chunk_tokens=65), embedder)


def test_headings_leave_room_for_the_text(tiny_embedder: Path) -> None:
    title = "とても長い題名" * 30
    document = replace(document_of("本文です。" * 40), title=title)
    sizes = Measure(Chunking(400, 0, 64, str(tiny_embedder))).ruler(document)
    assert sizes is not None
    assert max(sizes([Span(0, 5)])) <= 400 / 32 * 10


def test_a_model_without_a_tokenizer_file_counts_characters(tmp_path: Path) -> None:
    counter = load_token_counter(tmp_path)
    assert isinstance(counter, CharacterCounter)
    assert counter.count(["有給休暇", ""]) == [4, 0]


def test_a_broken_tokenizer_is_told(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json cannot be read"):
        load_token_counter(tmp_path)


def test_a_table_is_cut_between_rows_and_every_row_names_its_columns() -> None:
    from ingest.document import build_document
    from ingest.readers.registry import read

    rows = "\n".join(f"品{number},{number}00円,倉庫{number}" for number in range(40))
    data = f"品名,単価,場所\n{rows}\n".encode()
    document = build_document(
        read(data, "台帳.csv"), source="台帳.csv", collection="c", sha256="", size_bytes=len(data)
    ).document
    chunks: list[Chunk] = chunk_document(document, split_sentences(document.text), 120)
    assert len(chunks) > 5
    for chunk in chunks:
        lines = chunk.text.split("\n")
        assert all(
            line.startswith("品名: ") and " / 単価: " in line and " / 場所: " in line for line in lines
        )
