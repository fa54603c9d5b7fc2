"""Fits the two linear models of the extractive answerer; writes ``data/models/answering.json``.

    python -m training.answering ../shared/data

Sentence model: over the sentences of the hits of a question, softmax regression towards those that
hold the gold answer in the gold paragraph (or are the gold sentence). Answer model: logistic
regression on the best sentence, between questions as they are and the same questions with the gold
paragraph, or its whole article, taken out of the hits.

Fitted on JaQuAD articles that neither the embedder nor the span reader saw, and of these on those whose
title hashes to an even digit; and on the tuning halves of ``data/eval`` (natural, paraphrase, sample). The
figures printed are those of the other articles and of the tuning halves; the reported halves are for
``make eval``. Nothing of JSQuAD is used here. `training.reranking` comes first.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from evaluation.corpus import Target, open_corpus
from evaluation.datasets.registry import load_dataset
from evaluation.datasets.squad import PassageQuestion, PassageSet, load_squad
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
from training.examples import Example, ExampleMaker, Triple, answer_rows, first_right
from training.pairs import is_held_out
from training.regression import Choice, Floats, fit_choices

SMALL_STORES = (1, 2, 3, 5, 8, 12)
"""Passages in the small stores that are asked as well."""
ALSO_ABOVE = 0.35
"""How near to the best a further sentence must be, in the sentence model's score."""
STRENGTH = 2.0
"""Of the penalty on large weights."""


class Group(NamedTuple):
    """How much a question of this kind counts in each of the two models."""

    sentence: float
    answer: float


PASSAGES, PLACED, SAMPLE = Group(0.3, 1.0), Group(1.0, 1.0), Group(5.0, 3.0)
WITHHELD = 0.5
"""What a withheld question counts of a whole one, of which there are half as many."""


def fit_answerable(rows: Floats, labels: Floats, weights: Floats) -> tuple[Floats, float]:
    """Logistic regression on columns brought to one width, with an unpenalised bias."""
    mean, width = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    inputs = np.hstack([(rows - mean) / width, np.ones((len(rows), 1), np.float32)]).astype(np.float64)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = inputs @ parameters
        value = float((weights * (np.logaddexp(0, margin) - labels * margin)).sum())
        slope = inputs.T @ (weights * (1 / (1 + np.exp(-margin)) - labels))
        penalised = np.append(parameters[:-1], 0)
        return value + STRENGTH * float(penalised @ penalised), slope + 2 * STRENGTH * penalised

    found = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B")
    factors = found.x[:-1] / width
    return factors.astype(np.float32), float(found.x[-1] - factors @ mean)


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
    arguments.add_argument("--questions", type=int, default=900, help="JaQuAD questions in each half")
    arguments.add_argument("--scratch", type=Path, help="keep the stores here and use them again")
    options = arguments.parse_args()
    settings = load_settings(environment={})
    jaquad = load_squad(options.shared / "jaquad" / "train.json.gz")
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        with open_pool(scratch / "pool", jaquad, settings) as parts:
            fitted, held_out = passage_triples(parts, jaquad, options.questions)
        fitted += small_triples(jaquad, settings)
        placed = placed_examples(options.shared, scratch, settings)
        sample = sample_examples(scratch / "sample", settings)
    fit(fitted, held_out, placed, sample)


def open_pool(folder: Path, jaquad: PassageSet, settings: Settings) -> Assembly:
    """The pool of all passages, made where it is not there yet."""
    if store_exists(folder):
        return open_assembly(settings.with_values({"store.path": folder}))
    return build_pool(folder, jaquad.passages, settings, load_embedder(settings.embedding))


def passage_triples(parts: Assembly, jaquad: PassageSet, num_questions: int) -> list[list[Triple]]:
    """The examples of the even articles and of the others."""
    drawn = random.Random(7)
    maker = ExampleMaker(parts)
    unseen = [question for question in jaquad.questions if is_held_out(question.article)]
    halves = [[q for q in unseen if is_even(q.article) is even] for even in (True, False)]
    chosen = [drawn.sample(half, min(num_questions, len(half))) for half in halves]
    return [maker.passage_triples(half) for half in chosen]


