"""How near the model's writing comes to what the hardware allows: ``make bench-generation``.

Random weights of true shapes (no download), prompts of 1,500 tokens, 128 new ones, at batch 1 through the
one-request generator and at 8, 32 and 64 concurrent requests through continuous batching. Beside it, in
the same run: the model card's plain ``generate`` loop and the limits of the machine, measured. Decode is
counted while all requests write, prefill in a run of its own with one new token each. Without a GPU tiny
shapes run, which shows that the script is complete and says nothing about speed.
"""

from __future__ import annotations

import gc
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from transformers import LogitsProcessor, LogitsProcessorList

from benchmarks.generation_models import Candidate, NumberTokenizer, build_model, candidates
from rag.generation.base import Prompt, Sampling
from rag.generation.batching import BatchingGenerator
from rag.generation.deadlines import Deadlines
from rag.generation.transformers import TransformersGenerator

PATIENT = Deadlines(900.0, 300.0, 1_800.0)
GOALS = "goals on one H200: decode ≥ 70 % of its limit at batch 1 (7B), ≥ 40 % at 32; prefill ≥ 40 %; 150 ms"
PUBLISHED = (
    ("transformers, plain eager generate, batch 1, any GPU", "25–45 tok/s", "the project's MODELS.md"),
    (
        "vLLM 0.23, Llama-3.1-8B bf16, A100 40 GB, 1,024 + 128 tokens, batch 1",
        "75 tok/s, 77 % of its limit",
        "johnmusgrave.com/p/vllm-throughput-latency-sweep-on",
    ),
    ("the same at 8 concurrent requests", "6.6 × batch 1", "the same"),
    ("prompt lookup, 7B, batch 1", "1.9 × on RAG, 2.7 × on summaries", "Spec-Bench"),
)


@dataclass(frozen=True)
class Load:
    """How long prompts and answers are, and how many come at once."""

    prompt_tokens: int
    new_tokens: int
    concurrent: tuple[int, ...]


LOADS = {"cuda": Load(1_500, 128, (8, 32, 64)), "cpu": Load(96, 12, (2, 4))}


@dataclass
class Row:
    """One line of the table; rates in tokens a second."""

    way: str
    decode: float
    decode_limit: float
    prefill: float
    prefill_limit: float
    first_token_seconds: float
    requests: float
    memory_bytes: int

    def cells(self) -> Iterator[str]:
        """As the table shows it."""
        yield self.way
        yield f"{self.decode:,.0f} ({self.decode / self.decode_limit:.0%} of {self.decode_limit:,.0f})"
        yield f"{self.prefill:,.0f} ({self.prefill / self.prefill_limit:.0%} of {self.prefill_limit:,.0f})"
        yield f"{self.first_token_seconds * 1e3:,.0f} ms"
        yield f"{self.requests:.2f}"
        yield f"{self.memory_bytes / 1e9:.1f} GB"


@dataclass
class Limits:
    """What the machine does at best: bytes copied and multiplications a second."""

    bytes_per_second: float
    flops: float

    def decode(self, candidate: Candidate, num_requests: int, load: Load) -> float:
        """Tokens a second when every step reads the weights once and each request's cache."""
        length = load.prompt_tokens + load.new_tokens / 2
        read = candidate.bytes_per_step + num_requests * length * candidate.shape.kv_bytes_per_token
        return num_requests * self.bytes_per_second / read

    def prefill(self, candidate: Candidate, load: Load) -> float:
        """Prompt tokens a second: two operations a weight, and attention over half the prompt on average."""
        shape = candidate.shape
        weights = shape.num_parameters - 2 * shape.vocabulary * shape.hidden
        attention = 2 * shape.num_layers * shape.hidden * load.prompt_tokens
        return self.flops / (2 * weights + attention)


