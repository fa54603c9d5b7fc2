"""Models of true shapes with random weights, made layer by layer on the device; nothing is downloaded."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

from rag.generation.catalog import Shape, find_model
from rag.generation.quantization import QUANTIZATIONS

TINY = Shape(2, 64, 4, 2, 128, 440)
"""What a CPU gets, to show that everything here runs."""


@dataclass(frozen=True)
class Candidate:
    """One row of the table: a shape, and how its weights are stored."""

    name: str
    shape: Shape
    quantization: str = "none"

    @property
    def bytes_per_step(self) -> float:
        """What one decoding step reads of the weights, in the format they are stored in."""
        if self.quantization == "none":
            return self.shape.bytes_per_step
        head = 2 * self.shape.vocabulary * self.shape.hidden
        return (self.shape.bytes_per_step - head) / 2 * QUANTIZATIONS[
            self.quantization
        ].bytes_per_weight + head


def candidates(device: str) -> list[Candidate]:
    """Swallow 7B and 13B, Llama 3.1 8B and Swallow 70B in nf4 on a GPU; tiny ones on a CPU."""
    if device == "cpu":
        return [Candidate("tiny", TINY), Candidate("tiny", TINY, "nf4")]
    names = ("Swallow-7b-instruct-hf", "Swallow-13b-instruct-hf", "Llama-3.1-8B-Instruct")
    whole = [Candidate(name, _shape(name)) for name in names]
    return [*whole, Candidate("Swallow-70b-instruct-hf", _shape("Swallow-70b-instruct-hf"), "nf4")]


def build_model(candidate: Candidate, device: str, context_tokens: int) -> Any:
    """The model on the device: never more than one layer is held in bf16 when it is quantised."""
    dtype = torch.float32 if device == "cpu" else torch.bfloat16
    shape = candidate.shape
    config = LlamaConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.intermediate,
        num_hidden_layers=shape.num_layers,
        num_attention_heads=shape.num_heads,
        num_key_value_heads=shape.num_kv_heads,
        max_position_embeddings=context_tokens,
        tie_word_embeddings=False,
        dtype=dtype,
    )
    config._attn_implementation = "sdpa"
    with torch.device("meta"):
        model = LlamaForCausalLM(config).to(dtype)
    torch.manual_seed(0)
    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and candidate.quantization == "nf4" and "lm_head" not in name:
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, _nf4(module, device, dtype))
        elif next(module.parameters(recurse=False), None) is not None:
            _fill(module, device)
    model.model.rotary_emb = type(model.model.rotary_emb)(config).to(device)
    model.generation_config = GenerationConfig(eos_token_id=None)
    gc.collect()
    return model.eval()


def _fill(module: torch.nn.Module, device: str) -> None:
    module.to_empty(device=device, recurse=False)
    for parameter in module.parameters(recurse=False):
        if parameter.dim() == 1:
            torch.nn.init.ones_(parameter)
        else:
            torch.nn.init.normal_(parameter, std=0.02)


def _nf4(linear: torch.nn.Linear, device: str, dtype: torch.dtype) -> Any:
    import bitsandbytes

    quantised = bitsandbytes.nn.Linear4bit(
        linear.in_features,
        linear.out_features,
        bias=False,
        compute_dtype=dtype,
        quant_type="nf4",
        device="meta",
    )
    weight = torch.randn(linear.out_features, linear.in_features, dtype=dtype, device=device) * 0.02
    quantised.weight = bitsandbytes.nn.Params4bit(weight, requires_grad=False, quant_type="nf4")
    return quantised.to(device)


def _shape(name: str) -> Shape:
    entry = find_model(name)
    assert entry is not None
    return entry.shape


class NumberTokenizer:
    """Numbers instead of words: 「12 7 99」 is three tokens. It lets prompts have any length exactly."""

    pad_token_id = 0
    unk_token_id = None
    eos_token_id = None
    bos_token = None
    chat_template = None
    added_tokens_decoder: dict[int, Any] = {}  # noqa: RUF012 - as the real one

    def get_added_vocab(self) -> dict[str, int]:
        """None."""
        return {}

    def __call__(self, texts: Sequence[str], **_: Any) -> dict[str, list[list[int]]]:
        """Texts of numbers → the numbers."""
        return {"input_ids": [[int(number) for number in text.split()] for text in texts]}

    def decode(self, ids: Sequence[int], **_: Any) -> str:
        """The numbers → their text, each with a space behind it."""
        return "".join(f"{number} " for number in ids)
