"""What the page keeps: shared parts for everybody, questions and answers for one session alone.

``st.cache_resource`` is shared by all users of a server, so only what belongs to none of them is in it:
the store, the models, the chain. Questions live in ``st.session_state``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from rag.assembly import Assembly, open_assembly
from rag.chain import AnswerChain
from rag.errors import RagError
from rag.settings import load_settings
from rag.store.base import Store
from rag.types import Question
from ui.page.escape import escape_markdown
from ui.page.view import AnswerView

_HISTORY = "history"


class SharedParts:
    """What all users of a server share: the store with its models, and the chain, built when first needed."""

    def __init__(self, assembly: Assembly, build_chain: Callable[[], AnswerChain]) -> None:
        self.assembly = assembly
        self._build_chain = build_chain
        self._chain: AnswerChain | None = None
        self._lock = threading.Lock()

    @property
    def store(self) -> Store:
        """The open store."""
        return self.assembly.store

    def chain(self) -> AnswerChain:
        """The chain; a model is loaded once, however many sessions ask at the same time."""
        with self._lock:
            if self._chain is None:
                self._chain = self._build_chain()
            return self._chain


def _close(shared: SharedParts) -> None:
    shared.assembly.close()


@st.cache_resource(show_spinner="資料を開いています…", on_release=_close)
def open_shared_parts(settings_file: Path | None, store: Path | None) -> SharedParts:
    """Settings are read and the store is opened once a server; a store that is not there is made."""
    settings = load_settings(settings_file, arguments={"store.path": store})
    assembly = open_assembly(settings, create=True)
    return SharedParts(assembly, assembly.build_chain)


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


def forget_history() -> None:
    """Empty this session's history."""
    st.session_state[_HISTORY] = ()


@contextmanager
def errors_as_one_line() -> Iterator[None]:
    """Show a RagError as one line, without a trace; what follows in the block is not run."""
    try:
        yield
    except RagError as error:
        show_problem(str(error))


def show_problem(message: str) -> None:
    """One line that says what went wrong and what to do."""
    st.error(escape_markdown(message), icon=":material/error:")
