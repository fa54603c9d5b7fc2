"""Asks a model the questions of its model card, as llm-jp-eval 1.3.0 does, with or without retrieval.

Greedy, four worked examples, 2,048 tokens in all, the answer up to the first blank line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from statistics import fmean
from typing import Any

from evaluation.model_metrics import DEFINITIONS, METRICS, cut_answer
from evaluation.model_tasks import NUM_EXAMPLES, Item, ModelTask
from rag.errors import SettingsError
from rag.generation.base import Generator, Prompt, Sampling
from rag.generation.instructions import Example
from rag.generation.prompts import render

MAX_TOKENS = 2_048
"""Prompt and answer together, as llm-jp-eval limits them whatever the model can take."""

STOP = ("\n\n",)

Find = Callable[[str], Sequence[str]]
"""From a question to texts that may answer it, best first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One item with what the model wrote (None: the prompt was too long) and its scores."""

    item: Item
    output: str | None
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What one run gave."""

    task: str
    model: str
    num_examples: int
    with_retrieval: bool
    elapsed_seconds: float
    outcomes: tuple[Outcome, ...]

    @property
    def num_too_long(self) -> int:
        """Items whose prompt did not fit; they count as wrong."""
        return sum(outcome.output is None for outcome in self.outcomes)

    @property
    def means(self) -> dict[str, float]:
        """Each metric's mean over all items."""
        names = self.outcomes[0].scores
        return {name: fmean(outcome.scores[name] for outcome in self.outcomes) for name in names}

    def as_json(self) -> dict[str, Any]:
        """Everything a program may want, the outputs included."""
        facts = {name: getattr(self, name) for name in ("task", "model", "num_examples", "with_retrieval")}
        return facts | {
            "num_items": len(self.outcomes),
            "num_too_long": self.num_too_long,
            "elapsed_seconds": self.elapsed_seconds,
            "means": self.means,
            "definitions": {name: DEFINITIONS[name] for name in self.means},
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
        }


def run_task(
    task: ModelTask,
    items: Sequence[Item],
    examples: Sequence[Item],
    generator: Generator,
    *,
    find: Find | None = None,
    num_workers: int = 1,
) -> ModelRun:
    """Ask every item; ``find`` puts what it finds before each question, in the examples too.

    ``num_workers`` requests are sent at once, for a generator that writes several. Raises SettingsError
    for retrieval on a set that brings its own context.
    """
    if find and not task.is_closed_book:
        raise SettingsError(f"{task.name} brings its own context: retrieval is for niilc and jemhopqa")
    began = time.perf_counter()
    ask = partial(_ask, task=task, examples=examples, generator=generator, find=find)
    with ThreadPoolExecutor(num_workers) as pool:
        outcomes = tuple(pool.map(ask, items))
    elapsed = time.perf_counter() - began
    return ModelRun(task.name, generator.name, len(examples), find is not None, elapsed, outcomes)


def render_item(
    task: ModelTask, item: Item, examples: Sequence[Item], contexts: Sequence[str] = ()
) -> Prompt:
    """llm-jp-eval's prompt for one item; ``contexts`` are retrieved texts of the examples and of the item."""
    *shown, own = contexts or [""] * (len(examples) + 1)
    worked = [
        Example(example.as_input(context), example.answer)
        for example, context in zip(examples, shown, strict=True)
    ]
    prompt = render("completion", task.instruction, item.as_input(own), examples=worked)
    return replace(prompt, stop=STOP)


def split_examples(items: Sequence[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Where no file of examples is given: the first four are shown, the others asked."""
    return tuple(items[:NUM_EXAMPLES]), tuple(items[NUM_EXAMPLES:])


def _ask(
    item: Item, *, task: ModelTask, examples: Sequence[Item], generator: Generator, find: Find | None
) -> Outcome:
    limit = min(MAX_TOKENS, generator.context_tokens) - task.max_new_tokens
    for prompt in _prompts(task, item, examples, find):
        if generator.count_prompt(prompt) <= limit:
            output = "".join(generator.stream(prompt, Sampling(task.max_new_tokens)))
            scores = {name: METRICS[name](output, item.answer) for name in task.metrics}
            return Outcome(item, cut_answer(output), scores)
    return Outcome(item, None, dict.fromkeys(task.metrics, 0.0))


def _prompts(task: ModelTask, item: Item, examples: Sequence[Item], find: Find | None) -> Iterator[Prompt]:
    """The prompt with all that was found, then with less and less of it."""
    if find is None:
        yield render_item(task, item, examples)
        return
    found = [find(asked.question) for asked in (*examples, item)]
    for num_texts in range(max(map(len, found)), 0, -1):
        yield render_item(task, item, examples, ["\n".join(texts[:num_texts]) for texts in found])
