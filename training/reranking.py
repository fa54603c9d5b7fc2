"""Fits the weights of the bundled re-ranker; writes ``data/models/reranking.json``.

    python -m training.reranking ../shared/data

Softmax regression over the facts of the hits that are read (`rag.retrieval.rerank.WEIGHTS`), towards those
that hold the answer. Fitted on JaQuAD articles that neither the embedder nor the span reader saw, and of
these on every second one, and on the tuning halves of ``data/eval``. The figures printed are those of the
other articles and, cross-validated, of the tuning halves; JSQuAD and the reported halves are for
``make eval``.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from evaluation.corpus import Target, open_corpus
from evaluation.datasets.registry import load_dataset
from evaluation.datasets.squad import PassageSet, load_squad
from evaluation.gold import GoldFinder, Judge
from rag.assembly import Assembly, load_bundled_reader, weigh_legs
from rag.bundled import bundled_path
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.rerank import WEIGHTS, RerankingRetriever, SpanReranker
from rag.settings import Settings, load_settings
from rag.types import Hit, Question
from training.answering import is_even, open_pool
from training.pairs import is_held_out
from training.regression import Choice, Floats, fit_choices

STRENGTH = 0.5
NUM_FOLDS = 8
NOT_FOUND = 1_000


def main() -> None:
    """Make the choices, fit, print the figures, write the file."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("--questions", type=int, default=600, help="JaQuAD questions in each half")
    arguments.add_argument("--passage-weight", type=float, default=0.15)
    arguments.add_argument("--scratch", type=Path, help="keep the stores here and use them again")
    options = arguments.parse_args()
    settings = load_settings(environment={}).with_values({"retrieval.reranker": "none"})
    jaquad = load_squad(options.shared / "jaquad" / "train.json.gz")
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        with open_pool(scratch / "pool", jaquad, settings) as parts:
            fitted, others = passage_choices(parts, jaquad, options.questions, options.passage_weight)
        placed = placed_choices(options.shared, scratch, settings)
    weights = fit_choices([*fitted, *(choice for some in placed.values() for choice in some)], STRENGTH)
    print(f"JaQuAD, held out: {describe(ranks(others, weights))}")
    for name, some in placed.items():
        print(f"{name}, tuning, cross-validated: {describe(list(cross_validated(fitted, placed, some)))}")
    write(weights)


class ChoiceMaker:
    """Reads the hits of questions as the re-ranker would."""

    def __init__(self, parts: Assembly) -> None:
        settings = parts.settings.retrieval
        legs = weigh_legs(settings, parts.store, parts.embedder)
        search = HybridRetriever(parts.store, parts.analyzer, legs, settings.candidates)
        self._reranker = SpanReranker(
            parts.store, parts.analyzer, load_bundled_reader(), np.zeros(len(WEIGHTS))
        )
        self._reranking = RerankingRetriever(
            search, self._reranker, settings.rerank_depth, settings.rerank_reach
        )

    def choice(self, question: Question, is_right: Callable[[Hit], bool], weight: float) -> Choice:
        """The facts of the hits that are read, and which of these are right."""
        hits = self._reranking.candidates(question)
        facts = self._reranker.columns(question, hits)
        return Choice(facts, np.array([is_right(hit) for hit in hits], np.bool_), weight)


def passage_choices(
    parts: Assembly, jaquad: PassageSet, num_questions: int, weight: float
) -> list[list[Choice]]:
    """The choices of the even articles and of the others, all of them held out from the models."""
    drawn = random.Random(7)
    maker = ChoiceMaker(parts)
    halves = []
    for even in (True, False):
        asked = [q for q in jaquad.questions if is_held_out(q.article) and is_even(q.article) is even]
        choices = []
        for one in drawn.sample(asked, min(num_questions, len(asked))):
            is_right = partial(_stands_in, one.passage_id)
            choices.append(maker.choice(Question(one.text), is_right, weight))
        halves.append(choices)
    return halves


def placed_choices(shared: Path, scratch: Path, settings: Settings) -> Mapping[str, list[Choice]]:
    """The tuning halves of the natural and the paraphrase questions, over the shared documents."""
    found: dict[str, list[Choice]] = {}
    for name in ("natural", "paraphrase"):
        dataset = load_dataset(bundled_path("eval", f"{name}.jsonl"))
        with open_corpus(dataset, Target(folder=shared, cache=scratch / "placed"), settings) as corpus:
            finder = GoldFinder(corpus, dataset.questions)
            maker = ChoiceMaker(corpus.assembly)
            found[name] = []
            for one in dataset.part("tuning").questions:
                judge = finder.judge(one.gold)
                found[name].append(maker.choice(Question(one.text), partial(_is_gold, judge), 1.0))
    return found


def _stands_in(source: str, hit: Hit) -> bool:
    return hit.document.source == source


def _is_gold(judge: Judge, hit: Hit) -> bool:
    return judge.grade(hit) > 0


def cross_validated(
    fitted: Sequence[Choice], placed: Mapping[str, Sequence[Choice]], wanted: Sequence[Choice]
) -> Iterator[int]:
    """Ranks of the ``wanted``, each by weights that were fitted without it."""
    everything = [choice for some in placed.values() for choice in some]
    for fold in range(NUM_FOLDS):
        left_out = {id(choice) for choice in wanted[fold::NUM_FOLDS]}
        weights = fit_choices(
            [*fitted, *(choice for choice in everything if id(choice) not in left_out)], STRENGTH
        )
        yield from ranks(wanted[fold::NUM_FOLDS], weights)


def ranks(choices: Sequence[Choice], weights: Floats) -> list[int]:
    """Where the first right row stands, from 0; `NOT_FOUND` where none is right."""
    found = []
    for facts, right, _ in choices:
        scores = facts @ weights
        found.append(int((scores > scores[right].max()).sum()) if right.any() else NOT_FOUND)
    return found


def describe(found: Sequence[int]) -> str:
    """``R@1 0.912 R@5 … of 600``."""
    reached = np.asarray(found)
    shares = "  ".join(f"R@{depth} {float((reached < depth).mean()):.3f}" for depth in (1, 5, 10, 20))
    return f"{shares}  of {len(found)}"


def write(weights: Floats) -> None:
    """Write the weights, rounded, by fact."""
    values = {
        "origin": "training/reranking.py: JaQuAD (held-out even articles), tuning halves of data/eval",
        "licence": "CC BY-SA 4.0",
        "weights": {name: round(float(weight), 4) for name, weight in zip(WEIGHTS, weights, strict=True)},
    }
    file = bundled_path("models", "reranking.json")
    file.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {file.name}: {values['weights']}")


if __name__ == "__main__":
    main()
