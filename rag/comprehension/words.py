"""What the network is told of a word: its vector, its part of speech, what it is written in."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.embedding.static import StaticEmbedder
from rag.text.analyzer import Feature
from rag.text.query_terms import counterparts_of

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
_MAX_REMEMBERED = 50_000


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


class WordTable:
    """Features → columns; words are remembered from question to question."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._embedder = embedder
        self._known = _Known(embedder.identity.dimension)
        self._lock = threading.Lock()

    def __call__(self, features: Sequence[Feature]) -> Words:
        """Columns of ``features``, a row each."""
        numbers, columns, _ = self._look_up(features)
        return columns.take(numbers)

    def distinct(self, features: Sequence[Feature]) -> tuple[Words, Numbers]:
        """Columns of the words among ``features``, each once, and which of them each feature is."""
        numbers, columns, _ = self._look_up(features)
        once, places = np.unique(numbers, return_inverse=True)
        return columns.take(once), places

    def beside(
        self, asked: Sequence[Feature], texts: Sequence[Feature]
    ) -> tuple[Words, Numbers, list[Numbers]]:
        """`distinct` of both, those of ``asked`` first, and what else each word of ``asked`` is.

        That are the numbers of lemmas that are its noun or verb (届け出 ⇄ 届け出る), as far as met; they are
        of the same numbering as the columns, whatever other threads do.
        """
        numbers, columns, spellings = self._look_up([*asked, *texts])
        once, places = np.unique(numbers, return_inverse=True)
        lemmas = [counterparts_of(feature.lemma) for feature in asked]
        related = [np.array([spellings[one] for one in some if one in spellings], np.intp) for some in lemmas]
        return columns.take(once), places, related

    def vectors(self, features: Sequence[Feature]) -> tuple[Matrix, Numbers]:
        """The unit vectors of the words among ``features``, each once, and which of them each is."""
        numbers, columns, _ = self._look_up(features)
        once, places = np.unique(numbers, return_inverse=True)
        return columns.vectors[once], places

    def _look_up(self, features: Sequence[Feature]) -> tuple[Numbers, Words, Mapping[str, int]]:
        with self._lock:
            if len(self._known) > _MAX_REMEMBERED:
                self._known = _Known(self._embedder.identity.dimension)  # others may still read the old one
            known = self._known
            numbers = np.fromiter(map(known.__getitem__, features), np.intp, len(features))
            known.describe_new(self._embedder)
            return numbers, known.columns, known.spellings


class _Known(dict[Feature, int]):
    """Words by number, and what is known of them; ``columns`` may be longer than there are words.

    ``spellings`` are the numbers of base forms and lemmas.
    """

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.columns = _describe([], np.zeros((0, dimension), np.float32), {})
        self._new: list[Feature] = []
        self.spellings: dict[str, int] = {}

    def __missing__(self, feature: Feature) -> int:
        self._new.append(feature)
        self[feature] = number = len(self)
        return number

    def describe_new(self, embedder: StaticEmbedder) -> None:
        """Fill in the columns of words that were met since the last call."""
        if not self._new:
            return
        new = _describe(self._new, embedder.word_vectors(self._new), self.spellings)
        first, last = len(self) - len(self._new), len(self)
        if last > len(self.columns.weights):
            self.columns = Words(*(_lengthened(column[:first], 2 * last) for column in self.columns))
        columns: Sequence[NDArray[Any]] = self.columns
        for column, values in zip(columns, new, strict=True):
            column[first:last] = values
        self._new = []


def _lengthened(column: NDArray[Any], length: int) -> NDArray[Any]:
    longer = np.zeros((length, *column.shape[1:]), column.dtype)
    longer[: len(column)] = column
    return longer


def _describe(features: Sequence[Feature], vectors: Matrix, spellings: dict[str, int]) -> Words:
    """Columns of some words; ``spellings`` are numbered as they are met, equal ones alike."""
    norms = np.linalg.norm(vectors, axis=1)
    return Words(
        vectors / np.maximum(norms, 1e-6)[:, None],
        norms / _WEIGHT_SCALE,
        _numbered([feature.base for feature in features], spellings),
        _numbered([feature.lemma for feature in features], spellings),
        np.array([_kind(feature.pos) for feature in features], np.intp),
        np.array([_shape(feature) for feature in features], np.float32).reshape(-1, len(SHAPES)),
        np.array([not feature.pos.startswith(_EMPTY) for feature in features], np.float32),
    )


def _numbered(written: Sequence[str], spellings: dict[str, int]) -> Numbers:
    return np.array([spellings.setdefault(one, len(spellings)) for one in written], np.intp)


def _kind(pos: str) -> int:
    found = (number for number, known in enumerate(PARTS_OF_SPEECH, start=1) if pos.startswith(known))
    return next(found, len(PARTS_OF_SPEECH) + 1)


def _shape(feature: Feature) -> tuple[bool, ...]:
    """What it is written in, by `SHAPES`."""
    base = feature.base
    return (
        feature.pos == _NUMERAL or any(character.isdigit() for character in base),
        bool(_KATAKANA.fullmatch(base)),
        bool(_LATIN.search(base)),
        bool(_KANJI.search(base)),
        base in set("「『(（"),
        base in set("」』)）"),
    )
