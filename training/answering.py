"""Fits the two linear models of the extractive answerer; writes ``data/models/answering.json``.

    python -m training.answering ../shared/data

Sentence model: over the sentences of the first hits of a question, softmax regression towards those
that hold the gold answer in the gold paragraph (or are the gold sentence). Answer model: logistic
regression on the best sentence, between questions as they are and the same questions with the gold
paragraph, or its whole article, taken out of the hits.

Fitted on JaQuAD articles whose title hashes to an even digit, and on the tuning half of
``data/eval/sample.jsonl``; the figures printed are those of the other articles and, for the sample, by
``make eval``. Nothing of JSQuAD is used here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from evaluation.pool import build_pool
from evaluation.questions import GoldQuestion, load_gold_questions, split_halves
from evaluation.squad import PassageQuestion, PassageSet, load_squad
from ingest.pipeline import ingest
from rag.answering.candidates import Candidate, collect_candidates
from rag.answering.features import (
    ANSWER_FEATURES,
    SENTENCE_FEATURES,
    Focus,
    answer_features,
    sentence_features,
)
from rag.assembly import Assembly, load_embedder, open_assembly
from rag.bundled import bundled_path
from rag.retrieval.base import Query, Retriever
from rag.settings import Settings, load_settings
from rag.store.local import store_exists
from rag.types import Citation, Hit, Question

FETCHED = 16
"""Hits asked for, so that enough are left when the gold article is taken out."""
ALSO_ABOVE = 0.35
"""How near to the best a further sentence must be, in the sentence model's score."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one question: features, and which rows hold the answer."""

    focus: Focus
    candidates: Sequence[Candidate]
    hits: Sequence[Hit]
    features: Floats
    gold: NDArray[np.bool_]
    weight: float


Gold = Callable[[Candidate], bool]


def make_example(
    parts: Assembly, question: str, hits: Sequence[Hit], is_gold: Gold, weight: float
) -> Example | None:
    """Features of the sentences of these hits; None without any."""
    candidates = collect_candidates(hits, parts.store, parts.analyzer)
    if not candidates:
        return None
    focus = Focus.from_query(Query.from_question(Question(question), parts.analyzer), parts.store)
    features = sentence_features(focus, candidates, parts.embedder)
    gold = np.asarray([is_gold(candidate) for candidate in candidates])
    return Example(focus, candidates, hits, features, gold, weight)


def fit_sentences(examples: Sequence[Example], strength: float = 2.0) -> Floats:
    """Softmax regression: the gold rows of each question against all its rows."""
    usable = [e for e in examples if e.gold.any() and not e.gold.all()]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = strength * float(weights @ weights), 2 * strength * weights
        for example in usable:
            scores = example.features @ weights
            scores -= scores.max()
            share = np.exp(scores)
            total, gold = share.sum(), share[example.gold].sum()
            value -= example.weight * float(np.log(gold / total))
            target = np.where(example.gold, share, 0) / gold
            slope -= example.weight * (example.features.T @ (target - share / total))
        return value, slope

    found = minimize(loss, np.zeros(len(SENTENCE_FEATURES)), jac=True, method="L-BFGS-B")
    return found.x.astype(np.float32)


def fit_answerable(
    rows: Floats, labels: Floats, weights: Floats, strength: float = 2.0
) -> tuple[Floats, float]:
    """Logistic regression with an unpenalised bias."""
    inputs = np.hstack([rows, np.ones((len(rows), 1), np.float32)]).astype(np.float64)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = inputs @ parameters
        value = float((weights * (np.logaddexp(0, margin) - labels * margin)).sum())
        slope = inputs.T @ (weights * (1 / (1 + np.exp(-margin)) - labels))
        penalised = np.append(parameters[:-1], 0)
        return value + strength * float(penalised @ penalised), slope + 2 * strength * penalised

    found = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B")
    return found.x[:-1].astype(np.float32), float(found.x[-1])


def passage_examples(
    parts: Assembly, retriever: Retriever, questions: Sequence[PassageQuestion], top_k: int
) -> list[tuple[Example, Example | None, Example | None]]:
    """For each question: as it is, without the gold paragraph, without the gold article."""
    triples = []
    for question in questions:
        hits = retriever.retrieve(Question(question.text), FETCHED)

        def is_gold(candidate: Candidate, asked: PassageQuestion = question) -> bool:
            same = candidate.hit.document.source == asked.passage_id
            return same and any(answer in candidate.text for answer in asked.answers)

        kept = hits[:top_k]
        elsewhere = [hit for hit in hits if hit.document.source != question.passage_id][:top_k]
        foreign = [hit for hit in hits if hit.document.title != question.article][:top_k]
        whole = make_example(parts, question.text, kept, is_gold, 1.0)
        if whole is None:
            continue
        others = [make_example(parts, question.text, left, is_gold, 0.5) for left in (elsewhere, foreign)]
        triples.append((whole, others[0], others[1]))
    return triples


