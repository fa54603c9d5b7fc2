"""How one request at a time is decoded: what `generate` is told, as data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from rag.generation.base import Sampling

PROMPT_LOOKUP_TOKENS = 10
"""How many tokens greedy decoding tries to copy from the prompt at once; the output stays the same."""

DECODINGS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "plain": {},
        # One memory for every answer, so that the compiled step (CUDA graphs) is made once.
        "static": {"cache_implementation": "static"},
        "prompt-lookup": {"prompt_lookup_num_tokens": PROMPT_LOOKUP_TOKENS},
    }
)


def choose_decoding(wanted: str, device: str) -> str:
    """``auto`` is ``static`` on a GPU, where kernel launches are the limit, else ``prompt-lookup``."""
    if wanted != "auto":
        return wanted
    return "static" if device == "cuda" else "prompt-lookup"


def decoding_options(decoding: str, sampling: Sampling, *, num_rows: int) -> dict[str, Any]:
    """Keywords for `generate`; prompt lookup works for one greedy sequence alone."""
    if decoding == "prompt-lookup" and (sampling.temperature > 0 or num_rows > 1):
        decoding = "plain"
    options = dict(DECODINGS[decoding])
    if sampling.temperature > 0:
        return options | {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p}
    return options | {"do_sample": False}
