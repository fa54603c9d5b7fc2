"""The network, computed with numpy: from a question and passages to a logit per word and passage.

All passages stand in one matrix, a row a word, with rows of zeros around each that are wider than any filter
reaches, so that a filter is a few shifted sums over everything at once. What such a network costs is passes
over that matrix, and numpy is twice as fast over long runs of memory: so whatever is one value a column is
repeated for `TILE` rows, and nothing is masked that can be set to zero. ``training/span_model.py`` is the
same in torch; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.comprehension.words import Matrix, Numbers, Words

QUESTION_FILTERS = ((5, 1), (5, 1))
PASSAGE_FILTERS = ((5, 1), (5, 1))
JOINT_FILTERS = ((7, 1), (7, 2), (7, 4))
LAST_FILTERS = ((7, 1),)
"""Width and dilation of the convolutions, one a block."""

_GROUPS = {"qb": QUESTION_FILTERS, "pb": PASSAGE_FILTERS, "mb": JOINT_FILTERS, "last": LAST_FILTERS}

GAP = 12
"""Rows of zeros around passages: the farthest that a filter reaches."""

TILE = 8
"""So many rows at once are multiplied with a value a column; two gaps are a multiple of it."""

ATTENTION_SCALE = 8.0

NAMED = 5
"""The place of `Told.named` among the facts of a row."""


class Asked(NamedTuple):
    """The words of the question beside each passage; (passages, words) each.

    ``inside`` whether the word stands in the passage, ``above`` in its title or headings.
    """

    inside: Matrix
    above: Matrix


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each text stands in the rows: text p in ``begins[p]:ends[p]``.

    ``filled`` are the numbers of all these rows, ``owners`` which text each is of, ``gaps`` all other rows.
    """

    begins: Sequence[int]
    ends: Sequence[int]
    filled: Numbers
    owners: Numbers
    gaps: Numbers

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Layout:
        """Texts of these lengths one after the other, a gap before, between and after them."""
        sizes = np.array(lengths, np.intp)
        ends = np.cumsum(sizes + GAP)
        inner = int(ends[-1]) - GAP
        marks = np.ones(2 * GAP + -(-inner // TILE) * TILE, np.bool_)
        for begin, end in zip(ends - sizes, ends, strict=True):
            marks[begin:end] = False
        return cls(
            (ends - sizes).tolist(),
            ends.tolist(),
            np.flatnonzero(~marks),
            np.repeat(np.arange(len(sizes)), sizes),
            np.flatnonzero(marks),
        )

    @property
    def num_rows(self) -> int:
        """Filled or not."""
        return len(self.filled) + len(self.gaps)

    def texts(self, rows: Matrix) -> list[Matrix]:
        """The rows of each text."""
        return [rows[begin:end] for begin, end in zip(self.begins, self.ends, strict=True)]


class Told(NamedTuple):
    """What the network is told of the words of passages.

    ``facts`` of each distinct word, (words, 13); ``at`` which of them stands in each row that is filled, and
    ``named`` whether the headings of its passage name that word of the question.
    """

    facts: Matrix
    at: Numbers
    named: NDArray[np.bool_]


class _Block(NamedTuple):
    """The weights of one convolution; what is one value a column is repeated `TILE` times."""

    scale: Matrix
    shift: Matrix
    filters: Matrix
    dilation: int
    mix: Matrix
    bias: Matrix


class Network:
    """Weights by name, and what is computed with them."""

    def __init__(self, weights: Mapping[str, Matrix]) -> None:
        self._weights = known = {name: np.asarray(weight, np.float32) for name, weight in weights.items()}
        self._blocks = {
            group: [_block(known, f"{group}.{number}", form) for number, form in enumerate(forms)]
            for group, forms in _GROUPS.items()
        }

    def embed_words(self, words: Words) -> Matrix:
        """What a word is whatever the question; (words, size)."""
        kinds: Matrix = self._weights["pos.weight"][words.parts_of_speech]
        return self._linear("proj", words.vectors) + kinds

    def question(self, words: Words, embedded: Matrix, asked: Asked) -> Matrix:
        """The words of the question, one reading for each passage; (passages, words, size)."""
        weights = self._weights["fq.weight"]
        own = np.column_stack([words.weights, words.contents, words.shapes])
        alone = embedded + own @ weights[:, 2:].T + self._weights["fq.bias"]
        beside = np.stack(asked, axis=2) @ weights[:, :2].T
        read = alone + beside
        layout = Layout.of([read.shape[1]] * len(read))
        rows = np.zeros((layout.num_rows, read.shape[2]), np.float32)
        rows[layout.filled] = read.reshape(-1, read.shape[2])
        self._filter("qb", rows, layout)
        return rows[layout.filled].reshape(read.shape)

    def passages(self, embedded: Matrix, told: Told, layout: Layout) -> Matrix:
        """The words of all passages before they look at the question; (rows, size).

        ``embedded`` has a row for each distinct word.
        """
        weights = self._weights["fp.weight"].T
        words = embedded + told.facts @ np.delete(weights, NAMED, axis=0) + self._weights["fp.bias"]
        rows = np.zeros((layout.num_rows, words.shape[1]), np.float32)
        rows[layout.filled] = words.take(told.at, axis=0)
        rows[layout.filled[told.named]] += weights[NAMED]
        self._filter("pb", rows, layout)
        return rows

    def joined(self, passages: Matrix, questions: Matrix, cosines: Matrix, layout: Layout) -> Matrix:
        """Each word of a passage with the words of the question that it is about; (rows, size).

        ``cosines`` are (filled rows, words of question). A word w that is about a is seen as w, a, w × a and
        w × the whole question, mixed by one matrix. Whatever that matrix shall be multiplied with of the
        question is so before: a passage has many words.
        """
        own, about, both, beside = np.split(self._weights["m.weight"].T, 4)
        asked = questions @ self._weights["att.weight"] / ATTENTION_SCALE
        texts, whole = layout.texts(passages), self.pooled(questions)
        looks = np.concatenate([text @ one.T for text, one in zip(texts, asked, strict=True)])
        looks += float(self._weights["lam"]) * cosines
        shares, first = softmax(looks), 0
        joined = np.empty_like(passages)
        for place, (text, begin, end) in enumerate(zip(texts, layout.begins, layout.ends, strict=True)):
            question, share = questions[place], shares[first : first + len(text)]
            first += len(text)
            mixed = text @ (own + whole[place][:, None] * beside)
            mixed += share @ (question @ about)
            mixed += (text * (share @ question)) @ both
            np.add(mixed, self._weights["m.bias"], out=joined[begin:end])
        joined[layout.gaps] = 0
        return gelu(joined)

    def pooled(self, questions: Matrix) -> Matrix:
        """Each reading of the question as one vector; (passages, size)."""
        shares = softmax(self._linear("qpool", questions)[:, :, 0])
        pooled: Matrix = np.einsum("pw,pws->ps", shares, questions)
        return pooled

    def judged(
        self, joined: Matrix, questions: Matrix, covered: Matrix, layout: Layout
    ) -> tuple[Matrix, Matrix]:
        """Logits of start and end for every row, (rows, 2), and of relevance for every passage.

        ``joined`` is overwritten.
        """
        self._filter("mb", rows := joined, layout)
        texts = layout.texts(rows)
        most = np.stack([text.max(axis=0) for text in texts])
        mean = np.stack([text.mean(axis=0) for text in texts])
        summary = np.hstack([most, mean])
        for whole, begin, end in zip(self._linear("g", summary), layout.begins, layout.ends, strict=True):
            rows[begin:end] += whole
        facts = np.hstack([summary, self.pooled(questions), covered])
        relevance: Matrix = self._linear("r2", gelu(self._linear("r1", facts)))[:, 0]
        self._filter("last", rows, layout)
        return self._linear("out", rows), relevance

    def _linear(self, name: str, rows: Matrix) -> Matrix:
        product: Matrix = rows @ self._weights[f"{name}.weight"].T
        product += self._weights[f"{name}.bias"]
        return product

    def _filter(self, group: str, rows: Matrix, layout: Layout) -> None:
        """Block by block: normalised, filtered along the words, mixed across the columns, and added."""
        inner, gaps = rows[GAP:-GAP], layout.gaps[GAP:-GAP] - GAP
        for block in self._blocks[group]:
            normal = normalised(rows, block.scale, block.shift)
            normal[layout.gaps] = 0
            mixed = filtered(normal, block.filters, block.dilation) @ block.mix
            tiles = mixed.reshape(-1, len(block.bias))
            tiles += block.bias
            mixed = gelu(mixed)
            mixed[gaps] = 0
            inner += mixed


def _block(weights: Mapping[str, Matrix], name: str, form: tuple[int, int]) -> _Block:
    return _Block(
        np.tile(weights[f"{name}.n.weight"], TILE),
        np.tile(weights[f"{name}.n.bias"], TILE),
        np.tile(weights[f"{name}.w"], TILE),
        form[1],
        np.ascontiguousarray(weights[f"{name}.pw.weight"].T),
        np.tile(weights[f"{name}.pw.bias"], TILE),
    )


def filtered(rows: Matrix, filters: Matrix, dilation: int) -> Matrix:
    """A convolution of every column by itself along the words, of all rows but the first and last gap."""
    length = len(rows) - 2 * GAP
    total = np.empty((length * rows.shape[1] // filters.shape[1], filters.shape[1]), np.float32)
    part = np.empty_like(total)
    for place, weights in enumerate(filters):
        begin = GAP + (place - len(filters) // 2) * dilation
        window = rows[begin : begin + length].reshape(total.shape)
        if place:
            np.multiply(window, weights, out=part)
            total += part
        else:
            np.multiply(window, weights, out=total)
    return total.reshape(length, rows.shape[1])


def normalised(rows: Matrix, scale: Matrix, shift: Matrix) -> Matrix:
    """Every row with mean 0 and variance 1, then scaled and shifted by column; a tile of rows at once."""
    size = rows.shape[1]
    share = np.full(size, 1 / size, np.float32)
    centred: Matrix = rows - (rows @ share)[:, None]
    variance = (centred * centred) @ share
    centred *= (1 / np.sqrt(variance + 1e-5))[:, None]
    tiles = centred.reshape(-1, len(scale))
    tiles *= scale
    tiles += shift
    return centred


def gelu(values: Matrix) -> Matrix:
    """Gaussian error linear unit by the usual approximation; within 0.001 of the exact one."""
    inner: Matrix = values * values
    inner *= -0.07135481
    inner -= 1.5957691
    inner *= values
    with np.errstate(over="ignore"):  # a large negative value becomes 0
        np.exp(inner, out=inner)
    inner += 1
    np.divide(values, inner, out=inner)
    return inner


def softmax(logits: Matrix) -> Matrix:
    """Shares along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Matrix = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def weight_shapes(size: int, dimension: int, num_kinds: int) -> dict[str, tuple[int, ...]]:
    """The names and shapes of all weights of a network of this size."""
    shapes: dict[str, tuple[int, ...]] = {"lam": (), "pos.weight": (num_kinds, size)}
    linear = {
        "proj": (size, dimension), "fp": (size, 14), "fq": (size, 10), "qpool": (1, size),
        "m": (size, 4 * size), "g": (size, 2 * size), "out": (2, size), "r1": (size, 3 * size + 3),
        "r2": (1, size),
    }  # fmt: skip
    for name, shape in linear.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    shapes["att.weight"] = (size, size)
    for group, forms in _GROUPS.items():
        for number, (width, _) in enumerate(forms):
            block = f"{group}.{number}"
            shapes |= {f"{block}.w": (width, size), f"{block}.pw.weight": (size, size)}
            shapes |= {f"{block}.{part}": (size,) for part in ("n.weight", "n.bias", "pw.bias")}
    return shapes
