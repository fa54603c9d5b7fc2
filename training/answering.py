"""Fits the two linear models of the extractive answerer; writes ``data/models/answering.json``.

    python -m training.answering ../shared/data

Sentence model: over the sentences of the hits of a question, softmax regression towards those that
hold the gold answer in the gold paragraph (or are the gold sentence). Answer model: logistic
regression on the best sentence, between questions as they are and the same questions with the gold
paragraph, or its whole article, taken out of the hits.

Fitted on JaQuAD articles whose title hashes to an even digit, and on the tuning halves of
``data/eval`` (natural, paraphrase, sample). The figures printed are those of the other articles and of
the tuning halves; the reported halves are for ``make eval``. Nothing of JSQuAD is used here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from evaluation.corpus import Target, open_corpus
from evaluation.datasets.registry import load_dataset
from evaluation.datasets.squad import PassageSet, load_squad
from evaluation.gold import GoldFinder
from evaluation.pool import build_pool
from evaluation.questions import load_gold_questions
from ingest.pipeline import ingest
from rag.answering.answerability import ANSWER_FEATURES
from rag.answering.features import SENTENCE_FEATURES
from rag.assembly import Assembly, load_embedder, open_assembly
from rag.bundled import bundled_path
from rag.settings import Settings, load_settings
from rag.store.local import store_exists
from training.examples import Example, ExampleMaker, Floats, Triple, answer_rows, first_right

ALSO_ABOVE = 0.35
"""How near to the best a further sentence must be, in the sentence model's score."""
STRENGTH = 2.0
"""Of the penalty on large weights."""


def fit_sentences(examples: Sequence[Example]) -> Floats:
    """Softmax regression: the gold rows of each question against all its rows."""
    usable = [example for example in examples if example.gold.any() and not example.gold.all()]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = STRENGTH * float(weights @ weights), 2 * STRENGTH * weights
        for example in usable:
            scores = example.features @ weights
            share = np.exp(scores - scores.max())
            total, gold = share.sum(), share[example.gold].sum()
            value -= example.weight * float(np.log(gold / total))
            target = np.where(example.gold, share, 0) / gold
            slope -= example.weight * (example.features.T @ (target - share / total))
        return value, slope

    found = minimize(loss, np.zeros(len(SENTENCE_FEATURES)), jac=True, method="L-BFGS-B")
    return found.x.astype(np.float32)


def fit_answerable(rows: Floats, labels: Floats, weights: Floats) -> tuple[Floats, float]:
    """Logistic regression with an unpenalised bias."""
    inputs = np.hstack([rows, np.ones((len(rows), 1), np.float32)]).astype(np.float64)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = inputs @ parameters
        value = float((weights * (np.logaddexp(0, margin) - labels * margin)).sum())
        slope = inputs.T @ (weights * (1 / (1 + np.exp(-margin)) - labels))
        penalised = np.append(parameters[:-1], 0)
        return value + STRENGTH * float(penalised @ penalised), slope + 2 * STRENGTH * penalised

    found = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B")
    return found.x[:-1].astype(np.float32), float(found.x[-1])


def area_under_curve(positive: Floats, negative: Floats) -> float:
    """Probability that an answerable question scores above an unanswerable one."""
    return float((positive[:, None] > negative[None, :]).mean())


def is_even(title: str) -> bool:
    """The articles that are fitted on."""
    return int(hashlib.sha256(title.encode()).hexdigest()[0], 16) % 2 == 0


