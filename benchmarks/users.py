"""Many users at once on a tiny checkpoint: ``python -m benchmarks.users [SECONDS]`` (120).

Twenty users ask without a pause, more than there are places and seats to wait in together. Some hang up in
the middle. Printed: whether every stream that ended is the text that the model writes for its prompt
alone, how many were refused as busy, how long a hung-up request kept its place, and the memory.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.errors import ModelBusy
from rag.generation.base import Prompt, Sampling
from rag.generation.batching import BatchingGenerator
from rag.generation.loading import load_local_generator, load_transformers_generator
from rag.settings import GenerationSettings
from tests import tiny_models

NUM_USERS = 20
MAX_REQUESTS = 8
MAX_WAITING = 8
NEW_TOKENS = 24
PROMPTS = tuple(Prompt("年次有給休暇は" + "経費" * i + "二十日" * (i % 3)) for i in range(12))
SHARE_HUNG_UP = 0.15
SAMPLES = 8


@dataclass
class Tally:
    """What happened; every list is only appended to, which threads may do."""

    whole: list[float] = field(default_factory=list)
    """Seconds of each answer that came to its end, waiting included."""
    first: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    freed: list[float] = field(default_factory=list)
    """Seconds from hanging up until the place was free again."""
    deepest: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Memory at the end over memory after a quarter of the time."""
        return self.memory[-1] / self.memory[len(self.memory) // 4]


def run_users(folder: Path, seconds: float) -> Tally:
    """Let the users ask for so long; the model stands in ``folder``."""
    values = {"backend": "transformers", "model": str(folder), "device": "cpu"}
    alone = load_transformers_generator(GenerationSettings.model_validate(values | {"decoding": "plain"}))
    sampling = Sampling(max_new_tokens=NEW_TOKENS)
    expected = ["".join(alone.stream(prompt, sampling)) for prompt in PROMPTS]
    batched = {"max_requests": MAX_REQUESTS, "max_waiting": MAX_WAITING}
    generator = load_local_generator(GenerationSettings.model_validate(values | batched))
    assert isinstance(generator, BatchingGenerator)
    tally, end = Tally(), time.monotonic() + seconds
    users = [
        threading.Thread(target=_use, args=(generator, expected, tally, end, random.Random(number)))
        for number in range(NUM_USERS)
    ]
    for user in users:
        user.start()
    while time.monotonic() < end:
        time.sleep(seconds / SAMPLES / 4)
        tally.memory.append(_resident_bytes())
        tally.deepest.append(generator.num_waiting)
    for user in users:
        user.join()
    assert (generator.num_running, generator.num_waiting) == (0, 0)
    generator.close()
    return tally


def _use(
    generator: BatchingGenerator, expected: list[str], tally: Tally, end: float, chance: random.Random
) -> None:
    while time.monotonic() < end:
        number = chance.randrange(len(PROMPTS))
        try:
            _ask(generator, number, expected[number], tally, hangs_up=chance.random() < SHARE_HUNG_UP)
        except ModelBusy:
            tally.refused.append(time.monotonic())
            time.sleep(0.05)
        except Exception as error:
            tally.broken.append(repr(error))


def _ask(generator: BatchingGenerator, number: int, expected: str, tally: Tally, *, hangs_up: bool) -> None:
    began = time.monotonic()
    pieces = generator.stream(PROMPTS[number], Sampling(max_new_tokens=NEW_TOKENS))
    received = [next(pieces)]
    tally.first.append(time.monotonic() - began)
    if hangs_up:
        hung_up = time.monotonic()
        pieces.close()  # type: ignore[attr-defined]
        tally.freed.append(time.monotonic() - hung_up)
        return
    received.extend(pieces)
    if (text := "".join(received)) != expected:
        tally.broken.append(f"{text!r} is not {expected!r}")
    tally.whole.append(time.monotonic() - began)


def main(arguments: list[str]) -> None:
    seconds = float(arguments[0]) if arguments else 120.0
    with tempfile.TemporaryDirectory() as folder:
        tally = run_users(tiny_models.make_swallow(Path(folder) / "Swallow-7b-instruct-hf"), seconds)
    table = Table(
        "figure",
        "value",
        title=f"{NUM_USERS} users, {MAX_REQUESTS} places, {MAX_WAITING} seats, {seconds:g} s",
    )
    rows = {
        "whole answers": f"{len(tally.whole):,}",
        "broken answers": f"{len(tally.broken):,}",
        "refused as busy": f"{len(tally.refused):,}",
        "longest queue": f"{max(tally.deepest)} of {MAX_WAITING}",
        "first token, median / worst": f"{_middle(tally.first):.2f} s / {max(tally.first):.2f} s",
        "whole answer, median / worst": f"{_middle(tally.whole):.2f} s / {max(tally.whole):.2f} s",
        "hung up": f"{len(tally.freed):,}",
        "place free after hanging up, worst": f"{max(tally.freed, default=0):.3f} s",
        "memory, first quarter → end": f"{tally.memory[len(tally.memory) // 4] / 1e6:.0f} MB → "
        f"{tally.memory[-1] / 1e6:.0f} MB ({tally.growth:.3f})",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    Console(width=100).print(table)
    for broken in tally.broken[:5]:
        Console().print(broken)


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main(sys.argv[1:])
