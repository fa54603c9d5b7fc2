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


def surroundings(text: str, span: Span, radius: int = 300) -> Excerpt:
    """The quote with at most ``radius`` characters on either side.

    ``surroundings("甲。乙。丙。", Span(2, 4), 3)`` → before 「甲。」, quote 「乙。」, after 「丙。」. A side
    is cut at the sentence border farthest from the quote; where no border is near, in mid-sentence.
    """
    before, cut_before = _tail(text[: span.start], radius)
    after, cut_after = _head(text[span.end :], radius)
    return Excerpt(
        before.lstrip("\n"), text[span.start : span.end], after.rstrip("\n"), cut_before, cut_after
    )


def _tail(text: str, radius: int) -> tuple[str, bool]:
    if len(text) <= radius:
        return text, False
    window = text[len(text) - radius :]
    sentences = split_sentences(window)
    return window[sentences[0].end if len(sentences) > 1 else 0 :], True


def _head(text: str, radius: int) -> tuple[str, bool]:
    if len(text) <= radius:
        return text, False
    window = text[:radius]
    sentences = split_sentences(window)
    return window[: sentences[-1].start if len(sentences) > 1 else radius], True
