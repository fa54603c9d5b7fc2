"""What is known about the spans of a rule: its 条, 項 and 号, what they refer to, the terms it defines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.definitions import definition_annotations
from ingest.provisions import Provisions
from ingest.references import reference_annotations
from ingest.sections import Article
from rag.types import Annotation, Section


def rule_annotations(
    text: str, title: str, articles: Sequence[Article], sections: Sequence[Section]
) -> Iterator[Annotation]:
    """Every annotation that only a text with articles has; none for any other.

    Kinds: ``article`` (第20条, 附則第2条), ``paragraph`` (第20条第2項), ``item`` (第20条第2項第1号),
    ``reference``, ``definition`` and ``term``.
    """
    if not articles:
        return
    provisions = Provisions(text, articles, sections)
    yield from filter(None, (one.annotation for one in (*provisions.articles, *provisions)))
    yield from reference_annotations(text, title, provisions)
    yield from definition_annotations(text, provisions)
