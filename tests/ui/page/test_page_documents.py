"""The list of documents: adding, what is told of it, removing."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from rag.assembly import Assembly, open_assembly
from rag.settings import Settings
from rag.types import EVERYTHING, Attributes, DocumentInfo
from ui.page.documents import document_rows
from ui.page.state import SharedParts
from ui.page.uploads import Upload, add_uploads

SECONDS = 60.0
TEXT = "窓口の受付時間は平日の午前九時から午後五時までです。".encode("cp932")


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[SharedParts]:
    settings = Settings().with_values({"store.path": tmp_path / "store", "ingest.collection": "窓口"})
    with open_assembly(settings, create=True) as assembly:
        yield SharedParts(assembly, assembly.build_flow)


def session(shared: SharedParts, page: str = "documents") -> AppTest:
    def script(shared: "SharedParts", page: str) -> None:  # run by its source alone
        from ui.page.asking import show_asking
        from ui.page.documents import show_documents

        {"documents": show_documents, "asking": show_asking}[page](shared)

    return AppTest.from_function(script, args=(shared, page), default_timeout=SECONDS).run()


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader[0].set_value([(name, data, "text/plain") for name, data in files]).run()
    return button(page, "追加する").click().run()


def button(page: AppTest, label: str) -> Button:
    [found] = [button for button in page.button if label in button.label]
    return found


def names(assembly: Assembly) -> list[str]:
    return [info.name for info in assembly.store.document_infos(EVERYTHING)]


def expect_no_problem(page: AppTest) -> None:
    assert not page.exception
    assert not page.error


def test_an_empty_store_says_how_to_add(shared: SharedParts) -> None:
    page = session(shared)
    assert "まだ資料がありません" in page.info[0].value
    assert page.expander[0].label == "資料を追加する"
    assert button(page, "追加する").disabled
    assert not page.dataframe


def test_an_upload_is_told_and_listed_and_what_cannot_be_read_has_its_reason(shared: SharedParts) -> None:
    page = upload(session(shared), ("受付.txt", TEXT), ("空.txt", b""))
    expect_no_problem(page)
    assert page.warning[0].value.startswith("1件を追加しました · 1件は読めませんでした")
    report, listed = page.dataframe
    rows = report.value.set_index("ファイル")
    assert rows["結果"].to_dict() == {"受付.txt": "追加しました", "空.txt": "読めませんでした"}
    assert rows.loc["空.txt", "理由・注意"]
    assert listed.value["ファイル"].tolist() == ["受付.txt"]
    assert listed.value["コレクション"].tolist() == ["窓口"]
    assert not page.file_uploader[0].value, "the chosen files are let go"


def test_a_name_that_cannot_be_used_is_one_line(shared: SharedParts) -> None:
    page = upload(session(shared), (".htaccess", TEXT))
    assert len(page.error) == 1
    assert not page.exception
    assert names(shared.assembly) == []


def test_a_busy_store_is_one_line_and_loses_nothing(shared: SharedParts) -> None:
    page = session(shared)
    with FileLock(shared.assembly.settings.store.path / "writer.lock"):
        upload(page, ("受付.txt", TEXT))
        assert len(page.error) == 1
        assert "being written" in page.error[0].value
        assert not page.exception
    expect_no_problem(button(page, "追加する").click().run())
    assert names(shared.assembly) == ["受付.txt"]


def choose(page: AppTest, rows: list[int]) -> AppTest:
    [key] = [table.key for table in page.dataframe if table.key]
    page.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    return page.run()


def confirm(page: AppTest) -> AppTest:
    [found] = [button for button in page.button if button.label == "削除する"]
    return found.click().run()


def test_removal_asks_first_waits_for_other_writers_and_then_removes(shared: SharedParts) -> None:
    add_uploads(shared.assembly, [Upload(f"受付{number}.txt", TEXT) for number in range(3)], "窓口")
    page = choose(session(shared), [0, 2])
    button(page, "選んだ2件を削除する").click().run()
    assert any("受付0" in element.value and "受付2" in element.value for element in page.markdown)
    assert names(shared.assembly) == ["受付0.txt", "受付1.txt", "受付2.txt"]

    with FileLock(shared.assembly.settings.store.path / "writer.lock"):
        confirm(page)
        assert "being written" in page.error[0].value
        assert len(names(shared.assembly)) == 3

    button(page, "選んだ2件を削除する").click().run()
    expect_no_problem(confirm(page))
    assert names(shared.assembly) == ["受付1.txt"]
    assert page.dataframe[-1].value["ファイル"].tolist() == ["受付1.txt"]
    assert button(page, "選んだ資料を削除する").disabled


def test_an_empty_store_offers_the_sample_where_questions_are_asked(shared: SharedParts) -> None:
    page = session(shared, "asking")
    assert page.title[0].value == "まだ資料がありません"
    assert page.code[0].value == "swallow-rag ingest 資料のフォルダ"
    button(page, "サンプル資料を入れる").click().run()
    assert "就業規則.txt" in names(shared.assembly)
    assert page.sidebar.multiselect[0].options == ["sample"]


INFO = DocumentInfo("d", "/a/規程.PDF", "社内", "規程", num_chunks=4)


@pytest.mark.parametrize(
    ("attributes", "date"),
    [
        (Attributes(), ""),
        (Attributes(date=dt.date(2024, 4, 1)), "2024-04-01"),
        (Attributes(effective_from=dt.date(2023, 10, 1)), "2023-10-01"),
    ],
)
def test_rows(attributes: Attributes, date: str) -> None:
    assert document_rows([replace(INFO, attributes=attributes)]) == [
        {
            "題名": "規程",
            "ファイル": "規程.PDF",
            "コレクション": "社内",
            "形式": "PDF",
            "断片": 4,
            "日付": date,
        }
    ]
