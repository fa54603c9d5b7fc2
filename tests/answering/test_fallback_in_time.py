"""Whatever happens to a server, the sources answer; nobody waits for what will not come."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import ingest
from rag.assembly import load_wanted_generator, open_assembly
from rag.errors import ModelUnavailable, SettingsError
from rag.generation.late import LateGenerator
from rag.settings import Settings
from rag.types import Answer, Question
from tests.scripted_server import Reply, serve

QUESTION = Question("年次有給休暇は一年に何日ですか")
FIRST_TOKEN_SECONDS = 0.5
HANGS_AFTER_SECONDS = 30.0
"""Not how quick it must be (some 0.1 s): beyond that it waits for something that never comes."""

IMPATIENT = {"first_token_seconds": FIRST_TOKEN_SECONDS, "between_tokens_seconds": FIRST_TOKEN_SECONDS}
IMPATIENT_WITHIN = IMPATIENT | {"first_token_seconds": HANGS_AFTER_SECONDS}
PATIENT = {"first_token_seconds": HANGS_AFTER_SECONDS, "between_tokens_seconds": HANGS_AFTER_SECONDS}
"""Where time is not what is tried, a busy machine must not run out of it."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    text = "# 休暇規程\n\n## 第20条\n\n年次有給休暇は、一年につき二十日とする。申請は前日までに行う。\n"
    (folder / "休暇.md").write_text(text, encoding="utf-8")
    path = tmp_path_factory.mktemp("store") / "store"
    settings = Settings().with_values({"store.path": path, "ingest.workers": 1})
    with open_assembly(settings, create=True) as assembly:
        ingest([folder], assembly.store, assembly.embedder, settings.ingest)
    return path


def settings(store: Path, url: str, **generation: Any) -> Settings:
    values = {
        "backend": "openai",
        "model": "swallow",
        "base_url": url,
        "prompt_style": "alpaca-ja",
        "context_tokens": 4_096,
    } | generation
    return Settings().with_values(
        {"store.path": store} | {f"generation.{name}": value for name, value in values.items()}
    )


def ask(wanted: Settings) -> tuple[Answer, float]:
    """The answer, and the seconds from the question to it, the model's loading included."""
    with open_assembly(wanted) as assembly:
        began = time.monotonic()
        answer = assembly.build_flow().answer(QUESTION)
        return answer, time.monotonic() - began


def stall_at_once(reply: Reply) -> None:
    time.sleep(FIRST_TOKEN_SECONDS + 1.5)


def stall_after_headers(reply: Reply) -> None:
    reply.begin_stream()
    time.sleep(FIRST_TOKEN_SECONDS + 1.5)


def stall_in_the_middle(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("年次有給休暇は")
    time.sleep(FIRST_TOKEN_SECONDS + 1.5)


def hang_up(reply: Reply) -> None:
    reply.begin_stream()
    reply.text("年次有給休暇は三十")


def write_garbage(reply: Reply) -> None:
    reply.begin_stream()
    reply.event('{"choices": [{"text"')


def crash(reply: Reply) -> None:
    reply.json({"error": {"message": "CUDA out of memory"}}, status=500)


def be_busy(reply: Reply) -> None:
    reply.json({}, status=429)


@pytest.mark.parametrize(
    ("behaviour", "reason", "patience"),
    [
        pytest.param(stall_at_once, r"did not begin within 0\.5 s", IMPATIENT, id="slow: no status line"),
        pytest.param(
            stall_after_headers, r"did not begin within 0\.5 s", IMPATIENT, id="slow: headers alone"
        ),
        pytest.param(
            stall_in_the_middle, r"fell silent for 0\.5 s", IMPATIENT_WITHIN, id="stalls within the answer"
        ),
        pytest.param(hang_up, r"hung up before the answer was complete", PATIENT, id="cut"),
        pytest.param(write_garbage, r"sent something that is no answer", PATIENT, id="garbage"),
        pytest.param(crash, r"status 500.*CUDA out of memory", PATIENT, id="out of memory"),
        pytest.param(be_busy, r"is busy \(429\)", PATIENT, id="busy, also when asked again"),
    ],
)
def test_the_sources_answer_when_the_server_does_not(
    behaviour: Callable[[Reply], None], reason: str, patience: dict[str, float], store: Path
):
    with serve(behaviour) as server:
        answer, seconds = ask(settings(store, server.url, **patience))
    assert_answered_from_sources(answer, reason)
    assert seconds < HANGS_AFTER_SECONDS


def assert_answered_from_sources(answer: Answer, reason: str) -> None:
    import re

    assert answer.answerer == "extractive"
    assert "二十日" in answer.text
    assert answer.citations
    (note,) = [note for note in answer.notes if note.startswith("生成できなかったため")]
    assert re.search(reason, note), note
    assert "\n" not in note


@contextmanager
def nobody_listens() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield f"http://127.0.0.1:{port}/v1"


def test_a_server_that_is_down_costs_no_more(store: Path):
    with nobody_listens() as url:
        answer, seconds = ask(settings(store, url))
    assert_answered_from_sources(answer, "no server answers at")
    assert seconds < HANGS_AFTER_SECONDS


def test_a_server_that_keeps_failing_is_left_alone(store: Path):
    with serve(stall_at_once) as server, open_assembly(settings(store, server.url, **IMPATIENT)) as assembly:
        flow = assembly.build_flow()
        answers = [flow.answer(QUESTION) for _ in range(4)]
        assert_answered_from_sources(flow.answer(QUESTION), r"failed 3 times in a row and is left alone")
    assert len(server.requests) == 3
    assert all(answer.answerer == "extractive" for answer in answers)


def test_a_server_that_comes_up_later_is_used_then(store: Path):
    def answer(reply: Reply) -> None:
        reply.begin_stream()
        reply.text("二十日です。[1]", finish_reason="stop")

    with serve(answer) as server:
        wanted = settings(store, server.url)
        late = LateGenerator("swallow", lambda: load(wanted), ModelUnavailable("no server answers"), 0.2)
        assert late.name == "swallow"
        with pytest.raises(ModelUnavailable, match="no server answers"):
            late.count_tokens(["有休"])
        time.sleep(0.25)
        assert late.context_tokens == 4_096
        assert late.prompt_style == "alpaca-ja"
        with open_assembly(wanted) as assembly:
            assert assembly.build_flow(late).answer(QUESTION).answerer == "generative"


def load(wanted: Settings) -> Any:
    generator = load_wanted_generator(wanted)
    assert generator is not None
    return generator


def test_settings_that_cannot_work_are_errors_and_no_fallback(store: Path):
    with nobody_listens() as url, pytest.raises(SettingsError, match="goes to the route"):
        ask(settings(store, url, api="chat"))
    absent = settings(store, "http://127.0.0.1:9/v1", backend="transformers", model="/no/such/model")
    with pytest.raises(ModelUnavailable, match="is not on this machine"):
        ask(absent)
