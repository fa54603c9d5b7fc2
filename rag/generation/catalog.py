"""The models we know, as data: how they are prompted, how much memory they take, under which licence.

A model that is not here works too: its chat template or ``generation.prompt_style`` says how it is
prompted. The context length always comes from the model's own config; the one here is for lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from rag.errors import SettingsError

BYTES_PER_VALUE = 2
"""bfloat16."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The dimensions of a Llama-type decoder with untied embeddings; all sizes follow from them."""

    num_layers: int
    hidden: int
    num_heads: int
    num_kv_heads: int
    intermediate: int
    vocabulary: int

    @property
    def num_parameters(self) -> int:
        """All weights, input and output embeddings included."""
        kv = self.hidden * self.num_kv_heads // self.num_heads
        attention = 2 * self.hidden * self.hidden + 2 * self.hidden * kv
        layer = attention + 3 * self.hidden * self.intermediate + 2 * self.hidden
        return self.num_layers * layer + 2 * self.vocabulary * self.hidden + self.hidden

    @property
    def weight_bytes(self) -> int:
        """Memory of the bf16 weights."""
        return self.num_parameters * BYTES_PER_VALUE

    @property
    def bytes_per_step(self) -> int:
        """What one decoding step reads: all but the input embedding, of which it needs one row."""
        return self.weight_bytes - self.vocabulary * self.hidden * BYTES_PER_VALUE

    @property
    def kv_bytes_per_token(self) -> int:
        """Memory of the bf16 key and value cache for one token."""
        head = self.hidden // self.num_heads
        return 2 * self.num_layers * self.num_kv_heads * head * BYTES_PER_VALUE


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by name, with its main condition in one line and the place of its text."""

    name: str
    condition: str
    url: str


_META = "services with over 700 million monthly users need Meta's consent; the acceptable use policy applies"
LLAMA_2 = Licence("Llama 2 Community License", _META, "https://ai.meta.com/llama/license/")
LLAMA_3 = Licence(
    "Meta Llama 3 Community License",
    f'{_META}; show "Built with Meta Llama 3"',
    "https://llama.meta.com/llama3/license/",
)
LLAMA_3_1 = Licence(
    "Llama 3.1 Community License",
    f'{_META}; show "Built with Llama"',
    "https://www.llama.com/llama3_1/license/",
)


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One model: ``pattern`` matches the last part of its names and folders, case ignored."""

    repository: str
    family: str
    size: str
    prompt_style: str
    published_context_tokens: int
    shape: Shape
    licence: Licence
    pattern: str

    def matches(self, name: str) -> bool:
        """Whether a model's name (without owner or folder) means this entry."""
        return re.fullmatch(self.pattern, name, re.IGNORECASE) is not None


def _llama2(size: str, vocabulary: int) -> Shape:
    layers, hidden, heads, kv_heads, intermediate = {
        "7B": (32, 4_096, 32, 32, 11_008),
        "13B": (40, 5_120, 40, 40, 13_824),
        "70B": (80, 8_192, 64, 8, 28_672),
    }[size]
    return Shape(layers, hidden, heads, kv_heads, intermediate, vocabulary)


_SWALLOW_VOCABULARY = 43_176
_LLAMA_2_VOCABULARY = 32_000
_LLAMA_3_SHAPES = {
    "8B": Shape(32, 4_096, 32, 8, 14_336, 128_256),
    "70B": Shape(80, 8_192, 64, 8, 28_672, 128_256),
    "405B": Shape(126, 16_384, 128, 8, 53_248, 128_256),
}

