"""A conversation: what was asked before by the same person, and follow-up questions made standalone.

「それはいつから？」 finds nothing by itself. A rewriter says what it means after what was said; that is what
is searched and answered, and it is shown. A conversation belongs to one user, lives as long as that user's
session and is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rag.errors import AccessDenied
from rag.text.fold import fold_text
from rag.types import Answer, Hit, Question, Scope, Span, Turn

MAX_TURNS = 20
"""What a conversation remembers at most; far more than any budget lets a rewriter read."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The question to search, and who made it: ``rule``, a model's name, or nobody.

    ``wants_more`` asks for what was not told yet: 「他には？」.
    """

    query: str
    by: str = ""
    wants_more: bool = False


class Rewriter(Protocol):
    """Follow-up question → standalone question."""

    @property
    def name(self) -> str:
        """``rule`` or the model's name."""
        ...

    def rewrite(self, question: str, history: Sequence[Turn]) -> Rewriting:
        """The question as it would be asked by somebody who had said nothing before.

        One that stands alone comes back as it is. ``history`` is oldest first and fits the budget.
        """
        ...


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of one user, oldest first."""

    user: str | None = None
    turns: tuple[Turn, ...] = ()

    def question(self, text: str, scope: Scope) -> Question:
        """The next question with what was said before; AccessDenied when somebody else asks."""
        if scope.user != self.user:
            raise AccessDenied(f"this conversation is not {scope.user or 'yours'}'s: begin one of your own")
        return Question(text, scope, self.turns)

    def then(self, answer: Answer) -> Conversation:
        """The conversation after an answer."""
        turn = Turn(answer.query or answer.question, answer.text)
        return replace(self, turns=(*self.turns, turn)[-MAX_TURNS:])


def untold(hits: Sequence[Hit], history: Sequence[Turn]) -> tuple[Hit, ...]:
    """The hits without the sentences that were told in the history; a hit of which nothing is left goes."""
    told = "\n".join(_bare(turn.answer) for turn in history)
    left = []
    for hit in hits:
        chunk = hit.chunk
        sentences = chunk.sentences or (Span(chunk.start, chunk.end),)
        texts = [chunk.text[one.start - chunk.start : one.end - chunk.start] for one in sentences]
        kept = tuple(
            one
            for one, text in zip(sentences, texts, strict=True)
            if not _bare(text) or _bare(text) not in told
        )
        if kept:
            left.append(replace(hit, chunk=replace(chunk, sentences=kept)))
    return tuple(left)


def _bare(text: str) -> str:
    return "".join(fold_text(text).split())


def within_budget(
    history: Sequence[Turn], max_tokens: int, count: Callable[[Sequence[str]], list[int]] | None = None
) -> tuple[Turn, ...]:
    """The newest whole turns that take at most ``max_tokens`` together, oldest first.

    ``count`` are the model's own tokens; without it every character counts as one, which is above what
    tokenizers for Japanese take.
    """
    texts = [f"{turn.question}\n{turn.answer}" for turn in history]
    tokens = count(texts) if count else list(map(len, texts))
    kept = 0
    for cost in reversed(tokens):
        if cost > max_tokens:
            break
        max_tokens -= cost
        kept += 1
    return tuple(history[len(history) - kept :])
