"""The network, computed with numpy: from a question and passages to a logit per word and passage.

All passages stand in one matrix, a row a word, with rows of zeros between them that are wider than any
filter reaches, so that a filter is a few shifted sums over everything at once. ``training/span_model.py`` is
the same in torch; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rag.comprehension.words import Matrix, Words

QUESTION_FILTERS = ((5, 1), (5, 1))
PASSAGE_FILTERS = ((5, 1), (5, 1))
JOINT_FILTERS = ((7, 1), (7, 2), (7, 4))
LAST_FILTERS = ((7, 1),)
"""Width and dilation of the convolutions, one a block."""

GAP = 12
"""Rows of zeros between passages: the farthest that a filter reaches."""

ATTENTION_SCALE = 8.0


class Asked(NamedTuple):
    """The words of the question beside each passage; (passages, words) each.

    ``inside`` whether the word stands in the passage, ``above`` in its title or headings.
    """

    inside: Matrix
    above: Matrix


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each passage stands in the rows: passage p in ``begins[p]:ends[p]``; ``filled`` is 1 there."""

    begins: Sequence[int]
    ends: Sequence[int]
    filled: Matrix

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Layout:
        """Passages of these lengths one after the other, a gap after each."""
        begins = np.cumsum([0, *(length + GAP for length in lengths)])
        filled = np.zeros((int(begins[-1]), 1), np.float32)
        ends = [int(begin) + length for begin, length in zip(begins, lengths, strict=False)]
        for begin, end in zip(begins, ends, strict=False):
            filled[begin:end] = 1
        return cls(begins[:-1].tolist(), ends, filled)


class Network:
    """Weights by name, and what is computed with them."""

    def __init__(self, weights: Mapping[str, Matrix]) -> None:
        self._weights = {name: np.asarray(weight, np.float32) for name, weight in weights.items()}

    def embed_words(self, words: Words) -> Matrix:
        """What a word is whatever the question; (words, size)."""
        kinds: Matrix = self._weights["pos.weight"][words.parts_of_speech]
        return self._linear("proj", words.vectors) + kinds

    def question(self, words: Words, embedded: Matrix, asked: Asked) -> Matrix:
        """The words of the question, one reading for each passage; (passages, words, size)."""
        own = np.column_stack([words.weights, words.contents, words.shapes])
        facts = np.concatenate(
            [
                asked.inside[:, :, None],
                asked.above[:, :, None],
                np.broadcast_to(own, (len(asked.inside), *own.shape)),
            ],
            axis=2,
        )
        rows = embedded + self._linear("fq", facts)
        for number, form in enumerate(QUESTION_FILTERS):
            rows = self._block(f"qb.{number}", rows, form)
        return rows

    def passages(self, embedded: Matrix, facts: Matrix, layout: Layout) -> Matrix:
        """The words of all passages before they look at the question; (rows, size)."""
        rows: Matrix = (embedded + self._linear("fp", facts)) * layout.filled
        for number, form in enumerate(PASSAGE_FILTERS):
            rows = self._block(f"pb.{number}", rows, form, layout.filled)
        return rows

    def joined(self, passages: Matrix, questions: Matrix, cosines: Matrix, layout: Layout) -> Matrix:
        """Each word of a passage with the words of the question that it is about; (rows, 4 × size)."""
        keys = self._linear("att", passages)
        size = passages.shape[1]
        joined = np.zeros((len(passages), 4 * size), np.float32)
        joined[:, :size] = passages
        whole = self.pooled(questions)
        nearness = float(self._weights["lam"]) * cosines
        for place, (begin, end) in enumerate(zip(layout.begins, layout.ends, strict=True)):
            asked = questions[place]
            looks = softmax(keys[begin:end] @ asked.T / ATTENTION_SCALE + nearness[begin:end])
            about = looks @ asked
            joined[begin:end, size : 2 * size] = about
            joined[begin:end, 2 * size : 3 * size] = passages[begin:end] * about
            joined[begin:end, 3 * size :] = passages[begin:end] * whole[place]
        return joined

    def pooled(self, questions: Matrix) -> Matrix:
        """Each reading of the question as one vector; (passages, size)."""
        shares = softmax(self._linear("qpool", questions)[:, :, 0])
        pooled: Matrix = np.einsum("pw,pws->ps", shares, questions)
        return pooled

    def judged(
        self, joined: Matrix, questions: Matrix, covered: Matrix, layout: Layout
    ) -> tuple[Matrix, Matrix]:
        """Logits of start and end for every row, (rows, 2), and of relevance for every passage."""
        rows: Matrix = gelu(self._linear("m", joined)) * layout.filled
        for number, form in enumerate(JOINT_FILTERS):
            rows = self._block(f"mb.{number}", rows, form, layout.filled)
        bounds = list(zip(layout.begins, layout.ends, strict=True))
        most = np.stack([rows[begin:end].max(axis=0) for begin, end in bounds])
        mean = np.stack([rows[begin:end].mean(axis=0) for begin, end in bounds])
        summary = np.hstack([most, mean])
        whole = self._linear("g", summary)
        for place, (begin, end) in enumerate(bounds):
            rows[begin:end] += whole[place]
        for number, form in enumerate(LAST_FILTERS):
            rows = self._block(f"last.{number}", rows, form, layout.filled)
        facts = np.hstack([summary, self.pooled(questions), covered])
        relevance: Matrix = self._linear("r2", gelu(self._linear("r1", facts)))[:, 0]
        return self._linear("out", rows), relevance

    def _linear(self, name: str, rows: Matrix) -> Matrix:
        product: Matrix = rows @ self._weights[f"{name}.weight"].T
        bias = self._weights.get(f"{name}.bias")
        if bias is not None:
            product += bias
        return product

    def _block(self, name: str, rows: Matrix, form: tuple[int, int], filled: Matrix | float = 1.0) -> Matrix:
        """Normalised, filtered along the words, mixed across the columns, and added."""
        scale, shift = self._weights[f"{name}.n.weight"], self._weights[f"{name}.n.bias"]
        normal = normalised(rows, scale, shift)
        normal *= filled
        mixed = gelu(self._linear(f"{name}.pw", _filter(normal, self._weights[f"{name}.w"], form)))
        mixed *= filled
        mixed += rows
        return mixed


