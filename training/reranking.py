"""Fits the weights of the bundled re-ranker; writes ``data/models/reranking.json``.

    python -m training.reranking ../shared/data

Softmax regression towards the hits that hold the answer, twice: over what can be seen of many hits of
questions in other words (`rag.retrieval.rerank.SEEN`), which chooses those that are read, then over what was
read (`READ`). Fitted on JaQuAD articles that neither the embedder nor the span reader saw, and of these on
every second one; on questions of ``training/asked.jsonl`` that were held out; and on the tuning halves of
``data/eval``. The figures printed are those of the other articles and, cross-validated, of the tuning halves;
JSQuAD and the reported halves are for ``make eval``.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.corpus import Corpus, Target, open_corpus
from evaluation.datasets.registry import load_dataset
from evaluation.datasets.squad import PassageSet, load_squad
from evaluation.gold import GoldFinder, Judge
from rag.assembly import Assembly, load_bundled_reader, weigh_legs
from rag.bundled import bundled_path
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.rerank import READ, SEEN, Ranking, RerankingRetriever, SpanReranker, weighted
from rag.settings import Settings, load_settings
from rag.types import Hit, Question
from training.answering import is_even, open_pool
from training.asked import find_chunks, read_asked
from training.pairs import is_held_out
from training.regression import Choice, Floats, fit_choices

STRENGTH = 0.5
NUM_FOLDS = 8
NOT_FOUND = 1_000
ASKED_WEIGHT = 0.1
"""Of a question of ``asked.jsonl``; there are many, about fewer documents than those of ``data/eval``."""

NEVER_AGAINST = ("covered", "covered_with_heading")
"""Half of the questions in other words were written to share no word with the answer: what has their words
looks wrong there, and nowhere else."""

NO_RANKING = Ranking(np.zeros(2 * len(SEEN)), np.zeros(2 * len(READ)))


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, where it is asked, what answers it, and how much it counts."""

    parts: Assembly
    question: Question
    is_right: Callable[[Hit], bool]
    weight: float

    def seen(self) -> Choice | None:
        """What is seen of the hits that are chosen from; None where the first hits are enough."""
        retriever, reranker = self._rankers(NO_RANKING)
        settings = self.parts.settings.retrieval
        if reranker.are_enough(self.question, retriever.first(self.question)):
            return None
        hits = retriever.promising(self.question)
        return self._choice(reranker.see(self.question, hits), hits) if settings.rerank_reach else None

    def read(self, ranking: Ranking) -> Choice:
        """What is read of the hits that the ranking chooses."""
        retriever, reranker = self._rankers(ranking)
        hits = retriever.candidates(self.question)
        return self._choice(reranker.read(self.question, hits), hits)

    def _choice(self, facts: NDArray[np.float64], hits: Sequence[Hit]) -> Choice:
        return Choice(facts, np.array([self.is_right(hit) for hit in hits], np.bool_), self.weight)

    def _rankers(self, ranking: Ranking) -> tuple[RerankingRetriever, SpanReranker]:
        parts, settings = self.parts, self.parts.settings.retrieval
        legs = weigh_legs(settings, parts.store, parts.embedder)
        search = HybridRetriever(parts.store, parts.analyzer, legs, settings.candidates)
        reranker = SpanReranker(parts.store, parts.analyzer, load_bundled_reader(), ranking)
        return RerankingRetriever(search, reranker, settings.rerank_depth, settings.rerank_reach), reranker


