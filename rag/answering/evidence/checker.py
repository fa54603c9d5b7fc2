"""Statement ⇔ source: which sentences carry a statement, and whether they say what it says.

A marker that the model wrote is read, never believed. A statement is supported when the sentences behind it
have its words and nothing that must agree exactly disagrees: numbers with units and bounds, dates in either
calendar, names, what is affirmed and denied. Covered are other words for the same value (三割, 30 %;
令和六年, 2024年; 半年, 6か月; 〜を除き, 〜以外), short names, small sums. Not covered: paraphrase without
common words (unsupported, which is the safe side), reasoning, who did what to whom.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rag.answering.candidates import Candidate
from rag.answering.evidence.comparison import find_discrepancies
from rag.answering.evidence.discrepancy import Discrepancy
from rag.answering.evidence.drafts import Draft
from rag.answering.evidence.entailment import EntailmentModel, weigh
from rag.answering.evidence.facts import Facts, read_facts
from rag.text.analyzer import Analyzer
from rag.types import Verdict

SUPPORTED_FROM = 0.5
"""Share of a statement's words that its sentences must carry; fitted on hand-worded ones (tuning half)."""

PARTLY_FROM = 0.35
ALSO_FROM = 0.2
"""Share that a second sentence must carry to prove what the first leaves out."""

