"""「資料」: what is in the store, adding to it and removing from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import streamlit as st

from rag.errors import RagError
from rag.types import EVERYTHING, DocumentInfo
from ui.page.adding import forget_last_report, show_adding, show_last_report
from ui.page.escape import escape_markdown
from ui.page.scope import collection_names
from ui.page.state import SharedParts, show_problem
from ui.page.uploads import remove_documents

COLUMN_PIXELS = {"題名": 200, "ファイル": 160, "コレクション": 104, "形式": 62, "断片": 52, "日付": 92}

MAX_NAMED = 10
"""How many titles the question before a removal names."""

_PROBLEM = "removal-problem"


def show_documents(shared: SharedParts) -> None:
    """The page: adding, the report of the last run, and the list."""
    st.title("資料", anchor=False)
    infos = shared.store.document_infos(EVERYTHING)
    with st.expander("資料を追加する", expanded=not infos, icon=":material/add:"):
        show_adding(shared, collection_names(infos))
    show_last_report()
    _show_last_problem()
    if infos:
        _show_list(shared, infos)
    else:
        st.info("まだ資料がありません。上でファイルを選ぶと追加できます。", icon=":material/info:")


def _show_list(shared: SharedParts, infos: Sequence[DocumentInfo]) -> None:
    num_chunks = sum(info.num_chunks for info in infos)
    st.caption(f"{len(infos):,}件 · {num_chunks:,}断片。削除するには、行の左端で資料を選びます。")
    table = st.dataframe(
        document_rows(infos),
        hide_index=True,
        width="stretch",
        column_config={name: st.column_config.Column(width=width) for name, width in COLUMN_PIXELS.items()},
        on_select="rerun",
        selection_mode="multi-row",
        key=_list_key(infos),
    )
    chosen = [infos[row] for row in table.selection.rows]
    label = f"選んだ{len(chosen)}件を削除する" if chosen else "選んだ資料を削除する"
    if st.button(label, icon=":material/delete:", disabled=not chosen):
        _confirm_removal(shared, chosen)


def _list_key(infos: Sequence[DocumentInfo]) -> str:
    """Changes with every change of the list, so that chosen rows never come to mean other documents."""
    return f"documents-{max(info.change_number for info in infos)}-{len(infos)}"


def document_rows(infos: Sequence[DocumentInfo]) -> list[dict[str, object]]:
    """One row a document for the table."""
    return [
        {
            "題名": info.title,
            "ファイル": info.name,
            "コレクション": info.collection,
            "形式": PurePosixPath(info.name).suffix.removeprefix(".").upper(),
            "断片": info.num_chunks,
            "日付": str(info.attributes.date or info.attributes.effective_from or ""),
        }
        for info in infos
    ]


@st.dialog("資料を削除しますか")
def _confirm_removal(shared: SharedParts, infos: Sequence[DocumentInfo]) -> None:
    named = [f"- {escape_markdown(info.title)}（{escape_markdown(info.name)}）" for info in infos[:MAX_NAMED]]
    if len(infos) > MAX_NAMED:
        named.append(f"- ほか{len(infos) - MAX_NAMED}件")
    st.markdown("\n".join(named))
    st.caption("検索と回答に使われなくなります。元のフォルダにあるファイルは消えません。")
    if st.button(
        "削除する", type="primary", icon=":material/delete:", on_click=_remove, args=(shared, infos)
    ):
        st.rerun()  # closes the question


def _remove(shared: SharedParts, infos: Sequence[DocumentInfo]) -> None:
    forget_last_report()
    try:
        remove_documents(shared.assembly, infos)
    except RagError as error:
        st.session_state[_PROBLEM] = str(error)


def _show_last_problem() -> None:
    """What went wrong with the last removal, once."""
    if problem := st.session_state.pop(_PROBLEM, ""):
        show_problem(problem)