def measure_limits(device: str) -> Limits:
    """A large copy (read and written) and a large product of matrices, the best of some runs."""
    size, side = (1 << 31, 8_192) if device == "cuda" else (1 << 25, 512)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    source = torch.empty(size, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    copy = _best(lambda: target.copy_(source), device)
    left = torch.randn(side, side, dtype=dtype, device=device)
    product = _best(lambda: left @ left, device)
    return Limits(2 * size / copy, 2 * side**3 / product)


def _best(work: Callable[[], Any], device: str, runs: int = 10) -> float:
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        _wait(device)
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


@dataclass
class Stamps:
    """When each request began and when each of its tokens came."""

    began: float
    tokens: list[float] = field(default_factory=list)


def ask(generator: Any, load: Load, num_requests: int, new_tokens: int, salt: int) -> list[Stamps]:
    """So many different prompts at once, each read by a user of its own."""
    stamps = [Stamps(0.0) for _ in range(num_requests)]

    def use(number: int) -> None:
        ids = torch.randint(
            3, 400, (load.prompt_tokens,), generator=torch.Generator().manual_seed(salt + number)
        )
        prompt = Prompt(" ".join(map(str, ids.tolist())))
        stamps[number].began = time.perf_counter()
        for _ in generator.stream(prompt, Sampling(max_new_tokens=new_tokens)):
            stamps[number].tokens.append(time.perf_counter())

    users = [threading.Thread(target=use, args=(number,)) for number in range(num_requests)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    return stamps


def measure(
    way: str, generator: Any, *, candidate: Candidate, limits: Limits, load: Load, num_requests: int
) -> Row:
    """One line: a run to warm up, one for prefill, one for everything else."""
    device = generator._model.device.type
    ask(generator, load, num_requests, 4, salt=1)
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    first = ask(generator, load, num_requests, 1, salt=1_000)
    prefill = (
        num_requests * load.prompt_tokens / (max(s.tokens[0] for s in first) - min(s.began for s in first))
    )
    stamps = ask(generator, load, num_requests, load.new_tokens, salt=2_000)
    began, ended = max(s.tokens[0] for s in stamps), min(s.tokens[-1] for s in stamps)
    written = sum(began < stamp <= ended for s in stamps for stamp in s.tokens)
    whole = max(s.tokens[-1] for s in stamps) - min(s.began for s in stamps)
    return Row(
        way,
        written / (ended - began) if ended > began else 0.0,
        limits.decode(candidate, num_requests, load),
        prefill,
        limits.prefill(candidate, load),
        statistics.median(s.tokens[0] - s.began for s in stamps),
        num_requests / whole,
        torch.cuda.max_memory_allocated() if device == "cuda" else 0,
    )


def plain_loop(model: Any, candidate: Candidate, limits: Limits, load: Load) -> Row:
    """The model card's snippet: one prompt, ``generate``, sampled, nothing else."""
    device = model.device.type
    ids = torch.randint(3, 400, (1, load.prompt_tokens), device=model.device)
    options = {"do_sample": True, "temperature": 0.99, "top_p": 0.95, "pad_token_id": 0}

    def run(new_tokens: int) -> float:
        began = time.perf_counter()
        model.generate(ids, max_new_tokens=new_tokens, **options)
        _wait(device)
        return time.perf_counter() - began

    run(4)
    first, whole = run(1), run(load.new_tokens)
    return Row(
        "model card's generate loop, batch 1",
        (load.new_tokens - 1) / max(whole - first, 1e-9),
        limits.decode(candidate, 1, load),
        load.prompt_tokens / first,
        limits.prefill(candidate, load),
        first,
        1 / whole,
        torch.cuda.max_memory_allocated() if device == "cuda" else 0,
    )


class Dictated(LogitsProcessor):
    """Makes the model write a given text, so that the share that is copied from the prompt is known."""

    def __init__(self, text: list[int], prompt_tokens: int) -> None:
        self._text = text
        self._prompt_tokens = prompt_tokens

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """The next token of the text is the likeliest."""
        place = min(input_ids.shape[1] - self._prompt_tokens, len(self._text) - 1)
        dictated = torch.full_like(scores, -1e9)
        dictated[:, self._text[place]] = 0.0
        return dictated


def prompt_lookup(model: Any, load: Load) -> Iterator[tuple[float, float]]:
    """The share of the answer that stands in the prompt → how much faster prompt lookup writes it."""
    chance = torch.Generator().manual_seed(7)
    prompt = torch.randint(3, 400, (1, load.prompt_tokens), generator=chance)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        num_copied = int(load.new_tokens * share)
        fresh = torch.randint(3, 400, (load.new_tokens - num_copied,), generator=chance).tolist()
        text = prompt[0, 20 : 20 + num_copied].tolist() + fresh
        seconds = {}
        for tokens in (None, 10):
            options = {"prompt_lookup_num_tokens": tokens} if tokens else {}
            began = time.perf_counter()
            model.generate(
                prompt.to(model.device),
                max_new_tokens=load.new_tokens,
                do_sample=False,
                pad_token_id=0,
                logits_processor=LogitsProcessorList([Dictated(text, load.prompt_tokens)]),
                **options,
            )
            _wait(model.device.type)
            seconds[tokens] = time.perf_counter() - began
        yield share, seconds[None] / seconds[10]


def bench(candidate: Candidate, device: str, limits: Limits, load: Load, console: Console) -> None:
    """All lines of one model; its memory is given back at the end."""
    most = max(load.concurrent)
    context_tokens = load.prompt_tokens + 2 * load.new_tokens
    model = build_model(candidate, device, context_tokens)
    facts = {"name": candidate.name, "prompt_style": "alpaca-ja", "context_tokens": context_tokens}
    tokenizer = NumberTokenizer()
    one = TransformersGenerator(model, tokenizer, deadlines=PATIENT, **facts)
    rows = [plain_loop(model, candidate, limits, load)]
    known: dict[str, Any] = {"candidate": candidate, "limits": limits, "load": load}
    rows.append(measure("ours, batch 1", one, num_requests=1, **known))
    many = BatchingGenerator(model, tokenizer, max_requests=most, deadlines=PATIENT, **facts)
    rows += [measure(f"ours, {n} at once", many, num_requests=n, **known) for n in load.concurrent]
    many.close()
    headings = ("way", "decode tok/s", "prefill tok/s", "first token", "requests/s", "memory")
    table = Table(*headings, title=f"{candidate.name}, weights {candidate.quantization}")
    for row in rows:
        table.add_row(*row.cells())
    console.print(table)
    lookup = Table("copied", "speed-up", title="prompt lookup, greedy, batch 1")
    for share, gain in prompt_lookup(model, load):
        lookup.add_row(f"{share:.0%}", f"{gain:.2f} ×")
    console.print(lookup)
    del model, one, many
    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()


def main() -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    console = Console(width=130)
    load, limits = LOADS[device], measure_limits(device)
    name = torch.cuda.get_device_name() if device == "cuda" else "CPU: tiny shapes, no statement about speed"
    console.print(
        f"{name}; copies {limits.bytes_per_second / 1e12:.2f} TB/s, "
        f"multiplies {limits.flops / 1e12:.1f} TFLOP/s"
    )
    console.print(f"prompts of {load.prompt_tokens:,} tokens, {load.new_tokens} new; {GOALS}")
    for candidate in candidates(device):
        bench(candidate, device, limits, load, console)
    published = Table("published", "figure", "source", title="what others report")
    for row in PUBLISHED:
        published.add_row(*row)
    console.print(published)


if __name__ == "__main__":
    main()
