"""The catalog against the published figures, and the style that a model is prompted in."""

from __future__ import annotations

import pytest

from rag.errors import SettingsError
from rag.generation.catalog import CATALOG, choose_style, find_model
from rag.generation.prompts import STYLES


@pytest.mark.parametrize(
    ("name", "style", "size"),
    [
        ("tokyotech-llm/Swallow-7b-instruct-hf", "alpaca-ja", "7B"),
        ("tokyotech-llm/Swallow-70b-NVE-instruct-hf", "alpaca-ja", "70B"),
        ("tokyotech-llm/Swallow-13b-instruct-v0.1", "llama2-chat-ja", "13B"),
        ("tokyotech-llm/Swallow-7b-plus-hf", "completion", "7B"),
        ("tokyotech-llm/Swallow-13b-NVE-hf", "completion", "13B"),
        ("tokyotech-llm/Llama-3-Swallow-8B-Instruct-v0.1", "chat-template", "8B"),
        ("tokyotech-llm/Llama-3.1-Swallow-70B-Instruct-v0.1", "chat-template", "70B"),
        ("tokyotech-llm/Llama-3.1-Swallow-8B-v0.2", "completion", "8B"),
        ("meta-llama/Llama-3.1-405B-Instruct", "chat-template", "405B"),
        ("meta-llama/Meta-Llama-3.1-8B-Instruct", "chat-template", "8B"),
        ("llama3.1", "chat-template", "8B"),
        ("llama3.1:70b-instruct-q4_K_M", "chat-template", "70B"),
        ("/models/swallow-7b-INSTRUCT-hf/", "alpaca-ja", "7B"),
        ("~/.cache/hub/models--tokyotech-llm--Swallow-7b-hf/snapshots/0123abc", "completion", "7B"),
    ],
)
def test_models_are_found_by_repository_folder_snapshot_and_server_name(name: str, style: str, size: str):
    entry = find_model(name)
    assert entry is not None
    assert (entry.prompt_style, entry.size) == (style, size)


@pytest.mark.parametrize("name", ["", "gpt-4", "Swallow-7b-instruct-hf-my-own", "/Swallow-7b-hf/fine-tuned"])
def test_other_models_are_not_taken_for_one_of_these(name: str):
    assert find_model(name) is None


def test_every_entry_finds_itself_and_has_a_style_that_exists():
    assert len({entry.repository for entry in CATALOG}) == len(CATALOG)
    for entry in CATALOG:
        assert find_model(entry.repository) is entry
        assert [other for other in CATALOG if other.matches(entry.repository.split("/")[1])] == [entry]
        assert entry.prompt_style in STYLES
        assert entry.licence.url.startswith("https://")


@pytest.mark.parametrize(
    ("name", "gigabytes_per_step", "kv_kib"),
    [
        ("Swallow-7b-instruct-hf", 13.3, 512),
        ("Swallow-13b-instruct-hf", 25.8, 800),
        ("Swallow-70b-instruct-hf", 137.6, 320),
        ("Llama-3.1-8B-Instruct", 15.0, 128),
    ],
)
def test_sizes_follow_from_the_shapes(name: str, gigabytes_per_step: float, kv_kib: int):
    """Published planning figures: weights that one decoding step reads, and cache a token."""
    entry = find_model(name)
    assert entry is not None
    assert round(entry.shape.bytes_per_step / 1e9, 1) == gigabytes_per_step
    assert entry.shape.kv_bytes_per_token == kv_kib * 1024


def test_published_parameter_counts():
    counts = {entry.repository: entry.shape.num_parameters / 1e9 for entry in CATALOG}
    assert counts["tokyotech-llm/Swallow-7b-NVE-hf"] == pytest.approx(6.738, abs=0.001)  # Llama 2 7B
    assert counts["meta-llama/Llama-3.1-8B-Instruct"] == pytest.approx(8.030, abs=0.001)
    assert counts["meta-llama/Llama-3.1-405B-Instruct"] == pytest.approx(405.85, abs=0.01)


def test_the_style_is_that_of_settings_then_catalog_then_template():
    swallow = "tokyotech-llm/Swallow-7b-instruct-hf"
    assert choose_style("completion", swallow, has_chat_template=True) == "completion"
    assert choose_style("auto", swallow, has_chat_template=True) == "alpaca-ja"
    assert choose_style("auto", "someone/unknown", has_chat_template=True) == "chat-template"
    with pytest.raises(SettingsError, match=r"set generation\.prompt_style"):
        choose_style("auto", "someone/unknown", has_chat_template=False)
