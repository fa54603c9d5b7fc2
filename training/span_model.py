"""The span reader in torch, for training: the same computation as `rag.comprehension.network`, in batches.

Words are numbered by a table that holds what `rag.comprehension.words` tells of each; number 0 is no word.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from rag.comprehension.network import (
    ATTENTION_SCALE,
    JOINT_FILTERS,
    LAST_FILTERS,
    PASSAGE_FILTERS,
    QUESTION_FILTERS,
)
from rag.comprehension.words import NUM_PARTS_OF_SPEECH, Words

NEVER = -1e4
NUM_SHAPES = 6
EQUAL = 0.95
CONFUSED = 0.6
"""Cosines above the first become the second where a word is dropped: near, and not the same."""


class Batch(NamedTuple):
    """Word numbers of questions, passages and headings beside each other; (pairs, words), 0 at the end."""

    questions: Tensor
    passages: Tensor
    headings: Tensor


class Logits(NamedTuple):
    """(pairs, words) twice, and (pairs,)."""

    starts: Tensor
    ends: Tensor
    relevance: Tensor


def _precision() -> torch.dtype:
    """Half of it while training, which is four times as fast; all of it else."""
    return torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32


class Block(nn.Module):
    """Normalise, filter each column along the words, mix the columns, add."""

    def __init__(self, size: int, form: tuple[int, int]) -> None:
        super().__init__()
        self.width, self.dilation = form
        self.n = nn.LayerNorm(size)
        self.w = nn.Parameter(torch.randn(self.width, size) * 0.2)
        self.pw = nn.Linear(size, size)
        self.drop = nn.Dropout(0.1)

    def forward(self, rows: Tensor, filled: Tensor) -> Tensor:
        """Rows (pairs, words, size); ``filled`` is 1 where a word is."""
        reach, length = self.dilation * (self.width // 2), rows.shape[1]
        normal = (self.n(rows) * filled).to(_precision())
        padded, weights = functional.pad(normal, (0, 0, reach, reach)), self.w.to(_precision())
        total = padded[:, :length] * weights[0]
        for place in range(1, self.width):
            begin = place * self.dilation
            total = torch.addcmul(total, padded[:, begin : begin + length], weights[place])
        mixed: Tensor = functional.gelu(self.pw(total))
        return rows + self.drop(mixed) * filled


class SpanModel(nn.Module):
    """Parameters have the names of `rag.comprehension.network.weight_shapes`."""

    def __init__(self, table: Words, size: int) -> None:
        super().__init__()
        self.table = _Table(table)
        dimension = table.vectors.shape[1]
        self.proj = nn.Linear(dimension, size)
        self.pos = nn.Embedding(NUM_PARTS_OF_SPEECH, size)
        self.fp, self.fq = nn.Linear(8 + NUM_SHAPES, size), nn.Linear(4 + NUM_SHAPES, size)
        self.qb = nn.ModuleList(Block(size, form) for form in QUESTION_FILTERS)
        self.pb = nn.ModuleList(Block(size, form) for form in PASSAGE_FILTERS)
        self.att, self.lam = nn.Linear(size, size, bias=False), nn.Parameter(torch.tensor(4.0))
        self.qpool, self.m = nn.Linear(size, 1), nn.Linear(4 * size, size)
        self.mb = nn.ModuleList(Block(size, form) for form in JOINT_FILTERS)
        self.g = nn.Linear(2 * size, size)
        self.last = nn.ModuleList(Block(size, form) for form in LAST_FILTERS)
        self.out = nn.Linear(size, 2)
        self.r1, self.r2 = nn.Linear(3 * size + 3, size), nn.Linear(size, 1)
        self.drop = nn.Dropout(0.15)

    def forward(self, batch: Batch, dropped: Tensor | None = None) -> Logits:
        """``dropped`` marks words of the questions that shall not be matched exactly; (pairs, words)."""
        found = self.table.match(batch, dropped)
        asked, read = found.question_filled, found.passage_filled
        questions = (self.proj(found.question_vectors) + self.pos(found.question_kinds)) + self.fq(
            found.question_facts
        )
        questions = self._blocks(self.qb, questions * asked, asked)
        vectors = self.drop(found.passage_vectors)
        passages = self.proj(vectors) + self.pos(found.passage_kinds) + self.fp(found.passage_facts)
        passages = self._blocks(self.pb, passages * read, read)
        looks = self.att(passages) @ questions.transpose(1, 2) / ATTENTION_SCALE + self.lam * found.cosines
        about = looks.masked_fill(asked.transpose(1, 2) == 0, NEVER).softmax(-1) @ questions
        shares = self.qpool(questions).masked_fill(asked == 0, NEVER).softmax(1)
        whole = (shares * questions).sum(1, keepdim=True)
        joined = self.drop(torch.cat([passages, about, passages * about, passages * whole], -1))
        rows = self._blocks(self.mb, functional.gelu(self.m(joined)) * read, read)
        most = rows.masked_fill(read == 0, NEVER).amax(1)
        mean = (rows * read).sum(1) / read.sum(1).clamp(min=1)
        summary = torch.cat([most, mean], -1)
        rows = self._blocks(self.last, rows + self.g(summary)[:, None, :], read)
        spans = self.out(rows).float().masked_fill(read == 0, NEVER)
        facts = torch.cat([summary, whole.squeeze(1), found.covered], -1)
        relevance = self.r2(functional.gelu(self.r1(facts))).squeeze(-1).float()
        return Logits(spans[..., 0], spans[..., 1], relevance)

    def _blocks(self, blocks: nn.ModuleList, rows: Tensor, filled: Tensor) -> Tensor:
        for block in blocks:
            rows = block(rows, filled)
        return rows


class _Found(NamedTuple):
    question_vectors: Tensor
    passage_vectors: Tensor
    question_kinds: Tensor
    passage_kinds: Tensor
    question_facts: Tensor
    passage_facts: Tensor
    question_filled: Tensor
    passage_filled: Tensor
    cosines: Tensor
    covered: Tensor


class _Table(nn.Module):
    """What is known of words, and which of them match; nothing here is learned."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        for name, column in words._asdict().items():
            # Row 0 is no word; bases and lemmas are numbered from 1, so that no word matches nothing.
            shift = int(name in {"bases", "lemmas"})
            zeros = np.zeros((1, *column.shape[1:]), column.dtype)
            self.register_buffer(
                name, torch.tensor(np.concatenate([zeros, column + shift])), persistent=False
            )

    def match(self, batch: Batch, dropped: Tensor | None) -> _Found:
        """Facts of every word, and cosines (pairs, words of passage, words of question)."""
        asked, read = batch.questions, batch.passages
        question_vectors, passage_vectors = (self.vectors[some].to(_precision()) for some in (asked, read))
        cosines = (passage_vectors @ question_vectors.transpose(1, 2)).float()
        same = (self.bases[read][:, :, None] == self.bases[asked][:, None, :]) & (asked > 0)[:, None, :]
        lemma = (self.lemmas[read][:, :, None] == self.lemmas[asked][:, None, :]) & (asked > 0)[:, None, :]
        if dropped is not None:
            left = ~dropped[:, None, :]
            same, lemma = same & left, lemma & left
            cosines = torch.where(~left & (cosines > EQUAL), torch.full_like(cosines, CONFUSED), cosines)
        contents, weights = self.contents[asked], self.weights[asked]
        counted = contents * weights
        inside = (same | lemma).any(1).float() * contents
        above = self._above(batch)
        near = cosines * contents[:, None, :]
        facts = [
            (same * contents[:, None, :]).amax(2),
            (lemma * contents[:, None, :]).amax(2),
            same.float().amax(2),
            near.amax(2),
            (same * counted[:, None, :]).amax(2),
            (same * above[:, None, :]).amax(2),
            self.weights[read],
            self.contents[read],
        ]
        total = counted.sum(1, keepdim=True).clamp(min=1e-3)
        softly = near.amax(1).clamp(min=0)
        shares = [(part * counted).sum(1) for part in (inside, torch.maximum(inside, above), softly)]
        told = torch.stack([inside, above, weights, contents], -1)
        return _Found(
            question_vectors,
            passage_vectors,
            self.parts_of_speech[asked],
            self.parts_of_speech[read],
            torch.cat([told, self.shapes[asked]], -1),
            torch.cat([torch.stack(facts, -1), self.shapes[read]], -1),
            (asked > 0).float().unsqueeze(-1),
            (read > 0).float().unsqueeze(-1),
            cosines,
            torch.stack(shares, -1) / total,
        )

    def _above(self, batch: Batch) -> Tensor:
        same = self.bases[batch.headings][:, :, None] == self.bases[batch.questions][:, None, :]
        return (same & (batch.headings > 0)[:, :, None]).any(1).float()
