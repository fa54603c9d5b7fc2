"""What every store keeps and gives back, whatever it is made of.

A new back end adds itself to `tests.contracts.conftest.BACKENDS`. Tests that `settle` run twice: right after
the changes, and after `publish`. `test_store_search` says what is found, `test_store_scope` what is hidden.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.errors import DocumentNotFound, StoreError
from rag.store.base import IndexedChunk, Store
from rag.store.packing import PackedDocument, pack_document
from rag.types import (
    EVERYTHING,
    Annotation,
    Attributes,
    Box,
    Chunk,
    Document,
    Locator,
    Scope,
    Section,
    Span,
)
from tests.contracts.conftest import Backend
from tests.contracts.store_material import (
    DIMENSION,
    IDENTITY,
    Settle,
    found_by_keyword,
    found_by_vector,
    make_analysis,
    make_document,
    make_terms,
    make_vector,
    texts,
)


def rich_document() -> Document:
    text = "就業規則\n第1条 年休は二十日。\n"
    return Document(
        "d-1",
        "/社内/規程/就業規則.xlsx",
        "規程集",
        "就業規則",
        text,
        "application/vnd.ms-excel",
        "cp932",
        "ab" * 32,
        12_345,
        (
            Section(1, "就業規則", 0, len(text), ("就業規則",)),
            Section(2, "第1条", 5, 17, ("就業規則", "第1条")),
        ),
        (
            Annotation("ruby", 0, 2, "しゅうぎょう"),
            Annotation("article", 5, 8, "1"),
            Annotation("hidden", 3, 4),
        ),
        (
            Locator(0, 4, page=3, boxes=(Box(1.5, 2.25, 0.1, 1e-3), Box(0, 1, 2, 3))),
            Locator(5, 10, sheet="経費", cells="B4:D9"),
            Locator(10, 17, lines=(12, 13), part="notes"),
        ),
        Attributes("総務部", dt.date(2024, 4, 1), dt.date(2024, 10, 1), dt.date(2025, 3, 31), "N3"),
        "plain-1 chunk-400",
    )


def rich_chunk(document: Document) -> IndexedChunk:
    span = Span(5, 17)
    chunk = Chunk(
        document.id,
        0,
        *span,
        document.text[5:17],
        (Span(5, 8), Span(8, 17)),
        ("就業規則", "第1条"),
        Locator(5, 17, sheet="経費", cells="B4:D9"),
    )
    return IndexedChunk(chunk, make_analysis(chunk.text), make_terms("年休 二十日"), make_vector("年休"))


def test_what_goes_in_comes_out_equal(store: Store, settle: Settle) -> None:
    document = rich_document()
    indexed = rich_chunk(document)
    assert store.add(document, [indexed], b"\x00original") == 1
    settle(store)
    assert store.document("d-1", EVERYTHING) == document
    (chunk_id,) = found_by_keyword(store, "年休")
    assert store.chunks([chunk_id], EVERYTHING) == {chunk_id: replace(indexed.chunk, id=chunk_id)}
    assert store.analyses([chunk_id]) == {chunk_id: indexed.analysis}
    assert store.vectors([chunk_id])[chunk_id] == pytest.approx(indexed.vector, abs=1e-3)
    assert store.original("d-1", EVERYTHING) == b"\x00original"


def test_infos_show_everything_but_the_text(store: Store, settle: Settle) -> None:
    document = rich_document()
    store.add(document, [rich_chunk(document)])
    settle(store)
    (info,) = store.document_infos(EVERYTHING)
    assert store.infos(["d-1", "gone"], EVERYTHING) == {"d-1": info}
    shared = (
        "id",
        "source",
        "collection",
        "title",
        "media_type",
        "encoding",
        "sha256",
        "size_bytes",
        "recipe",
    )
    assert all(getattr(info, name) == getattr(document, name) for name in shared)
    assert info.attributes == document.attributes
    assert (info.num_chars, info.num_chunks, info.change_number) == (len(document.text), 1, 1)


def test_a_packed_document_is_the_same_wherever_it_was_packed(store: Store) -> None:
    document = rich_document()
    indexed = rich_chunk(document)
    packed = pack_document(document, [indexed.chunk], [indexed.analysis], [indexed.terms], None)
    with pytest.raises(StoreError, match="was not embedded"):
        store.add_packed(PackedDocument.from_bytes(packed.to_bytes()))
    embedded = packed.with_vectors(indexed.vector[None])
    store.add_packed(PackedDocument.from_bytes(embedded.to_bytes()), b"original")
    assert store.document("d-1", EVERYTHING) == document
    assert store.chunks([1], EVERYTHING) == {1: replace(indexed.chunk, id=1)}
    assert store.analyses([1]) == {1: indexed.analysis}
    assert store.original("d-1", EVERYTHING) == b"original"
    assert found_by_keyword(store, "年休") == [1]
    assert found_by_vector(store, "年休") == [1]


@pytest.mark.parametrize(
    ("shape", "message"), [((1, 3), r"shape \(3,\)"), ((2, DIMENSION), "1 chunks and 2 vectors")]
)
def test_vectors_that_do_not_fit_are_refused(store: Store, shape: tuple[int, int], message: str) -> None:
    document, (indexed,) = make_document("a.txt", "休暇")
    packed = pack_document(document, [indexed.chunk], [indexed.analysis], [indexed.terms], None)
    with pytest.raises(StoreError, match=message):
        store.add_packed(packed.with_vectors(np.ones(shape, np.float32)))


def test_infos_are_ordered_by_collection_and_source(store: Store) -> None:
    for name, collection in (("b.txt", "乙"), ("a.txt", "乙"), ("z.txt", "甲")):
        store.add(*make_document(name, "本文", collection=collection))
    places = [(info.collection, info.name) for info in store.document_infos(EVERYTHING)]
    assert places == sorted(places)


def test_replacing_leaves_only_the_new(store: Store, settle: Settle) -> None:
    store.add(*make_document("規程.txt", "旧い 条文", "残る 条文"))
    settle(store)
    old = found_by_keyword(store, "旧い 残る")
    assert store.add(*make_document("規程.txt", "新しい 条文")) == 2
    settle(store)
    assert found_by_keyword(store, "旧い 残る") == []
    assert texts(store, found_by_keyword(store, "条文")) == ["新しい 条文"]
    assert texts(store, found_by_vector(store, "旧い 条文")) == ["新しい 条文"]
    assert store.chunks(old, EVERYTHING) == {}
    assert store.statistics().num_documents == 1
    assert store.statistics().num_chunks == 1


def test_replacing_with_the_same_gives_new_chunk_ids(store: Store, settle: Settle) -> None:
    store.add(*make_document("規程.txt", "同じ 条文"))
    settle(store)
    (before,) = found_by_keyword(store, "条文")
    store.add(*make_document("規程.txt", "同じ 条文"))
    settle(store)
    (after,) = found_by_keyword(store, "条文")
    assert after > before


def test_removed_documents_are_gone_everywhere(store: Store, settle: Settle) -> None:
    document, chunks = make_document("機密.txt", "機密 事項")
    store.add(document, chunks, b"secret")
    store.add(*make_document("公開.txt", "公開 事項"))
    settle(store)
    assert store.remove(document.id) == 3
    settle(store)
    assert texts(store, found_by_keyword(store, "事項")) == ["公開 事項"]
    assert found_by_keyword(store, "機密") == []
    assert texts(store, found_by_vector(store, "機密 事項")) == ["公開 事項"]
    assert store.chunks([1], EVERYTHING) == {}
    assert store.analyses([1]) == {}
    assert store.vectors([1]) == {}
    assert store.infos([document.id], EVERYTHING) == {}
    assert store.document_frequencies(make_terms("機密"))["base"] == {"機密": 0}
    for look in (store.document, store.original):
        with pytest.raises(DocumentNotFound, match="機密"):
            look(document.id, EVERYTHING)
    with pytest.raises(DocumentNotFound, match="機密"):
        store.remove(document.id)


def test_a_removed_document_can_come_back(store: Store, settle: Settle) -> None:
    document, chunks = make_document("規程.txt", "条文")
    store.add(document, chunks)
    store.remove(document.id)
    settle(store)
    store.add(document, chunks)
    settle(store)
    assert texts(store, found_by_keyword(store, "条文")) == ["条文"]
    assert texts(store, found_by_vector(store, "条文")) == ["条文"]


def test_change_numbers_only_grow(store: Store) -> None:
    numbers = [store.add(*make_document(f"{i}.txt", "本文")) for i in range(3)]
    numbers.append(store.remove("規程集//社内/1.txt"))
    assert numbers == [1, 2, 3, 4]
    assert store.statistics().change_number == 4


def test_a_document_without_chunks(store: Store, settle: Settle) -> None:
    document, _ = make_document("空.txt", "本文")
    store.add(document, [])
    settle(store)
    assert store.document(document.id, EVERYTHING) == document
    assert found_by_keyword(store, "本文") == []
    store.remove(document.id)
    assert store.statistics().num_documents == 0


def test_unknown_ids_are_left_out_and_order_is_kept(store: Store) -> None:
    store.add(*make_document("a.txt", "一", "二", "三"))
    assert list(store.chunks([3, 99, 1, -1, 3], EVERYTHING)) == [3, 1]
    assert set(store.analyses([2, 99])) == {2}
    assert set(store.vectors([2, 99])) == {2}
    assert store.chunks([], EVERYTHING) == {}


def test_difficult_characters_survive(store: Store, settle: Settle) -> None:
    text = "葛󠄀飾\u0000か\u3099𠮟る\r\n\ufeff'\"--%_*?"
    store.add(*make_document("記号 '%\"*.txt", text))
    settle(store)
    (info,) = store.document_infos(Scope(sources=frozenset({"記号 '%\"*.txt"})))
    assert store.document(info.id, EVERYTHING).text == text
    assert texts(store, found_by_keyword(store, text)) == [text]


BAD_CHUNKS = {
    "another document": (
        lambda c: replace(c, chunk=replace(c.chunk, document_id="他")),
        "belongs to document 他",
    ),
    "another text": (lambda c: replace(c, chunk=replace(c.chunk, text="違う")), "not the text of its span"),
    "another dimension": (lambda c: replace(c, vector=np.ones(3, np.float32)), r"shape \(3,\)"),
    "NaN": (lambda c: replace(c, vector=np.full(DIMENSION, np.nan, np.float32)), "finite"),
    "too large": (lambda c: replace(c, vector=np.full(DIMENSION, 1e30, np.float32)), "finite"),
    "an unknown field": (lambda c: replace(c, terms={"basse": Counter(["休暇"])}), "basse"),
}


@pytest.mark.parametrize("name", BAD_CHUNKS)
def test_a_bad_chunk_is_refused_and_nothing_is_lost(store: Store, name: str) -> None:
    spoil, message = BAD_CHUNKS[name]
    store.add(*make_document("a.txt", "休暇"))
    document, chunks = make_document("a.txt", "新しい", "休暇")
    with pytest.raises(StoreError, match=message):
        store.add(document, [chunks[0], spoil(chunks[1])])
    assert texts(store, found_by_keyword(store, "休暇")) == ["休暇"]
    assert store.statistics().change_number == 1


def test_half_a_surrogate_pair_is_refused(store: Store) -> None:
    document = Document("d", "/社内/a.txt", "規程集", "", "休暇\ud800")
    with pytest.raises(StoreError, match="character 2"):
        store.add(document, [])
    assert store.document_infos(EVERYTHING) == []


def test_everything_is_there_after_closing_and_opening(
    backend: Backend, tmp_path: Path, settle: Settle
) -> None:
    with backend.create(tmp_path / "倉庫", IDENTITY) as store:
        store.add(*make_document("a.txt", "休暇 申請"))
        store.add(*make_document("b.txt", "経費 精算"))
        settle(store)
        store.remove("規程集//社内/b.txt")
    with backend.open(tmp_path / "倉庫", IDENTITY) as store:
        assert store.identity == IDENTITY
        assert texts(store, found_by_keyword(store, "休暇 経費")) == ["休暇 申請"]
        assert texts(store, found_by_vector(store, "経費 精算")) == ["休暇 申請"]
        assert store.add(*make_document("c.txt", "新規")) == 4


def test_statistics_count_what_is_there(store: Store) -> None:
    store.add(*make_document("a.txt", "休暇 申請", "経費"))
    store.add(*make_document("b.txt", "精算"))
    store.publish()
    store.remove("規程集//社内/b.txt")
    statistics = store.statistics()
    assert (statistics.num_documents, statistics.num_chunks, statistics.num_chars) == (1, 2, 7)
    assert store.num_chunks() == 2
    assert store.change_number() == store.statistics().change_number
    assert statistics.change_number == 3
    assert statistics.size_bytes > 0
    assert all(not follower.problem for follower in statistics.followers)
    store.publish()
    assert all(follower.change_number == 3 for follower in store.statistics().followers)
    assert all(follower.num_chunks == 2 for follower in store.statistics().followers)


def test_many_threads_read_while_one_writes(store: Store) -> None:
    store.add(*make_document("常に.txt", "常に 在る"))
    problems: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            searches = (found_by_keyword, found_by_vector)
            problems.extend(s for s in searches if 1 not in s(store, "常に 在る", top_k=50))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(20):
        store.add(*make_document(f"{number}.txt", f"在る 語{number}"))
        if number % 7 == 0:
            store.publish()
        if number % 3 == 0:
            store.remove(f"規程集//社内/{number}.txt")
    done.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert len(found_by_keyword(store, "在る", top_k=50)) == 14
