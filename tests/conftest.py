"""Fixtures that several folders of tests share."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests import tiny_models

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that runs the tests in the background ignores Ctrl-C for them, and their children inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def tiny_swallow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Swallow-like folder whose model answers 「年次有給休暇は二十日です。[1]」 to everything."""
    folder = tmp_path_factory.mktemp("checkpoints") / "Swallow-7b-instruct-hf"
    return tiny_models.make_swallow(folder, says=tiny_models.SAYS)


@pytest.fixture(scope="session")
def tiny_embedder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder, 32 dimensions, random weights."""
    return tiny_models.make_embedder(tmp_path_factory.mktemp("embedder"))
