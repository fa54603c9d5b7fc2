"""Several requests at once, on tiny checkpoints: the same answers as one by one, and nothing gets stuck."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from rag.errors import ContextTooLong, ModelBusy, ModelUnavailable, SettingsError
from rag.generation.base import Prompt, Sampling
from rag.generation.batching import BatchingGenerator
from rag.generation.checkpoints import load_tokenizer
from rag.generation.deadlines import Deadlines
from rag.generation.engine import BatchLimits
from rag.generation.loading import load_local_generator, load_transformers_generator
from rag.settings import GenerationSettings

SHORT = Sampling(max_new_tokens=24)
SMALL = BatchLimits(max_requests=4, max_batch_tokens=128, num_pages=64, page_tokens=32)


def settings(folder: Path, **values: Any) -> GenerationSettings:
    given = {"backend": "transformers", "model": str(folder), "device": "cpu", "max_requests": 4} | values
    return GenerationSettings.model_validate(given)


def load(folder: Path, **values: Any) -> BatchingGenerator:
    generator = load_local_generator(settings(folder, **values))
    assert isinstance(generator, BatchingGenerator)
    return generator


def build(folder: Path, **options: Any) -> tuple[BatchingGenerator, Any]:
    """A generator with small limits, and its model, so that a test can make it fail."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True).eval()
    facts = {"name": "小さな", "prompt_style": "alpaca-ja", "context_tokens": 1_024} | options
    options = {"max_requests": 4, "limits": SMALL} | facts
    return BatchingGenerator(model, load_tokenizer(folder), **options), model


