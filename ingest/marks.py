"""Which pages and articles a chunk stands on, as marks for the keyword index."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from rag.text.terms import article_mark, page_mark
from rag.types import Annotation, Document, Locator, Span


class Marks:
    """The pages and articles of one document, ready to be asked for those of a span.

    >>> Marks(document).of(Span(0, 40))  # doctest: +SKIP
    ('#p3', '#a第20条')
    """

    def __init__(self, document: Document) -> None:
        self._pages = _Ranges(_pages(document.locators))
        self._articles = _Ranges(_articles(document.annotations))

    def of(self, span: Span) -> tuple[str, ...]:
        """Each mark once, pages before articles."""
        return tuple(dict.fromkeys((*self._pages.under(span), *self._articles.under(span))))


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


def _pages(locators: tuple[Locator, ...]) -> Iterator[tuple[int, int, str]]:
    return ((one.start, one.end, page_mark(one.page)) for one in locators if one.page is not None)


def _articles(annotations: tuple[Annotation, ...]) -> Iterator[tuple[int, int, str]]:
    return ((one.start, one.end, article_mark(one.value)) for one in annotations if one.kind == "article")
