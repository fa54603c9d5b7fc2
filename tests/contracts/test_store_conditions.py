"""Conditions on chunks: what stands in them, where they stand, and that searches choose among these alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pytest

from rag.store.base import IndexedChunk, Selection, Store
from rag.text.analyzer import load_analyzer
from rag.text.query_terms import query_terms
from rag.text.terms import article_mark, index_terms, page_mark
from rag.types import EVERYTHING, Conditions, Scope
from tests.contracts.store_material import Settle, make_document, make_terms, make_vector, texts

ANALYZER = load_analyzer()
PAGE_1, PAGE_2, PAGE_3 = map(page_mark, (1, 2, 3))
ARTICLE_3, ARTICLE_20, ARTICLE_21 = map(article_mark, ("第3条", "第20条", "第21条"))


class Row(NamedTuple):
    """One chunk of one file."""

    name: str
    collection: str
    title: str
    heading: str
    text: str
    marks: tuple[str, ...] = ()


DOCUMENTS = [
    Row("就業.txt", "規程", "就業規則", "第20条", "年次有給休暇を十日与える。", (PAGE_1, ARTICLE_20)),
    Row("就業.txt", "規程", "就業規則", "第21条", "特別休暇を五日与える。", (PAGE_1, PAGE_2, ARTICLE_21)),
    Row("旅費.txt", "規程", "出張旅費規程", "第3条", "宿泊料は一泊\n一万円とする。", (PAGE_3, ARTICLE_3)),
    Row("犬.md", "雑記", "日記", "", "犬と歩く。A-1型の首輪を買う。"),
    Row("猫.md", "雑記", "ネコの日記", "", "ﾈｺと眠る。休暇の一日。"),
]


def fill(store: Store, settle: Settle) -> None:
    """One document a file, its chunks in order; the last one comes after the others were settled."""
    for name, grouped in groupby(DOCUMENTS, key=lambda row: row.name):
        rows = list(grouped)
        first = rows[0]
        document, chunks = make_document(
            name, *(row.text for row in rows), collection=first.collection, title=first.title
        )
        store.add(document, [_indexed(chunk, row) for chunk, row in zip(chunks, rows, strict=True)])
        if name == "犬.md":
            settle(store)


def _indexed(indexed: IndexedChunk, row: Row) -> IndexedChunk:
    body, title, heading = ((text, ANALYZER.analyze(text)) for text in (row.text, row.title, row.heading))
    chunk = replace(indexed.chunk, heading_path=(row.heading,) if row.heading else ())
    return replace(indexed, chunk=chunk, terms=index_terms(*body, *title, *heading, marks=row.marks))


CASES = [
    (Conditions(phrases=("年次有給休暇",)), {0}, "a phrase"),
    (Conditions(phrases=("休暇",)), {0, 1, 4}, "one pair of characters"),
    (Conditions(phrases=("休暇", "五日")), {1}, "two phrases: both"),
    (Conditions(phrases=("有給特別",)), set(), "pairs that stand apart"),
    (Conditions(phrases=("給休暇を五",)), set(), "nor in two chunks"),
    (Conditions(phrases=("一泊 一万円",)), {2}, "a new line counts as a blank"),
    (Conditions(phrases=("ネコ",)), {4}, "another width, and the title"),
    (Conditions(phrases=("就業規則",)), {0, 1}, "in the title"),
    (Conditions(phrases=("第21条",)), {1}, "in the heading"),
    (Conditions(phrases=("犬",)), {3}, "a single character"),
    (Conditions(phrases=("a-1型",)), {3}, "signs within, capitals"),
    (Conditions(phrases=("象",)), set(), "a character that nobody has"),
    (Conditions(phrases=("象が来る",)), set(), "words that nobody has"),
    (Conditions(excluded=("年次有給",)), {1, 2, 3, 4}, "an exclusion"),
    (Conditions(excluded=("休暇", "犬")), {2}, "two of them: neither"),
    (Conditions(excluded=("象",)), {0, 1, 2, 3, 4}, "of what nobody has"),
    (Conditions(phrases=("休暇",), excluded=("特別",)), {0, 4}, "both kinds"),
    (Conditions(pages=(1,)), {0, 1}, "a page"),
    (Conditions(pages=(2, 3)), {1, 2}, "one of several"),
    (Conditions(pages=(9,)), set(), "a page that is not there"),
    (Conditions(articles=("第20条",)), {0}, "an article"),
    (Conditions(articles=("第3条", "第21条")), {1, 2}, "one of two"),
    (Conditions(pages=(1,), articles=("第21条",)), {1}, "a page and an article"),
    (Conditions(titles=("旅費",)), {2}, "a part of the title"),
    (Conditions(titles=("ﾈｺ",)), {4}, "in another width"),
    (Conditions(sources=("就業",)), {0, 1}, "a part of the file's name"),
    (Conditions(sources=("犬", "猫")), {3, 4}, "one of two"),
    (Conditions(sources=(".md",), phrases=("休暇",)), {4}, "a file and a phrase"),
    (Conditions(collections=("雑記",)), {3, 4}, "a collection"),
    (Conditions(collections=("雑記",), titles=("規程",)), set(), "both"),
]  # fmt: skip


def shown(selection: Selection) -> set[int]:
    """Which of the five chunks may be given."""
    ids = np.arange(1, len(DOCUMENTS) + 1)
    return {int(chunk_id) - 1 for chunk_id in ids[selection.shows(ids)]}


@pytest.mark.parametrize(("conditions", "expected", "reason"), CASES)
def test_what_fulfils_conditions(
    store: Store, settle: Settle, conditions: Conditions, expected: set[int], reason: str
) -> None:
    fill(store, settle)
    only = store.select(conditions, EVERYTHING)
    assert shown(only) == expected, reason
    question = "休暇と宿泊料と犬と猫"
    terms = query_terms(question, ANALYZER.analyze(question))
    for found in (
        store.search_keyword(terms, EVERYTHING, 5, only),
        store.search_dense(make_vector("犬"), EVERYTHING, 5, only),
    ):
        assert {chunk_id - 1 for chunk_id, _ in found} == expected
        assert list(found) == sorted(found, key=lambda scored: (-scored.score, scored.chunk_id))


def test_conditions_stay_within_the_scope(store: Store, settle: Settle) -> None:
    fill(store, settle)
    scope = Scope(collections=frozenset({"雑記"}))
    for conditions in (
        Conditions(phrases=("休暇",)),
        Conditions(titles=("日記",), sources=("猫",)),
        Conditions(collections=("規程", "雑記"), phrases=("休暇",)),
    ):
        assert shown(store.select(conditions, scope)) == {4}
    found = store.search_keyword(
        make_terms("休暇"), scope, 5, store.select(Conditions(excluded=("犬",)), scope)
    )
    assert texts(store, [chunk_id for chunk_id, _ in found]) == ["ﾈｺと眠る。休暇の一日。"]


def test_what_left_the_store_fulfils_nothing(store: Store, settle: Settle) -> None:
    fill(store, settle)
    only = store.select(Conditions(phrases=("休暇",)), EVERYTHING)
    document, _ = make_document("就業.txt", "", collection="規程")
    store.remove(document.id)
    assert shown(store.select(Conditions(phrases=("休暇",)), EVERYTHING)) == {4}
    assert [chunk_id for chunk_id, _ in store.search_keyword(make_terms("休暇"), EVERYTHING, 5, only)] == [5]


@pytest.mark.parametrize("kept", ["赤い", "青い"])
def test_the_best_of_a_selection_are_found_behind_any_number_of_better_ones(store: Store, kept: str) -> None:
    """3,000 chunks are more than are scored one by one; the asked ones are the worst of all."""
    for number in range(60):
        body = ["赤い 花 花 花" if number % 20 else "赤い 花 花 花 青い"] * 50
        store.add(*make_document(f"{number}.txt", *body))
    store.publish()
    only = store.select(Conditions(phrases=(kept,)), EVERYTHING)
    excluding = store.select(Conditions(excluded=("青い",)), EVERYTHING)
    found = store.search_keyword(make_terms("花"), EVERYTHING, 5, only)
    assert len(found) == 5
    assert only.shows(np.array([chunk_id for chunk_id, _ in found])).all()
    without = store.search_dense(make_vector("花"), EVERYTHING, 5, excluding)
    assert [excluding.shows(np.array([chunk_id])).all() for chunk_id, _ in without] == [True] * 5
