"""Adding documents on the page: the bundled sample, or files from one's own machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

import streamlit as st

from ingest.report import IngestReport, Progress
from rag.bundled import bundled_path
from ui.cli.demo import COLLECTION
from ui.page.escape import escape_markdown
from ui.page.state import SharedParts, errors_as_one_line
from ui.page.uploads import Upload, add_paths, add_uploads, report_line, report_rows

_REPORT = "ingest-report"
_ROUND = "upload-round"


def show_empty_store(shared: SharedParts) -> None:
    """What to do first: add documents of one's own, or try the sample."""
    st.title("まだ資料がありません", anchor=False)
    st.markdown(
        "資料を入れると、その中から答えを探し、根拠の文とともに示します。"
        "「資料」の画面でファイルを追加するか、まずはサンプルでお試しください。"
    )
    is_wanted = st.button("サンプル資料を入れる", type="primary", icon=":material/library_add:")
    st.caption("コマンドからも追加できます。")
    st.code("swallow-rag ingest 資料のフォルダ", language="bash")
    if is_wanted:
        _run(lambda progress: add_paths(shared.assembly, [bundled_path("sample")], COLLECTION, progress))


def show_adding(shared: SharedParts, collections: list[str]) -> None:
    """Choose files and a collection, then ingest them; the chosen files are let go afterwards."""
    default = shared.assembly.settings.ingest.collection
    files = st.file_uploader(
        "ファイルを選ぶ",
        accept_multiple_files=True,
        key=f"upload-{st.session_state.get(_ROUND, 0)}",
        help="テキスト、Markdown、HTML、PDF、Word、PowerPoint、Excel、CSV、メール",
    )
    collection = st.selectbox(
        "コレクション",
        list(dict.fromkeys([default, *collections])),
        accept_new_options=True,
        key="upload-collection",
        help="資料をまとめる名前です。新しい名前も入力できます。",
    )
    if st.button("追加する", type="primary", icon=":material/upload_file:", disabled=not files):
        uploads = [Upload(file.name, file.getvalue()) for file in files]
        _run(lambda progress: add_uploads(shared.assembly, uploads, collection or default, progress))


def show_last_report() -> None:
    """What the last run of this session did, file by file."""
    report: IngestReport | None = st.session_state.get(_REPORT)
    if report is None:
        return
    (st.warning if report.skipped else st.success)(report_line(report))
    st.dataframe(report_rows(report), hide_index=True, width="stretch")


def forget_last_report() -> None:
    """When something else was done since."""
    st.session_state.pop(_REPORT, None)


def _run(work: Callable[[Callable[[Progress], None]], IngestReport]) -> None:
    """Run an ingestion under a progress bar, keep its report for this session, and draw the page anew."""
    bar = st.progress(0.0, "準備しています…")

    def show(progress: Progress) -> None:
        name = escape_markdown(PurePosixPath(progress.file.source).name)
        done = f"{progress.num_done} / {progress.num_files}"
        bar.progress(progress.num_done / max(progress.num_files, 1), f"{done}　{name}")

    with errors_as_one_line():
        st.session_state[_REPORT] = work(show)
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        st.rerun()
