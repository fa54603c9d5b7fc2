"""Versions of one document: which of them is in force, and that an answer rests on one that no longer is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from rag.text.fold import fold_text
from rag.types import Answer, Attributes, Citation, DocumentInfo, Hit, Question

_SAME_TITLE = 90.0
_MIN_TITLE_CHARS = 3

Today = Callable[[], dt.date]


class OutdatedNotes:
    """Completes an answer with a note on every cited document that is out of force or has a newer version.

    Newer versions are looked for among the documents that were found; a conflict tells the days itself.
    """

    def __init__(self, today: Today = dt.date.today) -> None:
        self._today = today

    def __call__(self, question: Question, answer: Answer) -> Answer:
        """The answer with its notes; an abstention rests on nothing."""
        day = question.scope.as_of or self._today()
        told = {citation.number for conflict in answer.conflicts for citation in conflict.citations}
        hits = [one for hit in answer.hits for one in (hit, *hit.duplicates)]
        found = {hit.document.id: hit.document for hit in hits}
        cited = {one.document.id: one for one in reversed(answer.citations) if one.number not in told}
        notes = [
            note for one in sorted(cited.values(), key=_number) for note in _notes(one, found.values(), day)
        ]
        return replace(answer, notes=(*answer.notes, *notes)) if notes else answer


def without_superseded(hits: Sequence[Hit], day: dt.date) -> tuple[tuple[Hit, ...], tuple[DocumentInfo, ...]]:
    """The hits without those of documents that a newer version had replaced by that day, and these documents.

    For questions about a day; without one both versions are shown, the one in force first.
    """
    found = {hit.document.id: hit.document for hit in hits}
    old = {
        one.id: one for one in found.values() if any(_is_newer(other, one, day) for other in found.values())
    }
    return tuple(hit for hit in hits if hit.document.id not in old), tuple(old.values())


def superseded_note(documents: Sequence[DocumentInfo], day: dt.date) -> str:
    """「2025年4月1日には新しい版があった資料を除きました: 経費精算規程（2021年4月1日から）」."""
    named = "、".join(f"{one.title or one.name}（{force_label(one.attributes, day)}）" for one in documents)
    return f"{day_label(day)}には新しい版があった資料を除きました: {named}"


def _number(citation: Citation) -> int:
    return citation.number


def _notes(citation: Citation, found: Iterable[DocumentInfo], day: dt.date) -> Iterator[str]:
    document = citation.document
    title, days = document.title or document.name, force_label(document.attributes, day)
    newer = [one for one in found if _is_newer(one, document, day)]
    newest = max(newer, key=lambda one: one.attributes.effective_from or dt.date.min, default=None)
    if newest is not None:
        other = f"{newest.title or newest.name}（{force_label(newest.attributes, day)}）"
        yield f"[{citation.number}] {title}（{days}）には新しい版があります: {other}"
    elif not document.attributes.in_force(day):
        yield f"[{citation.number}] {title} は、{day_label(day)}には有効ではありません（{days}）"


def _is_newer(one: DocumentInfo, document: DocumentInfo, day: dt.date) -> bool:
    """A version that is in force and took effect later."""
    since, before = one.attributes.effective_from, document.attributes.effective_from
    if since is None or before is None or since <= before or not one.attributes.in_force(day):
        return False
    return are_versions(one, document)


def force_label(attributes: Attributes, day: dt.date) -> str:
    """The days of a document in words: 「2021年4月1日から・2024年3月31日まで」, 「2025年6月16日付」."""
    parts = []
    if attributes.effective_from:
        begun = attributes.effective_from <= day
        parts.append(f"{day_label(attributes.effective_from)}から" + ("" if begun else "（未施行）"))
    if attributes.effective_to:
        ended = attributes.effective_to < day
        parts.append(f"{day_label(attributes.effective_to)}まで" + ("（失効）" if ended else ""))
    if not parts and attributes.date:
        parts.append(f"{day_label(attributes.date)}付")
    return "・".join(parts) or "日付不明"


def day_label(day: dt.date) -> str:
    """``2024年4月1日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def are_versions(one: DocumentInfo, other: DocumentInfo) -> bool:
    """Whether one title stands in the other, numbers aside: 経費精算規程, 株式会社…　経費精算規程 2024."""
    titles = sorted((_bare_title(one), _bare_title(other)), key=len)
    return len(titles[0]) >= _MIN_TITLE_CHARS and fuzz.partial_ratio(*titles) >= _SAME_TITLE


def _bare_title(info: DocumentInfo) -> str:
    return "".join(char for char in fold_text(info.title or info.name) if char.isalpha())
