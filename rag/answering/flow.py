"""The whole flow of one question: retrieve, answer, cite. Four lines; everything else is behind them.

`rag.chain` makes this a LangChain Runnable. Faces that need no LangChain take it as it is, which
saves half a second of imports.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag.answering.base import AnswerDone, Answerer, AnswerEvent, HitsFound
from rag.retrieval.base import Retriever
from rag.types import Answer, Hit, Question

Find = Callable[[Question], Sequence[Hit]]


class AnswerFlow:
    """Asks the retriever for hits and the answerer for an answer from them."""

    def __init__(self, retriever: Retriever, answerer: Answerer, *, top_k: int = 8) -> None:
        self.retriever = retriever
        self.answerer = answerer
        self.top_k = top_k

    def find(self, question: Question) -> Sequence[Hit]:
        """The hits that the answer is made from."""
        return self.retriever.retrieve(question, self.top_k)

    def events(self, question: Question, find: Find | None = None) -> Iterator[AnswerEvent]:
        """What happens, as it happens; the last event is always `AnswerDone`.

        ``find`` stands in for the flow's own search, so that a caller can watch it.
        """
        began = time.perf_counter()
        hits = tuple((find or self.find)(question))
        yield HitsFound(hits)
        for event in self.answerer.answer(question, hits):
            if isinstance(event, AnswerDone):
                elapsed = time.perf_counter() - began
                yield AnswerDone(replace(event.answer, elapsed_seconds=elapsed))
            else:
                yield event

    def answer(self, question: Question) -> Answer:
        """The whole answer to one question."""
        return last_answer(self.events(question))


def last_answer(events: Iterator[AnswerEvent]) -> Answer:
    """The answer that a run of events ends with; TypeError when an answerer broke its promise."""
    last = next(iter(deque(events, maxlen=1)), None)
    if not isinstance(last, AnswerDone):
        raise TypeError(f"the events ended with {type(last).__name__}, not AnswerDone")
    return last.answer
