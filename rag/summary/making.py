"""Documents and a wish → everything that a face shows: the one door for command line, page and server."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.errors import SettingsError
from rag.summary.base import Format, Length, Request
from rag.summary.changes import find_changes
from rag.summary.citing import Citer
from rag.summary.comparison import compare
from rag.summary.export.outline import Page
from rag.summary.minutes import MinutesItem, find_items
from rag.summary.summarizer import Summarizer
from rag.types import Document

NUM_VERSIONS = 2

Told = Callable[[int, int, int, int], None]
"""Told which document of how many is worked on, and how many of its prompts of how many are done."""


def tell_nobody(_document: int, _documents: int, _done: int, _total: int) -> None:
    """No progress is shown."""


def make_page(
    documents: Sequence[Document],
    summarizer: Summarizer,
    request: Request,
    layout: Format = Format.PARAGRAPH,
    told: Told = tell_nobody,
) -> Page:
    """One summary a document; several documents are compared too, two versions for their changes.

    Raises SettingsError when changes are asked of other than two documents.
    """
    if layout is Format.CHANGES and len(documents) != NUM_VERSIONS:
        raise SettingsError(
            f"--format {layout} compares two versions and got {len(documents)} documents: "
            "give the older file first, then the newer"
        )
    facts, summaries = [], []
    for number, document in enumerate(documents):

        def progress(done: int, total: int, number: int = number) -> None:
            told(number, len(documents), done, total)

        progress(0, 0)
        facts.append(summarizer.extractive.grounds(document))
        if layout is not Format.CHANGES:
            summaries.append(summarizer.of_grounds(facts[-1], request, progress))
    if layout is Format.CHANGES:
        return Page((), layout, changes=find_changes(facts[0], facts[1], summarizer.analyzer))
    minutes: tuple[tuple[MinutesItem, ...], ...] = ()
    if layout is Format.MINUTES:
        minutes = tuple(find_items(one.material, Citer(one.material, summarizer.analyzer)) for one in facts)
    comparison = None
    if len(documents) > 1:
        comparison = compare(facts, summarizer.extractive, summarizer.analyzer, request.focus)
    is_short = request.length in {Length.LINE, Length.SHORT}
    return Page(tuple(summaries), layout, minutes, None, comparison, is_short)
