"""The whole flow of one question: make it standalone, retrieve, answer, finish. The rest is behind that.

`rag.chain` makes this a LangChain Runnable. Faces that need no LangChain take it as it is, which
saves half a second of imports.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.answering.base import AnswerDone, Answerer, AnswerEvent, HitsFound, QuestionRewritten
from rag.answering.conversation import Rewriter, Rewriting, untold, within_budget
from rag.answering.versions import superseded_note, without_superseded
from rag.errors import RagError
from rag.retrieval.base import Retriever
from rag.retrieval.query_language import read_question
from rag.types import Answer, Hit, Question

Find = Callable[[Question], Sequence[Hit]]

Finish = Callable[[Question, Answer], Answer]
"""What an answer is completed with: conflicts between its sources, what an abstention lacks."""

Keep = Callable[[Question, Sequence[AnswerEvent]], None]
"""Keeps a record of a question and everything that happened."""

HISTORY_TOKENS = 512
"""How much of a conversation a follow-up question is read with."""

NOTHING_MORE = "前の回答で示した文のほかには、答えになる文がありません"
"""What an abstention says to somebody who asked for more."""


class AnswerFlow:
    """Asks the rewriter for a standalone question, the retriever for hits, the answerer for an answer.

    Without a rewriter every question is taken as it is. ``keep`` sees the events before the answer is
    handed out; when it fails, the answer says so.
    """

    def __init__(
        self,
        retriever: Retriever,
        answerer: Answerer,
        *,
        top_k: int = 8,
        rewriter: Rewriter | None = None,
        history_tokens: int = HISTORY_TOKENS,
        finishers: Sequence[Finish] = (),
        keep: Keep | None = None,
    ) -> None:
        self.retriever = retriever
        self.answerer = answerer
        self.top_k = top_k
        self._rewriter = rewriter
        self._history_tokens = history_tokens
        self._finishers = tuple(finishers)
        self._keep = keep

    def find(self, question: Question) -> Sequence[Hit]:
        """The hits that the answer is made from."""
        return self.retriever.retrieve(question, self.top_k)

    def events(self, question: Question, find: Find | None = None) -> Iterator[AnswerEvent]:
        """What happens, as it happens; the last event is always `AnswerDone`.

        ``find`` stands in for the flow's own search, so that a caller can watch it.
        """
        if self._keep is None:
            yield from self._events(question, find)
            return
        happened: list[AnswerEvent] = []
        for event in self._events(question, find):
            happened.append(event)
            yield self._kept(question, happened, event) if isinstance(event, AnswerDone) else event

    def answer(self, question: Question) -> Answer:
        """The whole answer to one question."""
        return last_answer(self.events(question))

    def _events(self, question: Question, find: Find | None) -> Iterator[AnswerEvent]:
        began = time.perf_counter()
        read = read_question(question)
        rewriting = self._rewrite(read)
        standalone = replace(read, text=rewriting.query, history=())
        if rewriting.query != read.text:
            yield QuestionRewritten(rewriting.query, rewriting.by)
        hits, left_out = _then_in_force(tuple((find or self.find)(standalone)), standalone.scope.as_of)
        if rewriting.wants_more:
            hits = untold(hits, question.history)
        yield HitsFound(hits)
        for event in self.answerer.answer(standalone, hits):
            if isinstance(event, AnswerDone):
                answer = self._finished(read, standalone, event.answer)
                more = (NOTHING_MORE,) if rewriting.wants_more and answer.abstained else ()
                notes = (*read.notes, *left_out, *more, *answer.notes)
                answer = replace(answer, question=question.text, notes=notes)
                yield AnswerDone(replace(answer, elapsed_seconds=time.perf_counter() - began))
            else:
                yield event

    def _rewrite(self, question: Question) -> Rewriting:
        history = within_budget(question.history, self._history_tokens)
        if self._rewriter is None or not history:
            return Rewriting(question.text)
        return self._rewriter.rewrite(question.text, history)

    def _finished(self, read: Question, standalone: Question, answer: Answer) -> Answer:
        for finish in self._finishers:
            answer = finish(standalone, answer)
        query = "" if standalone.text == read.text else standalone.text
        return replace(answer, query=query, as_of=read.scope.as_of)

    def _kept(self, question: Question, happened: Sequence[AnswerEvent], done: AnswerDone) -> AnswerDone:
        """The last event; with a note when no record could be kept of it."""
        try:
            if self._keep is not None:
                self._keep(question, happened)
        except RagError as error:
            notes = (*done.answer.notes, f"記録を残せませんでした（{error}）")
            return AnswerDone(replace(done.answer, notes=notes))
        return done


def _then_in_force(hits: tuple[Hit, ...], day: dt.date | None) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
    """For a day that was asked about: the hits without replaced versions, and a note on these."""
    if day is None:
        return hits, ()
    kept, old = without_superseded(hits, day)
    return kept, (superseded_note(old, day),) if old else ()


def last_answer(events: Iterator[AnswerEvent]) -> Answer:
    """The answer that a run of events ends with; TypeError when an answerer broke its promise."""
    last = next(iter(deque(events, maxlen=1)), None)
    if not isinstance(last, AnswerDone):
        raise TypeError(f"the events ended with {type(last).__name__}, not AnswerDone")
    return last.answer
