"""Loads tokenizer and model of a checkpoint, and reads from them what a generator must know.

Nothing is fetched: a checkpoint is a folder, or a name that is already in the Hugging Face cache.
Weights are safetensors only, and code that comes with a model is never run.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.errors import ModelUnavailable, SettingsError
from rag.generation.quantization import build_quantization
from rag.settings import GenerationSettings

END_OF_TURN = ("<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<end_of_turn>")
"""Tokens that end an answer although some configs forget to name them."""

TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model")

_LOCAL = {"local_files_only": True, "trust_remote_code": False}


def find_folder(model: str) -> Path:
    """The folder itself, or the snapshot of a name in the Hugging Face cache.

    Raises ModelUnavailable with the command that fetches the model.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    hub = _library("huggingface_hub")
    try:
        return Path(hub.snapshot_download(model, local_files_only=True))
    except Exception as error:
        raise ModelUnavailable(
            f"model {model} is not on this machine: fetch it once with "
            f"`swallow-rag models fetch {model}`, "
            "or set generation.model to its folder"
        ) from error


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a checkpoint; also from a ``tokenizer.model`` alone, as in 2023."""
    transformers = _library("transformers")
    if not any((folder / name).is_file() for name in TOKENIZER_FILES):
        # Without one, transformers makes a tokenizer that knows no words, and says nothing.
        raise ModelUnavailable(
            f"{folder} holds no tokenizer ({', '.join(TOKENIZER_FILES[:2])}): fetch the model again"
        )
    try:
        return transformers.AutoTokenizer.from_pretrained(folder, **_LOCAL)
    except Exception as error:
        raise ModelUnavailable(f"the tokenizer in {folder} cannot be loaded: {first_line(error)}") from error


def load_model(folder: Path, settings: GenerationSettings, *, num_ids: int) -> Any:
    """The weights of a checkpoint on the settings' device, ready for inference.

    ``num_ids`` is the size of the tokenizer: one that does not belong to the model is an error here
    and not a crash in the middle of an answer.
    """
    torch, transformers = _library("torch"), _library("transformers")
    device = choose_device(settings.device)
    several = settings.device == "auto" and device == "cuda" and torch.cuda.device_count() > 1
    dtype = choose_dtype(settings.dtype, device)
    quantization = build_quantization(settings.quantization, dtype)
    try:
        model, report = transformers.AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            device_map="auto" if several else {"": device} if device != "cpu" else None,
            attn_implementation=choose_attention(settings.attention, device),
            quantization_config=quantization,
            use_safetensors=True,
            output_loading_info=True,
            **_LOCAL,
        )
    except torch.OutOfMemoryError as error:
        raise ModelUnavailable(
            f"{settings.model} does not fit into the memory of {device}: set generation.quantization to "
            "'int8' or 'nf4', take a smaller model, or serve it with vLLM (generation.backend = 'openai')"
        ) from error
    except Exception as error:
        raise ModelUnavailable(_why_unloadable(folder, error)) from error
    if missing := sorted(report["missing_keys"]):
        raise ModelUnavailable(
            f"{settings.model} lacks {len(missing)} weights, the first is {missing[0]}: fetch it again"
        )
    if num_ids > (num_rows := model.get_input_embeddings().weight.shape[0]):
        raise ModelUnavailable(
            f"the tokenizer of {settings.model} knows {num_ids} tokens, the model {num_rows}: "
            "the files do not belong together, fetch them again"
        )
    stop_ids = model.generation_config.eos_token_id
    # The settings decide on sampling, never a file that comes with the model.
    model.generation_config = transformers.GenerationConfig(eos_token_id=stop_ids)
    return model.eval()


def choose_device(wanted: str) -> str:
    """``auto`` is the GPU where there is one; SettingsError for a device that this machine lacks."""
    torch = _library("torch")
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=wanted)
    except (RuntimeError, AssertionError) as error:
        raise SettingsError(
            f"generation.device = {wanted!r} is not on this machine ({first_line(error)}): set auto or cpu"
        ) from error
    return wanted


def choose_dtype(wanted: str, device: str) -> Any:
    """``auto`` is bfloat16 on a GPU that knows it, float16 on an older one, float32 on the CPU."""
    torch = _library("torch")
    if wanted != "auto":
        return getattr(torch, wanted)
    if device == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def choose_attention(wanted: str, device: str) -> str:
    """``auto`` is flash attention on a GPU where it is installed, else SDPA, which is always there."""
    if wanted != "auto":
        return wanted
    has_flash = device.startswith("cuda") and importlib.util.find_spec("flash_attn") is not None
    return "flash_attention_2" if has_flash else "sdpa"


def choose_context(settings: GenerationSettings, config: Any) -> int:
    """The model's own context length, or a shorter one from the settings."""
    own: int | None = getattr(config.get_text_config(), "max_position_embeddings", None)
    wanted = settings.context_tokens
    context = wanted or own
    if context is None:
        raise SettingsError(
            f"the config of {settings.model} does not tell its context: set generation.context_tokens"
        )
    if own and wanted and wanted > own:
        raise SettingsError(
            f"generation.context_tokens = {wanted}, but {settings.model} takes {own}: "
            "lower it or leave it out"
        )
    return context


