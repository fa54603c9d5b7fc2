"""Whether a model fits into the machine at hand, and in which number format."""

from __future__ import annotations

import importlib
import importlib.util
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.generation.catalog import CatalogEntry, Shape
from rag.generation.quantization import QUANTIZATIONS

CONTEXT_TOKENS = 4_096
"""The cache that one answer is planned with: what Swallow takes at most."""

SHARE_OF_MEMORY = 0.92
"""What a model may take; the rest is for activations and for whatever else runs there."""

GPUS_OF_A_SERVER = 8


@dataclass(frozen=True, slots=True)
class Machine:
    """What models run on: the memory of each GPU in bytes, else the main memory."""

    gpu_bytes: tuple[int, ...] = ()
    gpu_name: str = ""
    main_bytes: int = 0

    @property
    def bytes_for_models(self) -> int:
        """Of all GPUs together, or the main memory of a machine without any."""
        return sum(self.gpu_bytes) or self.main_bytes

    @property
    def description(self) -> str:
        """「2 × NVIDIA H200, 282 GB」, 「CPU, 24 GB」."""
        size = f"{self.bytes_for_models / 1e9:.0f} GB"
        return f"{len(self.gpu_bytes)} × {self.gpu_name}, {size}" if self.gpu_bytes else f"CPU, {size}"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model fits: ``precision`` is bf16, int8 or nf4; None when it needs more machine.

    ``num_gpus`` is how many GPUs like those here bf16 takes, 0 where there are none to count with.
    """

    precision: str | None
    num_gpus: int = 0

    def __str__(self) -> str:
        """``fits here: int8``, ``needs 2 GPUs``, ``use a server``."""
        if self.precision:
            return f"fits here: {self.precision}"
        return f"needs {self.num_gpus} GPUs" if 0 < self.num_gpus <= GPUS_OF_A_SERVER else "use a server"


def measure_machine() -> Machine:
    """Ask torch for the GPUs and the system for its main memory; no GPU where torch is not installed."""
    if importlib.util.find_spec("torch") is not None:
        torch: Any = importlib.import_module("torch")
        if torch.cuda.is_available():
            facts = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
            return Machine(tuple(fact.total_memory for fact in facts), facts[0].name, _main_bytes())
    return Machine(main_bytes=_main_bytes())


def needed_bytes(shape: Shape, precision: str, context_tokens: int = CONTEXT_TOKENS) -> int:
    """Weights in that format with the cache of one answer; embeddings always stay in bf16."""
    cache = context_tokens * shape.kv_bytes_per_token
    if precision == "bf16":
        return shape.weight_bytes + cache
    embeddings = 2 * shape.vocabulary * shape.hidden
    inner = (shape.num_parameters - embeddings) * QUANTIZATIONS[precision].bytes_per_weight
    return int(inner) + 2 * embeddings + cache


def judge_fit(entry: CatalogEntry, machine: Machine) -> Fit:
    """The most precise format in which the model runs on this machine, else what it would need.

    On a CPU only bf16 counts: the smaller formats save memory there and cost minutes an answer.
    """
    room = machine.bytes_for_models * SHARE_OF_MEMORY
    context_tokens = min(CONTEXT_TOKENS, entry.published_context_tokens)
    for precision in ("bf16", "int8", "nf4") if machine.gpu_bytes else ("bf16",):
        if needed_bytes(entry.shape, precision, context_tokens) <= room:
            return Fit(precision)
    if not machine.gpu_bytes:
        return Fit(None)
    one = min(machine.gpu_bytes) * SHARE_OF_MEMORY
    return Fit(None, math.ceil(needed_bytes(entry.shape, "bf16", context_tokens) / one))


def _main_bytes() -> int:
    """From the kernel where it tells, else 0: unknown."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1_024 for line in lines if line.startswith("MemTotal:")), 0)
