"""int8, nf4 and fp8 weights of tiny checkpoints, loaded and run by the code that a 70B model needs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.generation.base import Prompt, Sampling
from rag.generation.batching import BatchingGenerator
from rag.generation.loading import load_local_generator
from rag.generation.quantization import QUANTIZATIONS, build_quantization
from rag.settings import GenerationSettings

missing = sorted({q.library for q in QUANTIZATIONS.values() if importlib.util.find_spec(q.library) is None})
needs_libraries = pytest.mark.skipif(
    bool(missing), reason=f"{' and '.join(missing)} not installed: pip install 'swallow-rag[quantised]'"
)
quiet = [pytest.mark.filterwarnings("ignore"), needs_libraries]  # the libraries warn of CPUs and of casts


@pytest.mark.parametrize("max_requests", [1, 2])
@pytest.mark.parametrize(
    ("quantization", "stored"),
    [
        pytest.param("int8", "torch.int8", marks=quiet),
        pytest.param("nf4", "torch.uint8", marks=quiet),  # two weights a byte
    ],
)
def test_quantised_weights_write_what_the_model_was_taught(
    quantization: str, stored: str, max_requests: int, speaking_swallow: Path
):
    assert written(speaking_swallow, quantization, max_requests) == ("年次有給休暇は鸕二十日", stored)


@pytest.mark.parametrize("max_requests", [1, 2])
@pytest.mark.parametrize("quantization", [pytest.param("fp8", marks=quiet)])
def test_fp8_weights_write_the_same_every_time(quantization: str, max_requests: int, swallow: Path):
    """The taught model has rows of zeros, which fp8 cannot scale; the random one has none."""
    text, _ = written(swallow, quantization, max_requests)
    assert text
    assert written(swallow, quantization, max_requests)[0] == text


def written(folder: Path, quantization: str, max_requests: int) -> tuple[str, str]:
    """What the model writes, and how its weights are stored."""
    settings = GenerationSettings.model_validate(
        {"model": str(folder), "device": "cpu", "quantization": quantization, "max_requests": max_requests}
    )
    generator = load_local_generator(settings)
    text = "".join(generator.stream(Prompt("問:"), Sampling(max_new_tokens=12)))
    stored = str(generator._model.model.layers[0].mlp.up_proj.weight.dtype)  # type: ignore[attr-defined]
    if isinstance(generator, BatchingGenerator):
        generator.close()
    return text, stored


def test_no_quantisation_is_none_and_an_absent_library_is_named():
    assert build_quantization("none", None) is None
    from rag.generation import quantization

    absent = quantization.Quantization(1.0, "no_such_library", lambda _: None)
    with pytest.raises(
        SettingsError, match=r"needs no_such_library: pip install 'swallow-rag\[gpu,quantised\]'"
    ):
        quantization.require(absent, "int8")
