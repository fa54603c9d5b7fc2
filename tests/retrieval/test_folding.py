"""Which hits say the same, and how places are shared among documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.prepare import Preparer
from rag.assembly import Assembly, build_retriever, index_identity
from rag.retrieval.folding import FoldingRetriever, fold_duplicates, hash_runs, overlap, spread
from rag.settings import RetrievalSettings
from rag.store.local import create_store
from rag.types import Hit, Question
from tests.fakes import ListRetriever, make_hit
from tests.retrieval.small_store import add_file

RULE = (
    "年次有給休暇は、入社の日から六か月を過ぎ、その間に勤務すべき日の八割より多く出勤した社員に、十日与える。"
    "請求は前日までに上司へ申し出て行い、業務の都合によっては時季を変えてもらうことがある。"
)
PAIRS = [
    (RULE, True, "equal"),
    (RULE.replace("、", "，"), False, "other commas, which are many in a short text"),
    (RULE.replace("社員", "社　員"), True, "a blank more"),
    (RULE.replace("もらう", "頂く"), False, "another word, in a text as short as this"),
    (RULE.replace("十日", "二十日"), False, "another number"),
    (RULE.replace("与える", "与えない"), False, "the contrary"),
    (RULE.replace("八割より", "8割より"), False, "a number in other digits is not looked into"),
    (RULE + "この規則は、令和六年四月一日から施行し、以前の規則を廃する。", False, "a sentence more"),
    ("退職を願い出る社員は、書面で申し込む。", False, "something else"),
]


def test_in_a_longer_text_a_word_may_differ() -> None:
    long = RULE + "育児と介護のための休業は別の規程により、病気のための休業は医師の書類を添えて申し出る。"
    hits = [make_hit(long, chunk_id=1), make_hit(long.replace("上司", "課長"), chunk_id=2)]
    assert len(fold_duplicates("有給休暇", hits, 5)) == 1
    assert len(fold_duplicates("上司への申し出", hits, 5)) == 2, "unless it was asked for"


@pytest.mark.parametrize(("other", "same", "reason"), PAIRS)
def test_what_says_the_same(other: str, same: bool, reason: str) -> None:
    first, second = make_hit(RULE, chunk_id=1), make_hit(other, chunk_id=2)
    folded = fold_duplicates("有給休暇", [first, second], 5)
    assert folded == ([replace(first, duplicates=(second,))] if same else [first, second]), reason


def test_places_that_folding_frees_are_filled() -> None:
    hits = [
        make_hit(RULE, chunk_id=1),
        make_hit(RULE, chunk_id=2),
        *(make_hit(f"別の話{n}", chunk_id=n) for n in (3, 4)),
    ]
    found = FoldingRetriever(ListRetriever(hits)).retrieve(Question("休暇"), 2)
    assert [hit.chunk.id for hit in found] == [1, 3]
    assert [hit.chunk.id for hit in found[0].duplicates] == [2]


def test_a_duplicate_behind_the_last_place_is_still_told() -> None:
    hits = [make_hit(RULE, chunk_id=1), make_hit("別の話", chunk_id=2), make_hit(RULE, chunk_id=3)]
    (first,) = FoldingRetriever(ListRetriever(hits)).retrieve(Question("休暇"), 1)
    assert [hit.chunk.id for hit in first.duplicates] == [3]


def from_document(name: str, chunk_id: int) -> Hit:
    hit = make_hit(f"{name}の{chunk_id}番", chunk_id=chunk_id)
    return replace(hit, chunk=replace(hit.chunk, document_id=name))


def test_no_document_takes_all_places() -> None:
    hits = [from_document("甲", 1), from_document("甲", 2), from_document("甲", 3), from_document("乙", 4)]
    assert [hit.chunk.id for hit in spread(hits, 1)] == [1, 4, 2, 3], "the rest comes behind, in order"
    found = FoldingRetriever(ListRetriever(hits), max_per_document=1).retrieve(Question("番"), 2)
    assert [hit.chunk.id for hit in found] == [1, 4]
    unfolded = FoldingRetriever(ListRetriever(hits), fold=False).retrieve(Question("番"), 3)
    assert [hit.chunk.id for hit in unfolded] == [1, 2, 3]


def test_settings_decide(parts: Assembly, preparer: Preparer, tmp_path: Path) -> None:
    with create_store(tmp_path / "store", index_identity(parts.analyzer, parts.embedder)) as store:
        for name in ("今年.md", "写し.md"):
            add_file(store, preparer, name, f"# 規則\n\n{RULE}\n")
        for chosen, num_shown in (({}, 1), ({"fold_duplicates": False}, 2), ({"max_per_document": 1}, 1)):
            settings = RetrievalSettings(**chosen)
            retriever = build_retriever(settings, store, parts.analyzer, parts.embedder)
            assert len(retriever.retrieve(Question("休暇"), 4)) == num_shown


@given(st.text(max_size=40))
@settings(derandomize=True, deadline=None, max_examples=200)
def test_a_text_overlaps_itself(text: str) -> None:
    runs = hash_runs(text)
    assert overlap(runs, runs) == (1.0 if len(text) >= 5 else 0.0)
    assert len(fold_duplicates(text, [make_hit(text, chunk_id=1), make_hit(text, chunk_id=2)], 9)) == 1