def _filter(rows: Matrix, weights: Matrix, form: tuple[int, int]) -> Matrix:
    """A convolution of every column by itself along the axis of words; zeros stand around."""
    width, dilation = form
    reach = dilation * (width // 2)
    length = rows.shape[-2]
    around = [(0, 0)] * (rows.ndim - 2) + [(reach, reach), (0, 0)]
    padded = np.pad(rows, around)
    total: Matrix = padded[..., :length, :] * weights[0]
    part = np.empty_like(total)
    for place in range(1, width):
        begin = place * dilation
        np.multiply(padded[..., begin : begin + length, :], weights[place], out=part)
        total += part
    return total


def normalised(rows: Matrix, scale: Matrix, shift: Matrix) -> Matrix:
    """Every row with mean 0 and variance 1, then scaled and shifted by column."""
    centred: Matrix = rows - rows.mean(axis=-1, keepdims=True)
    variance = np.einsum("...s,...s->...", centred, centred)[..., None] / rows.shape[-1]
    centred *= 1 / np.sqrt(variance + 1e-5)
    centred *= scale
    centred += shift
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
    groups = {"qb": QUESTION_FILTERS, "pb": PASSAGE_FILTERS, "mb": JOINT_FILTERS, "last": LAST_FILTERS}
    for group, forms in groups.items():
        for number, (width, _) in enumerate(forms):
            block = f"{group}.{number}"
            shapes |= {f"{block}.w": (width, size), f"{block}.pw.weight": (size, size)}
            shapes |= {f"{block}.{part}": (size,) for part in ("n.weight", "n.bias", "pw.bias")}
    return shapes
