"""What the network is told of a word: its vector, its part of speech, what it is written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.embedding.static import StaticEmbedder
from rag.text.analyzer import Feature

Matrix = NDArray[np.float32]
Numbers = NDArray[np.intp]

PARTS_OF_SPEECH = (
    "名詞-固有名詞-人名", "名詞-固有名詞-地名", "名詞-固有名詞", "名詞-数詞", "名詞-普通名詞-助数詞可能",
    "名詞-普通名詞", "名詞", "接尾辞-名詞的-助数詞", "接尾辞", "接頭辞", "代名詞", "動詞-非自立可能", "動詞",
    "形容詞", "形状詞", "副詞", "連体詞", "接続詞", "感動詞", "助動詞", "助詞-格助詞", "助詞-係助詞",
    "助詞-終助詞", "助詞", "補助記号-句点", "補助記号-読点", "補助記号-括弧開", "補助記号-括弧閉", "補助記号",
    "記号", "空白",
)  # fmt: skip
"""UniDic's, the first that a word's begins with; their order is part of the weights. 0 stands for no word."""

NUM_PARTS_OF_SPEECH = len(PARTS_OF_SPEECH) + 2
SHAPES = ("number", "katakana", "latin", "kanji", "opens", "closes")

_EMPTY = ("助詞", "助動詞", "補助記号", "記号", "空白")
_NUMERAL = "名詞-数詞"
_KATAKANA = re.compile(r"[ァ-ヺー]+")
_LATIN = re.compile(r"[a-zA-Z]")
_KANJI = re.compile(r"[㐀-鿿]")
_WEIGHT_SCALE = 1.5
_MAX_REMEMBERED = 20_000


class Words(NamedTuple):
    """Columns of one value a word: unit vectors, weights, numbers of base form and lemma, and so on."""

    vectors: Matrix
    weights: Matrix
    bases: Numbers
    lemmas: Numbers
    parts_of_speech: Numbers
    shapes: Matrix
    contents: Matrix

    def take(self, rows: Numbers) -> Words:
        """The words of these rows."""
        return Words(
            self.vectors[rows],
            self.weights[rows],
            self.bases[rows],
            self.lemmas[rows],
            self.parts_of_speech[rows],
            self.shapes[rows],
            self.contents[rows],
        )


@dataclass(frozen=True, slots=True)
class _Word:
    """One word, worked out once."""

    vector: Matrix
    weight: float
    part_of_speech: int
    shape: tuple[bool, ...]
    is_content: bool


class WordTable:
    """Features → columns; words are remembered from question to question."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[Feature, _Word] = {}

    def __call__(self, features: Sequence[Feature]) -> Words:
        """Columns of ``features`` in their order; every feature is given once."""
        known = self._known
        if len(known) > _MAX_REMEMBERED:
            known = self._known = {}  # others may still read from the old one
        missing = [feature for feature in features if feature not in known]
        if missing:
            vectors = self._embedder.word_vectors(missing)
            norms = np.linalg.norm(vectors, axis=1)
            units = vectors / np.maximum(norms, 1e-6)[:, None]
            for feature, unit, norm in zip(missing, units, norms, strict=True):
                known[feature] = _describe(feature, unit, float(norm))
        words = [known[feature] for feature in features]
        return Words(
            np.stack([word.vector for word in words]),
            np.array([word.weight for word in words], np.float32),
            _numbered([feature.base for feature in features]),
            _numbered([feature.lemma for feature in features]),
            np.array([word.part_of_speech for word in words], np.intp),
            np.array([word.shape for word in words], np.float32),
            np.array([word.is_content for word in words], np.float32),
        )


def _numbered(spellings: Sequence[str]) -> Numbers:
    """Equal spellings get equal numbers."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(spelling, len(numbers)) for spelling in spellings], np.intp)


def _describe(feature: Feature, vector: Matrix, norm: float) -> _Word:
    base, pos = feature.base, feature.pos
    found = (number for number, known in enumerate(PARTS_OF_SPEECH, start=1) if pos.startswith(known))
    shape = (
        pos == _NUMERAL or any(character.isdigit() for character in base),
        bool(_KATAKANA.fullmatch(base)),
        bool(_LATIN.search(base)),
        bool(_KANJI.search(base)),
        base in set("「『(（"),
        base in set("」』)）"),
    )
    part_of_speech = next(found, len(PARTS_OF_SPEECH) + 1)
    return _Word(vector, norm / _WEIGHT_SCALE, part_of_speech, shape, not pos.startswith(_EMPTY))
