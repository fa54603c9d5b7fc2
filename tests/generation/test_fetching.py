"""Fetching on purpose: what is taken, and one clear line where it cannot be done."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from rag.errors import ModelUnavailable
from rag.generation.fetching import WANTED_FILES, fetch_model, list_files


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("model-00001-of-00003.safetensors", True),
        ("model.safetensors.index.json", True),
        ("tokenizer.model", True),
        ("chat_template.jinja", True),
        ("pytorch_model-00001-of-00002.bin", False),
        ("modeling_swallow.py", False),
        ("consolidated.00.pth", False),
        ("README.md", False),
    ],
)
def test_only_weights_and_tokenizer_are_taken(name: str, wanted: bool):
    assert any(fnmatch(name, pattern) for pattern in WANTED_FILES) is wanted


def test_a_folder_is_itself_and_its_files_have_checksums(swallow: Path):
    folder = fetch_model(str(swallow))
    files = {file.name: file for file in list_files(folder)}
    assert {"model.safetensors", "config.json", "tokenizer.model"} <= set(files)
    tokenizer = (swallow / "tokenizer.model").read_bytes()
    assert files["tokenizer.model"].sha256 == hashlib.sha256(tokenizer).hexdigest()
    assert files["tokenizer.model"].size_bytes == len(tokenizer)


def test_a_folder_without_safetensors_is_refused(tmp_path: Path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(ModelUnavailable, match=r"has no \.safetensors files, and pickles are not loaded"):
        fetch_model(str(tmp_path))


def test_offline_and_misspelt_are_one_line_each(tmp_path: Path):
    program = (
        "from rag.generation.fetching import fetch_model\n"
        "for name in ('tokyotech-llm/Swallow-70b-hf', 'a/b/c'):\n"
        "    try: fetch_model(name)\n"
        "    except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    offline, misspelt = done.stdout.splitlines()
    assert offline.startswith("ModelUnavailable tokyotech-llm/Swallow-70b-hf could not be fetched (")
    assert offline.endswith("set generation.model to it")
    assert misspelt.startswith("ModelUnavailable there is no model a/b/c at huggingface.co")
