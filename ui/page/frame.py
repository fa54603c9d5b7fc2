"""What is around both pages: title, navigation, shared parts, and errors as one line."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from ui.page.asking import show_asking
from ui.page.documents import show_documents
from ui.page.state import errors_as_one_line, open_shared_parts

_HERE = Path(__file__).parent


def show_frame(settings_file: Path | None, store: Path | None) -> None:
    """Open the shared parts, offer the two pages and draw the chosen one."""
    st.set_page_config(page_title="swallow-rag", page_icon=str(_HERE / "icon.svg"), layout="centered")
    st.logo(str(_HERE / "logo.svg"), icon_image=str(_HERE / "icon.svg"), size="large")
    st.html(_HERE / "style.css")
    with errors_as_one_line():
        shared = open_shared_parts(settings_file, store)
        page = st.navigation(
            [
                st.Page(
                    partial(show_asking, shared),
                    title="質問する",
                    icon=":material/forum:",
                    url_path="ask",
                    default=True,
                ),
                st.Page(
                    partial(show_documents, shared),
                    title="資料",
                    icon=":material/folder_open:",
                    url_path="documents",
                ),
            ]
        )
        page.run()
