"""A quoted span in its surroundings, cut where sentences end."""

from __future__ import annotations

from dataclasses import dataclass

from rag.text.sentences import split_sentences
from rag.types import Span


@dataclass(frozen=True, slots=True)
class Excerpt:
    """``before + quote + after`` is one span of the document's text; ``cut_…`` says that more follows."""

    before: str
    quote: str
    after: str
    cut_before: bool = False
    cut_after: bool = False


def surroundings(text: str, span: Span, radius: int = 300, max_lines: int = 6) -> Excerpt:
    """The quote with at most ``radius`` characters and ``max_lines`` further lines on either side.

    ``surroundings("甲。乙。丙。", Span(2, 4), 3)`` → before 「甲。」, quote 「乙。」, after 「丙。」. A side
    is cut at the sentence border farthest from the quote; where no border is near, in mid-sentence.
    """
    before = _last_lines(_tail(text[: span.start], radius), max_lines)
    after = _first_lines(_head(text[span.end :], radius), max_lines)
    return Excerpt(
        before.lstrip("\n"),
        text[span.start : span.end],
        after.rstrip("\n"),
        cut_before=len(before) < span.start,
        cut_after=len(after) < len(text) - span.end,
    )


def _tail(text: str, radius: int) -> str:
    if len(text) <= radius:
        return text
    window = text[len(text) - radius :]
    sentences = split_sentences(window)
    return window[sentences[0].end if len(sentences) > 1 else 0 :]


def _head(text: str, radius: int) -> str:
    if len(text) <= radius:
        return text
    window = text[:radius]
    sentences = split_sentences(window)
    return window[: sentences[-1].start if len(sentences) > 1 else radius]


def _last_lines(text: str, max_lines: int) -> str:
    return "\n".join(text.split("\n")[-max_lines - 1 :])


def _first_lines(text: str, max_lines: int) -> str:
    return "\n".join(text.split("\n")[: max_lines + 1])
