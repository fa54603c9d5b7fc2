"""Several documents beside each other: what they share and where they differ, each cell cited.

The sentences that matter most in each document are grouped across documents by what they speak of. A row is
a group: 共通 where all that speak of it agree in numbers and words, 相違 where they do not, 一部 where some
documents say nothing of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from rag.summary.citing import Citer
from rag.summary.extractive import ExtractiveSummarizer
from rag.summary.grounds import Grounds
from rag.summary.material import Sentence
from rag.summary.pairing import is_same_text, nearness, pair_up, statements_of
from rag.text.analyzer import Analyzer
from rag.types import Citation

MAX_CANDIDATES = 300
"""Sentences of each document that are looked at, the most telling first."""

MAX_ROWS = 30
MAX_TOPIC_TERMS = 3
AGREES_FROM = 0.85


class Agreement(StrEnum):
    """How the documents stand to each other in one row."""

    SHARED = "共通"
    DIFFERENT = "相違"
    PARTIAL = "一部"


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One matter; ``cells`` are in the order of the documents, None where one says nothing of it."""

    topic: str
    agreement: Agreement
    cells: tuple[Citation | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table; ``titles`` head its columns, ``num_left_out`` rows are not shown."""

    titles: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]
    num_left_out: int = 0


@dataclass(slots=True)
class _Group:
    """Sentences that speak of the same: number of the document → place among its own."""

    members: dict[int, int]
    worth: float


def compare(
    documents: Sequence[Grounds], summarizer: ExtractiveSummarizer, analyzer: Analyzer, focus: str = ""
) -> Comparison:
    """Compare two documents or more."""
    likely = [_likely(facts, summarizer, focus) for facts in documents]
    groups = _grouped(documents, likely)
    table = _Table(documents, likely, analyzer)
    order = {Agreement.DIFFERENT: 0, Agreement.SHARED: 1, Agreement.PARTIAL: 2}
    rows = [(table.row(group), group.worth) for group in groups]
    rows.sort(key=lambda item: (order[item[0].agreement], -item[1]))
    shown = tuple(row for row, _ in rows[:MAX_ROWS])
    titles = tuple(facts.material.document.name for facts in documents)
    return Comparison(titles, shown, max(0, len(rows) - MAX_ROWS))


def _likely(facts: Grounds, summarizer: ExtractiveSummarizer, focus: str) -> list[tuple[Sentence, float]]:
    """The most telling sentences in the order of the document, with their standing."""
    sentences = statements_of(facts)
    if not sentences:
        return []
    scores = summarizer.scores(facts, sentences, focus)
    scores = (scores - scores.mean()) / (scores.std() or 1.0)
    best = sorted(np.argsort(-scores, kind="stable")[:MAX_CANDIDATES].tolist())
    return [(sentences[place], float(scores[place])) for place in best]


def _grouped(
    documents: Sequence[Grounds], likely: Sequence[Sequence[tuple[Sentence, float]]]
) -> list[_Group]:
    """Each document joins the groups of those before it, or opens its own."""
    groups: list[_Group] = []
    sentences = [[sentence for sentence, _ in found] for found in likely]
    for number, found in enumerate(likely):
        near = np.zeros((len(groups), len(found)), np.float32)
        for other in range(number):
            known = nearness(documents[other], sentences[other], documents[number], sentences[number])
            for row, group in zip(near, groups, strict=True):
                if other in group.members:
                    np.maximum(row, known[group.members[other]], out=row)
        for pair in pair_up(near):
            if pair.second is None:
                continue
            worth = found[pair.second][1]
            if pair.first is None:
                groups.append(_Group({number: pair.second}, worth))
            else:
                groups[pair.first].members[number] = pair.second
                groups[pair.first].worth = max(groups[pair.first].worth, worth)
    return groups


class _Table:
    """Makes rows of groups."""

    def __init__(
        self,
        documents: Sequence[Grounds],
        likely: Sequence[Sequence[tuple[Sentence, float]]],
        analyzer: Analyzer,
    ) -> None:
        self._documents = documents
        self._likely = likely
        self._citers = [Citer(facts.material, analyzer) for facts in documents]

    def row(self, group: _Group) -> ComparisonRow:
        """The row of one group."""
        members = {number: self._likely[number][place][0] for number, place in group.members.items()}
        cells = tuple(
            citer.cite(members[number].start, members[number].end) if number in members else None
            for number, citer in enumerate(self._citers)
        )
        return ComparisonRow(self._topic(members), _agreement(members, len(cells)), cells)

    def _topic(self, members: Mapping[int, Sentence]) -> str:
        """The heading over the first sentence, else the words that all members share."""
        number, sentence = next(iter(members.items()))
        part = self._documents[number].material.parts[sentence.part]
        if part.path:
            return part.path[-1]
        shared = set.intersection(*(set(one.terms) for one in members.values()))
        words = [term for term in sentence.terms if term in shared and not term[0].isdecimal()]
        return "・".join(words[:MAX_TOPIC_TERMS]) or part.title


def _agreement(members: Mapping[int, Sentence], num_documents: int) -> Agreement:
    if len(members) < num_documents:
        return Agreement.PARTIAL
    first, *others = members.values()
    agrees = all(_says_the_same(first, other) for other in others)
    return Agreement.SHARED if agrees else Agreement.DIFFERENT


def _says_the_same(first: Sentence, other: Sentence) -> bool:
    """Equal, or equal in all numbers and nearly all words."""
    if is_same_text(first.text, other.text):
        return True
    numbers = [{term for term in one.terms if term[0].isdecimal()} for one in (first, other)]
    common = sum((Counter(first.terms) & Counter(other.terms)).values())
    longest = max(sum(first.terms.values()), sum(other.terms.values()))
    return numbers[0] == numbers[1] and common >= AGREES_FROM * longest
