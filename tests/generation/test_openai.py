"""The generator behind a server, against a real one that behaves well and badly."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from rag.errors import ContextTooLong, ModelUnavailable, RagError, SettingsError
from rag.generation import load_generator
from rag.generation.base import Prompt, Sampling
from rag.generation.budget import pack
from rag.generation.openai import OpenAIGenerator, load_openai_generator
from rag.generation.prompts import render_answer
from rag.settings import GenerationSettings
from tests.fakes import make_hit
from tests.scripted_server import Reply, ScriptedServer, serve, wait_until_hung_up

QUESTION = "年次有給休暇は何日ですか。"
HANGS_AFTER_SECONDS = 30
"""Not how quick it must be: beyond that it waits for something that never comes."""
EVIDENCE = "[1] 就業規則\n年次有給休暇は二十日です。"


def connect(server: ScriptedServer | str, **settings: Any) -> OpenAIGenerator:
    url = server if isinstance(server, str) else server.url
    values = {
        "backend": "openai",
        "model": "swallow",
        "base_url": url,
        "prompt_style": "alpaca-ja",
    } | settings
    return load_openai_generator(GenerationSettings.model_validate(values))


def ask(generator: OpenAIGenerator, sampling: Sampling | None = None) -> str:
    prompt = render_answer(generator.prompt_style, QUESTION, EVIDENCE)
    return "".join(generator.stream(prompt, sampling or Sampling(max_new_tokens=64)))


def answer_well(reply: Reply) -> None:
    reply.begin_stream()
    reply.send(b": keep-alive\r\n\r\n")
    for text in ("年次有給", "休暇は二十日です。", "[1]"):
        reply.text(text)
    reply.text("", finish_reason="stop")
    reply.event("[DONE]")


def answer_chat(reply: Reply) -> None:
    reply.begin_stream()
    reply.event({"choices": [{"delta": {"role": "assistant", "content": ""}}]})
    for text in ("二十日", "です。"):
        reply.event({"choices": [{"delta": {"content": text}}]})
    reply.event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
    reply.event({"choices": [], "usage": {"prompt_tokens": 9}})
    reply.event("[DONE]")


# What is sent


def test_our_rendered_prompt_goes_to_completions_as_it_is():
    with serve(answer_well) as server:
        assert ask(connect(server)) == "年次有給休暇は二十日です。[1]"
    prompt = render_answer("alpaca-ja", QUESTION, EVIDENCE)
    assert server.paths == ["/v1/completions"]
    assert server.requests == [
        {
            "model": "swallow",
            "prompt": prompt.text,
            "max_tokens": 64,
            "temperature": 0.0,
            "stream": True,
            "stop": list(prompt.stop),
            "add_special_tokens": False,
        }
    ]


def test_messages_go_to_chat_completions():
    with serve(answer_chat) as server:
        assert ask(connect(server, prompt_style="chat-template")) == "二十日です。"
    messages = render_answer("chat-template", QUESTION, EVIDENCE).messages
    assert server.paths == ["/v1/chat/completions"]
    assert server.requests[0]["messages"] == [{"role": role, "content": text} for role, text in messages]


def test_a_plain_prompt_on_the_chat_route_is_the_user_s():
    with serve(answer_chat) as server:
        generator = connect(server, prompt_style="chat-template")
        assert "".join(generator.stream(Prompt("有休は？"), Sampling(max_new_tokens=9))) == "二十日です。"
    assert server.requests[0]["messages"] == [{"role": "user", "content": "有休は？"}]


@pytest.mark.parametrize(
    ("style", "owner", "expected"),
    [
        pytest.param("llama2-chat-ja", "vllm", True, id="BOS once, by the server"),
        pytest.param("alpaca-ja", "vllm", False, id="no BOS, as on the card"),
        pytest.param("alpaca-ja", "ollama", None, id="others would reject the field"),
    ],
)
def test_the_server_puts_bos_where_the_style_wants_it(style: str, owner: str, expected: bool | None):
    models = {"data": [{"id": "swallow", "owned_by": owner}]}
    with serve(answer_well, models=lambda reply: reply.json(models)) as server:
        ask(connect(server, prompt_style=style, context_tokens=4_096))
    assert server.requests[0].get("add_special_tokens") is expected
    assert not server.requests[0]["prompt"].startswith("<s>")


def test_sampling_is_sent_with_its_seed():
    with serve(answer_well) as server:
        ask(connect(server), Sampling(max_new_tokens=8, temperature=0.3, top_p=0.9, seed=5))
    sent = server.requests[0]
    assert (sent["temperature"], sent["top_p"], sent["seed"]) == (0.3, 0.9, 5)


def test_the_key_is_sent_and_never_shown():
    with serve(lambda reply: reply.json({"error": {"message": "bad key"}}, status=401)) as server:
        generator = connect(server, api_key=SecretStr("sk-0123456789"))
        with pytest.raises(ModelUnavailable) as caught:
            ask(generator)
    assert server.headers[0]["authorization"] == "Bearer sk-0123456789"
    assert "sk-0123456789" not in f"{caught.value}{generator._server!r}"


# What the server is


@pytest.mark.parametrize(
    ("model", "style", "route"),
    [
        pytest.param("tokyotech-llm/Swallow-7b-instruct-hf", "alpaca-ja", "/v1/completions", id="Swallow"),
        pytest.param("llama3.1", "chat-template", "/v1/chat/completions", id="Llama 3.1 on Ollama"),
        pytest.param("gpt-oss", "chat-template", "/v1/chat/completions", id="anything else chats"),
    ],
)
def test_style_and_route_follow_the_model(model: str, style: str, route: str):
    models = {"data": [{"id": f"{model}:latest" if model == "llama3.1" else model}]}
    with serve(answer_well, models=lambda reply: reply.json(models)) as server:
        generator = connect(server, model=model, prompt_style="auto", context_tokens=4_096)
        ask(generator)
    assert generator.prompt_style == style
    assert server.paths == [route]
    assert server.requests[0]["model"] == models["data"][0]["id"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"prompt_style": "alpaca-ja", "api": "chat"}, "prompt style alpaca-ja of swallow goes to the route"),
        ({"prompt_style": "auto", "api": "completions"}, "nothing says how swallow is prompted"),
        ({"base_url": "ftp://x/v1"}, "is not an address"),
        ({"base_url": "127.0.0.1:8000"}, "is not an address"),
        ({"base_url": "http://host:port/v1"}, "is not an address"),
        ({"api_key": SecretStr("鍵")}, "SWALLOW_RAG_GENERATION__API_KEY"),
    ],
)
def test_settings_that_cannot_work_are_told_before_a_server_is_asked(settings: dict[str, Any], message: str):
    with pytest.raises(SettingsError, match=message):
        connect("http://127.0.0.1:9/v1", **settings)


def test_the_chat_route_may_be_asked_for():
    with serve(answer_chat) as server:
        assert ask(connect(server, prompt_style="auto", api="chat")) == "二十日です。"


def test_the_context_is_the_server_s_unless_the_settings_shorten_it():
    with serve(answer_well) as server:
        assert connect(server).context_tokens == 4_096
        assert connect(server, context_tokens=2_048).context_tokens == 2_048
        with pytest.raises(SettingsError, match="started with 4096"):
            connect(server, context_tokens=8_192)


def test_a_context_that_nobody_tells_is_asked_for():
    models = {"data": [{"id": "swallow", "owned_by": "library"}]}
    with (
        serve(answer_well, models=lambda reply: reply.json(models)) as server,
        pytest.raises(SettingsError, match=r"set generation\.context_tokens to what it was started with"),
    ):
        connect(server)


@pytest.mark.parametrize(
    "models",
    [
        pytest.param(lambda reply: reply.json({"detail": "Not Found"}, status=404), id="no such route"),
        pytest.param(lambda reply: reply.json({}, status=500), id="the route fails"),
        pytest.param(lambda reply: reply.json({"data": []}), id="an empty list"),
    ],
)
def test_a_server_without_a_list_of_models_is_believed(models: Callable[[Reply], None]):
    with serve(answer_well, models=models) as server:
        assert ask(connect(server, context_tokens=4_096)) == "年次有給休暇は二十日です。[1]"


def test_a_folder_stands_for_the_only_model_and_counts_its_tokens(swallow: Path):
    with serve(answer_well) as server:
        generator = connect(server, model=str(swallow))
        assert ask(generator) == "年次有給休暇は二十日です。[1]"
        from rag.generation.loading import load_transformers_generator

        local = load_transformers_generator(GenerationSettings(model=str(swallow), device="cpu"))
        for style in ("alpaca-ja", "llama2-chat-ja"):
            prompt = render_answer(style, QUESTION, EVIDENCE)
            assert generator.count_prompt(prompt) == local.count_prompt(prompt)
    assert server.requests[0]["model"] == "swallow"


def count_characters(body: dict[str, Any]) -> int:
    messages = body.get("messages", [])
    return len(body.get("prompt", "")) + sum(len(message["content"]) + 7 for message in messages)


def test_vllm_counts_tokens_itself():
    with serve(answer_well, count=count_characters) as server:
        assert connect(server).count_tokens(["有休", ""]) == [2, 0]
        chat = connect(server, prompt_style="chat-template")
        assert chat.count_prompt(Prompt("", (("system", "規則"), ("user", "質問")))) == 18


def test_a_server_that_stops_counting_is_a_clear_error():
    with serve(answer_well, count=count_characters) as server:
        generator = connect(server)
        server.count = None
        with pytest.raises(ModelUnavailable, match=r"does not know the route or the model swallow \(404\)"):
            generator.count_tokens(["有休"])


def test_evidence_is_packed_with_an_upper_estimate_where_nobody_counts():
    with serve(answer_well) as server:
        generator = load_generator(
            GenerationSettings(
                backend="openai", model="swallow", base_url=server.url, prompt_style="alpaca-ja"
            )
        )
        hits = [make_hit("年次有給休暇は二十日です。" * 40)] * 8
        packed = pack(QUESTION, hits, generator, max_new_tokens=512)
    assert packed.left_out
    assert packed.prompt_tokens + 512 <= 4_096


def test_a_prompt_too_long_is_not_sent():
    with serve(answer_well) as server:
        generator = connect(server)
        with pytest.raises(ContextTooLong, match="takes 4096 together"):
            generator.stream(Prompt("長い" * 4_096), Sampling())
    assert server.requests == []


# Whole answers from odd servers


def in_crumbs(reply: Reply) -> None:
    """Bytes cut inside characters, as a proxy may send them."""
    reply.begin_stream()
    data = 'data: {"choices": [{"text": "鸕鷀です。", "finish_reason": "stop"}]}\n\n'.encode()
    for i in range(0, len(data), 7):
        reply.send(data[i : i + 7])
        time.sleep(0.001)


def in_surrogates(reply: Reply) -> None:
    reply.begin_stream()
    for half in (r"\ud83d", r"\ude00"):
        reply.event(f'{{"choices": [{{"text": "{half}"}}]}}')
    reply.event("[DONE]")


def all_at_once(reply: Reply) -> None:
    """A proxy that does not stream."""
    reply.json({"choices": [{"text": "二十日です。", "finish_reason": "stop"}]})


def with_stop_string(reply: Reply) -> None:
    """A server that ignores ``stop``."""
    reply.begin_stream()
    for text in ("二十日です。\n", "\n##", "# 入力:\n続き"):
        reply.text(text)
    wait_until_hung_up(reply)


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (in_crumbs, "鸕鷀です。"),
        (in_surrogates, "😀"),
        (all_at_once, "二十日です。"),
        (with_stop_string, "二十日です。"),
    ],
)
def test_odd_but_whole_answers_are_understood(behaviour: Callable[[Reply], None], expected: str):
    with serve(behaviour) as server:
        assert ask(connect(server)) == expected


# Misbehaviour


def status(code: int, body: object = None) -> Callable[[Reply], None]:
    return lambda reply: reply.json(body or {}, status=code)


def crash_with_a_page(reply: Reply) -> None:
    reply.raw(b"<html>Bad Gateway</html>", kind="text/html", status=502)


def crash_in_its_error(reply: Reply) -> None:
    reply.send_response(500)
    reply.send_header("content-length", "1000")
    reply.end_headers()


def hang_up_at_once(reply: Reply) -> None:
    reply.connection.shutdown(socket.SHUT_RDWR)


def hang_up_after_headers(reply: Reply) -> None:
    reply.begin_stream()


def hang_up_in_the_middle(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("年次有給")


def hang_up_in_a_character(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("年次有給")
    reply.send('data: {"choices": [{"text": "休'.encode()[:-1])


def break_its_length(reply: Reply) -> None:
    reply.send_response(200)
    reply.send_header("content-type", "application/json")
    reply.send_header("content-length", "1000")
    reply.end_headers()
    reply.send(b'{"choices": [')


def break_its_json(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("年次有給")
    reply.event('{"choices": [{"text": "休')


def send_a_page(reply: Reply) -> None:
    reply.raw(b"<html>It works!</html>", kind="text/html")


def send_another_shape(reply: Reply) -> None:
    reply.begin_stream()
    reply.event({"output": "二十日"})


def fail_while_writing(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("年次有給")
    reply.event({"error": {"message": "CUDA out of memory", "code": 500}})


def stall(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("年次有給")
    time.sleep(1.0)


def say_nothing(reply: Reply) -> None:
    time.sleep(1.0)
    hang_up_at_once(reply)


def drip(reply: Reply) -> None:
    """Never silent for long, and never done."""
    reply.begin_stream()
    for _ in range(200):
        reply.text("。")
        time.sleep(0.02)


CUT = r"\(the answer was cut after 4 characters\)$"


@pytest.mark.parametrize(
    ("behaviour", "kind", "message"),
    [
        pytest.param(
            status(401), ModelUnavailable, r"\(401\): set SWALLOW_RAG_GENERATION__API_KEY", id="no key"
        ),
        pytest.param(status(403), ModelUnavailable, r"does not allow this key", id="forbidden"),
        pytest.param(
            status(404, {"error": {"message": "The model `x` does not exist."}}),
            ModelUnavailable,
            r"generation.model; it says: The model `x` does not exist",
            id="unknown model",
        ),
        pytest.param(status(429), ModelUnavailable, r"is busy \(429\): ask again", id="busy"),
        pytest.param(status(500), ModelUnavailable, r"failed with status 500: see its log$", id="crash"),
        pytest.param(crash_with_a_page, ModelUnavailable, r"status 502: see its log$", id="bad gateway"),
        pytest.param(crash_in_its_error, ModelUnavailable, r"status 500: see its log$", id="no reason"),
        pytest.param(status(503), ModelUnavailable, r"starting or overloaded", id="overloaded"),
        pytest.param(status(302), ModelUnavailable, r"failed with status 302", id="redirects elsewhere"),
        pytest.param(
            status(400, {"error": {"message": "This model's maximum context length is 2048 tokens."}}),
            ContextTooLong,
            r"says that the prompt is too long.*set generation\.context_tokens",
            id="context length",
        ),
        pytest.param(
            status(422, {"detail": "Unexpected fields"}),
            ModelUnavailable,
            r"422.*Unexpected fields",
            id="422",
        ),
        pytest.param(hang_up_at_once, ModelUnavailable, r"hung up before", id="hangs up at once"),
        pytest.param(hang_up_after_headers, ModelUnavailable, r"hung up before[^(]*\(\w+\): see", id="empty"),
        pytest.param(hang_up_in_the_middle, ModelUnavailable, CUT, id="hangs up in the middle"),
        pytest.param(hang_up_in_a_character, ModelUnavailable, CUT, id="hangs up in a character"),
        pytest.param(break_its_length, ModelUnavailable, r"hung up before", id="shorter than promised"),
        pytest.param(break_its_json, ModelUnavailable, CUT, id="broken JSON"),
        pytest.param(
            send_a_page, ModelUnavailable, r"sent something that is no answer: a web page", id="page"
        ),
        pytest.param(
            send_another_shape, ModelUnavailable, r"no answer: there are no choices", id="other shape"
        ),
        pytest.param(fail_while_writing, ModelUnavailable, rf"CUDA out of memory {CUT}", id="fails half way"),
        pytest.param(stall, ModelUnavailable, rf"did not finish within 0\.4 s.*{CUT}", id="stalls"),
        pytest.param(say_nothing, ModelUnavailable, r"did not finish within 0\.4 s", id="says nothing"),
        pytest.param(drip, ModelUnavailable, r"did not finish within 0\.4 s", id="drips for ever"),
    ],
)
def test_misbehaviour_is_one_clear_line(
    behaviour: Callable[[Reply], None], kind: type[RagError], message: str
):
    with serve(behaviour) as server:
        generator = connect(server, timeout_seconds=0.4, num_retries=0)
        began = time.monotonic()
        with pytest.raises(kind, match=message) as caught:
            ask(generator)
        assert time.monotonic() - began < HANGS_AFTER_SECONDS
    assert "\n" not in str(caught.value)
    assert QUESTION not in str(caught.value)


@pytest.mark.parametrize(
    ("models", "message"),
    [
        pytest.param(
            lambda r: r.raw(b"<html>", kind="text/html"), "is not an OpenAI-compatible", id="a page"
        ),
        pytest.param(lambda r: r.json({"models": []}), "is not an OpenAI-compatible", id="another service"),
        pytest.param(lambda r: r.json([]), "is not an OpenAI-compatible", id="another shape"),
        pytest.param(status(401), "does not accept the key", id="needs a key"),
        pytest.param(
            lambda r: r.json({"data": [{"id": "a"}, {"id": "b"}]}),
            "no model swallow, it has a, b",
            id="others",
        ),
    ],
)
def test_a_server_that_cannot_serve_is_told_at_the_start(models: Callable[[Reply], None], message: str):
    with serve(answer_well, models=models) as server, pytest.raises(ModelUnavailable, match=message):
        connect(server)


def test_no_server_at_all():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ModelUnavailable, match=rf"no server answers at http://127.0.0.1:{port}/v1: start it"):
        connect(f"http://user:geheim@127.0.0.1:{port}/v1")


def test_a_server_that_went_away_between_start_and_question():
    with serve(answer_well) as server:
        generator = connect(server)
    with pytest.raises(ModelUnavailable, match="no server answers"):
        ask(generator)


def test_the_connection_ends_when_nobody_reads_on():
    def endless(reply: Reply) -> None:
        reply.begin_stream()
        reply.text("年次有給")
        wait_until_hung_up(reply)

    with serve(endless) as server:
        pieces = connect(server).stream(Prompt("問:"), Sampling(max_new_tokens=64))
        assert next(pieces) == "年次有給"
        pieces.close()
        assert server.hung_up.wait(timeout=2)


def test_neither_torch_nor_transformers_is_imported():
    import subprocess
    import sys

    program = (
        "import sys; from rag.generation import load_generator; from rag.settings import GenerationSettings\n"
        "try: load_generator(GenerationSettings(backend='openai', base_url='http://127.0.0.1:9/v1'))\n"
        "except Exception as error: assert 'no server answers' in str(error), error\n"
        "assert not {'torch', 'transformers', 'tokenizers'} & set(sys.modules)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
