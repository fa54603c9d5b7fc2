"""Small real implementations of the protocols, for tests of what stands above them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.base import AnswerDone, AnswerEvent, StatementVerified
from rag.generation.base import Prompt, Sampling
from rag.text.analyzer import Analysis
from rag.types import (
    Answer,
    Chunk,
    Citation,
    DocumentInfo,
    Hit,
    Question,
    Span,
    Statement,
    Verdict,
)


def make_hit(text: str, *, chunk_id: int = 1, score: float = 1.0, source: str = "/docs/規程.txt") -> Hit:
    """A hit whose chunk is the whole document and one sentence."""
    chunk = Chunk("d1", 0, 0, len(text), text, (Span(0, len(text)),), ("第1章",), id=chunk_id)
    return Hit(chunk, DocumentInfo("d1", source, "default", "規程"), score)


class ListRetriever:
    """Finds the same hits for every question, within the question's sources."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = hits
        self.asked: list[Question] = []

    def retrieve(self, question: Question, top_k: int) -> Sequence[Hit]:
        self.asked.append(question)
        sources = question.scope.sources
        return [hit for hit in self.hits if not sources or hit.document.name in sources][:top_k]


class FirstHitAnswerer:
    """States the first hit's text; abstains without hits."""

    name = "first-hit"

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        statements = []
        for number, hit in enumerate(hits[:1], start=1):
            chunk = hit.chunk
            citation = Citation(number, hit.document, chunk.id, chunk.start, chunk.end, chunk.text)
            statements.append(Statement(chunk.text, (citation,), Verdict.VERBATIM))
            yield StatementVerified(statements[-1])
        yield AnswerDone(
            Answer(
                question.text,
                tuple(statements),
                tuple(hits),
                not statements,
                1.0 * len(statements),
                self.name,
            )
        )


class ScriptedGenerator:
    """Writes what it was given, a piece at a time; one token a character."""

    prompt_style = "alpaca-ja"

    def __init__(
        self, pieces: Sequence[str], *, context_tokens: int = 4_096, error: Exception | None = None
    ) -> None:
        self.name = "scripted"
        self.context_tokens = context_tokens
        self.prompts: list[Prompt] = []
        self._pieces = pieces
        self._error = error

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def count_prompt(self, prompt: Prompt) -> int:
        return len(prompt.text)

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        self.prompts.append(prompt)
        yield from self._pieces
        if self._error:
            raise self._error


class UnstoredChunks:
    """As much of a store as answerers need for hits that were never stored: it knows no analysis."""

    def analyses(self, chunk_ids: Sequence[int]) -> dict[int, Analysis]:
        return {}
