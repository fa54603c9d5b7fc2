"""「質問する」: a question in, an answer that streams out, with its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.answering.base import AnswerDone, StatementVerified, TextDrafted
from rag.answering.flow import AnswerFlow
from rag.errors import RagError
from rag.types import EVERYTHING, Answer, DocumentInfo, Question
from ui.cli.demo import COLLECTION, QUESTIONS
from ui.page.adding import show_empty_store
from ui.page.citation import show_answer
from ui.page.escape import escape_markdown
from ui.page.markup import plain_html, statements_html
from ui.page.scope import choose_scope, collection_names
from ui.page.state import (
    Exchange,
    SharedParts,
    conversation,
    forget_history,
    history,
    remember,
    show_problem,
)
from ui.page.view import StatementView, scope_label, view_answer, view_statement

_EXAMPLE = "example"


def show_asking(shared: SharedParts) -> None:
    """The page: this session's exchanges, and a box for the next question."""
    infos = shared.store.document_infos(EVERYTHING)
    if not infos:
        show_empty_store(shared)
        return
    scope = choose_scope(infos)
    asked = st.chat_input("資料について質問してください", max_chars=1_000, submit_mode="disable")
    asked = asked or st.session_state.pop(_EXAMPLE, None)
    if not history() and not asked:
        _show_welcome(infos)
    for position, exchange in enumerate(history()):
        _show_exchange(exchange, shared, position)
    with st.spinner("回答の準備をしています…"):
        flow = shared.flow()
    if asked and asked.strip():
        _ask(Question(asked.strip(), scope), shared, flow)
    if history():
        st.sidebar.button("会話を消す", icon=":material/delete_sweep:", on_click=forget_history)


def _show_welcome(infos: Sequence[DocumentInfo]) -> None:
    st.title("資料に質問する", anchor=False)
    st.markdown(
        f"{len(infos):,}件の資料から答えを探し、根拠の文を番号で示します。"
        "番号のついた出典を開くと、その文が前後とともに読めます。"
    )
    if COLLECTION in collection_names(infos):
        st.caption("たとえば")
        for question in QUESTIONS:
            st.button(question, icon=":material/lightbulb:", on_click=_ask_example, args=(question,))


def _ask_example(question: str) -> None:
    st.session_state[_EXAMPLE] = question


def _show_exchange(exchange: Exchange, shared: SharedParts, position: int) -> None:
    _show_question(exchange.question)
    with _answer_message():
        _show_outcome(exchange, shared, position)


def _show_outcome(exchange: Exchange, shared: SharedParts, position: int) -> None:
    if exchange.answer is not None:
        show_answer(exchange.answer, shared, exchange.question.scope, key=str(position))
    elif exchange.problem:
        show_problem(exchange.problem)
    else:
        st.caption("回答の途中で止まりました。もう一度質問してください。")


def _show_question(question: Question) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.html(plain_html(question.text, "sr-question"))
        if limits := scope_label(question.scope):
            st.caption(f":material/filter_alt: {escape_markdown(limits)}")


def _answer_message() -> DeltaGenerator:
    return st.chat_message("assistant", avatar=":material/menu_book:")


def _ask(question: Question, shared: SharedParts, flow: AnswerFlow) -> None:
    """Answer under the question; it is remembered first, so that an interruption does not lose it."""
    asked = conversation().question(question.text, question.scope)
    position = remember(Exchange(question))
    _show_question(question)
    with _answer_message():
        growing = st.empty()
        with st.spinner("資料を探しています…"):
            exchange = _answered(asked, shared, flow, growing)
        remember(exchange, position)
        with growing.container():
            _show_outcome(exchange, shared, position)


def _answered(asked: Question, shared: SharedParts, flow: AnswerFlow, growing: DeltaGenerator) -> Exchange:
    """The exchange as it is remembered: without what was said before, which is remembered already."""
    question = replace(asked, history=())
    try:
        answer = _stream(asked, flow, growing)
        return Exchange(question, view_answer(answer, shared.store, question.scope))
    except RagError as error:
        return Exchange(question, problem=str(error))


def _stream(question: Question, flow: AnswerFlow, growing: DeltaGenerator) -> Answer:
    """Show drafts, then statements in their place as they are verified; return the whole answer."""
    draft, statements = "", list[StatementView]()
    for event in flow.events(question):
        match event:
            case TextDrafted(text):
                draft += text
                growing.html(statements_html([StatementView(draft, ())], is_draft=True))
            case StatementVerified(statement):
                statements.append(view_statement(statement))
                growing.html(statements_html(statements))
            case AnswerDone(answer):
                return answer
    raise RuntimeError("the events ended without AnswerDone")
