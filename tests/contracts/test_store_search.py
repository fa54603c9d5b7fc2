"""What every store finds: both legs, their scores and their order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from rag.errors import StoreError
from rag.store.base import Store
from rag.text.analyzer import load_analyzer
from rag.text.query_terms import query_terms
from rag.text.terms import index_terms
from rag.types import (
    EVERYTHING,
)
from tests.contracts.store_material import (
    DIMENSION,
    BruteForceStore,
    Settle,
    found_by_keyword,
    found_by_vector,
    make_document,
    make_terms,
    make_vector,
    texts,
)


def test_both_legs_find_what_was_added(store: Store, settle: Settle) -> None:
    store.add(*make_document("休暇.txt", "年次 有給 休暇", "休暇 申請"))
    store.add(*make_document("経費.txt", "経費 精算"))
    settle(store)
    assert texts(store, found_by_keyword(store, "有給 休暇")) == ["年次 有給 休暇", "休暇 申請"]
    assert texts(store, found_by_vector(store, "経費 精算", top_k=1)) == ["経費 精算"]
    ((_, score),) = store.search_dense(make_vector("経費 精算"), EVERYTHING, 1)
    assert score == pytest.approx(1.0, abs=1e-3)


def test_real_terms_of_a_question_find_the_sentence(store: Store, settle: Settle) -> None:
    analyzer = load_analyzer()
    empty = analyzer.analyze("")
    for name, text in (("a.txt", "年次有給休暇を申し込んだ。"), ("b.txt", "経費は月末に精算する。")):
        document, (indexed,) = make_document(name, text)
        analysis = analyzer.analyze(text)
        terms = index_terms(text, analysis, "", empty, "", empty)
        store.add(document, [replace(indexed, analysis=analysis, terms=terms)])
    settle(store)
    question = "休暇の申し込み方は？"
    found = store.search_keyword(query_terms(question, analyzer.analyze(question)), EVERYTHING, 5)
    assert texts(store, [hit.chunk_id for hit in found])[0] == "年次有給休暇を申し込んだ。"


def test_equal_scores_are_ordered_by_chunk_id(store: Store, settle: Settle) -> None:
    for number in range(12):
        store.add(*make_document(f"{number}.txt", "同じ 条文"))
        if number % 3 == 0:
            settle(store)
    settle(store)
    for search in (found_by_keyword, found_by_vector):
        assert search(store, "同じ 条文") == list(range(1, 11))
        assert search(store, "同じ 条文", top_k=3) == [1, 2, 3]


def test_more_equals_than_the_index_proposes(store: Store, settle: Settle) -> None:
    for number in range(3):
        store.add(*make_document(f"{number}.txt", *["同じ 条文"] * 150))
        settle(store)
    assert found_by_keyword(store, "同じ 条文", top_k=5) == [1, 2, 3, 4, 5]
    assert found_by_vector(store, "同じ 条文", top_k=5) == [1, 2, 3, 4, 5]


def test_scores_do_not_depend_on_what_is_published(store: Store) -> None:
    for number in range(20):
        store.add(*make_document(f"{number}.txt", f"共通 語{number % 3}", f"語{number} 別"))
        if number in {5, 11}:
            store.publish()
    store.remove("規程集//社内/3.txt")
    terms, vector = make_terms("共通 語1 別"), make_vector("共通 語1")
    before = store.search_keyword(terms, EVERYTHING, 40), store.search_dense(vector, EVERYTHING, 40)
    store.publish()
    assert (store.search_keyword(terms, EVERYTHING, 40), store.search_dense(vector, EVERYTHING, 40)) == before


def test_searches_agree_with_looking_at_everything(store: Store, settle: Settle) -> None:
    model = BruteForceStore()
    words = ["休暇", "申請", "経費", "精算", "規程", "年次", "有給"]
    rng = np.random.default_rng(7)
    for number in range(25):
        chunk_texts = [" ".join(rng.choice(words, rng.integers(1, 12))) for _ in range(rng.integers(1, 4))]
        document, chunks = make_document(
            f"{number}.txt", *chunk_texts, title="規程" if number % 4 else "休暇"
        )
        store.add(document, chunks)
        model.add(document, chunks)
    settle(store)
    for query in ("休暇", "有給 休暇 休暇", "経費 精算 無関係"):
        terms = {**make_terms(query), "title": Counter(["休暇"])}
        expected = model.search_keyword(terms, EVERYTHING, 12)
        found = store.search_keyword(terms, EVERYTHING, 12)
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected])
        nearest = store.search_dense(make_vector(query), EVERYTHING, 12)
        expected = model.search_dense(make_vector(query), EVERYTHING, 12)
        assert [hit.score for hit in nearest] == pytest.approx([hit.score for hit in expected], abs=1e-5)


def test_document_frequencies_count_chunks(store: Store, settle: Settle) -> None:
    store.add(*make_document("a.txt", "休暇 休暇", "休暇 申請", title="申請"))
    store.add(*make_document("b.txt", "申請"))
    settle(store)
    store.add(*make_document("c.txt", "休暇"))
    store.remove("規程集//社内/b.txt")
    counted = store.document_frequencies({**make_terms("休暇 申請 無い"), "title": Counter(["申請", "休暇"])})
    assert counted["base"] == {"休暇": 3, "申請": 1, "無い": 0}
    assert counted["title"] == {"申請": 2, "休暇": 0}


def test_no_terms_find_nothing(store: Store, settle: Settle) -> None:
    store.add(*make_document("a.txt", "休暇"))
    settle(store)
    assert store.search_keyword({}, EVERYTHING, 5) == []
    assert store.search_keyword({"base": Counter()}, EVERYTHING, 5) == []
    assert store.search_keyword(make_terms("無関係"), EVERYTHING, 5) == []


def test_zeros_and_nan_find_nothing(store: Store, settle: Settle) -> None:
    store.add(*make_document("a.txt", "休暇"))
    settle(store)
    for vector in (np.zeros(DIMENSION, np.float32), np.full(DIMENSION, np.nan, np.float32)):
        assert store.search_dense(vector, EVERYTHING, 5) == []


def test_a_chunk_without_vector_is_found_by_its_words_alone(store: Store, settle: Settle) -> None:
    document, (indexed,) = make_document("記号.txt", "※※")
    store.add(document, [replace(indexed, vector=np.zeros(DIMENSION, np.float32))])
    store.add(*make_document("a.txt", "休暇"))
    settle(store)
    assert texts(store, found_by_keyword(store, "※※")) == ["※※"]
    assert texts(store, found_by_vector(store, "休暇")) == ["休暇"]


def test_asking_for_more_than_there_is(store: Store, settle: Settle) -> None:
    store.add(*make_document("a.txt", "休暇"))
    settle(store)
    assert len(found_by_keyword(store, "休暇", top_k=1_000)) == 1
    assert len(found_by_vector(store, "休暇", top_k=1_000)) == 1
    assert found_by_keyword(store, "休暇", top_k=0) == []
    assert found_by_vector(store, "休暇", top_k=0) == []


def test_an_empty_store_finds_nothing(store: Store, settle: Settle) -> None:
    settle(store)
    assert found_by_keyword(store, "休暇") == []
    assert found_by_vector(store, "休暇") == []
    assert store.document_infos(EVERYTHING) == []
    assert store.statistics().num_chunks == 0
    assert store.document_frequencies(make_terms("休暇"))["base"] == {"休暇": 0}


def test_the_same_text_in_two_documents_is_found_twice(store: Store, settle: Settle) -> None:
    store.add(*make_document("a.txt", "同じ 条文"), b"same")
    store.add(*make_document("b.txt", "同じ 条文"), b"same")
    settle(store)
    assert len(found_by_keyword(store, "条文")) == 2
    store.remove("規程集//社内/a.txt")
    store.publish()
    assert len(found_by_keyword(store, "条文")) == 1
    assert store.original("規程集//社内/b.txt", EVERYTHING) == b"same"


def test_a_query_vector_of_another_embedder_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match=r"\(3,\)"):
        store.search_dense(np.ones(3, np.float32), EVERYTHING, 5)