_PENALTY = 0.3
"""How much a sentence that disagrees, or speaks of something else, loses when sentences are compared."""
_MOST_HELD = 8
_MOST = 0.6
_NEAR = 2
"""How many sentences before and behind may say whom and which year a sentence speaks of."""
_REMEMBERED = 4_000


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on a statement, the sentences behind it, and what they say otherwise or not at all.

    Without sentences it is unsupported; a contradicted statement has the one that says otherwise.
    """

    verdict: Verdict
    candidates: tuple[Candidate, ...] = ()
    discrepancies: tuple[Discrepancy, ...] = ()

    @property
    def candidate(self) -> Candidate | None:
        """The sentence that carries most of it."""
        return next(iter(self.candidates), None)


class _Held(NamedTuple):
    """One sentence held against a statement."""

    words: float
    has_topic: bool
    is_cited: bool
    discrepancies: tuple[Discrepancy, ...]
    candidate: Candidate

    @property
    def score(self) -> tuple[float, bool]:
        """By which the best is chosen: one that disagrees must have clearly more of the words."""
        lost = _PENALTY * bool(self.discrepancies) + _PENALTY * (not self.has_topic)
        return self.words - lost, self.is_cited


class EvidenceChecker:
    """Finds the sentences that a statement rests on, and judges whether they carry it.

    ``model`` is an entailment model that is asked beside the rules; what must agree exactly stays theirs.
    """

    def __init__(self, analyzer: Analyzer, model: EntailmentModel | None = None) -> None:
        # One answer holds each of its statements against the same sentences.
        self._facts = lru_cache(maxsize=_REMEMBERED)(lambda text: read_facts(text, analyzer))
        self._model = model

    def check(self, draft: Draft, evidence: Sequence[tuple[int, Candidate]]) -> Finding:
        """Judge one statement against all sentences of the evidence, each with its block's number.

        Sentences of the blocks that the model cited win ties.
        """
        said = self._facts(draft.text)
        if not said.terms.base:
            return Finding(Verdict.UNSUPPORTED)
        near = sorted(
            ((self._words(said, [one]), number in draft.cited, one) for number, one in evidence),
            key=lambda held: (-held[0], not held[1]),
        )
        all_sentences = [one for _, one in evidence]
        held = [
            self._hold(said, *one, _neighbours(one[2], all_sentences))
            for one in near[:_MOST_HELD]
            if one[0] >= ALSO_FROM
        ]
        if not held:
            return Finding(Verdict.UNSUPPORTED)
        best = max(held, key=lambda one: one.score)
        second = _second(best, held)
        chosen = [best.candidate, *([second.candidate] if second else [])]
        left = [one for one in best.discrepancies if second is None or one in second.discrepancies]
        verdict = self._verdict(draft.text, [one.text for one in chosen], self._words(said, chosen), left)
        return Finding(verdict, () if verdict is Verdict.UNSUPPORTED else tuple(chosen), tuple(left))

    def compare(self, statement: str, source: str, *, context: str = "") -> Finding:
        """The verdict when this text, under these headings, is all there is; no sentences are named."""
        said, found, above = self._facts(statement), self._facts(source), self._facts(context)
        words, left = covered_words(said, [found, above]), find_discrepancies(said, found, above)
        return Finding(self._verdict(statement, [source], words, left), (), left)

    def _words(self, said: Facts, candidates: Sequence[Candidate]) -> float:
        return covered_words(said, [self._facts(text) for one in candidates for text in _texts(one)])

    def _hold(
        self,
        said: Facts,
        words: float,
        is_cited: bool,
        candidate: Candidate,
        neighbours: Sequence[Candidate],
    ) -> _Held:
        text, heading = _texts(candidate)
        near = [self._facts(one.text) for one in neighbours]
        disagreeing = find_discrepancies(said, self._facts(text), self._facts(heading), near)
        has_topic = _share(said.topic, self._facts(text).characters | self._facts(heading).characters) > _MOST
        return _Held(words, has_topic or not said.topic, is_cited, disagreeing, candidate)

    def _verdict(
        self, statement: str, sources: Sequence[str], words: float, left: Sequence[Discrepancy]
    ) -> Verdict:
        """By rule, and then by the model where the rules leave it open."""
        verdict = _judge(self._facts(statement), [self._facts(one) for one in sources], words, left)
        if self._model is None or left or verdict is Verdict.VERBATIM:
            return verdict
        return weigh(verdict, self._model.judge("".join(sources), statement))


def _texts(candidate: Candidate) -> tuple[str, str]:
    return candidate.text, candidate.around.heading


def _neighbours(candidate: Candidate, sentences: Sequence[Candidate]) -> list[Candidate]:
    """The sentences of its chunk that stand beside it."""
    chunk, place = candidate.hit.chunk.id, candidate.position
    return [
        one
        for one in sentences
        if one.hit.chunk.id == chunk and one is not candidate and abs(one.position - place) <= _NEAR
    ]


def _second(best: _Held, held: Sequence[_Held]) -> _Held | None:
    """Another sentence of the document that proves what the best one leaves out, without denying anything."""
    if not best.discrepancies or any(one.found for one in best.discrepancies):
        return None
    document = best.candidate.hit.document.id
    others = [
        one
        for one in held
        if one is not best
        and one.candidate.hit.document.id == document
        and not any(found.found for found in one.discrepancies)
        and not set(best.discrepancies) <= set(one.discrepancies)
    ]
    return max(others, key=lambda one: one.score, default=None)


def covered_words(said: Facts, sources: Sequence[Facts]) -> float:
    """Which share of a statement sources hold: the mean of its words by base form and of its characters.

    Characters are kanji, katakana, digits and letters, each once; 宿泊費 has two of 宿泊料.
    """
    bases = frozenset().union(*(one.terms.base.keys() for one in sources))
    characters = frozenset().union(*(one.characters for one in sources))
    return (_share(said.terms.base.keys(), bases) + _share(said.characters, characters)) / 2


def _share(wanted: Collection[str], present: Collection[str]) -> float:
    return sum(one in present for one in wanted) / len(wanted) if wanted else 0.0


def _judge(said: Facts, sources: Sequence[Facts], words: float, left: Sequence[Discrepancy]) -> Verdict:
    if words < PARTLY_FROM:
        return Verdict.UNSUPPORTED
    if any(said.folded.rstrip("。") in one.folded for one in sources):
        return Verdict.VERBATIM
    if left and all(one.kind == "name" and not one.found for one in left):
        return Verdict.PARTLY  # a name that the sentence leaves out, with none in its place
    if left:
        says_otherwise = words >= SUPPORTED_FROM and any(one.found for one in left)
        return Verdict.CONTRADICTED if says_otherwise else Verdict.UNSUPPORTED
    return Verdict.SUPPORTED if words >= SUPPORTED_FROM else Verdict.PARTLY
