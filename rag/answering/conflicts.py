"""Sources that disagree: both are shown with their dates, the one in force first.

「宿泊費は1泊10,000円」 in the rules of 2021 and 「1泊12,000円」 in those of 2024 are both true to their
source; who is shown one alone is misled. Every cited sentence is held against the sentences of the other
documents that were found. Quoted answers then say what is in force; what a model wrote is left as it is, with
a note.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from rag.answering.conflicts_claims import Claim
from rag.answering.versions import Today, are_versions, force_label
from rag.text.fold import fold_text
from rag.types import (
    Answer,
    Citation,
    Conflict,
    Hit,
    Question,
    Span,
    Statement,
    Verdict,
)

DISAGREEMENT = "資料によって内容が異なります: "
"""What a note on a conflict begins with."""

MAX_SIDES = 4
"""How many sentences a conflict shows at most."""

_LIKELY = 45.0
"""Likeness of the bare texts, in percent, below which two sentences need no closer look."""

_SAME_HEADING = 90.0


class ConflictFinder:
    """Completes an answer with what its sources disagree on."""

    def __init__(self, today: Today = dt.date.today) -> None:
        self._today = today

    def __call__(self, question: Question, answer: Answer) -> Answer:
        """The answer with its conflicts, the statement that is in force first, and a note on each."""
        if answer.abstained:
            return answer
        day = question.scope.as_of or self._today()
        groups = [
            tuple(sorted((cited, *others), key=lambda citation: _order(citation, day)))
            for cited in answer.citations
            if (others := tuple(_find_others(cited, answer.hits)))
        ]
        if not groups:
            return answer
        return _told(_renumbered(_in_force_first(answer, groups), _distinct(groups)), day)


def _find_others(cited: Citation, hits: Sequence[Hit]) -> Iterator[Citation]:
    """Sentences of other documents that disagree with a cited one, one a document, best hit first."""
    claim, seen = Claim.of(cited.quote), {cited.document.id}
    for hit in hits:
        if hit.document.id in seen:
            continue
        related = are_versions(cited.document, hit.document)
        for sentence in _sentences(hit):
            text = hit.chunk.text[sentence.start : sentence.end]
            if fuzz.ratio(cited.quote, text) < _LIKELY or not (related or _same_heading(cited, hit)):
                continue
            if claim.disagrees(Claim.of(text), related=related):
                seen.add(hit.document.id)
                yield _cite(hit, sentence, text)
                break
        if len(seen) == MAX_SIDES:
            return


def _sentences(hit: Hit) -> Iterator[Span]:
    """The sentences of a chunk without the white space around them, in offsets of the chunk."""
    chunk = hit.chunk
    for sentence in chunk.sentences or (Span(chunk.start, chunk.end),):
        written = chunk.text[sentence.start - chunk.start : sentence.end - chunk.start]
        start = sentence.start - chunk.start + len(written) - len(written.lstrip())
        if text := written.strip():
            yield Span(start, start + len(text))


def _cite(hit: Hit, local: Span, text: str) -> Citation:
    chunk = hit.chunk
    start, end = chunk.start + local.start, chunk.start + local.end
    place = chunk.locator.label if chunk.locator else ""
    return Citation(0, hit.document, chunk.id, start, end, text, chunk.heading_path, place)


def _same_heading(cited: Citation, hit: Hit) -> bool:
    """Whether the sentences stand under nearly the same heading, numbers aside, or both under none."""
    ends = [path[-1] if path else "" for path in (cited.heading_path, hit.chunk.heading_path)]
    one, other = ("".join(char for char in fold_text(end) if char.isalpha()) for end in ends)
    return one == other or fuzz.ratio(one, other) >= _SAME_HEADING


def _order(citation: Citation, day: dt.date) -> tuple[bool, int]:
    """In force before not, then the youngest first, then what has no date."""
    known = citation.document.attributes
    since = known.effective_from or known.date
    return not known.in_force(day), -since.toordinal() if since else 0


def _distinct(groups: Sequence[tuple[Citation, ...]]) -> tuple[Conflict, ...]:
    """A pair found from both of its sides is one conflict."""
    by_places = {frozenset(map(_place, group)): group for group in reversed(groups)}
    return tuple(map(Conflict, reversed(list(by_places.values()))))


def _in_force_first(answer: Answer, groups: Sequence[tuple[Citation, ...]]) -> Answer:
    """Quoted statements that are out of force give way to the sentence that is in force."""
    winners = {_place(citation): group[0] for group in groups for citation in group}
    statements: dict[tuple[str, int, int] | int, Statement] = {}
    for position, statement in enumerate(answer.statements):
        cited = statement.citations[0] if statement.citations else None
        winner = winners.get(_place(cited)) if cited else None
        if cited is None or winner is None or statement.verdict is not Verdict.VERBATIM:
            statements[_place(cited) if cited else position] = statement
        elif _place(winner) == _place(cited):
            statements[_place(cited)] = statement
        else:
            statements.setdefault(_place(winner), Statement(winner.quote, (winner,), Verdict.VERBATIM))
    told = tuple(statements.values())
    short = answer.short_answer if told and answer.short_answer in told[0].text else ""
    return replace(answer, statements=told, short_answer=short)


def _renumbered(answer: Answer, conflicts: Sequence[Conflict]) -> Answer:
    """Citations numbered by first use, one number a sentence; those of conflicts follow."""
    numbers: dict[tuple[str, int, int], int] = {}

    def numbered(citations: Sequence[Citation]) -> tuple[Citation, ...]:
        return tuple(
            replace(citation, number=numbers.setdefault(_place(citation), len(numbers) + 1))
            for citation in citations
        )

    statements = tuple(replace(one, citations=numbered(one.citations)) for one in answer.statements)
    told = tuple(Conflict(numbered(conflict.citations)) for conflict in conflicts)
    return replace(answer, statements=statements, conflicts=told)


def _told(answer: Answer, day: dt.date) -> Answer:
    notes = [
        DISAGREEMENT
        + "、".join(
            f"[{citation.number}] {citation.document.title or citation.document.name}"
            f"（{force_label(citation.document.attributes, day)}）"
            for citation in conflict.citations
        )
        for conflict in answer.conflicts
    ]
    return replace(answer, notes=(*answer.notes, *notes))


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.document.id, citation.start, citation.end
