"""Asks every question of every leg and sums up."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from evaluation.cache import code_version
from evaluation.corpus import Corpus
from evaluation.datasets.base import AskedQuestion, Dataset
from evaluation.gold import GoldFinder, Judge, Unit, rank_units
from evaluation.legs import LEGS, build_legs
from evaluation.metrics import DEPTH, METRICS
from evaluation.progress import Phase, Tell, say_nothing
from evaluation.runs import Circumstances, LegFigures, LegOutcome, QuestionOutcome, Run
from evaluation.significance import bootstrap_interval, mean
from rag.errors import SettingsError
from rag.retrieval.base import Retriever
from rag.types import Hit, Question, Scope

WARM_UP = 20
"""So many questions are asked before time is taken: files are mapped, words are met."""


def run_retrieval(
    dataset: Dataset,
    corpus: Corpus,
    *,
    part: str = "all",
    legs: Sequence[str] = LEGS,
    tell: Tell = say_nothing,
) -> Run:
    """Measure ``legs`` on the questions of ``dataset``; ``tell`` hears how many searches are done.

    Raises SettingsError when there is no question to ask.
    """
    if not dataset.questions:
        raise SettingsError(f"{dataset.name} has no question in the part {part!r}: choose another")
    began = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    finder = GoldFinder(corpus, dataset.questions)
    judges = [finder.judge(one.gold) for one in dataset.questions]
    retrievers = {leg: retriever for leg, retriever in build_legs(corpus.assembly).items() if leg in legs}
    measured = _measure(dataset.questions, judges, retrievers, corpus, tell)
    outcomes = tuple(
        QuestionOutcome(
            asked.id,
            asked.text,
            asked.group,
            tuple(judge.ideal),
            {leg: measured[leg][place] for leg in retrievers},
        )
        for place, (asked, judge) in enumerate(zip(dataset.questions, judges, strict=True))
    )
    figures = {leg: sum_up(leg, outcomes) for leg in retrievers}
    facts = describe_circumstances(dataset, corpus, part, began, ("retrieval", "embedding", "ingest"))
    return Run(facts, figures, outcomes, _notes(corpus, outcomes))


def _measure(
    questions: Sequence[AskedQuestion],
    judges: Sequence[Judge],
    retrievers: Mapping[str, Retriever],
    corpus: Corpus,
    tell: Tell,
) -> dict[str, list[LegOutcome]]:
    """Leg by leg, so that each finds its own caches warm; equal retrievers are asked once."""
    by_retriever: dict[int, list[LegOutcome]] = {}
    total = len(questions) * len({id(retriever) for retriever in retrievers.values()})
    max_hits = corpus.assembly.settings.retrieval.candidates
    done = 0
    for retriever in retrievers.values():
        if id(retriever) in by_retriever:
            continue
        for asked, judge in zip(questions[:WARM_UP], judges, strict=False):
            find_hits(retriever, asked.text, corpus.scope, judge.unit, max_hits)
        outcomes = by_retriever.setdefault(id(retriever), [])
        for asked, judge in zip(questions, judges, strict=True):
            start = time.perf_counter()
            hits = find_hits(retriever, asked.text, corpus.scope, judge.unit, max_hits)
            elapsed = time.perf_counter() - start
            units = rank_units(judge, hits)[:DEPTH]
            outcomes.append(
                LegOutcome(tuple(u.label for u in units), tuple(u.gain for u in units), 1_000 * elapsed)
            )
            done += 1
            tell(Phase.SEARCHING, done, total)
    return {leg: by_retriever[id(retriever)] for leg, retriever in retrievers.items()}


def find_hits(retriever: Retriever, text: str, scope: Scope, unit: Unit, max_hits: int) -> Sequence[Hit]:
    """Hits of at least `DEPTH` documents, or `DEPTH` chunks.

    Where several chunks belong to one document more hits are asked for, up to the ``max_hits`` that the
    retriever ranks anyway.
    """
    top_k = DEPTH
    while True:
        hits = retriever.retrieve(Question(text, scope), top_k)
        num_units = len({hit.document.id for hit in hits}) if unit == "document" else len(hits)
        if num_units >= DEPTH or len(hits) < top_k or top_k >= max_hits:
            return hits
        top_k = min(2 * top_k, max_hits)


def sum_up(leg: str, outcomes: Sequence[QuestionOutcome]) -> LegFigures:
    """Means, intervals and times of one leg."""
    groups = [outcome.group for outcome in outcomes]
    values = {name: [outcome.value(leg, name) for outcome in outcomes] for name in METRICS}
    times = [outcome.legs[leg].ms for outcome in outcomes]
    p50, p95 = np.quantile(times, (0.5, 0.95))
    return LegFigures(
        {name: mean(found) for name, found in values.items()},
        {name: bootstrap_interval(found, groups) for name, found in values.items()},
        mean(times),
        float(p50),
        float(p95),
    )


def _notes(corpus: Corpus, outcomes: Sequence[QuestionOutcome]) -> tuple[str, ...]:
    missing = [outcome.id for outcome in outcomes if not outcome.ideal]
    if not missing:
        return corpus.notes
    first = ", ".join(missing[:10]) + (" …" if len(missing) > 10 else "")  # noqa: PLR2004
    return (*corpus.notes, f"gold not in the index, counted as not found: {len(missing)} ({first})")


def describe_circumstances(
    dataset: Dataset, corpus: Corpus, part: str, began: str, stages: Sequence[str]
) -> Circumstances:
    """All that a run depends on; ``stages`` are the sections of the settings that shape it."""
    assembly = corpus.assembly
    infos = assembly.store.document_infos(corpus.scope)
    return Circumstances(
        dataset.name,
        dataset.sha256,
        part,
        corpus.name,
        corpus.sha256,
        len(infos),
        sum(info.num_chunks for info in infos),
        {stage: getattr(assembly.settings, stage).model_dump(mode="json") for stage in stages},
        asdict(assembly.store.identity),
        code_version(),
        importlib.metadata.version("swallow-rag"),
        began,
    )
