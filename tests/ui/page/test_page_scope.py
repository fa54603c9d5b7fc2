"""The sidebar's choice: few documents are offered at once, many through a filter."""

from collections.abc import Sequence

from streamlit.testing.v1 import AppTest

from rag.types import DocumentInfo
from ui.page.scope import MAX_SOURCES, collection_names, matching_sources, source_labels

FEW = [
    DocumentInfo("1", "/a/就業規則.txt", "社内", "就業規則"),
    DocumentInfo("2", "/a/KA-200.pdf", "製品", "空気清浄機 取扱説明書"),
    DocumentInfo("3", "/b/就業規則.txt", "旧社内", "就業規則（旧）"),
]
MANY = [DocumentInfo(str(n), f"/a/規程{n}.txt", "社内", f"規程 第{n}号") for n in range(MAX_SOURCES + 50)]


def session(infos: Sequence[DocumentInfo]) -> AppTest:
    def script(infos: "Sequence[DocumentInfo]") -> None:  # run by its source alone
        import streamlit as st

        from ui.page.scope import choose_scope

        st.session_state["chosen"] = choose_scope(infos)

    return AppTest.from_function(script, args=(infos,), default_timeout=60).run()


def test_nothing_chosen_means_everything() -> None:
    page = session(FEW)
    assert page.session_state["chosen"].is_open
    assert not page.text_input


def test_a_collection_narrows_the_documents_on_offer() -> None:
    page = session(FEW)
    page.multiselect[0].set_value(["社内"]).run()
    assert page.multiselect[1].options == ["就業規則.txt"]
    assert page.session_state["chosen"].collections == {"社内"}


def test_documents_of_one_name_are_told_apart_by_their_source() -> None:
    page = session(FEW)
    page.multiselect[1].set_value(["/b/就業規則.txt"]).run()
    assert page.session_state["chosen"].sources == {"/b/就業規則.txt"}


def test_labels_are_as_short_as_they_can_be_and_never_the_same() -> None:
    twin = DocumentInfo("4", "/c/就業規則.txt", "社内", "就業規則")
    again = DocumentInfo("5", "/a/KA-200.pdf", "見本", "同じファイル")
    assert source_labels([*FEW, twin, again]) == {
        "/a/就業規則.txt": "/a/就業規則.txt",
        "/a/KA-200.pdf": "KA-200.pdf",
        "/b/就業規則.txt": "就業規則.txt（旧社内）",
        "/c/就業規則.txt": "/c/就業規則.txt",
    }


def test_many_documents_are_narrowed_by_name_first_and_chosen_ones_stay() -> None:
    page = session(MANY)
    assert len(page.multiselect[1].options) == MAX_SOURCES
    page.text_input[0].set_value("349").run()
    assert page.multiselect[1].options == ["規程349.txt"]
    page.multiselect[1].set_value(["/a/規程349.txt"]).run()
    page.text_input[0].set_value("規程12.").run()
    assert page.multiselect[1].options == ["規程349.txt", "規程12.txt"]
    assert page.session_state["chosen"].sources == {"/a/規程349.txt"}


def test_matching_looks_at_title_and_name_in_any_case() -> None:
    assert matching_sources(FEW, "ka-2") == ["/a/KA-200.pdf"]
    assert matching_sources(FEW, " 取扱 ") == ["/a/KA-200.pdf"]
    assert matching_sources(FEW, "") == [info.source for info in FEW]
    assert matching_sources(FEW, "ない") == []


def test_collections_are_named_once() -> None:
    assert collection_names([*FEW, *FEW]) == ["旧社内", "社内", "製品"]
