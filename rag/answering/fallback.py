"""When generation fails, the verbatim sentences are still there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answering.base import AnswerDone, Answerer, AnswerEvent
from rag.errors import ModelError
from rag.types import Hit, Question


class FallbackAnswerer:
    """Asks ``first``; when its model fails, asks ``second`` and says why in one line."""

    def __init__(self, first: Answerer, second: Answerer) -> None:
        self._first = first
        self._second = second

    @property
    def name(self) -> str:
        """The name of the one that is asked first."""
        return self._first.name

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        """The first's events; after a ModelError the second's, with a note. Drafts seen so far are void."""
        try:
            yield from self._first.answer(question, hits)
        except ModelError as error:
            note = f"生成できなかったため、資料の文をそのまま示します（{error}）"
            for event in self._second.answer(question, hits):
                if isinstance(event, AnswerDone):
                    yield AnswerDone(replace(event.answer, notes=(*event.answer.notes, note)))
                else:
                    yield event