_SWALLOW_VARIANTS = (  # name, style, vocabulary, sizes
    ("{}-instruct-hf", "alpaca-ja", _SWALLOW_VOCABULARY, ("7B", "13B", "70B")),
    ("{}-NVE-instruct-hf", "alpaca-ja", _LLAMA_2_VOCABULARY, ("7B", "70B")),
    ("{}-instruct-v0.1", "llama2-chat-ja", _SWALLOW_VOCABULARY, ("7B", "13B", "70B")),
    ("{}-hf", "completion", _SWALLOW_VOCABULARY, ("7B", "13B", "70B")),
    ("{}-plus-hf", "completion", _SWALLOW_VOCABULARY, ("7B",)),
    ("{}-NVE-hf", "completion", _LLAMA_2_VOCABULARY, ("7B", "13B", "70B")),
)
_LLAMA_3_VARIANTS = (  # repository, family, style, context, licence, sizes, pattern
    (
        "tokyotech-llm/Llama-3-Swallow-{}-Instruct-v0.1",
        "Llama-3-Swallow",
        "chat-template",
        8_192,
        LLAMA_3,
        ("8B", "70B"),
        r"Llama-3-Swallow-{}-Instruct-v[\d.]+",
    ),
    (
        "tokyotech-llm/Llama-3-Swallow-{}-v0.1",
        "Llama-3-Swallow",
        "completion",
        8_192,
        LLAMA_3,
        ("8B", "70B"),
        r"Llama-3-Swallow-{}-v[\d.]+",
    ),
    (
        "tokyotech-llm/Llama-3.1-Swallow-{}-Instruct-v0.3",
        "Llama-3.1-Swallow",
        "chat-template",
        8_192,
        LLAMA_3_1,
        ("8B", "70B"),
        r"Llama-3\.1-Swallow-{}-Instruct-v[\d.]+",
    ),
    (
        "tokyotech-llm/Llama-3.1-Swallow-{}-v0.2",
        "Llama-3.1-Swallow",
        "completion",
        8_192,
        LLAMA_3_1,
        ("8B", "70B"),
        r"Llama-3\.1-Swallow-{}-v[\d.]+",
    ),
    (
        "meta-llama/Llama-3.1-{}-Instruct",
        "Llama 3.1",
        "chat-template",
        131_072,
        LLAMA_3_1,
        ("8B", "70B", "405B"),
        r"(?:Meta-)?Llama-3\.1-{0}-Instruct(?:-FP8)?|llama3\.1:{0}.*",  # the last is Ollama's name
    ),
)


def _entries() -> tuple[CatalogEntry, ...]:
    swallow = [
        CatalogEntry(
            f"tokyotech-llm/{name}",
            "Swallow",
            size,
            style,
            4_096,
            _llama2(size, vocabulary),
            LLAMA_2,
            re.escape(name),
        )
        for variant, style, vocabulary, sizes in _SWALLOW_VARIANTS
        for size in sizes
        for name in [variant.format(f"Swallow-{size.lower()}")]
    ]
    llama_3 = [
        CatalogEntry(
            repository.format(size),
            family,
            size,
            style,
            context,
            _LLAMA_3_SHAPES[size],
            licence,
            pattern.format(size),
        )
        for repository, family, style, context, licence, sizes, pattern in _LLAMA_3_VARIANTS
        for size in sizes
    ]
    return (*swallow, *llama_3)


CATALOG = _entries()
_OLLAMA_ALIASES = {"llama3.1": "llama3.1:8b", "llama3.1:latest": "llama3.1:8b"}


def find_model(name_or_path: str) -> CatalogEntry | None:
    """The entry of a repository, a folder or a server's model name; None when we do not know it.

    ``tokyotech-llm/Swallow-7b-instruct-hf``, ``/models/Swallow-7b-instruct-hf``, a snapshot in the
    Hugging Face cache (``…/models--tokyotech-llm--Swallow-7b-hf/snapshots/…``) and ``llama3.1`` are known.
    """
    path = PurePath(name_or_path.strip())
    in_cache = path.parent.name == "snapshots"
    name = path.parent.parent.name.rpartition("--")[2] if in_cache else path.name
    name = _OLLAMA_ALIASES.get(name.lower(), name)
    return next((entry for entry in CATALOG if entry.matches(name)), None)


def choose_style(wanted: str, name_or_path: str, *, has_chat_template: bool) -> str:
    """The prompt style: as the settings say, else the catalog's, else the model's own chat template.

    Raises SettingsError when nobody knows how the model wants to be prompted.
    """
    if wanted != "auto":
        return wanted
    if entry := find_model(name_or_path):
        return entry.prompt_style
    if has_chat_template:
        return "chat-template"
    raise SettingsError(
        f"nothing says how {name_or_path} is prompted (not in the catalog, no chat template): set "
        "generation.prompt_style to alpaca-ja, llama2-chat-ja, completion or chat-template"
    )