def main() -> None:
    """Ask, fit, print the figures, write the file."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("--questions", type=int, default=600, help="JaQuAD questions in each half")
    arguments.add_argument("--passage-weight", type=float, default=0.3)
    arguments.add_argument("--scratch", type=Path, help="keep the stores here and use them again")
    options = arguments.parse_args()
    settings = load_settings(environment={}).with_values({"retrieval.reranker": "none"})
    jaquad = load_squad(options.shared / "jaquad" / "train.json.gz")
    with ExitStack() as stack:
        scratch = options.scratch or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pool = stack.enter_context(open_pool(scratch / "pool", jaquad, settings))
        fitted, others = passage_askings(pool, jaquad, options.questions, options.passage_weight)
        asked, placed = placed_askings(options.shared, scratch, settings, stack)
        fit_and_write([*fitted, *asked], others, placed)


def fit_and_write(
    fitted: Sequence[Asking], others: Sequence[Asking], placed: Mapping[str, Sequence[Asking]]
) -> None:
    """First what chooses, then what orders that which it chose."""
    see = {name: _seen(some) for name, some in {"": fitted, **placed}.items()}
    chosen = fit([choice for some in see.values() for choice in some], SEEN)
    told("chosen of", SEEN, see.pop(""), see)
    ranking = Ranking(chosen.astype(np.float64), NO_RANKING.read)
    known = [one.read(ranking) for one in fitted]
    read = {name: [one.read(ranking) for one in some] for name, some in placed.items()}
    weights = fit([*known, *(choice for some in read.values() for choice in some)], READ)
    print(f"JaQuAD, held out: {describe(ranks([one.read(ranking) for one in others], weights))}")
    told("read", READ, known, read)
    write(chosen, weights)


def _seen(some: Sequence[Asking]) -> list[Choice]:
    return [choice for one in some if (choice := one.seen()) is not None]


def fit(choices: Sequence[Choice], facts: Sequence[str]) -> Floats:
    """A weight for each of ``weighted(facts)``."""
    names = weighted(facts)
    never_against = [place for place, name in enumerate(names) if name.startswith(NEVER_AGAINST)]
    return fit_choices(choices, STRENGTH, never_against=never_against)


def told(
    what: str, facts: Sequence[str], fitted: Sequence[Choice], placed: Mapping[str, Sequence[Choice]]
) -> None:
    """Print the figures of each set, cross-validated."""
    for name, some in placed.items():
        found = list(cross_validated(facts, fitted, placed, some))
        print(f"{what} {name}, tuning, cross-validated: {describe(found)}", flush=True)


def passage_askings(
    parts: Assembly, jaquad: PassageSet, num_questions: int, weight: float
) -> list[list[Asking]]:
    """Questions of the even articles and of the others, all of them held out from the models."""
    drawn = random.Random(7)
    halves = []
    for even in (True, False):
        asked = [q for q in jaquad.questions if is_held_out(q.article) and is_even(q.article) is even]
        some = drawn.sample(asked, min(num_questions, len(asked)))
        halves.append(
            [Asking(parts, Question(one.text), partial(_stands_in, one.passage_id), weight) for one in some]
        )
    return halves


def placed_askings(
    shared: Path, scratch: Path, settings: Settings, stack: ExitStack
) -> tuple[list[Asking], Mapping[str, list[Asking]]]:
    """Questions over the shared documents: those held out of the training set, and both tuning halves."""
    target = Target(folder=shared, cache=scratch / "placed")
    found: dict[str, list[Asking]] = {}
    for name in ("natural", "paraphrase"):
        dataset = load_dataset(bundled_path("eval", f"{name}.jsonl"))
        corpus: Corpus = stack.enter_context(open_corpus(dataset, target, settings))
        finder, parts = GoldFinder(corpus, dataset.questions), corpus.assembly
        found[name] = [
            Asking(parts, Question(one.text), partial(_is_gold, finder.judge(one.gold)), 1.0)
            for one in dataset.part("tuning").questions
        ]
    asked = [
        Asking(parts, Question(wording), partial(_is_chunk, chunk.id), ASKED_WEIGHT)
        for one, _, chunk in find_chunks(parts, [one for one in read_asked() if one.held_out])
        for wording in one.wordings
    ]
    return asked, found


def _is_chunk(chunk_id: int, hit: Hit) -> bool:
    return hit.chunk.id == chunk_id


def _stands_in(source: str, hit: Hit) -> bool:
    return hit.document.source == source


def _is_gold(judge: Judge, hit: Hit) -> bool:
    return judge.grade(hit) > 0


def cross_validated(
    facts: Sequence[str],
    fitted: Sequence[Choice],
    placed: Mapping[str, Sequence[Choice]],
    wanted: Sequence[Choice],
) -> Iterator[int]:
    """Ranks of the ``wanted``, each by weights that were fitted without it."""
    everything = [choice for some in placed.values() for choice in some]
    for fold in range(NUM_FOLDS):
        left_out = {id(choice) for choice in wanted[fold::NUM_FOLDS]}
        weights = fit([*fitted, *(choice for choice in everything if id(choice) not in left_out)], facts)
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


def write(seen: Floats, read: Floats) -> None:
    """Write the weights, rounded, by fact."""
    values = {
        "origin": "training/reranking.py: JaQuAD (held-out even articles), training/asked.jsonl (held out), "
        "tuning halves of data/eval",
        "licence": "CC BY-SA 4.0",
        "seen": _named(SEEN, seen),
        "read": _named(READ, read),
    }
    file = bundled_path("models", "reranking.json")
    file.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {file.name}: {values['seen']} {values['read']}")


def _named(facts: Sequence[str], weights: Floats) -> dict[str, float]:
    return {name: round(float(one), 4) for name, one in zip(weighted(facts), weights, strict=True)}


if __name__ == "__main__":
    main()
