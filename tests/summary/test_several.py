"""Two versions, several documents, and records of meetings."""

import pytest

from rag.errors import SettingsError
from rag.summary.base import Format, Length, Request
from rag.summary.changes import ChangeKind
from rag.summary.comparison import Agreement
from rag.summary.making import make_page
from rag.summary.minutes import ItemKind, until_of, who_of
from rag.summary.summarizer import Summarizer
from tests.summary.conftest import make_document, sample_document

OLD = """# 規程

第1条　費用は、月末までに10日以内で精算する。
第2条　会議の飲食費は、一人当たり5,000円を限度とする。
第3条　私用の電話代は、月額1,000円を支給する。
第4条　書類は、五年間保存する。
"""
NEW = """# 規程

第1条　費用は、月末までに5日以内で精算する。
第2条　会議の飲食費は、1人当たり10,000円を限度とする。
第3条　書類は、五年間保存する。
第4条　海外への出張は、社長の決裁を受ける。
"""


def test_changes_name_what_was_replaced_added_and_removed(summarizer: Summarizer):
    documents = [make_document(OLD, "旧.md"), make_document(NEW, "新.md")]
    page = make_page(documents, summarizer, Request(), Format.CHANGES)
    assert page.changes is not None
    told = {(c.kind, c.pieces) for c in page.changes.changes}
    assert (ChangeKind.CHANGED, (("10日", "5日"),)) in told
    assert (ChangeKind.CHANGED, (("5,000円", "10,000円"),)) in told
    removed = [c.before.quote for c in page.changes.changes if c.kind is ChangeKind.REMOVED and c.before]
    added = [c.after.quote for c in page.changes.changes if c.kind is ChangeKind.ADDED and c.after]
    assert removed == ["第3条　私用の電話代は、月額1,000円を支給する。"]
    assert added == ["第4条　海外への出張は、社長の決裁を受ける。"]
    assert page.changes.num_same == 1


def test_every_side_of_a_change_is_a_span_of_its_document(summarizer: Summarizer):
    documents = [sample_document(f"経費精算規程_{name}") for name in ("2021.docx", "2024.txt")]
    page = make_page(documents, summarizer, Request(), Format.CHANGES)
    assert page.changes is not None
    for change in page.changes.changes:
        for document, citation in zip(documents, (change.before, change.after), strict=True):
            assert citation is None or document.text[citation.start : citation.end] == citation.quote
    replaced = {piece for change in page.changes.changes for piece in change.pieces}
    assert {("3,000円", "5,000円"), ("10,000円", "20,000円")} <= replaced


@pytest.mark.parametrize("count", [1, 3])
def test_changes_need_two_versions(count: int, summarizer: Summarizer):
    with pytest.raises(SettingsError, match="compares two versions"):
        make_page([make_document(OLD)] * count, summarizer, Request(), Format.CHANGES)


def test_several_documents_are_compared_cell_by_cell(summarizer: Summarizer):
    documents = [make_document(OLD, "甲.md"), make_document(NEW, "乙.md")]
    seen: list[tuple[int, int, int, int]] = []
    page = make_page(documents, summarizer, Request(Length.SHORT), told=lambda *state: seen.append(state))
    assert len(page.summaries) == 2
    assert page.comparison is not None
    assert page.comparison.titles == ("甲.md", "乙.md")
    rows = {row.agreement: [] for row in page.comparison.rows}
    for row in page.comparison.rows:
        rows[row.agreement].append(row)
        for document, cell in zip(documents, row.cells, strict=True):
            assert cell is None or document.text[cell.start : cell.end] == cell.quote
    assert len(rows[Agreement.DIFFERENT]) == 2
    assert [row.cells[0].quote for row in rows[Agreement.SHARED] if row.cells[0]] == [
        "第4条　書類は、五年間保存する。"
    ]
    assert all(None in row.cells for row in rows[Agreement.PARTIAL])
    assert [state[:2] for state in seen] == [(0, 2), (1, 2)]


def test_an_empty_document_beside_another_is_no_obstacle(summarizer: Summarizer):
    page = make_page([make_document("```\nx\n```"), make_document(OLD)], summarizer, Request())
    assert page.comparison is not None
    assert all(row.cells[0] is None for row in page.comparison.rows)


def test_minutes_are_sorted_into_decisions_tasks_and_dates(summarizer: Summarizer):
    page = make_page([sample_document("製品企画会議_議事録.docx")], summarizer, Request(), Format.MINUTES)
    (items,) = page.minutes
    by_kind = {kind: [item for item in items if item.kind is kind] for kind in ItemKind}
    assert "「なぎ」の発売時期を、2026年3月から同年6月に延期する。" in [
        i.text for i in by_kind[ItemKind.DECISION]
    ]
    assert len(by_kind[ItemKind.DECISION]) == 6
    tasks = {(item.who, item.until) for item in by_kind[ItemKind.TASK]}
    assert {("開発課", "7月18日"), ("購買課", "8月8日"), ("品質保証課", "7月4日")} <= tasks
    assert any("次回は2025年7月22日" in item.text for item in by_kind[ItemKind.DEADLINE])
    assert not any("済んだと報告があった" in item.text for item in by_kind[ItemKind.TASK])


WORDS = [
    ("担当: 開発課 / 内容: 試験 / 期限: 7月18日", "開発課", "7月18日", "a row of a table"),
    ("営業課長が7月末までに案内文を作成する。", "営業課長", "7月末", "a sentence"),
    ("薄型の案を次回までに検討することになった。", "", "次回", "nobody named"),
    ("会議は静かに終わった。", "", "", "nothing to do"),
]


@pytest.mark.parametrize(("text", "who", "until", "_reason"), WORDS, ids=[reason for *_, reason in WORDS])
def test_who_and_until_when(text: str, who: str, until: str, _reason: str):
    assert (who_of(text), until_of(text)) == (who, until)
