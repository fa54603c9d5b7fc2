"""A real OpenAI-compatible server, ``transformers serve``, with a tiny checkpoint behind it."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.errors import ModelUnavailable
from rag.generation.base import Prompt, Sampling
from rag.generation.openai import OpenAIGenerator, load_openai_generator
from rag.generation.prompts import render_answer
from rag.settings import GenerationSettings

NEEDED = ("fastapi", "uvicorn", "openai", "typer")
missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(
    bool(missing),
    reason=f"transformers serve needs {', '.join(missing)} (pip install 'transformers[serving]')",
)


@pytest.fixture(scope="module")
def served(tiny_swallow: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that has loaded the model."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("serve") / "log"
    program = "from transformers.cli.transformers import main; main()"
    options = ["serve", str(tiny_swallow), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(log.parent)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *options], stdout=output, stderr=output, env=environment
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1_200):
            if process.poll() is not None:
                pytest.fail(f"the server ended: {log.read_text(encoding='utf-8')[-2000:]}")
            try:
                httpx.get(f"{address}/health", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield f"{address}/v1"
    finally:
        process.terminate()
        process.wait(timeout=10)


def connect(url: str, model: Path, **settings: object) -> OpenAIGenerator:
    values = {"backend": "openai", "base_url": url, "model": str(model), "context_tokens": 1_024} | settings
    return load_openai_generator(GenerationSettings.model_validate(values))


def test_a_question_is_answered_through_a_real_server(served: str, tiny_swallow: Path):
    generator = connect(served, tiny_swallow)
    assert generator.prompt_style == "alpaca-ja"
    prompt = render_answer("alpaca-ja", "年次有給休暇は何日ですか。", "[1] 就業規則\n二十日です。")
    pieces = list(generator.stream(prompt, Sampling(max_new_tokens=32)))
    assert "".join(pieces) == "年次有給休暇は二十日です。[1]"
    pieces = list(generator.stream(Prompt(prompt.text, stop=("です",)), Sampling(max_new_tokens=32)))
    assert "".join(pieces) == "年次有給休暇は二十日"


def test_a_model_that_the_server_does_not_have_is_a_clear_line(served: str):
    generator = connect(served, Path("somebody/else"), prompt_style="alpaca-ja")
    with pytest.raises(ModelUnavailable, match=r"failed with status 400.*requested 'somebody/else'"):
        list(generator.stream(Prompt("問:"), Sampling(max_new_tokens=4)))
