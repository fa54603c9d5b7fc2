"""What is packed from columns is what is packed from one chunk after the other."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.bundled import bundled_path
from rag.embedding.static import load_static_embedder
from rag.store.analyses import pack_analyses, pack_words
from rag.store.hashing import HashedNames
from rag.store.term_columns import HashedPairs, pack_columns
from rag.store.terms import MAX_COUNT, PackedTerms
from rag.text.analyzer import load_analyzer
from rag.text.term_columns import character_pairs, pair_name
from rag.text.terms import index_terms

ANALYZER = load_analyzer()
EMBEDDER = load_static_embedder(bundled_path("models", "static-ja"))
PIECES = st.sampled_from(
    [
        "休暇",
        "年次有給休暇",
        "を",
        "申し込んだ",
        "。",
        "\n",
        "三十五万円",
        "1,234",
        "㈱",
        "か゛",
        "A-1",
        "2024/4/1",
        "鷽",
    ]
)
TEXTS = st.lists(PIECES, max_size=9).map("".join)
CHUNKS = st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from([(), ("#p3",), ("#p3", "#a第2条")])), max_size=5)
quick = settings(max_examples=60, deadline=None, derandomize=True)


def sorted_terms(packed: PackedTerms) -> tuple[object, list[object]]:
    """The header, and the records of each field in one order: it says nothing."""
    ends = np.cumsum(packed.header[:, :, 1].ravel())
    fields = np.split(packed.records, ends)
    assert not len(fields.pop())
    return packed.header.tolist(), [sorted(field.tolist()) for field in fields]


@quick
@given(TEXTS, CHUNKS)
def test_columns_and_single_chunks_are_packed_alike(
    title: str, chunks: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    bodies = [body for body, _, _ in chunks]
    texts = [*bodies, title, *(heading for _, heading, _ in chunks)]
    parts = np.array([(len(chunks), len(chunks) + 1 + n, n) for n in range(len(chunks))], np.int64)
    parts = parts.reshape(-1, 3)
    marks = [mark for _, _, mark in chunks]
    columns, analyses = ANALYZER.analyze_all(texts), [*map(ANALYZER.analyze, texts)]
    around = [(title, analyses[len(chunks)], texts[n], analyses[n]) for _, n, _ in parts.tolist()]
    single = PackedTerms.of(
        [
            index_terms(body, analysis, *context, marks=mark)
            for body, analysis, context, mark in zip(bodies, analyses, around, marks, strict=False)
        ]
    )
    assert sorted_terms(pack_columns(texts, columns, parts, marks)) == sorted_terms(single)
    assert pack_words(columns, len(chunks)) == pack_analyses(analyses[: len(chunks)])


def test_more_often_than_is_counted() -> None:
    texts = ["税 " * 400, ""]
    packed = pack_columns(texts, ANALYZER.analyze_all(texts), np.array([[1, 1, 0]]), [()])
    assert packed.header[0, :2].tolist() == [[400, 1], [400, 1]]
    assert packed.records["count"].max() == MAX_COUNT


def test_terms_of_several_batches() -> None:
    texts = ["休暇を申請する", "経費", ""]
    columns = ANALYZER.analyze_all(texts)
    chunks = np.array([[2, 2, 0], [2, 2, 1]])
    halves = [pack_columns(texts, columns, chunks[half], [()]) for half in (slice(1), slice(1, 2))]
    assert PackedTerms.joined(halves).rows() == pack_columns(texts, columns, chunks, [(), ()]).rows()


def test_pairs_that_dispute_a_place_keep_their_hashes() -> None:
    _, pairs = character_pairs(["".join(map(chr, range(0x4E00, 0x6E00))), "税"])
    expected = HashedNames().numbers(map(pair_name, pairs.tolist()))
    table = HashedPairs(place_bits=8)
    for _ in range(2):
        assert np.array_equal(table.numbers(pairs), expected)


@quick
@given(st.lists(TEXTS, max_size=4))
def test_vectors_of_columns(texts: list[str]) -> None:
    texts = ["就業規則", *texts]
    columns = ANALYZER.analyze_all(texts)
    parts = np.array([(0, number) for number in range(len(texts))])
    title, *_ = analyses = [*map(ANALYZER.analyze, texts)]
    joined = [replace(one, features=title.features + one.features) for one in analyses]
    expected = EMBEDDER.embed_documents(texts, joined)
    np.testing.assert_allclose(EMBEDDER.embed_columns(columns, parts), expected, atol=1e-6)
    nothing = EMBEDDER.embed_columns(columns, np.empty((0, 2), np.int64))
    assert nothing.shape == (0, EMBEDDER.identity.dimension)
