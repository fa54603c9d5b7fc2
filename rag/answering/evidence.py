"""Statement ⇔ source: a generated answer is cut into statements, each held against the evidence.

A marker that the model wrote is read, never believed: a statement is supported when one sentence of
the evidence carries its words *and* all of its numbers and dates. Covered: words by base form,
numbers and dates by value, negation by presence. Not covered: reasoning over several sentences,
paraphrase without common words (it comes out as unsupported, which is the safe side).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.candidates import Candidate, Surroundings
from rag.answering.features import covered
from rag.text.analyzer import Analyzer
from rag.text.era import find_dates
from rag.text.fold import fold_text
from rag.text.sentences import split_sentences
from rag.text.terms import content_terms
from rag.types import Chunk, DocumentInfo, Hit, Span, Verdict

_MARKER = re.compile(r"[\[［【〔]\s*([0-9０-９]+(?:\s*[,、，]\s*[0-9０-９]+)*)\s*[\]］】〕]")
_MARKER_AFTER_STOP = re.compile(rf"([。．！？!?]\s*)((?:{_MARKER.pattern}\s*)+)")
_NEGATED = re.compile(r"ない|なかった|なく|なけれ|ません|ぬ。|ず[、にと]|禁止|不可|禁じ|除[くき]|以外")

SUPPORTED_FROM = 0.6
"""Share of a statement's words that one sentence must carry."""

PARTLY_FROM = 0.35


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence that a model wrote, without its markers, and the numbers that it cited."""

    text: str
    cited: frozenset[int]


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on a statement and the sentence behind it; none when it is unsupported."""

    verdict: Verdict
    candidate: Candidate | None


def cut_drafts(text: str) -> list[Draft]:
    """Cut a model's text into statements; a marker after the full stop belongs to what it follows.

    >>> [draft.text for draft in cut_drafts("年20日です。[1]前日までに届けます［２］。")]
    ['年20日です。', '前日までに届けます。']
    """
    # Markers are moved before the full stop first, so that cutting at stops keeps them together.
    moved = _MARKER_AFTER_STOP.sub(lambda match: match.group(2).rstrip() + match.group(1), text)
    drafts = []
    for span in split_sentences(moved):
        sentence = moved[span.start : span.end]
        cited = {
            int(number)
            for found in _MARKER.finditer(sentence)
            for number in re.findall(r"\d+", found.group(1))
        }
        if stripped := _MARKER.sub("", sentence).strip():
            drafts.append(Draft(stripped, frozenset(cited)))
    return drafts


class EvidenceChecker:
    """Finds the sentence that a statement rests on, and judges whether it carries it."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        # One answer holds each of its statements against the same sentences.
        self._exact = lru_cache(maxsize=2_000)(lambda text: _Exact.of(text, analyzer))

    def check(self, draft: Draft, evidence: Sequence[tuple[int, Candidate]]) -> Finding:
        """Judge one statement against all sentences of the evidence, each with its block's number.

        Sentences of the blocks that the model cited win ties; numbers decide before words do.
        """
        terms = content_terms(draft.text, self._analyzer.analyze(draft.text))
        weights = dict.fromkeys(terms.base, 1.0)
        if not weights or not evidence:
            return Finding(Verdict.UNSUPPORTED, None)

        exact = _Exact.of(draft.text, self._analyzer)

        def carried(numbered: tuple[int, Candidate]) -> tuple[bool, float, bool]:
            number, candidate = numbered
            words = covered(weights, candidate.terms.base.keys() | candidate.context.base.keys())
            return exact.stand_in(candidate, self._exact(candidate.text)), words, number in draft.cited

        best = max(evidence, key=carried)
        numbers_agree, words, _ = carried(best)
        verdict = _verdict(draft, best[1], words, numbers_agree=numbers_agree)
        return Finding(verdict, None if verdict is Verdict.UNSUPPORTED else best[1])

    def compare(self, statement: str, source: str, *, context: str = "") -> Verdict:
        """The verdict on a statement when this sentence, under these headings, is all there is."""
        hit = Hit(Chunk("", 0, 0, len(source), source, ()), DocumentInfo("", "", "", context), 1.0)
        found = content_terms(source, analysis := self._analyzer.analyze(source))
        heading = self._analyzer.analyze(context)
        around = Surroundings(context, fold_text(context), heading, content_terms(context, heading), analysis)
        span = Span(0, len(source))
        only = Candidate(hit, 0, 0, span, source, fold_text(source), analysis, found, around)
        return self.check(Draft(statement, frozenset()), [(1, only)]).verdict


def _verdict(draft: Draft, candidate: Candidate, words: float, *, numbers_agree: bool) -> Verdict:
    folded = fold_text(draft.text)
    if not numbers_agree or words < PARTLY_FROM:
        return Verdict.UNSUPPORTED
    if folded.rstrip("。") in candidate.folded:
        return Verdict.VERBATIM
    if words < SUPPORTED_FROM:
        return Verdict.PARTLY
    if bool(_NEGATED.search(folded)) != bool(_NEGATED.search(candidate.folded)):
        return Verdict.CONTRADICTED
    return Verdict.SUPPORTED


def lost_exact(original: str, rewritten: str, analyzer: Analyzer) -> tuple[str, ...]:
    """Numbers and dates of a text that its rewriting lost or added, by value: ``("20",)``.

    「二十日」 and 「20日」 are equal. Dates are told as the first day that they mean.
    """
    one, other = _Exact.of(original, analyzer), _Exact.of(rewritten, analyzer)
    return (
        *sorted(first for first, _ in one.dates ^ other.dates),
        *sorted(one.numbers ^ other.numbers),
    )


def is_negated(text: str) -> bool:
    """Whether a text denies, forbids or excepts something."""
    return bool(_NEGATED.search(fold_text(text)))


@dataclass(frozen=True, slots=True)
class _Exact:
    """What must agree to the digit: dates as first and last day, and numbers outside dates."""

    dates: frozenset[tuple[str, str]]
    numbers: frozenset[str]

    @classmethod
    def of(cls, text: str, analyzer: Analyzer) -> _Exact:
        """「令和6年4月1日から10日」 → that day, and 10."""
        dates = find_dates(text)
        rest = list(text)
        for date in dates:
            rest[date.start : date.end] = " " * (date.end - date.start)
        bare = "".join(rest)
        terms = content_terms(bare, analyzer.analyze(bare))
        return cls(
            frozenset((date.first.isoformat(), date.last.isoformat()) for date in dates),
            frozenset(term for term in terms.base if term.isdecimal()),
        )

    def stand_in(self, candidate: Candidate, evidence: _Exact) -> bool:
        """Whether the sentence, with its headings, has every one of these."""
        context = candidate.context.base
        return self.dates <= evidence.dates and all(
            number in evidence.numbers or number in context for number in self.numbers
        )
