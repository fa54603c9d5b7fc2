"""Contrastive training: each left side must find its right side among those of its batch."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - the field's own name
from torch import Tensor

from training.model import BagModel
from training.pairs import Pair

MAX_WORDS = 160
"""Longer sides are cut to a random stretch of this many words."""

MIN_WORDS_LEFT = 2


@dataclass(frozen=True, slots=True)
class Source:
    """What a source of pairs contributes.

    ``share`` is how often a step draws its batch here. ``overlap_dropout`` is the chance that a word
    that both sides have is taken out of one of them: what remains must be recognised by its meaning.
    ``run`` pairs that follow each other come into one batch: those of one document are its hard negatives.
    """

    share: float
    batch_size: int
    overlap_dropout: float = 0.0
    run: int = 1


SOURCES: Mapping[str, Source] = {
    "questions": Source(0.15, 512, 0.25, run=8),
    "answers": Source(0.07, 512, 0.35, run=8),
    "headings": Source(0.07, 512, 0.35, run=4),
    "neighbours": Source(0.04, 512, 0.4),
    "slugs": Source(0.02, 1024, 0.3),
    "translations": Source(0.03, 1024),
    "glosses": Source(0.03, 1024),
    "gloss-mates": Source(0.02, 1024),
    "same-english": Source(0.01, 512, 0.5),
    "choices": Source(0.02, 1024),
    "captions": Source(0.005, 128, 0.3),
    "synonyms": Source(0.02, 512),
    "thesaurus": Source(0.11, 1024),
    "reworded": Source(0.275, 512, 0.3),
    "asked": Source(0.13, 512),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast to train."""

    num_steps: int
    row_rate: float = 3e-3
    weight_rate: float = 3e-3
    temperature: float = 0.05
    seed: int = 7


Ids = list[int]


def number_pairs(index: Mapping[str, int], pairs: Sequence[Pair]) -> list[tuple[Ids, Ids]]:
    """Words → numbers; words outside the vocabulary are left out, and sides left empty with them."""
    numbered = (
        ([index[w] for w in p[0] if w in index], [index[w] for w in p[1] if w in index]) for p in pairs
    )
    return [(left, right) for left, right in numbered if left and right and left != right]


def _stretch(ids: Ids, rng: random.Random) -> Ids:
    if len(ids) <= MAX_WORDS:
        return ids
    start = rng.randrange(len(ids) - MAX_WORDS + 1)
    return ids[start : start + MAX_WORDS]


def _drop_overlap(left: Ids, right: Ids, chance: float, rng: random.Random) -> tuple[Ids, Ids]:
    dropped = {word for word in set(left) & set(right) if rng.random() < chance}
    from_left = {word for word in dropped if rng.random() < 0.3}  # noqa: PLR2004 - mostly from the text
    kept_left = [word for word in left if word not in from_left]
    kept_right = [word for word in right if word not in dropped or word in from_left]
    return (kept_left or left), (kept_right or right)


def _shuffled(pairs: list[tuple[Ids, Ids]], run: int, rng: random.Random) -> list[tuple[Ids, Ids]]:
    starts = range(-rng.randrange(run), len(pairs), run)
    return [pair for start in rng.sample(starts, len(starts)) for pair in pairs[max(0, start) : start + run]]


def _batches(
    pairs: Mapping[str, list[tuple[Ids, Ids]]], num_steps: int, rng: random.Random
) -> Iterator[tuple[list[Ids], list[Ids]]]:
    names = [name for name in SOURCES if pairs.get(name)]
    shares = [SOURCES[name].share for name in names]
    queues: dict[str, list[tuple[Ids, Ids]]] = {name: [] for name in names}
    for _ in range(num_steps):
        name = rng.choices(names, shares)[0]
        source = SOURCES[name]
        if len(queues[name]) < min(source.batch_size, len(pairs[name])):
            queues[name] = _shuffled(pairs[name], source.run, rng)
        batch, queues[name] = queues[name][: source.batch_size], queues[name][source.batch_size :]
        sides = [
            _drop_overlap(_stretch(left, rng), _stretch(right, rng), source.overlap_dropout, rng)
            for left, right in batch
        ]
        yield [left for left, _ in sides], [right for _, right in sides]


def _same_side(sides: list[Ids]) -> Tensor:
    """True where two entries of a batch have equal words: they are no negatives of each other."""
    keys: dict[tuple[int, ...], int] = {}
    numbers = torch.tensor([keys.setdefault(tuple(side), len(keys)) for side in sides])
    same = numbers[:, None] == numbers[None, :]
    return same.fill_diagonal_(False)


def contrast(left: Tensor, right: Tensor, masked: Tensor, temperature: float) -> Tensor:
    """Symmetric InfoNCE over a batch of unit vectors; ``masked`` pairs are left out."""
    scores = (left @ right.T / temperature).masked_fill(masked, float("-inf"))
    target = torch.arange(len(scores))
    return (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2


def _optimizers(model: BagModel, recipe: Recipe) -> list[tuple[torch.optim.Optimizer, float]]:
    """With their learning rates. A step touches few word rows and nearly all n-gram rows."""
    return [
        (torch.optim.SparseAdam(model.word_row.parameters(), lr=recipe.row_rate), recipe.row_rate),
        (torch.optim.Adam(model.ngram_row.parameters(), lr=recipe.row_rate), recipe.row_rate),
        (torch.optim.Adam([model.log_weight], lr=recipe.weight_rate), recipe.weight_rate),
    ]


def train(model: BagModel, pairs: Mapping[str, list[tuple[Ids, Ids]]], recipe: Recipe) -> Iterator[float]:
    """Train in place, yielding the loss of every step."""
    torch.manual_seed(recipe.seed)
    rng = random.Random(recipe.seed)
    optimizers = _optimizers(model, recipe)
    for step, (left, right) in enumerate(_batches(pairs, recipe.num_steps, rng)):
        for optimizer, rate in optimizers:
            optimizer.param_groups[0]["lr"] = rate * (1 - step / recipe.num_steps)
        vectors = model([*left, *right])
        masked = _same_side(left) | _same_side(right)
        loss = contrast(vectors[: len(left)], vectors[len(left) :], masked, recipe.temperature)
        for optimizer, _ in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer, _ in optimizers:
            optimizer.step()
        yield float(loss.detach())
