"""Dates, amounts, names, terms and tables, each with its place."""

import pytest

from rag.summary.base import Request
from rag.summary.citing import Citer
from rag.summary.facts import AMOUNT, DATE, MAX_FACTS, NAME, TERM, find_facts
from rag.summary.material import prepare
from rag.summary.summarizer import Summarizer
from rag.summary.tables import MAX_ROWS, find_tables
from rag.text.analyzer import Analyzer
from tests.summary.conftest import make_document, sample_document

CASES = [
    ("施行は令和6年4月1日とする。", DATE, "2024-04-01", "an era"),
    ("提出は7月18日までに行う。", DATE, "--07-18", "a day without a year"),
    ("令和6年度の予算を定める。", DATE, "2024-04-01/2025-03-31", "a fiscal year is a range"),
    ("費用は三十五万円とする。", AMOUNT, "350000円", "kanji numerals"),
    ("費用は35万円とする。", AMOUNT, "350000円", "a unit with its scale"),
    ("距離は１２．５kmである。", AMOUNT, "12.5km", "decimals stay, full width is folded"),
    ("期限は5営業日以内とする。", AMOUNT, "5営業日", "a unit of several words"),
    ("「出張」とは、片道五十キロを超える移動をいう。", TERM, "出張", "a term in brackets"),
    ("株式会社甲（以下「会社」という。）が定める。", TERM, "会社", "以下「…」という"),
    ("第6条　出張とは、業務のために移動することをいう。", TERM, "出張", "a term behind an article's number"),
]


@pytest.mark.parametrize(("text", "kind", "value", "_reason"), CASES, ids=[reason for *_, reason in CASES])
def test_facts_are_found_with_their_value(text: str, kind: str, value: str, _reason: str, analyzer: Analyzer):
    document = make_document(f"題名の行です。\n{text}", "文書.txt")
    material = prepare(document, analyzer)
    facts, counts = find_facts(material, Citer(material, analyzer))
    found = {fact.value: fact for fact in facts if fact.kind == kind}
    assert value in found
    citation = found[value].citations[0]
    assert document.text[citation.start : citation.end] == citation.quote == found[value].text
    assert citation.place == "2行目"
    assert counts[kind] == len(found)


NOTHING = [
    ("第3条の2に定める。", "an article is no amount"),
    ("十分に注意する。", "十分 is a word"),
    ("みんなで万歳を叫んだ。", "a scale without a number"),
    ("昭和の時代の話をする。昭和の話です。", "an era alone is no name"),
    ("２　社内の者が使う。", "the number of a paragraph is no amount"),
]


@pytest.mark.parametrize(("text", "_reason"), NOTHING, ids=[reason for _, reason in NOTHING])
def test_what_only_looks_like_a_fact_is_none(text: str, _reason: str, analyzer: Analyzer):
    material = prepare(make_document(f"題名の行です。\n{text}", "文書.txt"), analyzer)
    assert find_facts(material, Citer(material, analyzer))[0] == ()


def test_names_are_runs_of_nouns_said_twice(analyzer: Analyzer):
    text = "大阪工場で会議をした。\n大阪工場の報告を読む。\n京都の話も一度出た。"
    material = prepare(make_document(text, "文書.txt"), analyzer)
    facts, _ = find_facts(material, Citer(material, analyzer))
    names = {fact.text: fact.num_places for fact in facts if fact.kind == NAME}
    assert names == {"大阪工場": 2}


def test_the_list_is_short_and_the_count_is_whole(analyzer: Analyzer):
    text = "題名\n" + "\n".join(f"費用は{number}円です。" for number in range(100, 150))
    material = prepare(make_document(text, "文書.txt"), analyzer)
    facts, counts = find_facts(material, Citer(material, analyzer))
    assert len([fact for fact in facts if fact.kind == AMOUNT]) == MAX_FACTS
    assert counts[AMOUNT] == 50


def test_tables_keep_their_columns(summarizer: Summarizer):
    made = summarizer.summarize(sample_document("経費精算規程_2021.docx"), Request())
    (table,) = made.tables
    assert table.header == ("区分", "宿泊費（1泊）", "日当（日帰り）", "日当（宿泊）")
    assert table.rows[2] == ("一般社員", "9,000円", "1,500円", "2,500円")
    assert table.citations[2].quote.startswith("区分: 一般社員")


def test_rows_with_empty_cells_stay_in_their_columns_and_long_tables_are_cut(analyzer: Analyzer):
    rows = "\n".join(
        f"品{number},{'' if number % 2 else number},{number}円" for number in range(1, MAX_ROWS + 6)
    )
    material = prepare(make_document(f"品名,数量,金額\n{rows}\n", "表.csv"), analyzer)
    (table,), count = find_tables(material, Citer(material, analyzer))
    assert count == 1
    assert table.header == ("品名", "数量", "金額") or set(table.header) == {"品名", "数量", "金額"}
    first = dict(zip(table.header, table.rows[0], strict=True))
    assert first == {"品名": "品1", "数量": "", "金額": "1円"}
    assert (len(table.rows), table.num_left_out) == (MAX_ROWS, 5)
