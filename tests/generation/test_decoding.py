"""The ways to decode one request write the same; a batch that is too large is halved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from rag.errors import ModelUnavailable
from rag.generation.base import Prompt, Sampling
from rag.generation.decoding import DECODINGS, choose_decoding, decoding_options
from rag.generation.loading import load_transformers_generator
from rag.settings import GenerationSettings

PROMPTS = [Prompt("年次有給休暇は" + "経費" * i) for i in range(5)]
SHORT = Sampling(max_new_tokens=12)


def load(folder: Path, **values: Any) -> Any:
    return load_transformers_generator(GenerationSettings(model=str(folder), device="cpu", **values))


def test_every_way_writes_the_same_greedy_answer(swallow: Path):
    answers = {
        decoding: ["".join(load(swallow, decoding=decoding).stream(prompt, SHORT)) for prompt in PROMPTS[:2]]
        for decoding in DECODINGS
    }
    assert answers["static"] == answers["plain"] == answers["prompt-lookup"]


def test_a_gpu_gets_the_static_cache_and_a_cpu_prompt_lookup():
    assert [choose_decoding("auto", device) for device in ("cuda", "cpu")] == ["static", "prompt-lookup"]
    assert choose_decoding("plain", "cuda") == "plain"
    assert "prompt_lookup_num_tokens" in decoding_options("prompt-lookup", SHORT, num_rows=1)
    for sampling, num_rows in ((Sampling(temperature=0.5), 1), (SHORT, 2)):
        assert "prompt_lookup_num_tokens" not in decoding_options(
            "prompt-lookup", sampling, num_rows=num_rows
        )


def test_a_warm_start_fills_the_context_once(swallow: Path):
    generator = load(swallow, decoding="static", context_tokens=128)
    generator.warm_up()
    assert list(generator.stream(PROMPTS[0], SHORT))


def test_a_batch_that_does_not_fit_is_halved(swallow: Path):
    generator = load(swallow)
    expected = generator.complete(PROMPTS, SHORT)
    sizes: list[int] = []

    def check(module: Any, args: Any, kwargs: Any) -> None:
        sizes.append(kwargs["input_ids"].shape[0])
        if sizes[-1] > limit:
            raise torch.OutOfMemoryError("CUDA out of memory")

    limit = 2
    hook = generator._model.register_forward_pre_hook(check, with_kwargs=True)
    assert generator.complete(PROMPTS, SHORT) == expected
    assert [size for size in sizes if size > limit] == [5, 3]
    limit = 0
    with pytest.raises(ModelUnavailable, match=r"ran out of memory.*generation\.quantization"):
        generator.complete(PROMPTS, SHORT)
    hook.remove()
    assert generator.complete(PROMPTS, SHORT) == expected


def test_an_answer_cut_at_its_limit_is_told(swallow: Path, speaking_swallow: Path):
    cuts: list[bool] = []
    told = Sampling(max_new_tokens=5, on_cut=lambda: cuts.append(True))
    list(load(swallow).stream(PROMPTS[0], told))
    assert cuts == [True]
    list(load(speaking_swallow).stream(Prompt("問:"), Sampling(20, on_cut=lambda: cuts.append(True))))
    assert cuts == [True], "it ended by itself"
