"""Smaller weights, for models that do not fit: eight or four bits a weight, by bitsandbytes or torchao."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rag.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Quantization:
    """One way to store weights: what it costs, which library knows it, and its configuration."""

    bytes_per_weight: float
    library: str
    build: Callable[[Any], Any]
    """From the number format of the computation to the configuration that ``from_pretrained`` takes."""


def _int8(dtype: Any) -> Any:
    return _transformers().BitsAndBytesConfig(load_in_8bit=True)


def _nf4(dtype: Any) -> Any:
    return _transformers().BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=dtype,
        bnb_4bit_use_double_quant=True,
    )


def _fp8(dtype: Any) -> Any:
    from torchao.quantization import Float8WeightOnlyConfig

    return _transformers().TorchAoConfig(Float8WeightOnlyConfig())


def _transformers() -> Any:
    return importlib.import_module("transformers")


QUANTIZATIONS: Mapping[str, Quantization] = MappingProxyType(
    {
        "int8": Quantization(1.0, "bitsandbytes", _int8),
        "nf4": Quantization(0.53, "bitsandbytes", _nf4),  # 4 bits, and twice quantised scales of 64 weights
        "fp8": Quantization(1.0, "torchao", _fp8),
    }
)


def build_quantization(name: str, dtype: Any) -> Any:
    """The configuration for ``generation.quantization``; None for ``none``.

    Raises SettingsError when its library is not installed.
    """
    if name == "none":
        return None
    quantization = QUANTIZATIONS[name]
    require(quantization, name)
    return quantization.build(dtype)


def require(quantization: Quantization, name: str) -> None:
    """Raise SettingsError, with the command that mends it, when the library is not installed."""
    if importlib.util.find_spec(quantization.library) is None:
        raise SettingsError(
            f"generation.quantization = {name!r} needs {quantization.library}: "
            "pip install 'swallow-rag[gpu,quantised]', or set it to 'none'"
        )