def sample_examples(
    parts: Assembly, retriever: Retriever, questions: Sequence[GoldQuestion], top_k: int, weight: float
) -> list[Example]:
    """One example a question of our own set; unanswerable ones have no gold rows."""
    examples = []
    for question in questions:
        hits = retriever.retrieve(Question(question.text), top_k)

        def is_gold(candidate: Candidate, asked: GoldQuestion = question) -> bool:
            quoted = Citation(1, candidate.hit.document, 0, *candidate.span, candidate.text)
            return any(gold.is_cited_by(quoted) for gold in asked.gold)

        if example := make_example(parts, question.text, hits, is_gold, weight):
            examples.append(example)
    return examples


def answer_rows(examples: Sequence[Example], sentence: Floats) -> Floats:
    """The answer model's input for each example."""
    return np.asarray(
        [answer_features(e.focus, e.candidates, e.features, e.features @ sentence, e.hits) for e in examples],
        np.float32,
    )


def first_right(examples: Sequence[Example], sentence: Floats) -> float:
    """Share of the questions whose best sentence holds the answer."""
    return float(np.mean([bool(e.gold[int(np.argmax(e.features @ sentence))]) for e in examples]))


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
    arguments.add_argument("--questions", type=int, default=1_500, help="JaQuAD questions in each half")
    arguments.add_argument("--sample-weight", type=float, default=3.0)
    arguments.add_argument("--scratch", type=Path, help="keep the pool here and use it again")
    options = arguments.parse_args()
    settings = load_settings(environment={})
    jaquad = load_squad(options.shared / "jaquad" / "train.json.gz")
    with tempfile.TemporaryDirectory() as temporary:
        scratch = options.scratch or Path(temporary)
        fit(settings, jaquad, scratch, options.questions, options.sample_weight)


def fit(
    settings: Settings, jaquad: PassageSet, scratch: Path, num_questions: int, sample_weight: float
) -> None:
    """Everything after the arguments."""
    drawn = random.Random(7)
    halves = [[q for q in jaquad.questions if is_even(q.article) is even] for even in (True, False)]
    chosen = [drawn.sample(half, min(num_questions, len(half))) for half in halves]
    top_k = settings.retrieval.top_k
    with open_pool(scratch / "pool", jaquad, settings) as parts:
        retriever = parts.build_retriever()
        fitted, held_out = (passage_examples(parts, retriever, half, top_k) for half in chosen)
    sample_store = settings.with_values({"store.path": scratch / "sample"})
    with open_assembly(sample_store, create=True) as parts:
        ingest([bundled_path("sample")], parts.store, parts.embedder, settings.ingest)
        tuning = split_halves(load_gold_questions(bundled_path("eval", "sample.jsonl")))["tuning"]
        sample = sample_examples(parts, parts.build_retriever(), tuning, top_k, sample_weight)
    sentence = fit_sentences([triple[0] for triple in fitted] + sample)
    print(f"first sentence right, JaQuAD held out: {first_right([t[0] for t in held_out], sentence):.3f}")
    print(
        f"first sentence right, sample tuning:   {first_right([e for e in sample if e.gold.any()], sentence):.3f}"
    )
    write(*fit_answers(fitted, held_out, sample, sentence), sentence)


def open_pool(folder: Path, jaquad: PassageSet, settings: Settings) -> Assembly:
    """The pool of all passages, made where it is not there yet."""
    if store_exists(folder):
        return open_assembly(settings.with_values({"store.path": folder}))
    return build_pool(folder, jaquad.passages, settings, load_embedder(settings.embedding))


def fit_answers(
    fitted: Sequence[tuple[Example, Example | None, Example | None]],
    held_out: Sequence[tuple[Example, Example | None, Example | None]],
    sample: Sequence[Example],
    sentence: Floats,
) -> tuple[Floats, float]:
    """The answer model, and its figures on the articles held out."""
    examples = [e for triple in fitted for e in triple if e is not None] + list(sample)
    labels = [float(e is t[0]) for t in fitted for e in t if e is not None] + [
        float(e.gold.any()) for e in sample
    ]
    weights = np.asarray([e.weight for e in examples], np.float32)
    answer, bias = fit_answerable(answer_rows(examples, sentence), np.asarray(labels, np.float32), weights)
    whole = answer_rows([t[0] for t in held_out], sentence) @ answer + bias
    for place, name in ((1, "paragraph"), (2, "article")):
        without = answer_rows([t[place] for t in held_out if t[place] is not None], sentence) @ answer + bias
        refused = float((without < np.quantile(whole, 0.05)).mean())
        print(
            f"gold {name} withheld: AUROC {area_under_curve(whole, without):.3f}, "
            f"refused at 5 % false refusals {refused:.3f}"
        )
    return answer, bias


def write(answer: Floats, bias: float, sentence: Floats) -> None:
    """Write the weights, rounded, in the order of the features."""
    values = {
        "origin": "training/answering.py on JaQuAD (even articles) and the tuning half of data/eval/sample.jsonl",
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
