"""Ollama over its own routes: the context is set with every request, and a cut prompt is an error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rag.errors import ContextTooLong, ModelUnavailable, SettingsError
from rag.generation.base import Sampling
from rag.generation.openai import OpenAIGenerator, load_openai_generator
from rag.generation.prompts import render_answer
from rag.settings import GenerationSettings
from tests.scripted_server import Reply, ScriptedServer, serve


def lines(reply: Reply, *events: dict[str, Any]) -> None:
    """Ollama's stream: one JSON object a line."""
    reply.raw("".join(f"{json.dumps(event)}\n" for event in events).encode(), kind="application/x-ndjson")


def generate(reply: Reply) -> None:
    last = {"response": "", "done": True, "done_reason": "stop", "prompt_eval_count": 321}
    lines(reply, {"response": "二十日", "done": False}, {"response": "です。", "done": False}, last)


def chat(reply: Reply) -> None:
    last = {"message": {"content": ""}, "done": True, "done_reason": "length", "prompt_eval_count": 99}
    lines(reply, {"message": {"role": "assistant", "content": "二十日です。"}, "done": False}, last)


def cut(reply: Reply) -> None:
    lines(reply, {"response": "?", "done": False}, {"done": True, "prompt_eval_count": 4_096})


def refuse(reply: Reply) -> None:
    reply.json({"error": "input length exceeds the context length"}, status=400)


def fail(reply: Reply) -> None:
    lines(reply, {"response": "二十", "done": False}, {"error": "llama runner process has terminated"})


def break_off(reply: Reply) -> None:
    lines(reply, {"response": "二十", "done": False})


@contextmanager
def ollama(answer: Callable[[Reply], None], own_context: int | None = 131_072) -> Iterator[ScriptedServer]:
    def listed(reply: Reply) -> None:
        if reply.path == "/api/version":
            reply.json({"version": "0.13.1"})
        else:
            reply.json({"data": [{"id": "swallow:latest", "owned_by": "library"}]})

    def post(reply: Reply) -> None:
        if reply.path == "/api/show":
            info = {"general.architecture": "llama", "llama.context_length": own_context}
            reply.json({"model_info": info if own_context else {}})
        else:
            answer(reply)

    with serve(post, models=listed) as server:
        yield server


def connect(server: ScriptedServer, **values: Any) -> OpenAIGenerator:
    given = {
        "model": "swallow",
        "base_url": server.url,
        "prompt_style": "alpaca-ja",
        "num_retries": 0,
    } | values
    return load_openai_generator(GenerationSettings.model_validate(given))


def ask(generator: OpenAIGenerator, sampling: Sampling | None = None) -> str:
    prompt = render_answer(generator.prompt_style, "年次有給休暇は何日ですか。", "[1] 規程\n二十日です。")
    return "".join(generator.stream(prompt, sampling or Sampling(max_new_tokens=64)))


def test_our_prompt_goes_raw_with_its_context():
    with ollama(generate) as server:
        assert ask(connect(server, context_tokens=4_096)) == "二十日です。"
    assert server.paths[-1] == "/api/generate"
    sent = server.requests[-1]
    assert (sent["model"], sent["raw"], sent["truncate"]) == ("swallow:latest", True, False)
    assert sent["prompt"].endswith("### 応答:")
    assert sent["options"] == {
        "num_ctx": 4_096,
        "num_predict": 64,
        "temperature": 0.0,
        "repeat_penalty": 1.0,
        "stop": ["\n\n### ", "### 指示", "### 入力", "### 応答"],
    }


def test_messages_go_to_its_chat_and_a_cut_answer_is_told():
    cuts: list[bool] = []
    sampling = Sampling(64, temperature=0.5, top_p=0.9, seed=3, on_cut=lambda: cuts.append(True))
    with ollama(chat) as server:
        assert ask(connect(server, prompt_style="chat-template"), sampling) == "二十日です。"
    assert server.paths[-1] == "/api/chat"
    assert [message["role"] for message in server.requests[-1]["messages"]] == ["system", "user"]
    options = server.requests[-1]["options"]
    assert (options["temperature"], options["top_p"], options["seed"]) == (0.5, 0.9, 3)
    assert cuts == [True]


@pytest.mark.parametrize(
    ("own", "wanted", "expected"),
    [
        pytest.param(131_072, None, 8_192, id="not all of a large one: memory grows with it"),
        pytest.param(4_096, None, 4_096, id="all of a small one"),
        pytest.param(None, None, 8_192, id="unknown"),
        pytest.param(131_072, 32_768, 32_768, id="as the settings say"),
    ],
)
def test_the_context_is_chosen_and_sent(own: int | None, wanted: int | None, expected: int):
    with ollama(generate, own) as server:
        generator = connect(server, context_tokens=wanted)
        ask(generator)
    assert generator.context_tokens == server.requests[-1]["options"]["num_ctx"] == expected


def test_more_than_the_model_has_is_an_error():
    with ollama(generate, 4_096) as server, pytest.raises(SettingsError, match="8192, but the server"):
        connect(server, context_tokens=8_192)


@pytest.mark.parametrize(
    ("behaviour", "kind", "message"),
    [
        pytest.param(
            cut, ContextTooLong, r"read 4096 tokens with num_ctx 4096, so the prompt was cut", id="cut"
        ),
        pytest.param(refuse, ContextTooLong, r"says that the prompt is too long", id="refused"),
        pytest.param(fail, ModelUnavailable, r"failed while writing: llama runner.*after 2 char", id="fails"),
        pytest.param(break_off, ModelUnavailable, r"hung up before.*cut after 2 characters", id="breaks off"),
    ],
)
def test_what_goes_wrong_is_one_line(behaviour: Callable[[Reply], None], kind: type[Exception], message: str):
    with ollama(behaviour) as server:
        generator = connect(server, context_tokens=4_096)
        with pytest.raises(kind, match=message):
            ask(generator)
