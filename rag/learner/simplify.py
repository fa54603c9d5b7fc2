"""やさしい日本語: a model rewrites a sentence, and what must not change is checked.

The check covers numbers and dates by value, names as the dictionary knows them, and negation by presence;
a rewriting that lost or added one of these is marked and never shown without its original.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rag.answering.evidence import is_negated, lost_exact
from rag.generation.base import Generator, Sampling
from rag.generation.instructions import load_instructions
from rag.generation.prompts import render
from rag.text.analyzer import Analyzer
from rag.text.era import find_dates
from rag.text.fold import fold_text

_NAME = "名詞-固有名詞"


class Change(NamedTuple):
    """What a rewriting changed that it must not: ``Change("name", "田中")``."""

    kind: Literal["number", "name", "negation", "empty"]
    value: str


@dataclass(frozen=True, slots=True)
class Simplified:
    """A sentence beside its rewriting; sound when nothing that matters changed."""

    original: str
    text: str
    changes: tuple[Change, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the rewriting may be trusted."""
        return not self.changes


class Simplifier:
    """Rewrites sentences with a generator."""

    def __init__(self, generator: Generator, analyzer: Analyzer, *, max_new_tokens: int = 256) -> None:
        self._generator = generator
        self._analyzer = analyzer
        self._sampling = Sampling(max_new_tokens=max_new_tokens)

    def simplify(self, sentences: Sequence[str]) -> Iterator[Simplified]:
        """Each sentence with its rewriting, as it is done. Raises ModelUnavailable and ContextTooLong."""
        style = self._generator.prompt_style
        instructions = load_instructions("simplify", style)
        for sentence in sentences:
            prompt = render(style, instructions.text, sentence, examples=instructions.examples)
            text = "".join(self._generator.stream(prompt, self._sampling)).strip()
            yield Simplified(sentence, text, find_changes(sentence, text, self._analyzer))


def find_changes(original: str, rewritten: str, analyzer: Analyzer) -> tuple[Change, ...]:
    """What a rewriting lost or added of numbers, dates, names and negation.

    >>> find_changes("田中さんは三日休まない。", "田中さんは二日休みません。", load_analyzer())
    (Change(kind='number', value='2'), Change(kind='number', value='3'))
    """
    if not rewritten.strip():
        return (Change("empty", ""),)
    changes = [Change("number", value) for value in lost_exact(original, rewritten, analyzer)]
    folded = fold_text(rewritten)
    changes += [Change("name", name) for name in _names(original, analyzer) if name not in folded]
    if is_negated(original) != is_negated(rewritten):
        changes.append(Change("negation", "lost" if is_negated(original) else "added"))
    return tuple(changes)


def _names(text: str, analyzer: Analyzer) -> list[str]:
    # An era is part of a date, which is compared by value: 令和6年 is 2024年.
    dates = {place for date in find_dates(text) for place in range(date.start, date.end)}
    words = (word for word in analyzer.analyze(text).morphemes() if word.start not in dates)
    names = [w.feature.base for w in words if w.feature.pos.startswith(_NAME)]
    return list(dict.fromkeys(names))
