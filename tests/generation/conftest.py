"""Tiny checkpoints in each real format, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import tiny_models


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("generation")


@pytest.fixture(scope="session")
def swallow(checkpoints: Path) -> Path:
    """As of 2023: tokenizer.model alone; random weights."""
    return tiny_models.make_swallow(checkpoints / "Swallow-7b-instruct-hf")


@pytest.fixture(scope="session")
def swallow_v01(checkpoints: Path) -> Path:
    """As of 2024: tokenizer.json and a chat template; random weights."""
    return tiny_models.make_swallow_v01(checkpoints / "Swallow-7b-instruct-v0.1")


@pytest.fixture(scope="session")
def llama3(checkpoints: Path) -> Path:
    """Byte-level BPE with a chat template; 「鸕」 is three tokens for it."""
    return tiny_models.make_llama3(checkpoints / "Llama-3.1-8B-Instruct", says=("資料には鸕です。",))


@pytest.fixture(scope="session")
def speaking_swallow(checkpoints: Path) -> Path:
    """Says 「年次有給休暇は鸕二十日」, in which 「鸕」 is three byte tokens, and ends."""
    says = ("年次有給休暇は", "<0xE9>", "<0xB8>", "<0x95>", "二十日")
    return tiny_models.make_swallow(checkpoints / "speaking" / "Swallow-7b-instruct-hf", says=says)


@pytest.fixture(scope="session")
def stopping_swallow(checkpoints: Path) -> Path:
    """Says 「二十日です。」, the beginning of the next turn, and goes on for ever."""
    says = ("二十日", "です。", "<0x0A>", "\n#", "##", " 入力:")
    folder = checkpoints / "stopping" / "Swallow-7b-instruct-hf"
    return tiny_models.make_swallow(folder, says=says, ends=False)


@pytest.fixture(scope="session")
def endless_swallow(checkpoints: Path) -> Path:
    """Says 「年次有給休暇は二十日です。[1]」 over and over until it is stopped."""
    folder = checkpoints / "endless" / "Swallow-7b-instruct-hf"
    return tiny_models.make_swallow(folder, says=tiny_models.SAYS, ends=False, context_tokens=50_000)
