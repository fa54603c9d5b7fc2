"""What a scope shows and hides in every store."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.errors import DocumentNotFound
from rag.store.base import Store
from rag.types import (
    EVERYTHING,
    Scope,
)
from tests.contracts.store_material import (
    Settle,
    found_by_keyword,
    found_by_vector,
    make_document,
    texts,
)

APRIL, MAY, JUNE = (dt.date(2024, month, 1) for month in (4, 5, 6))
SCOPES = [
    # scope, names of the documents it shows, why
    (EVERYTHING, {"四月", "五月", "施行", "無日付"}),
    (Scope(user="総務部"), {"四月", "五月", "施行", "無日付"}),  # who asks limits nothing by itself
    (Scope(collections=frozenset({"甲"})), {"四月", "無日付"}),
    (Scope(collections=frozenset({"甲", "乙"})), {"四月", "五月", "施行", "無日付"}),
    (Scope(collections=frozenset({"丙"})), set()),
    (Scope(sources=frozenset({"四月"})), {"四月"}),  # the last part
    (
        Scope(sources=frozenset({"/社内/四月", "五月"})),
        {"四月", "五月"},
    ),  # the whole source, or the last part
    (Scope(sources=frozenset({"社内/四月"})), set()),  # no other part of it
    (Scope(collections=frozenset({"乙"}), sources=frozenset({"四月"})), set()),  # both must hold
    (Scope(date_from=MAY), {"五月", "施行"}),  # the date, else the day it came into force; none is outside
    (Scope(date_to=MAY), {"四月", "五月"}),
    (Scope(date_from=APRIL, date_to=APRIL), {"四月"}),  # both ends belong to it
    (Scope(collections=frozenset({"乙"}), date_from=JUNE), {"施行"}),
    (Scope(as_of=MAY), {"五月", "無日付"}),  # not yet in force; a document's own date says nothing of it
    (Scope(as_of=JUNE), {"四月", "五月", "施行", "無日付"}),  # the first day belongs to it
    (Scope(as_of=JUNE, collections=frozenset({"甲"})), {"四月", "無日付"}),
]


def add_scoped_documents(store: Store) -> None:
    store.add(*make_document("四月", "共通 四月", collection="甲", date=APRIL, effective_from=JUNE))
    store.add(*make_document("五月", "共通 五月", collection="乙", date=MAY))
    store.add(*make_document("施行", "共通 施行", collection="乙", effective_from=JUNE))
    store.add(*make_document("無日付", "共通 無日付", collection="甲"))


@pytest.mark.parametrize(("scope", "names"), SCOPES)
def test_a_scope_limits_everything(store: Store, settle: Settle, scope: Scope, names: set[str]) -> None:
    add_scoped_documents(store)
    settle(store)
    expected = {f"共通 {name}" for name in names}
    assert set(texts(store, found_by_keyword(store, "共通", scope))) == expected
    assert set(texts(store, found_by_vector(store, "共通", scope))) == expected
    assert {chunk.text for chunk in store.chunks([1, 2, 3, 4], scope).values()} == expected
    infos = store.document_infos(scope)
    assert {info.name for info in infos} == names
    everything = [info.id for info in store.document_infos(EVERYTHING)]
    assert store.infos(everything, scope) == {info.id: info for info in infos}


@pytest.mark.parametrize(("scope", "names"), SCOPES)
def test_what_a_scope_hides_does_not_exist(store: Store, scope: Scope, names: set[str]) -> None:
    add_scoped_documents(store)
    for info in store.document_infos(EVERYTHING):
        if info.name in names:
            assert store.document(info.id, scope).name == info.name
            assert store.original(info.id, scope) is None
        else:
            with pytest.raises(DocumentNotFound):
                store.document(info.id, scope)
            with pytest.raises(DocumentNotFound):
                store.original(info.id, scope)


def test_a_scope_is_applied_before_the_best_are_chosen(store: Store, settle: Settle) -> None:
    for number in range(30):
        store.add(*make_document(f"{number}.txt", "休暇 休暇 休暇", collection="多数"))
    store.add(*make_document("少数.txt", "休暇 と その他 の 事項", collection="少数"))
    settle(store)
    scope = Scope(collections=frozenset({"少数"}))
    assert len(found_by_keyword(store, "休暇", scope, top_k=1)) == 1
    assert len(found_by_vector(store, "休暇 休暇 休暇", scope, top_k=1)) == 1


def test_chunk_ids_are_those_of_one_document_in_its_order(store: Store) -> None:
    add_scoped_documents(store)
    for info in store.document_infos(EVERYTHING):
        ids = store.chunk_ids(info.id, EVERYTHING)
        chunks = store.chunks(ids, EVERYTHING).values()
        assert [chunk.position for chunk in chunks] == list(range(info.num_chunks))
        assert {chunk.document_id for chunk in chunks} == {info.id}
        assert not list(store.chunk_ids(info.id, Scope(collections=frozenset({"どこにもない"}))))
    assert not list(store.chunk_ids("ない", EVERYTHING))


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (dt.date(2024, 4, 30), {"旧"}),
        (dt.date(2024, 5, 1), {"新"}),
        (dt.date(2021, 3, 31), set()),
    ],
)
def test_only_what_was_in_force_on_a_day_is_seen(
    store: Store, settle: Settle, day: dt.date, names: set[str]
) -> None:
    end = MAY - dt.timedelta(days=1)
    store.add(*make_document("旧", "共通 旧", effective_from=dt.date(2021, 4, 1), effective_to=end))
    store.add(*make_document("新", "共通 新", effective_from=MAY))
    settle(store)
    scope = Scope(as_of=day)
    assert set(texts(store, found_by_keyword(store, "共通", scope))) == {f"共通 {name}" for name in names}
    assert set(texts(store, found_by_vector(store, "共通", scope))) == {f"共通 {name}" for name in names}
    assert {info.name for info in store.document_infos(scope) if info.attributes.in_force(day)} == names
