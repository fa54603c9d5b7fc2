"""Trains the span reader; writes ``data/models/span-reader``.

    python -m training.span_reader ../shared/data

JaQuAD without the articles that the embedder held out: 27,000 questions, each with the chunk that answers and
three near ones that do not. Starts and ends are chosen among the words of all four together, so that
logits of passages may be compared; a word of the question in eight may not be matched exactly, so that the
rest must be recognised by nearness. One core trains about 1.5 batches a second; 48 minutes were given.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from evaluation.datasets.squad import load_squad
from rag.assembly import load_bundled_embedder
from rag.bundled import bundled_path
from rag.comprehension.reader import CONFIG_FILE, FORMAT, WEIGHTS_FILE, ReaderConfig
from rag.comprehension.words import WordTable
from rag.settings import load_settings
from rag.text.analyzer import Feature
from training.answering import open_pool
from training.span_examples import ExampleReader, SpanExample, draw_others, number_words
from training.span_model import Batch, SpanModel

SIZE = 64
QUESTIONS_A_BATCH = 16
OTHERS = 3
RATE = 2e-3
WARM_UP_STEPS = 200
AVERAGED = 0.999
"""Share of the running average that a step keeps; the average is what is written."""
DROPPED = 0.12
EVERY = 500
NUM_CHECKED = 400


class Trainer:
    """A model, its examples, and what has been averaged so far."""

    def __init__(
        self, reader: ExampleReader, examples: Sequence[SpanExample], checked: Sequence[SpanExample]
    ) -> None:
        self._passages = reader.passages
        self._pool = list(reader.passages)
        self._examples, self._checked = examples, checked
        features = [f for p in reader.passages.values() for f in (*p.body, *p.heading)]
        features += [feature for one in (*examples, *checked) for feature in one.question]
        self._numbers = number_words(features)
        self.model = SpanModel(WordTable(load_bundled_embedder())(list(self._numbers)), SIZE)
        self.average = {name: weight.detach().clone() for name, weight in self.model.state_dict().items()}

    def begin(self, folder: Path) -> None:
        """Go on from the weights of a model."""
        with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as stored:
            weights = {name: torch.from_numpy(stored[name].astype(np.float32)) for name in stored.files}
        self.model.load_state_dict(weights)
        self.average = {name: weight.clone() for name, weight in weights.items()}

    def train(self, seconds: float, rate: float) -> None:
        """Train for so long; the rate falls to nothing at the end."""
        drawn, begun, told = random.Random(3), time.monotonic(), []
        weights = self.model.parameters()
        optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01, betas=(0.9, 0.98))
        for step, chosen in enumerate(_batches(self._examples, drawn)):
            passed = (time.monotonic() - begun) / seconds
            if passed >= 1:
                break
            for group in optimizer.param_groups:
                group["lr"] = rate * min(1, step / WARM_UP_STEPS) * (0.02 + 0.98 * (1 - passed))
            loss = self._loss(chosen, drawn, learning=True)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            optimizer.step()
            self._average(step)
            told.append(loss.item())
            if (step + 1) % EVERY == 0:
                print(f"step {step + 1}: loss {np.mean(told):.3f}, held out {self.check():.3f}", flush=True)
                told.clear()

    def check(self) -> float:
        """The loss of the averaged weights on articles held out."""
        kept = {name: weight.clone() for name, weight in self.model.state_dict().items()}
        self.model.load_state_dict(self.average)
        self.model.eval()
        drawn, size = random.Random(5), QUESTIONS_A_BATCH
        with torch.no_grad():
            losses = [
                self._loss(self._checked[place : place + size], drawn, learning=False).item()
                for place in range(0, len(self._checked), size)
            ]
        self.model.load_state_dict(kept)
        self.model.train()
        return float(np.mean(losses))

    def _loss(self, chosen: Sequence[SpanExample], drawn: random.Random, *, learning: bool) -> Tensor:
        beside = [[one.gold, *draw_others(one, OTHERS, self._pool, drawn)] for one in chosen]
        batch = self._batch(chosen, beside)
        dropped = torch.rand(batch.questions.shape) < DROPPED if learning else None
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.model(batch, dropped)
        count = len(chosen)
        firsts, lasts = (torch.tensor([getattr(one, name) for one in chosen]) for name in ("first", "last"))
        relevance = logits.relevance.view(count, OTHERS + 1)
        answers = torch.zeros_like(relevance)
        answers[:, 0] = 1
        loss: Tensor = (
            functional.cross_entropy(logits.starts.reshape(count, -1), firsts)
            + functional.cross_entropy(logits.ends.reshape(count, -1), lasts)
            + 0.5 * functional.cross_entropy(relevance, torch.zeros(count, dtype=torch.long))
            + 0.5 * functional.binary_cross_entropy_with_logits(relevance, answers)
        )
        return loss

    def _batch(self, chosen: Sequence[SpanExample], beside: Sequence[Sequence[int]]) -> Batch:
        passages = [self._passages[chunk_id] for row in beside for chunk_id in row]
        questions = [one.question for one in chosen for _ in range(OTHERS + 1)]
        return Batch(
            self._numbered(questions),
            self._numbered([passage.body for passage in passages]),
            self._numbered([passage.heading for passage in passages]),
        )

    def _numbered(self, texts: Sequence[Sequence[Feature]]) -> Tensor:
        numbers = np.zeros((len(texts), max(map(len, texts))), np.int64)
        for row, text in zip(numbers, texts, strict=True):
            row[: len(text)] = [self._numbers[feature] for feature in text]
        return torch.from_numpy(numbers)

    def _average(self, step: int) -> None:
        kept = min(AVERAGED, (1 + step) / (10 + step))
        for name, weight in self.model.state_dict().items():
            self.average[name].mul_(kept).add_(weight, alpha=1 - kept)


def _batches(examples: Sequence[SpanExample], drawn: random.Random) -> Iterator[list[SpanExample]]:
    """Without end; every example once before any comes again."""
    while True:
        order = drawn.sample(range(len(examples)), len(examples))
        for place in range(0, len(order), QUESTIONS_A_BATCH):
            yield [examples[number] for number in order[place : place + QUESTIONS_A_BATCH]]


def write(weights: Mapping[str, Tensor], folder: Path) -> None:
    """Weights as float16, and the config beside them."""
    file = io.BytesIO()
    arrays = {name: weight.float().numpy().astype(np.float16) for name, weight in sorted(weights.items())}
    np.savez_compressed(file, allow_pickle=False, **arrays)
    config = ReaderConfig(
        format=FORMAT,
        size=SIZE,
        embedder_revision=load_bundled_embedder().identity.revision,
        origin="training/span_reader.py: JaQuAD, without the articles that the embedder held out",
        licence="CC BY-SA 4.0",
        sha256=hashlib.sha256(file.getvalue()).hexdigest(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS_FILE).write_bytes(file.getvalue())
    text = json.dumps(config.model_dump(), ensure_ascii=False, indent=2)
    (folder / CONFIG_FILE).write_text(text + "\n", encoding="utf-8")
    print(f"wrote {folder.name}: {len(file.getvalue())} bytes")


def main() -> None:
    """Read the examples, train, write."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("--minutes", type=float, default=48)
    arguments.add_argument("--out", type=Path, default=bundled_path("models", "span-reader"))
    arguments.add_argument("--scratch", type=Path, help="keep the pool here and use it again")
    arguments.add_argument("--begin", type=Path, help="go on from the weights of this model")
    arguments.add_argument("--rate", type=float, default=RATE, help="the highest learning rate")
    options = arguments.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)  # two wait for each other more than they compute
    jaquad = load_squad(options.shared / "jaquad" / "train.json.gz")
    settings = load_settings(environment={}).with_values({"retrieval.reranker": "none"})
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        with open_pool(scratch / "pool", jaquad, settings) as parts:
            reader = ExampleReader(parts)
            reader.read_pool()
            examples = list(reader.examples(jaquad, held_out=False))
            checked = list(reader.examples(jaquad, held_out=True))[:: 4_700 // NUM_CHECKED]
    print(f"{len(examples)} examples", flush=True)
    trainer = Trainer(reader, examples, checked)
    if options.begin:
        trainer.begin(options.begin)
    trainer.train(options.minutes * 60, options.rate)
    print(f"held out at the end: {trainer.check():.3f}")
    write(trainer.average, options.out)


if __name__ == "__main__":
    main()
