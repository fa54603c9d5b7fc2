"""Spans of a sentence that say something by themselves, for a summary of one line.

A span begins where the sentence begins, behind a comma or behind its topic, and ends before a comma,
before a particle that follows a noun, or at the stem that する follows: from
「本研究では，語の選び方を提案する．」 comes 「語の選び方」. Spans end where words end; nothing is rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rag.summary.material import Sentence
from rag.summary.standalone import readable_span
from rag.text.analyzer import Analysis, Feature
from rag.types import Span

MIN_CHARS = 8
MAX_STARTS = 10
_COMMAS = frozenset("、，,")
_TOPIC = "助詞-係助詞"
_NOUNS = ("名詞", "接尾辞-名詞的", "代名詞")
_PARTICLES = ("助詞-格助詞", "助詞-係助詞")
_PREDICATES = ("動詞", "助動詞", "形容詞", "助詞-終助詞")


@dataclass(frozen=True, slots=True)
class Clause:
    """A span of a sentence in offsets of the document, with the words at its borders.

    ``first`` and ``last`` are places among the sentence's morphemes; ``before`` is what stands just
    before it in the sentence, ``after`` what follows.
    """

    sentence: Sentence
    start: int
    end: int
    first: int
    last: int

    @property
    def text(self) -> str:
        """The characters of the span."""
        begin = self.sentence.start
        return self.sentence.text[self.start - begin : self.end - begin]

    @property
    def before(self) -> str:
        """The sentence up to the span."""
        return self.sentence.text[: self.start - self.sentence.start]

    @property
    def after(self) -> str:
        """The sentence behind the span."""
        return self.sentence.text[self.end - self.sentence.start :]

    @property
    def analysis(self) -> Analysis:
        """The words of the span."""
        begin = self.sentence.start
        return self.sentence.analysis.slice(Span(self.start - begin, self.end - begin))

    @property
    def is_whole(self) -> bool:
        """Whether the sentence ends with it."""
        return self.last == len(self.sentence.analysis.features)


def clauses(sentence: Sentence, max_chars: int) -> list[Clause]:
    """The sentence itself and the clauses in it that fit, each once; none of what cannot be read alone."""
    readable = readable_span(sentence)
    if readable is None:
        return []
    places = sentence.analysis
    starts = [
        first for first in _starts(sentence) if places.starts[first] >= readable.start - sentence.start
    ][:MAX_STARTS]
    if not starts or places.starts[starts[0]] > readable.start - sentence.start:
        starts.insert(0, _first_at(sentence, readable))
    ends = list(_ends(sentence))
    found = [
        Clause(sentence, sentence.start + places.starts[first], _end_of(sentence, last), first, last)
        for first in starts
        for last in ends
        if last > first
    ]
    return [one for one in found if MIN_CHARS <= one.end - one.start <= max_chars and _closes(one.text)]


def _first_at(sentence: Sentence, span: Span) -> int:
    return next(
        place for place, start in enumerate(sentence.analysis.starts) if start >= span.start - sentence.start
    )


def _starts(sentence: Sentence) -> Iterator[int]:
    """Places of words with which a clause may begin."""
    features = sentence.analysis.features
    for place, feature in enumerate(features):
        before = features[place - 1] if place else None
        opens = before is None or before.base in _COMMAS or before.pos == _TOPIC
        if opens and feature.pos.startswith(
            (*_NOUNS, "接頭辞", "形状詞", "連体詞", "動詞", "形容詞", "記号")
        ):
            yield place


def _ends(sentence: Sentence) -> Iterator[int]:
    """Places behind the last word of a clause; the last one is the sentence's own end."""
    features = sentence.analysis.features
    for place in range(1, len(features)):
        last, behind = features[place - 1], features[place]
        if (
            _is_noun(last)
            and (behind.pos.startswith(_PARTICLES) or behind.base in _COMMAS or behind.base == "為る")
        ) or (_is_noun(last) and behind.pos.startswith(("動詞-非自立可能", "助動詞"))):
            yield place
    yield len(features)


def _is_noun(feature: Feature) -> bool:
    return feature.pos.startswith(_NOUNS) or feature.base in {")", "」", "』"}


def _end_of(sentence: Sentence, last: int) -> int:
    if last == len(sentence.analysis.features):
        return sentence.end
    return sentence.start + sentence.analysis.ends[last - 1]


_PAIRS = (("「", "」"), ("『", "』"), ("（", "）"), ("(", ")"))


def _closes(text: str) -> bool:
    """Whether every bracket that is opened is closed."""
    return all(text.count(opener) == text.count(closer) for opener, closer in _PAIRS)