def small_triples(jaquad: PassageSet, settings: Settings) -> list[Triple]:
    """Questions to stores of one passage to twelve: scores mean other things where little is to be found."""
    drawn, triples = random.Random(5), []
    asked: dict[str, list[PassageQuestion]] = {}
    for question in jaquad.questions:
        if is_held_out(question.article) and is_even(question.article):
            asked.setdefault(question.article, []).append(question)
    passages = {passage.id: passage for passage in jaquad.passages}
    embedder = load_embedder(settings.embedding)
    for number, questions in enumerate(asked.values()):
        known = list(dict.fromkeys(one.passage_id for one in questions))
        chosen = known[: SMALL_STORES[number % len(SMALL_STORES)]]
        inside = [one for one in questions if one.passage_id in chosen]
        with (
            tempfile.TemporaryDirectory() as folder,
            build_pool(Path(folder), [passages[one] for one in chosen], settings, embedder) as parts,
        ):
            triples += ExampleMaker(parts).passage_triples(drawn.sample(inside, min(4, len(inside))))
    return triples


def sample_examples(folder: Path, settings: Settings) -> list[Example]:
    """The tuning half of our own questions over the sample documents."""
    with open_assembly(settings.with_values({"store.path": folder}), create=True) as parts:
        ingest([bundled_path("sample")], parts.store, parts.embedder, settings.ingest)
        questions = load_gold_questions(bundled_path("eval", "sample.jsonl"))
        return ExampleMaker(parts).sample([q for q in questions if q.half == "tuning"])


def placed_examples(shared: Path, scratch: Path, settings: Settings) -> list[Example]:
    """The tuning halves of the natural and the paraphrase questions over the shared documents."""
    examples = []
    for name in ("natural", "paraphrase"):
        dataset = load_dataset(bundled_path("eval", f"{name}.jsonl"))
        target = Target(folder=shared, cache=scratch / "placed")
        with open_corpus(dataset, target, settings) as corpus:
            finder = GoldFinder(corpus, dataset.questions)
            made = ExampleMaker(corpus.assembly).placed(dataset.part("tuning").questions, finder)
        reached = sum(bool(example.gold.any()) for example in made)
        print(f"{name}, tuning: gold among the hits of {reached} of {len(made)} questions", flush=True)
        examples += made
    return examples


def fit(
    fitted: Sequence[Triple], held_out: Sequence[Triple], placed: Sequence[Example], sample: Sequence[Example]
) -> None:
    """Fit both models, print the figures of what was held out, write the file."""
    groups = [([triple.whole for triple in fitted], PASSAGES), (placed, PLACED), (sample, SAMPLE)]
    choices = [Choice(one.features, one.gold, group.sentence) for some, group in groups for one in some]
    sentence = fit_choices(choices, STRENGTH)
    reachable = [example for example in sample if example.gold.any()]
    print(f"first sentence right, JaQuAD held out: {first_right([t.whole for t in held_out], sentence):.3f}")
    print(f"first sentence right, sample tuning: {first_right(reachable, sentence):.3f} of {len(reachable)}")
    found = [example for example in placed if example.gold.any()]
    print(f"first sentence right, placed tuning: {first_right(found, sentence):.3f} of {len(found)}")
    withheld = [one for triple in fitted for one in triple.withheld]
    asked = [(one, float(one.gold.any()), group.answer) for some, group in groups[1:] for one in some]
    asked += [(triple.whole, 1.0, PASSAGES.answer) for triple in fitted]
    asked += [(one, 0.0, PASSAGES.answer * WITHHELD) for one in withheld]
    examples, labels, weights = zip(*asked, strict=True)
    rows = answer_rows(examples, sentence)
    answer, bias = fit_answerable(rows, np.asarray(labels, np.float32), np.asarray(weights, np.float32))
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
        "origin": "training/answering.py: JaQuAD (held-out even articles), tuning halves of data/eval",
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
