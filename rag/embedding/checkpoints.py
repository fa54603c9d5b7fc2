"""Checkpoints of sentence-transformers: found on this machine, looked through, loaded.

Nothing is fetched: a checkpoint is a folder, or a name that is already in the Hugging Face cache. Weights
are safetensors only, and code that comes with a model is never run.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from rag.errors import ModelUnavailable, SettingsError

TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.txt", "vocab.json", "sentencepiece.bpe.model")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model as the settings ask for it, and the words in which messages speak of it.

    ``role`` is what it is wanted as, ``setting`` and ``device_setting`` are the names of the settings, and
    ``instead`` is what ``setting`` can be where there is no such model: 「'bundled'」.
    """

    role: str
    model: str
    setting: str
    instead: str
    device: str = "auto"
    device_setting: str = "embedding.device"

    def __str__(self) -> str:
        """``embedder cl-nagoya/ruri-v3-30m``, how messages begin."""
        return f"{self.role} {self.model}"


class Named(Protocol):
    """A row of a table of models, found by a pattern over the last part of a name, case ignored."""

    @property
    def pattern(self) -> str:
        """A regular expression for the whole of it: ``ruri-v3-(?:30|70|130|310)m``."""
        ...


Row = TypeVar("Row", bound=Named)


def find_row(rows: Iterable[Row], name_or_path: str | Path) -> Row | None:
    """The row of a model by its name or folder; None when no row is about it."""
    name = model_name(Path(name_or_path))
    return next((row for row in rows if re.fullmatch(row.pattern, name, re.IGNORECASE)), None)


def model_name(path: Path) -> str:
    """The name without owner or folder, so that an index may move to another machine."""
    in_cache = path.parent.name == "snapshots"
    return path.parent.parent.name.rpartition("--")[2] if in_cache else path.name


def find_folder(wanted: Wanted) -> Path:
    """The folder itself, or the snapshot of a name in the Hugging Face cache.

    Raises ModelUnavailable with the command that fetches the model.
    """
    folder = Path(wanted.model).expanduser()
    if folder.is_dir():
        return folder.resolve() if folder.name in {"", ".", ".."} else folder
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(wanted.model, local_files_only=True))
    except ImportError as error:
        raise _packages_missing(wanted, error) from error
    except Exception as error:
        raise ModelUnavailable(
            f"{wanted} is not on this machine: fetch it once with `hf download {wanted.model}`, set "
            f"{wanted.setting} to its folder, or to {wanted.instead}"
        ) from error


def load_checkpoint(
    kind: Literal["SentenceTransformer", "CrossEncoder"], wanted: Wanted, folder: Path
) -> Any:
    """The model of a folder, on its device; ModelUnavailable or SettingsError says why not."""
    _refuse_what_misleads(wanted, folder)
    try:
        import sentence_transformers
        import torch
    except ImportError as error:
        raise _packages_missing(wanted, error) from error
    device = None if wanted.device == "auto" else wanted.device
    try:
        torch.empty(0, device=device or "cpu")
    except (RuntimeError, AssertionError) as error:
        raise SettingsError(
            f"{wanted.device_setting} = {device!r} is not on this machine: "
            f"set auto or cpu ({first_line(error)})"
        ) from error
    try:
        with _without_progress_bars():
            return getattr(sentence_transformers, kind)(
                str(folder),
                device=device,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
    except Exception as error:
        raise ModelUnavailable(f"{wanted} cannot be loaded from {folder}: {first_line(error)}") from error


@contextmanager
def explain_full_memory(message: str) -> Iterator[None]:
    """A GPU without room becomes ModelUnavailable with ``message``; what was taken is given back."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        torch.cuda.empty_cache()
        raise ModelUnavailable(message) from error


def first_line(error: BaseException) -> str:
    """The first line of a foreign error, at most 200 characters, or its kind when it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    """They are drawn for each model; these load in a second, and a search should print its hits."""
    logging: Any = importlib.import_module("transformers.utils.logging")
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _refuse_what_misleads(wanted: Wanted, folder: Path) -> None:
    """Pickles, and a folder without a tokenizer: transformers would make one that knows no words."""
    for pickled in (*folder.rglob("pytorch_model*.bin"), *folder.rglob("*.pkl")):
        if not any(pickled.parent.glob("*.safetensors")):
            raise ModelUnavailable(
                f"{wanted} holds {pickled.relative_to(folder)} as a pickle, which is not loaded: "
                "take a revision of the model with .safetensors files"
            )
    if (folder / "config.json").is_file() and not any(
        path.name in TOKENIZER_FILES for path in folder.rglob("*.*")
    ):
        raise ModelUnavailable(
            f"{wanted} has no tokenizer in {folder} ({', '.join(TOKENIZER_FILES[:2])}): fetch the model again"
        )


def _packages_missing(wanted: Wanted, error: ImportError) -> ModelUnavailable:
    return ModelUnavailable(
        f"{wanted.setting} needs {error.name}: "
        f"pip install 'swallow-rag[gpu]', or set {wanted.setting} to {wanted.instead}"
    )
