"""What the page keeps: shared parts for everybody, questions and answers for one session alone.

``st.cache_resource`` is shared by all users of a server, so only what belongs to none of them is in it:
the store, the models, the flow. Questions live in ``st.session_state``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from rag.answering.conversation import MAX_TURNS, Conversation
from rag.answering.flow import AnswerFlow
from rag.assembly import Assembly, open_assembly
from rag.errors import RagError
from rag.settings import load_settings
from rag.store.base import Store
from rag.types import Question, Turn
from ui.page.escape import escape_markdown
from ui.page.view import AnswerView

logger = logging.getLogger(__name__)

_HISTORY = "history"


class SharedParts:
    """Shared by all users of a server: store, models and the flow of a question, built when first needed."""

    def __init__(self, assembly: Assembly, build_flow: Callable[[], AnswerFlow]) -> None:
        self.assembly = assembly
        self._build_flow = build_flow
        self._flow: AnswerFlow | None = None
        self._lock = threading.Lock()

    @property
    def store(self) -> Store:
        """The open store."""
        return self.assembly.store

    def flow(self) -> AnswerFlow:
        """The flow; a model is loaded once, however many sessions ask at the same time."""
        with self._lock:
            if self._flow is None:
                self._flow = self._build_flow()
            return self._flow


def _close(shared: SharedParts) -> None:
    shared.assembly.close()


@st.cache_resource(show_spinner="資料を開いています…", on_release=_close)
def open_shared_parts(settings_file: Path | None, store: Path | None) -> SharedParts:
    """Settings are read and the store is opened once a server; a store that is not there is made."""
    settings = load_settings(settings_file, arguments={"store.path": store})
    assembly = open_assembly(settings, create=True)
    return SharedParts(assembly, assembly.build_flow)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of this session; without answer and problem when it was interrupted."""

    question: Question
    answer: AnswerView | None = None
    problem: str = ""


def history() -> tuple[Exchange, ...]:
    """The session's exchanges, oldest first."""
    exchanges: tuple[Exchange, ...] = st.session_state.get(_HISTORY, ())
    return exchanges


def remember(exchange: Exchange, position: int | None = None) -> int:
    """Put an exchange at the end, or in place of the one at ``position``; return where it stands."""
    exchanges = history()
    at = len(exchanges) if position is None else position
    st.session_state[_HISTORY] = (*exchanges[:at], exchange, *exchanges[at + 1 :])
    return at


def conversation() -> Conversation:
    """What was said in this session, for the questions that follow; without what was not answered."""
    answered = [(one.question, one.answer) for one in history() if one.answer is not None]
    turns = (Turn(answer.query or question.text, answer.text) for question, answer in answered[-MAX_TURNS:])
    return Conversation(None, tuple(turns))


def forget_history() -> None:
    """Empty this session's history."""
    st.session_state[_HISTORY] = ()


@contextmanager
def errors_as_one_line() -> Iterator[None]:
    """Show a RagError as one line, without a trace; what follows in the block is not run.

    What nobody foresaw is written to the server's log, and told in one line too.
    """
    try:
        yield
    except RagError as error:
        show_problem(str(error))
    except Exception:
        logger.exception("the page could not be drawn")
        show_problem("予期しない誤りが起きました。詳しいことはサーバーの記録にあります。")


def show_problem(message: str) -> None:
    """One line that says what went wrong and what to do."""
    st.error(escape_markdown(message), icon=":material/error:")
