"""Asked again only while nothing has come; left alone when it keeps failing."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from itertools import chain, repeat

import pytest

from rag.errors import ModelBusy, ModelUnavailable
from rag.generation.base import Prompt, Sampling
from rag.generation.openai import load_openai_generator
from rag.generation.retrying import CircuitBreaker, pauses
from rag.settings import GenerationSettings
from tests.scripted_server import Reply, ScriptedServer, serve


def answer_well(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("二十日です。", finish_reason="stop")


def hang_up(reply: Reply) -> None:
    reply.connection.shutdown(socket.SHUT_RDWR)


def status(code: int, retry_after: str = "") -> Callable[[Reply], None]:
    def refuse(reply: Reply) -> None:
        reply.send_response(code)
        if retry_after:
            reply.send_header("retry-after", retry_after)
        reply.send_header("content-length", "0")
        reply.end_headers()

    return refuse


def begin_and_hang_up(reply: Reply) -> None:
    reply.begin_stream()


def crash(reply: Reply) -> None:
    reply.json({}, status=500)


def in_turn(*behaviours: Callable[[Reply], None]) -> Callable[[Reply], None]:
    """Each request meets the next behaviour; the last one stays."""
    steps: Iterator[Callable[[Reply], None]] = chain(behaviours, repeat(behaviours[-1]))

    def answer(reply: Reply) -> None:
        next(steps)(reply)

    return answer


def ask(server: ScriptedServer, **values: object) -> str:
    given = {"model": "swallow", "base_url": server.url, "prompt_style": "alpaca-ja"} | values
    generator = load_openai_generator(GenerationSettings.model_validate(given))
    return "".join(generator.stream(Prompt("問:"), Sampling(max_new_tokens=9)))


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(hang_up, id="hangs up without a word"),
        pytest.param(status(429), id="busy"),
        pytest.param(status(503, "0"), id="starting, and says when to come"),
        pytest.param(status(502), id="behind a gateway that has lost it"),
    ],
)
def test_what_passes_by_itself_is_tried_again(first: Callable[[Reply], None]):
    with serve(in_turn(first, answer_well)) as server:
        assert ask(server) == "二十日です。"
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("behaviour", "kind", "num_requests"),
    [
        pytest.param(crash, ModelUnavailable, 1, id="a crash repeats itself"),
        pytest.param(begin_and_hang_up, ModelUnavailable, 1, id="an answer had begun"),
        pytest.param(status(404), ModelUnavailable, 1, id="a wrong name stays wrong"),
        pytest.param(status(429, "60"), ModelBusy, 1, id="told to come back much later"),
        pytest.param(status(429), ModelBusy, 3, id="busy for good"),
    ],
)
def test_what_does_not_pass_is_told(
    behaviour: Callable[[Reply], None], kind: type[Exception], num_requests: int
):
    with serve(behaviour) as server:
        with pytest.raises(kind):
            ask(server)
        assert len(server.requests) == num_requests


def test_no_retry_begins_after_the_time_for_the_first_token():
    with serve(status(429)) as server, pytest.raises(ModelBusy):
        ask(server, first_token_seconds=0.05, num_retries=10)
    assert len(server.requests) == 1


def test_pauses_double_are_jittered_and_end():
    *seconds, last = pauses(4)
    assert last is None
    for attempt, pause in enumerate(seconds):
        assert pause is not None
        assert 0.1 * 2**attempt <= pause <= 0.2 * 2**attempt
    assert list(pauses(0)) == [None]


def test_a_breaker_opens_lets_one_try_and_closes():
    breaker = CircuitBreaker(num_failures=2, open_seconds=0.1)
    breaker.failed()
    breaker.check("燕")
    breaker.failed()
    with pytest.raises(ModelUnavailable, match=r"燕 failed 2 times in a row and is left alone for 0 s more"):
        breaker.check("燕")
    time.sleep(0.12)
    breaker.check("燕")
    with pytest.raises(ModelUnavailable):
        breaker.check("燕")  # one at a time
    breaker.succeeded()
    breaker.check("燕")
