"""Marks for the keyword index: the pages and articles that a chunk stands on, and whether it is garbled."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from ingest.plausibility import judge
from rag.text.garbling import looks_garbled
from rag.text.terms import GARBLED_MARK, article_mark, page_mark
from rag.types import Annotation, Document, Locator, Span

_LOW_KANA_SHARE = 0.02
_ENOUGH_JAPANESE = 1_000


class Marks:
    """The pages and articles of one document, ready to be asked for those of a span.

    >>> Marks(document).of(Span(0, 40))  # doctest: +SKIP
    ('#p3', '#a第20条')
    """

    def __init__(self, document: Document) -> None:
        self._pages = _Ranges(_pages(document.locators))
        self._articles = _Ranges(_articles(document.annotations))
        self._text = document.text
        self._lacks_kana = _lacks_kana(document.text)

    def of(self, span: Span) -> tuple[str, ...]:
        """Each mark once, pages before articles."""
        garbled = self._lacks_kana or looks_garbled(self._text[span.start : span.end])
        marks = (*self._pages.under(span), *self._articles.under(span))
        return (*dict.fromkeys(marks), *([GARBLED_MARK] * garbled))


class _Ranges:
    """Marked spans in order of their starts, none within another."""

    def __init__(self, marked: Iterator[tuple[int, int, str]]) -> None:
        self._marked = sorted(marked)
        self._starts = [start for start, _, _ in self._marked]

    def under(self, span: Span) -> Iterator[str]:
        first = max(bisect_right(self._starts, span.start) - 1, 0)
        for _, end, mark in self._marked[first : bisect_left(self._starts, span.end)]:
            if end > span.start:
                yield mark


def _lacks_kana(text: str) -> bool:
    """Japanese prose is half kana; lists of names and codes have none and are short."""
    found = judge(text)
    return found.num_judged >= _ENOUGH_JAPANESE and found.kana_share < _LOW_KANA_SHARE


def _pages(locators: tuple[Locator, ...]) -> Iterator[tuple[int, int, str]]:
    return ((one.start, one.end, page_mark(one.page)) for one in locators if one.page is not None)


def _articles(annotations: tuple[Annotation, ...]) -> Iterator[tuple[int, int, str]]:
    return ((one.start, one.end, article_mark(one.value)) for one in annotations if one.kind == "article")
