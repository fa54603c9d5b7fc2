"""Continuous batching against one by one, on a tiny checkpoint: ``python -m benchmarks.batching``.

The same prompts, the same greedy answers; printed are tokens a second and their ratio. The model is so
small that this measures what a step costs beside the arithmetic, which is what batching saves on any device.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.generation.base import Generator, Prompt, Sampling
from rag.generation.loading import load_local_generator, load_transformers_generator
from rag.settings import GenerationSettings
from tests import tiny_models

NUM_PROMPTS = 32
NEW_TOKENS = 64
PLACES = (4, 16, 32)


def main(_: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = tiny_models.make_swallow(Path(folder) / "Swallow-7b-instruct-hf")
        compare(model).print_on(Console(width=100))


class Comparison:
    """Seconds and answers of each way."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.answers: dict[str, list[str]] = {}

    @property
    def same(self) -> bool:
        """Whether all ways wrote the same."""
        first, *others = self.answers.values()
        return all(answers == first for answers in others)

    def print_on(self, console: Console) -> None:
        """The table, and whether the answers agree."""
        num_tokens = NUM_PROMPTS * NEW_TOKENS
        one_by_one = next(iter(self.seconds.values()))
        table = Table(
            "way", "tokens/s", "ratio", title=f"{NUM_PROMPTS} prompts, {NEW_TOKENS} new tokens each"
        )
        for way, seconds in self.seconds.items():
            table.add_row(way, f"{num_tokens / seconds:,.0f}", f"{one_by_one / seconds:.1f} ×")
        console.print(table)
        console.print(f"same outputs: {'yes' if self.same else 'NO'}")


def compare(model: Path) -> Comparison:
    """One by one, then in batches of each size."""
    values = {"backend": "transformers", "model": str(model), "device": "cpu", "decoding": "plain"}
    prompts = [Prompt(f"年次有給休暇は{'経費' * i}") for i in range(NUM_PROMPTS)]
    comparison = Comparison()
    alone = load_transformers_generator(GenerationSettings.model_validate(values))
    _run(comparison, "one by one", alone, prompts, num_users=1)
    for places in PLACES:
        batched = load_local_generator(GenerationSettings.model_validate(values | {"max_requests": places}))
        _run(comparison, f"continuous batching, {places} places", batched, prompts, num_users=places)
        batched.close()  # type: ignore[attr-defined]
    return comparison


def _run(
    comparison: Comparison, way: str, generator: Generator, prompts: Sequence[Prompt], *, num_users: int
) -> None:
    sampling = Sampling(max_new_tokens=NEW_TOKENS)
    list(generator.stream(prompts[0], sampling))  # warm
    answers, left, lock = [""] * len(prompts), list(range(len(prompts))), threading.Lock()

    def use() -> None:
        while True:
            with lock:
                if not left:
                    return
                number = left.pop(0)
            answers[number] = "".join(generator.stream(prompts[number], sampling))

    users = [threading.Thread(target=use) for _ in range(num_users)]
    began = time.perf_counter()
    for user in users:
        user.start()
    for user in users:
        user.join()
    comparison.seconds[way] = time.perf_counter() - began
    comparison.answers[way] = answers


if __name__ == "__main__":
    main(sys.argv[1:])
