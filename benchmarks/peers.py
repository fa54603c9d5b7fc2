"""Us and other retrieval libraries, side by side: the same passages, the same questions, one process.

    python3 -m venv .venv-peers
    .venv-peers/bin/pip install -e . -r benchmarks/requirements-peers.txt
    .venv-peers/bin/python benchmarks/peers.py [DATASET] [--pool FILE]... [--limit N] [--json]

Without a dataset it takes the JSQuAD half of ../shared/data; ``--all`` adds a second table with the pool of
10.8k passages. A library that is not installed is named at the end and left out.

A passage is found when it stands among the ten that were asked for. The time is that of one question,
from its text to ten numbers, after some questions to warm up. Ratios are ours over theirs: above 1 in R and
MRR we find more, below 1 in time we are quicker.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rivals import RIVALS, TOP_K, Material, Search

from evaluation.corpus import Corpus, Target, open_corpus
from evaluation.datasets.base import Dataset, GoldDocuments, Passage, distinct
from evaluation.datasets.registry import load_dataset
from evaluation.legs import build_legs
from evaluation.metrics import reciprocal_rank_at
from evaluation.report.tables import share
from evaluation.runner import WARM_UP, find_hits
from evaluation.significance import mean
from rag.errors import RagError
from rag.retrieval.base import Retriever
from rag.settings import load_settings

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
DATASET = SHARED / "jsquad" / "valid-v1.3.half-a.json.gz"
POOL = (SHARED / "jsquad" / "test-v1.3.half-a.json.gz", SHARED / "jaquad" / "train.json.gz")
OURS = {"keyword": "swallow-rag, keyword", "dense": "swallow-rag, dense", "final": "swallow-rag"}
INSTALL = "-m pip install -r benchmarks/requirements-peers.txt"


@dataclass(frozen=True, slots=True)
class Figures:
    """One system's figures over all questions."""

    name: str
    recall_at_1: float
    recall_at_10: float
    mrr_at_10: float
    ms_per_query: float
    build_seconds: float


def our_search(retriever: Retriever, corpus: Corpus, places: Mapping[str, int]) -> Search:
    """Our retriever as the others are used; a passage counts by its best chunk."""
    max_hits = corpus.assembly.settings.retrieval.candidates

    def search(question: str) -> Sequence[int]:
        hits = find_hits(retriever, question, corpus.scope, "document", max_hits)
        return list(dict.fromkeys(places[hit.document.source] for hit in hits))[:TOP_K]

    return search


def measure(name: str, search: Search, questions: Sequence[tuple[str, int]], built: float) -> Figures:
    """Ask every question; gold is the number of one passage."""
    for text, _ in questions[:WARM_UP]:
        search(text)
    gains = []
    began = time.perf_counter()
    for text, gold in questions:
        gains.append([float(number == gold) for number in search(text)])
    elapsed = time.perf_counter() - began
    return Figures(
        name,
        mean([float(any(found[:1])) for found in gains]),
        mean([float(any(found[:TOP_K])) for found in gains]),
        mean([reciprocal_rank_at(found, TOP_K) for found in gains]),
        1_000 * elapsed / len(questions),
        built,
    )


def compare(dataset: Dataset, pool: tuple[Path, ...], cache: Path | None) -> Iterator[Figures | str]:
    """The figures of every system, ours first; a line for each that is not installed."""
    began = time.perf_counter()
    with open_corpus(dataset, Target(pool=pool, cache=cache), load_settings(environment={})) as corpus:
        built = time.perf_counter() - began
        everything: list[Passage] = [*dataset.passages, *(p for f in pool for p in load_dataset(f).passages)]
        kept, names = distinct(everything)
        places = {name: number for number, name in enumerate(kept)}
        questions = [(asked.text, places[names[gold_of(asked.gold)]]) for asked in dataset.questions]
        legs = build_legs(corpus.assembly)
        for leg, name in OURS.items():
            yield measure(name, our_search(legs[leg], corpus, places), questions, built)
        texts = [f"{passage.title}\n{passage.text}" for passage in kept.values()]
        material = Material(texts, corpus.assembly.analyzer, corpus.assembly.embedder)
        for rival in RIVALS:
            try:
                began = time.perf_counter()
                search = rival.build(material)
            except ImportError:
                yield f"{rival.name}: {rival.packages}"
                continue
            yield measure(rival.name, search, questions, time.perf_counter() - began)


def gold_of(gold: object) -> str:
    """The one passage that a SQuAD question belongs to."""
    if not isinstance(gold, GoldDocuments) or len(gold.grades) != 1:
        raise SystemExit("this comparison needs questions with one passage each: give a SQuAD file")
    return next(iter(gold.grades))


def print_table(rows: Sequence[Figures]) -> None:
    """A Markdown table, with our figures over each other's."""
    ours = next(row for row in rows if row.name == OURS["final"])
    print("| system | R@1 | R@10 | MRR@10 | ms/query | ours ÷ its R@1 | MRR | ms |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        ratios = [
            f"{mine / theirs:.2f}" if theirs else "∞"
            for mine, theirs in (
                (ours.recall_at_1, row.recall_at_1),
                (ours.mrr_at_10, row.mrr_at_10),
                (ours.ms_per_query, row.ms_per_query),
            )
        ]
        values = [share(row.recall_at_1), share(row.recall_at_10), share(row.mrr_at_10)]
        print(f"| {row.name} | {' | '.join([*values, f'{row.ms_per_query:.1f}', *ratios])} |")


def run(file: Path, pool: tuple[Path, ...], options: argparse.Namespace) -> None:
    """One comparison, printed."""
    dataset = load_dataset(file).part("all", options.limit)
    num_pooled = sum(len(load_dataset(one).passages) for one in pool)
    rows: list[Figures] = []
    missing: list[str] = []
    for found in compare(dataset, pool, options.cache):
        if isinstance(found, str):
            missing.append(found)
        else:
            rows.append(found)
            print(f"  {found.name}: {found.ms_per_query:.1f} ms", file=sys.stderr)
    if options.json:
        facts = {"dataset": dataset.name, "num_questions": len(dataset.questions)}
        print(json.dumps({**facts, "systems": [asdict(row) for row in rows], "not_installed": missing}))
        return
    num_passages = len(dataset.passages) + num_pooled
    print(f"\n{dataset.name}: {len(dataset.questions):,} questions, {num_passages:,} passages\n")
    print_table(rows)
    if missing:
        print("\nNot installed, and left out:", *missing, sep="\n  ")
        print(f"Install them with: {sys.executable} {INSTALL}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dataset", nargs="?", type=Path)
    parser.add_argument("--pool", action="append", type=Path, default=[], metavar="FILE")
    parser.add_argument("--all", action="store_true", help="alone, and with the pool of ../shared/data")
    parser.add_argument("--limit", type=int, metavar="N")
    parser.add_argument("--cache", type=Path, metavar="FOLDER")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    dataset = options.dataset or DATASET
    if not dataset.exists():
        sys.exit(f"{dataset} is not there: name a SQuAD file (docs/evaluation.md says where to get one)")
    warnings.simplefilter("ignore")
    try:
        run(dataset, tuple(options.pool), options)
        if options.all and not options.pool:
            run(dataset, POOL, options)
    except RagError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