def ask_all(generator: Any, prompts: list[Prompt], sampling: Sampling = SHORT) -> list[str | Exception]:
    """All at once, each in a thread of its own."""
    answers: list[str | Exception] = [""] * len(prompts)

    def ask(i: int) -> None:
        try:
            answers[i] = "".join(generator.stream(prompts[i], sampling))
        except Exception as error:
            answers[i] = error

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(len(prompts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


ASK = Prompt("問:")
PROMPTS = [Prompt("年次有給休暇は" + "経費" * i) for i in range(9)]


@pytest.fixture(scope="module")
def random(swallow: Path) -> Iterator[BatchingGenerator]:
    generator = load(swallow)
    yield generator
    generator.close()


@pytest.fixture(scope="module")
def endless(endless_swallow: Path) -> Iterator[BatchingGenerator]:
    generator = load(endless_swallow, max_requests=2, max_waiting=1, context_tokens=4_096)
    yield generator
    generator.close()


def wait_for(what: Any, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(what())


def test_a_batch_writes_what_single_requests_write(swallow: Path, random: BatchingGenerator):
    single = load_transformers_generator(settings(swallow, decoding="plain"))
    assert ask_all(random, PROMPTS) == ["".join(single.stream(prompt, SHORT)) for prompt in PROMPTS]
    assert (random.num_running, random.num_waiting) == (0, 0)


def test_each_format_streams_whole_characters(speaking_swallow: Path, llama3: Path):
    speaker = load(speaking_swallow)
    assert list(speaker.stream(ASK, SHORT)) == ["年次有給休暇は", "鸕", "二十日"]
    speaker.close()
    llama = load(llama3)
    messages = Prompt("", (("system", "規則"), ("user", "質問")))
    assert ask_all(llama, [messages] * 3) == ["資料には鸕です。"] * 3
    llama.close()


def test_a_stop_string_ends_one_request_and_frees_its_place(stopping_swallow: Path):
    generator = load(stopping_swallow)
    prompts = [Prompt("問:", stop=("\n\n### ",)) for _ in range(3)]
    assert ask_all(generator, prompts, Sampling(max_new_tokens=800)) == ["二十日です。"] * 3
    assert generator.num_running == 0
    generator.close()


def test_an_answer_cut_at_its_limit_is_told_and_a_whole_one_is_not(
    endless: BatchingGenerator, speaking_swallow: Path
):
    cuts: list[bool] = []
    list(endless.stream(ASK, Sampling(max_new_tokens=5, on_cut=lambda: cuts.append(True))))
    assert cuts == [True]
    speaker = load(speaking_swallow)
    list(speaker.stream(ASK, Sampling(max_new_tokens=50, on_cut=lambda: cuts.append(True))))
    assert cuts == [True]
    speaker.close()


def test_places_are_bounded_in_order_and_freed_within_a_second(endless: BatchingGenerator):
    long = Sampling(max_new_tokens=2_000)
    running = [endless.stream(ASK, long) for _ in range(2)]
    for pieces in running:
        next(pieces)
    third: list[str] = []
    waiting = threading.Thread(target=lambda: third.append(next(endless.stream(ASK, SHORT))))
    waiting.start()
    assert wait_for(lambda: endless.num_waiting == 1)
    with pytest.raises(ModelBusy, match=r"writes 2 answers at once and 1 more wait.*max_waiting"):
        next(endless.stream(ASK, SHORT))
    assert not third
    running[0].close()
    waiting.join(timeout=5)
    assert third == ["年次有給休暇は"]
    running[1].close()
    assert wait_for(lambda: endless.num_running == 0)


def test_time_limits_hold_for_waiting_and_for_writing(endless_swallow: Path):
    generator, _ = build(
        endless_swallow, max_requests=1, context_tokens=4_096, deadlines=Deadlines(0.5, 5.0, 1.0)
    )
    first = generator.stream(ASK, Sampling(max_new_tokens=3_000))
    next(first)
    with pytest.raises(ModelUnavailable, match=r"busy with other requests and did not begin within 0\.5 s"):
        next(generator.stream(ASK, SHORT))
    with pytest.raises(
        ModelUnavailable, match=r"did not finish within 1 s: raise generation\.timeout_seconds"
    ):
        list(first)
    assert generator.num_running == 0
    generator.close()


def test_what_cannot_work_is_told_before_anything_is_generated(random: BatchingGenerator):
    with pytest.raises(ContextTooLong, match="takes 1024 together"):
        random.stream(Prompt("経費" * 1_000), SHORT)
    with pytest.raises(SettingsError, match=r"loaded for greedy batches, not for temperature 0\.7"):
        random.stream(PROMPTS[0], Sampling(temperature=0.7))


def test_a_batch_that_draws_is_greedy_where_greed_is_asked(swallow: Path, random: BatchingGenerator):
    drawing = load(swallow, temperature=1.5)
    greedy = "".join(random.stream(PROMPTS[0], SHORT))
    assert "".join(drawing.stream(PROMPTS[0], SHORT)) == greedy
    drawn = {"".join(drawing.stream(PROMPTS[0], Sampling(24, temperature=1.5))) for _ in range(3)}
    assert len(drawn | {greedy}) > 2
    drawing.close()


def fail_above(model: Any, num_tokens: int, error: Exception) -> Any:
    """The model fails on steps with more tokens than this, as a GPU does that is too small."""

    def check(module: Any, args: Any, kwargs: Any) -> None:
        if kwargs["input_ids"].numel() > num_tokens:
            raise error

    return model.register_forward_pre_hook(check, with_kwargs=True)


def hold_until_full(model: Any, generator: BatchingGenerator) -> None:
    """The first step waits until every place is taken: however slow the threads, later steps hold several."""

    def check(module: Any, args: Any) -> None:
        assert wait_for(lambda: generator.num_running == SMALL.max_requests, seconds=30)
        hook.remove()

    hook = model.register_forward_pre_hook(check)


def test_out_of_memory_shrinks_the_batch_and_nobody_notices(swallow: Path, random: BatchingGenerator):
    generator, model = build(swallow)
    hold_until_full(model, generator)
    fail_above(model, 70, torch.OutOfMemoryError("CUDA out of memory"))
    prompts = [Prompt(f"{prompt.text}{'資料' * 20}") for prompt in PROMPTS[:6]]
    expected = ["".join(random.stream(prompt, SHORT)) for prompt in prompts]
    assert ask_all(generator, prompts) == expected
    assert generator.limits.max_requests < SMALL.max_requests
    generator.close()


def test_out_of_memory_for_one_request_is_a_clear_line_and_the_next_works(swallow: Path):
    generator, model = build(swallow)
    hook = fail_above(model, 0, torch.OutOfMemoryError("CUDA out of memory"))
    with pytest.raises(ModelUnavailable, match=r"ran out of memory: lower generation\.context_tokens"):
        list(generator.stream(PROMPTS[0], SHORT))
    hook.remove()
    assert list(generator.stream(PROMPTS[0], SHORT))
    generator.close()


def test_a_broken_step_is_a_clear_line_for_all_and_the_process_lives(swallow: Path):
    generator, model = build(swallow)
    list(generator.stream(PROMPTS[0], SHORT))
    hook = fail_above(model, 0, RuntimeError("device-side assert\ntrace"))
    answers = ask_all(generator, PROMPTS[:3])
    assert all("failed while writing: device-side assert" in str(answer) for answer in answers)
    hook.remove()
    assert all(isinstance(answer, str) for answer in ask_all(generator, PROMPTS[:3]))
    generator.close()


def test_closing_ends_what_runs(endless_swallow: Path):
    generator, _ = build(endless_swallow, context_tokens=4_096)
    pieces = generator.stream(ASK, Sampling(max_new_tokens=3_000))
    next(pieces)
    generator.close()
    with pytest.raises(ModelUnavailable, match="was closed while writing"):
        list(pieces)


def test_a_process_ends_although_its_batch_was_never_closed(swallow: Path):
    program = (
        "import sys; from pathlib import Path; from rag.generation.loading import load_local_generator\n"
        "from rag.settings import GenerationSettings; from rag.generation.base import Prompt, Sampling\n"
        "values = GenerationSettings(model=sys.argv[1], device='cpu', max_requests=2)\n"
        "print(len(list(load_local_generator(values).stream(Prompt('問:'), Sampling(5)))))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program, str(swallow)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
