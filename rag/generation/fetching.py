"""Downloads a model once, on purpose: weights as safetensors and the tokenizer, nothing that runs."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ModelUnavailable
from rag.generation.checkpoints import first_line

WANTED_FILES = (
    "*.safetensors",
    "*.safetensors.index.json",
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.*",
)
"""What a checkpoint is loaded from; pickles and Python files are left where they are."""

_BLOCK_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """One file of a model: its size in bytes and its SHA-256."""

    name: str
    size_bytes: int
    sha256: str


def fetch_model(name: str, revision: str | None = None) -> Path:
    """Download a repository's checkpoint into the Hugging Face cache; a folder of one's own is itself.

    What is there already is not fetched again. Raises ModelUnavailable, one line, when the network or the
    repository is not there, a licence has to be accepted first, or it has no safetensors.
    """
    folder = Path(name).expanduser()
    if not folder.is_dir():
        folder = _download(name, revision)
    if not any(folder.glob("*.safetensors")):
        raise ModelUnavailable(
            f"{name} has no .safetensors files, and pickles are not loaded: choose another revision or model"
        )
    return folder


def list_files(folder: Path) -> Iterator[FetchedFile]:
    """Every file of a checkpoint with its checksum, read from the disk."""
    wanted = sorted({path for pattern in WANTED_FILES for path in folder.glob(pattern)})
    for path in wanted:
        yield FetchedFile(path.name, path.stat().st_size, _sha256(path))


def _download(name: str, revision: str | None) -> Path:
    try:
        hub: Any = importlib.import_module("huggingface_hub")
    except ImportError as error:
        raise ModelUnavailable(
            "fetching models needs huggingface_hub: pip install 'swallow-rag[gpu]'"
        ) from error
    try:
        return Path(hub.snapshot_download(name, revision=revision, allow_patterns=list(WANTED_FILES)))
    except hub.errors.GatedRepoError as error:
        raise ModelUnavailable(
            f"{name} asks for its licence to be accepted: do so at https://huggingface.co/{name}, "
            "set HF_TOKEN, and fetch it again"
        ) from error
    except (hub.errors.RepositoryNotFoundError, hub.errors.HFValidationError) as error:
        raise ModelUnavailable(
            f"there is no model {name} at huggingface.co: `swallow-rag models` lists those that we know"
        ) from error
    except Exception as error:
        raise ModelUnavailable(
            f"{name} could not be fetched ({first_line(error)}): check the network and HF_HUB_OFFLINE, "
            "or copy its folder here and set generation.model to it"
        ) from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