def find_stop_ids(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Every token that ends an answer: the model's, the tokenizer's, and known ends of a turn."""
    own = model.generation_config.eos_token_id
    ids = own if isinstance(own, list) else [own]
    added = tokenizer.get_added_vocab()
    ids = [*ids, tokenizer.eos_token_id, *(added.get(token) for token in END_OF_TURN)]
    return tuple(dict.fromkeys(i for i in ids if i is not None))


def choose_pad_id(tokenizer: Any, stop_ids: Sequence[int]) -> int:
    """What fills short rows on the left; always masked. Swallow has none of its own and takes unk, 0."""
    candidates = (tokenizer.pad_token_id, tokenizer.unk_token_id, *stop_ids)
    return next((int(i) for i in candidates if i is not None), 0)


def find_special_tokens(tokenizer: Any) -> tuple[str, ...]:
    """The texts that the tokenizer would take for control tokens."""
    return tuple(token.content for token in tokenizer.added_tokens_decoder.values() if token.special)


def apply_chat_template(tokenizer: Any, messages: Sequence[dict[str, str]], name: str) -> str:
    """The model's own template around the messages, up to where the answer begins.

    A template that knows no system message gets it before the first message of the user.
    """
    if not tokenizer.chat_template:
        raise ModelUnavailable(
            f"{name} has no chat template: set generation.prompt_style to alpaca-ja or other"
        )
    options = {"tokenize": False, "add_generation_prompt": True}
    try:
        return str(tokenizer.apply_chat_template(list(messages), **options))
    except Exception as error:
        if len(messages) < 2 or messages[0]["role"] != "system":  # noqa: PLR2004
            raise ModelUnavailable(f"the chat template of {name} fails: {first_line(error)}") from error
    system, user, *rest = messages
    merged = {"role": user["role"], "content": f"{system['content']}\n\n{user['content']}"}
    return apply_chat_template(tokenizer, [merged, *rest], name)


def first_line(error: BaseException) -> str:
    """The first line of a foreign error, at most 200 characters, or its kind when it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ModelUnavailable(
            f"generation.backend = 'transformers' needs {error.name or name}: "
            "pip install 'swallow-rag[gpu]', or set generation.backend to 'none'"
        ) from error


def _why_unloadable(folder: Path, error: Exception) -> str:
    names = {path.suffix for path in folder.iterdir()}
    if ".safetensors" not in names and {".bin", ".pt", ".pth"} & names:
        return (
            f"{folder} holds its weights as pickles, which are not loaded: "
            "take a revision of the model with .safetensors files"
        )
    return f"the weights in {folder} cannot be loaded: {first_line(error)}"
