"""Loading: nothing is fetched, nothing is pickled, and whatever is wrong is one line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.errors import ModelUnavailable, SettingsError
from rag.generation import load_generator
from rag.generation.checkpoints import apply_chat_template, choose_context, choose_device, choose_dtype
from rag.settings import GenerationSettings
from tests import tiny_models


def load(folder: Path | str, **settings: Any) -> Any:
    values = {"backend": "transformers", "model": str(folder), "device": "cpu"} | settings
    return load_generator(GenerationSettings.model_validate(values))


@pytest.fixture
def folder(swallow: Path, tmp_path: Path) -> Path:
    """A copy of a checkpoint to be damaged."""
    copy = tmp_path / "Swallow-7b-instruct-hf"
    shutil.copytree(swallow, copy)
    return copy


def test_an_absent_model_is_named_with_the_command_that_fetches_it():
    with pytest.raises(
        ModelUnavailable, match="swallow-rag models fetch tokyotech-llm/Swallow-70b-instruct-hf"
    ) as caught:
        load("tokyotech-llm/Swallow-70b-instruct-hf")
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_not_there_is_the_same_line(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="is not on this machine"):
        load(tmp_path / "無い" / "モデル")


def remove(*names: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return damage


def as_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def damage_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.model").write_bytes(b"\x00broken")


def truncate(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def change_config(**values: Any) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values), encoding="utf-8")

    return damage


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param(remove("model.safetensors"), "the weights in .* cannot be loaded", id="no weights"),
        pytest.param(as_pickle, "as pickles, which are not loaded", id="pickled weights"),
        pytest.param(truncate, "the weights in .* cannot be loaded", id="truncated weights"),
        pytest.param(
            change_config(num_hidden_layers=3), "lacks 9 weights, the first is model", id="a shard short"
        ),
        pytest.param(damage_tokenizer, "the tokenizer in .* cannot be loaded", id="a damaged tokenizer"),
        pytest.param(remove("tokenizer.model"), "holds no tokenizer", id="no tokenizer"),
        pytest.param(
            change_config(model_type="unheard-of"), "cannot be loaded", id="a model type of its own"
        ),
    ],
)
def test_a_damaged_folder_is_one_line(damage: Callable[[Path], None], message: str, folder: Path):
    damage(folder)
    with pytest.raises(ModelUnavailable, match=message) as caught:
        load(folder)
    assert "\n" not in str(caught.value)


def test_a_tokenizer_of_another_model_is_noticed(folder: Path, tmp_path: Path):
    larger = tiny_models.make_swallow(tmp_path / "larger", vocabulary=460)
    shutil.copy(larger / "tokenizer.model", folder / "tokenizer.model")
    with pytest.raises(ModelUnavailable, match="knows 460 tokens, the model 440"):
        load(folder)


def test_code_that_comes_with_a_model_is_not_run(folder: Path, tmp_path: Path):
    (folder / "modeling_own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    change_config(model_type="own", auto_map={"AutoModelForCausalLM": "modeling_own.Own"})(folder)
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load(folder)
    assert not (tmp_path / "ran").exists()


def test_sampling_defaults_that_come_with_a_model_are_forgotten(folder: Path):
    (folder / "generation_config.json").write_text(
        json.dumps(
            {"do_sample": True, "temperature": 0.9, "repetition_penalty": 9.0, "eos_token_id": [2, 5]}
        ),
        encoding="utf-8",
    )
    generator = load(folder)
    assert generator._model.generation_config.repetition_penalty is None
    assert generator._stop_ids == (2, 5)


def test_a_model_that_nobody_knows_needs_a_style(folder: Path):
    unknown = folder.rename(folder.parent / "my-model")
    with pytest.raises(SettingsError, match=r"nothing says how .*my-model is prompted"):
        load(unknown)
    assert load(unknown, prompt_style="completion").prompt_style == "completion"


def test_a_style_without_its_template_is_told_before_the_weights_are_loaded(folder: Path):
    (folder / "model.safetensors").unlink()
    with pytest.raises(SettingsError, match=r"has no chat template: set generation\.prompt_style"):
        load(folder, prompt_style="chat-template")


def test_a_name_in_the_cache_is_found_without_asking_the_network(swallow: Path, tmp_path: Path):
    model = tmp_path / "hub" / "models--tokyotech-llm--Swallow-7b-instruct-hf"
    shutil.copytree(swallow, model / "snapshots" / "0123abcd")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("0123abcd", encoding="utf-8")
    program = (
        "from rag.generation.checkpoints import find_folder; "
        "print(find_folder('tokyotech-llm/Swallow-7b-instruct-hf'))"
    )
    environment = os.environ | {"HF_HOME": str(tmp_path), "HF_HUB_CACHE": str(tmp_path / "hub")}
    root = Path(__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == str(model / "snapshots" / "0123abcd")


def test_the_context_may_be_shortened_but_not_stretched(folder: Path):
    assert load(folder, context_tokens=512).context_tokens == 512
    with pytest.raises(SettingsError, match=r"context_tokens = 4096, but .* takes 1024"):
        load(folder, context_tokens=4_096)


def test_a_config_without_context_needs_the_setting():
    class Silent:
        def get_text_config(self) -> Silent:
            return self

    with pytest.raises(SettingsError, match=r"set generation\.context_tokens"):
        choose_context(GenerationSettings(), Silent())
    assert choose_context(GenerationSettings(context_tokens=2_048), Silent()) == 2_048


@pytest.mark.parametrize("device", ["cuda:7", "gpu"])
def test_a_device_that_is_not_there_is_a_setting(device: str, folder: Path):
    with pytest.raises(SettingsError, match=rf"generation\.device = '{device}'"):
        load(folder, device=device)


def test_numbers_are_float32_on_the_cpu_unless_said_otherwise(folder: Path):
    import torch

    assert choose_device("auto") in {"cpu", "cuda"}
    assert choose_dtype("auto", "cpu") is torch.float32
    assert load(folder, dtype="bfloat16")._model.dtype is torch.bfloat16


def test_a_template_without_system_message_gets_it_before_the_user_s(llama3: Path):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(llama3, local_files_only=True)
    tokenizer.chat_template = (
        "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{{ m['role'] + ':' + m['content'] }}{% endfor %}"
    )
    messages = [{"role": "system", "content": "規則"}, {"role": "user", "content": "質問"}]
    assert apply_chat_template(tokenizer, messages, "名") == "user:規則\n\n質問"
    with pytest.raises(ModelUnavailable, match="the chat template of 名 fails: no system"):
        apply_chat_template(tokenizer, messages[:1], "名")
    tokenizer.chat_template = None
    with pytest.raises(ModelUnavailable, match="名 has no chat template"):
        apply_chat_template(tokenizer, messages, "名")


def test_no_backend_is_a_setting():
    with pytest.raises(SettingsError, match=r"backend = 'none'"):
        load_generator(GenerationSettings())
