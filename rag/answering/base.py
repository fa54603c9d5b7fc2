"""What an answerer is, and the events in which an answer comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.generation.base import Prompt, Sampling
from rag.types import Answer, Hit, Question, Statement


@dataclass(frozen=True, slots=True)
class QuestionRewritten:
    """A follow-up question was made standalone: ``query`` is what is searched, ``by`` who made it."""

    query: str
    by: str


@dataclass(frozen=True, slots=True)
class HitsFound:
    """The search is done."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class TextDrafted:
    """The next piece of text as the model writes it; unchecked."""

    text: str


@dataclass(frozen=True, slots=True)
class TextGenerated:
    """What a model was sent and what it wrote, whole; for records."""

    model: str
    prompt: Prompt
    sampling: Sampling
    text: str


@dataclass(frozen=True, slots=True)
class StatementVerified:
    """A statement with its verdict and citations."""

    statement: Statement


@dataclass(frozen=True, slots=True)
class AnswerDone:
    """The last event: the whole answer."""

    answer: Answer


AnswerEvent = QuestionRewritten | HitsFound | TextDrafted | TextGenerated | StatementVerified | AnswerDone


class Answerer(Protocol):
    """Hits → events. The last event is always AnswerDone; HitsFound is sent by the chain before."""

    @property
    def name(self) -> str:
        """``extractive`` or ``generative``."""
        ...

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        """Answer from these hits alone, or abstain."""
        ...
