"""What every generator promises, held on each: in the process, in batches, behind servers, in wrappers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from rag.chain import ChatModelGenerator, TracedGenerator
from rag.errors import ContextTooLong, ModelUnavailable
from rag.generation.base import Generator, Prompt, Sampling
from rag.generation.batching import BatchingGenerator
from rag.generation.late import LateGenerator
from rag.generation.loading import load_local_generator
from rag.generation.openai import load_openai_generator
from rag.generation.recording import PromptRecorder
from rag.settings import GenerationSettings
from tests.scripted_server import Reply, serve
from tests.tiny_models import SAYS

TEXT = "".join(SAYS)
ASK = Prompt("問:")


@contextmanager
def local(folder: Path, max_requests: int = 1) -> Iterator[Generator]:
    settings = GenerationSettings(model=str(folder), device="cpu", max_requests=max_requests)
    generator = load_local_generator(settings)
    yield generator
    if isinstance(generator, BatchingGenerator):
        generator.close()


@contextmanager
def behind_server(_: Path, style: str = "alpaca-ja") -> Iterator[Generator]:
    def answer(reply: Reply) -> None:
        reply.begin_stream()
        for piece in SAYS:
            reply.text(piece)
        reply.text("", finish_reason="stop")

    with serve(answer) as server:
        yield load_openai_generator(
            GenerationSettings.model_validate(
                {"model": "swallow", "base_url": server.url, "prompt_style": style}
            )
        )


@contextmanager
def wrapped(folder: Path, wrap: Callable[[Generator], Generator]) -> Iterator[Generator]:
    with local(folder) as generator:
        yield wrap(generator)


@contextmanager
def chat_model(_: Path) -> Iterator[Generator]:
    yield ChatModelGenerator(FakeListChatModel(responses=[TEXT]))


def late(generator: Generator) -> Generator:
    return LateGenerator("燕", lambda: generator, ModelUnavailable("not yet"), 0.0)


KINDS = {
    "one request": local,
    "batches": lambda folder: local(folder, 4),
    "a server": behind_server,
    "a chat server": lambda folder: behind_server(folder, "chat-template"),
    "a chat model": chat_model,
    "traced": lambda folder: wrapped(folder, TracedGenerator),
    "recorded": lambda folder: wrapped(folder, PromptRecorder),
    "late": lambda folder: wrapped(folder, late),
}


@pytest.fixture(params=list(KINDS))
def generator(request: pytest.FixtureRequest, tiny_swallow: Path) -> Iterator[Generator]:
    with KINDS[request.param](tiny_swallow) as made:
        yield made


def test_a_generator_keeps_its_promises(generator: Generator):
    assert generator.name
    assert generator.context_tokens > 0
    assert generator.prompt_style
    counts = generator.count_tokens(["有休", "有休は何日もらえますか"])
    assert 0 < counts[0] < counts[1]
    assert generator.count_tokens([]) == []
    assert generator.count_prompt(ASK) >= 1
    assert "".join(generator.stream(ASK, Sampling(max_new_tokens=64))) == TEXT


def test_stop_strings_are_not_sent(generator: Generator):
    if isinstance(generator, ChatModelGenerator):
        pytest.skip("stop strings are the provider's business")
    stopped = Prompt(ASK.text, stop=("日です",))
    assert "".join(generator.stream(stopped, Sampling(max_new_tokens=64))) == TEXT.partition("日です")[0]


def test_a_stream_may_be_left_and_the_next_one_works(generator: Generator):
    pieces = generator.stream(ASK, Sampling(max_new_tokens=64))
    first = next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert TEXT.startswith(first)
    assert "".join(generator.stream(ASK, Sampling(max_new_tokens=64))) == TEXT


def test_a_prompt_too_long_is_an_error_and_nothing_is_written(generator: Generator):
    if isinstance(generator, ChatModelGenerator):
        pytest.skip("its context is an assumption, which the budget keeps")
    with pytest.raises(ContextTooLong):
        list(generator.stream(Prompt("長い質問" * 3_000), Sampling()))