def main() -> None:
    """Build the pool, make the examples, fit, print the figures, write the file."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("--questions", type=int, default=400, help="JaQuAD questions in each half")
    arguments.add_argument("--passage-weight", type=float, default=0.1)
    arguments.add_argument("--sample-weight", type=float, default=5.0)
    arguments.add_argument("--placed-weight", type=float, default=1.0)
    arguments.add_argument("--scratch", type=Path, help="keep the stores here and use them again")
    options = arguments.parse_args()
    settings = load_settings(environment={})
    jaquad = load_squad(options.shared / "jaquad" / "train.json.gz")
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        with open_pool(scratch / "pool", jaquad, settings) as parts:
            fitted, held_out = passage_triples(parts, jaquad, options.questions, options.passage_weight)
        placed = placed_examples(options.shared, scratch, settings, options.placed_weight)
        sample = sample_examples(scratch / "sample", settings, options.sample_weight)
    fit(fitted, held_out, placed, sample)


def open_pool(folder: Path, jaquad: PassageSet, settings: Settings) -> Assembly:
    """The pool of all passages, made where it is not there yet."""
    if store_exists(folder):
        return open_assembly(settings.with_values({"store.path": folder}))
    return build_pool(folder, jaquad.passages, settings, load_embedder(settings.embedding))


def passage_triples(
    parts: Assembly, jaquad: PassageSet, num_questions: int, weight: float
) -> list[list[Triple]]:
    """The examples of the even articles and of the others."""
    drawn = random.Random(7)
    maker = ExampleMaker(parts)
    halves = [[q for q in jaquad.questions if is_even(q.article) is even] for even in (True, False)]
    chosen = [drawn.sample(half, min(num_questions, len(half))) for half in halves]
    return [maker.passage_triples(half, weight) for half in chosen]


def sample_examples(folder: Path, settings: Settings, weight: float) -> list[Example]:
    """The tuning half of our own questions over the sample documents."""
    with open_assembly(settings.with_values({"store.path": folder}), create=True) as parts:
        ingest([bundled_path("sample")], parts.store, parts.embedder, settings.ingest)
        questions = load_gold_questions(bundled_path("eval", "sample.jsonl"))
        return ExampleMaker(parts).sample([q for q in questions if q.half == "tuning"], weight)


def placed_examples(shared: Path, scratch: Path, settings: Settings, weight: float) -> list[Example]:
    """The tuning halves of the natural and the paraphrase questions over the shared documents."""
    examples = []
    for name in ("natural", "paraphrase"):
        dataset = load_dataset(bundled_path("eval", f"{name}.jsonl"))
        target = Target(folder=shared, cache=scratch / "placed")
        with open_corpus(dataset, target, settings) as corpus:
            finder = GoldFinder(corpus, dataset.questions)
            made = ExampleMaker(corpus.assembly).placed(dataset.part("tuning").questions, finder, weight)
        reached = sum(bool(example.gold.any()) for example in made)
        print(f"{name}, tuning: gold among the hits of {reached} of {len(made)} questions", flush=True)
        examples += made
    return examples


def fit(
    fitted: Sequence[Triple], held_out: Sequence[Triple], placed: Sequence[Example], sample: Sequence[Example]
) -> None:
    """Fit both models, print the figures of what was held out, write the file."""
    sentence = fit_sentences([*(triple.whole for triple in fitted), *placed, *sample])
    reachable = [example for example in sample if example.gold.any()]
    print(f"first sentence right, JaQuAD held out: {first_right([t.whole for t in held_out], sentence):.3f}")
    print(f"first sentence right, sample tuning: {first_right(reachable, sentence):.3f} of {len(reachable)}")
    found = [example for example in placed if example.gold.any()]
    print(f"first sentence right, placed tuning: {first_right(found, sentence):.3f} of {len(found)}")
    asked = [*placed, *sample]
    examples = [one for t in fitted for one in (t.whole, *t.withheld)] + asked
    labels = [float(one is t.whole) for t in fitted for one in (t.whole, *t.withheld)]
    labels += [float(example.gold.any()) for example in asked]
    weights = np.asarray([example.weight for example in examples], np.float32)
    answer, bias = fit_answerable(answer_rows(examples, sentence), np.asarray(labels, np.float32), weights)
    print_refusals(held_out, sentence, answer, bias)
    write(sentence, answer, bias)


def print_refusals(held_out: Sequence[Triple], sentence: Floats, answer: Floats, bias: float) -> None:
    """How well withheld questions are told from whole ones, on the articles held out."""
    whole = answer_rows([t.whole for t in held_out], sentence) @ answer + bias
    kinds = {
        "paragraph": [t.without_paragraph for t in held_out],
        "article": [t.without_article for t in held_out],
    }
    for name, examples in kinds.items():
        without = answer_rows([e for e in examples if e is not None], sentence) @ answer + bias
        refused = float((without < np.quantile(whole, 0.05)).mean())
        print(
            f"gold {name} withheld: AUROC {area_under_curve(whole, without):.3f}, "
            f"refused at 5 % false refusals {refused:.3f}"
        )


def write(sentence: Floats, answer: Floats, bias: float) -> None:
    """Write the weights, rounded, in the order of the features."""
    values = {
        "origin": "training/answering.py: JaQuAD (even articles), tuning halves of data/eval",
        "licence": "CC BY-SA 4.0",
        "also_above": ALSO_ABOVE,
        "bias": round(bias, 4),
        "sentence": {n: round(float(w), 4) for n, w in zip(SENTENCE_FEATURES, sentence, strict=True)},
        "answer": {n: round(float(w), 4) for n, w in zip(ANSWER_FEATURES, answer, strict=True)},
    }
    file = bundled_path("models", "answering.json")
    file.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {file.name}")


if __name__ == "__main__":
    main()
