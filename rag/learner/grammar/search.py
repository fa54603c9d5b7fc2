"""Where a point of grammar stands in one's own documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rag.learner.grammar.catalog import GrammarPattern
from rag.learner.grammar.notation import encode
from rag.learner.library import Sentence
from rag.types import Span


@dataclass(frozen=True, slots=True)
class GrammarExample:
    """A sentence with the spans (offsets into its text) that a pattern found there."""

    pattern: GrammarPattern
    sentence: Sentence
    spans: tuple[Span, ...]

    @property
    def found(self) -> tuple[str, ...]:
        """The words found: ``("変えざるを得なかった",)``."""
        return tuple(self.sentence.text[span.start : span.end] for span in self.spans)


@dataclass(slots=True)
class GrammarCount:
    """How often a pattern stands in a library, where, and its first examples."""

    pattern: GrammarPattern
    num_found: int = 0
    by_document: Counter[str] = field(default_factory=Counter)
    examples: list[GrammarExample] = field(default_factory=list)


def find_in_sentence(sentence: Sentence, patterns: Iterable[GrammarPattern]) -> list[GrammarExample]:
    """Every pattern that stands in a sentence, in the order of the patterns."""
    encoded = encode(sentence.text, sentence.words)
    found = []
    for pattern in patterns:
        spans = tuple(Span(*span) for span in encoded.find(pattern.compiled))
        if spans:
            found.append(GrammarExample(pattern, sentence, spans))
    return found


def count_patterns(
    sentences: Iterable[Sentence],
    patterns: Sequence[GrammarPattern],
    *,
    max_examples: int = 10,
    difficulty: Callable[[Sentence], float] | None = None,
) -> list[GrammarCount]:
    """Count patterns over sentences; patterns that never occur are left out.

    Examples are the easiest where a ``difficulty`` is given, else the first.
    """
    counts = {pattern.name: GrammarCount(pattern) for pattern in patterns}
    for sentence in sentences:
        for example in find_in_sentence(sentence, patterns):
            count = counts[example.pattern.name]
            count.num_found += len(example.spans)
            count.by_document[sentence.document.source] += len(example.spans)
            if difficulty or len(count.examples) < max_examples:
                count.examples.append(example)
    found = [count for count in counts.values() if count.num_found]
    for count in found:
        if difficulty:
            count.examples.sort(key=lambda example: difficulty(example.sentence))
        del count.examples[max_examples:]
    return found
