"""An answer on the page: statements with numbered citations, and each source to open."""

from __future__ import annotations

from functools import partial

import streamlit as st

from rag.errors import DocumentNotFound
from rag.types import ABSTENTION, Scope
from ui.page.escape import escape_markdown
from ui.page.markup import conflict_html, excerpt_html, plain_html, statements_html
from ui.page.state import SharedParts
from ui.page.view import AnswerView, SourceView, StatementView


def show_answer(answer: AnswerView, shared: SharedParts, scope: Scope, key: str) -> None:
    """The whole answer with its sources; ``key`` tells its widgets from those of other answers."""
    if answer.query:
        st.caption(f":material/search: 検索: {escape_markdown(answer.query)}")
    st.html(statements_html([StatementView(ABSTENTION, ())] if answer.abstained else answer.statements))
    for sides in answer.conflicts:
        st.html(conflict_html(sides))
    for note in answer.notes if answer.abstained else ():
        st.caption(escape_markdown(note))
    if answer.sources:
        st.caption("近い資料" if answer.abstained else "出典")
    for position, source in enumerate(answer.sources):
        _show_source(source, shared, scope, f"{key}-{position}")
    for note in () if answer.abstained else answer.notes:
        st.caption(escape_markdown(note))
    st.caption(escape_markdown(answer.footer))


def _show_source(source: SourceView, shared: SharedParts, scope: Scope, key: str) -> None:
    icon = ":material/warning:" if source.warnings else ":material/format_quote:"
    with st.expander(escape_markdown(source.label), icon=icon):
        for warning in source.warnings:
            st.caption(f":material/warning: {escape_markdown(warning)}")
        st.html(excerpt_html(source.excerpt, is_quoted=source.number is not None))
        st.html(plain_html(f"{source.document.collection} / {source.document.name}", "sr-source"))
        if shared.assembly.settings.store.keep_originals:
            _offer_original(source, shared, scope, key)


def _offer_original(source: SourceView, shared: SharedParts, scope: Scope, key: str) -> None:
    st.download_button(
        "元のファイル",
        data=partial(_original, shared, source.document.id, scope),
        file_name=source.document.name,
        mime="application/octet-stream",  # saved, never opened by the browser itself
        icon=":material/download:",
        key=f"original-{key}",
        on_click="ignore",
    )


def _original(shared: SharedParts, document_id: str, scope: Scope) -> bytes:
    """Read on the click alone; what a scope does not show cannot be had."""
    original = shared.store.original(document_id, scope)
    if original is None:
        raise DocumentNotFound(f"the original of {document_id} was not kept: add the document again")
    return original
