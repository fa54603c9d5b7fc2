"""One MeCab pass: morphemes with offsets, base form, lemma, reading and part of speech.

This is the only home of fugashi. The text is folded first (`rag.text.fold`), cut into pieces that
MeCab survives, and every offset is mapped back to the text that people read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from rag.types import Span


class Feature(NamedTuple):
    """What the dictionary says of a word; equal features are one object.

    ``pos`` is UniDic's part of speech, levels joined by ``-`` without stars: ``名詞-普通名詞-一般``.
    ``base`` is ``orthBase`` (申し込ん → 申し込む), ``lemma`` UniDic's lemma, ``reading`` katakana; for
    an unknown word base and lemma are the folded surface and the reading is empty.
    """

    pos: str
    base: str
    lemma: str
    reading: str


class Morpheme(NamedTuple):
    """One word with its span in the analysed text: 「申し込んだ」 → (0, 4, 申し込む…), (4, 5, だ…)."""

    start: int
    end: int
    feature: Feature


@dataclass(frozen=True, slots=True)
class Analysis:
    """The morphemes of one text as columns of equal length; offsets are into that text.

    ``analyzer`` names analyzer and dictionary version; an analysis of another version is not used.
    """

    analyzer: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    features: tuple[Feature, ...]

    def morphemes(self) -> Iterator[Morpheme]:
        """The words in order of the text."""
        return map(Morpheme, self.starts, self.ends, self.features)

    def slice(self, span: Span) -> Analysis:
        """The analysis of ``text[span.start:span.end]``, offsets beginning at 0 there."""
        raise NotImplementedError

    def to_bytes(self) -> bytes:
        """A compact form for the store; `from_bytes` gives back an equal value."""
        raise NotImplementedError

    @classmethod
    def from_bytes(cls, data: bytes) -> Analysis:
        """Raises ValueError when the bytes are not an analysis."""
        raise NotImplementedError


class Analyzer(Protocol):
    """Text → morphemes. Implemented once, by `MecabAnalyzer` here; a seam for tests."""

    @property
    def version(self) -> str:
        """Changes whenever an analysis may change: ``mecab-1``."""
        ...

    @property
    def dictionary(self) -> str:
        """Dictionary and version: ``unidic-lite-1.0.8``."""
        ...

    def analyze(self, text: str) -> Analysis:
        """Analyse a text of any length."""
        ...
