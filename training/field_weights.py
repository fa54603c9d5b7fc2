"""Fit how much each field and kind of term counts in the keyword leg.

    python -m training.field_weights ../shared/data

One number after the other is tried at a few values, twice round, by MRR@10 of every tenth question of JaQuAD.
The questions of JSQuAD, which decide nothing, are reported beside it. All passages of both are one pool.
Prints the numbers that stand in the code and those that are better; nothing is written.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import click

from evaluation.datasets.base import Passage
from evaluation.pool import build_pool
from rag.assembly import Assembly, index_identity, load_embedder
from rag.retrieval.base import Query
from rag.settings import load_settings
from rag.store.local import bm25, open_store
from rag.store.terms import FIELD_NAMES
from rag.text import query_terms
from rag.text.analyzer import load_analyzer
from rag.types import EVERYTHING, Question

FITTED = ("jaquad/train.json.gz",)
REPORTED = ("jsquad/valid-v1.3.half-a.json.gz", "jsquad/test-v1.3.half-a.json.gz")
EVERY = 10
ROUNDS = 2
DEPTH = 10


class Asked(NamedTuple):
    """A question and the id of the passage that answers it."""

    text: str
    passage: str


class Measures(NamedTuple):
    """Of one set of questions."""

    recall_at_1: float
    mrr_at_10: float

    def __str__(self) -> str:
        return f"R@1 {self.recall_at_1:.4f}  MRR@10 {self.mrr_at_10:.4f}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the code: how it is read and changed, and what is tried."""

    name: str
    read: Callable[[], float]
    write: Callable[[float], None]
    values: Sequence[float]


def module_number(module: object, name: str, *values: float) -> Parameter:
    """A constant of a module."""
    return Parameter(
        name, lambda: float(getattr(module, name)), lambda value: setattr(module, name, value), values
    )


def field_number(column: str, field: str, *values: float) -> Parameter:
    """Boost or b of one field, in the arrays that scoring reads."""
    numbers, place = getattr(bm25, column), FIELD_NAMES.index(field)

    def write(value: float) -> None:
        numbers[place] = value

    return Parameter(f"{column.strip('_').lower()}[{field}]", lambda: float(numbers[place]), write, values)


PARAMETERS = (
    module_number(bm25, "K1", 0.3, 0.45, 0.6, 0.8, 1.2),
    field_number("_B", "base", 0.3, 0.5, 0.75, 0.9),
    field_number("_B", "bigram", 0.3, 0.5, 0.75, 0.9),
    field_number("_BOOSTS", "bigram", 0.7, 0.85, 1.0, 1.2, 1.5),
    field_number("_BOOSTS", "lemma", 0.0, 0.05, 0.1, 0.2, 0.3),
    field_number("_BOOSTS", "reading", 0.05, 0.1, 0.2),
    module_number(query_terms, "EXACT_WEIGHT", 1.0, 1.5, 2.0, 3.0),
    module_number(query_terms, "DIGITS_WEIGHT", 0.3, 0.5, 0.7, 1.0),
    module_number(query_terms, "BESIDE_KANJI", 0.1, 0.25, 0.5),
)


def _open_pool(path: Path, passages: Sequence[Passage]) -> Assembly:
    settings = load_settings(environment={})
    embedder = load_embedder(settings.embedding)
    if not path.exists():
        return build_pool(path, passages, settings, embedder)
    analyzer = load_analyzer()
    return Assembly(settings, analyzer, embedder, open_store(path, index_identity(analyzer, embedder)))


def read_squad(path: Path) -> tuple[list[Passage], list[Asked]]:
    """Passages and questions of a SQuAD file."""
    passages, questions = [], []
    for article in json.loads(gzip.decompress(path.read_bytes()))["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            key = f"{path.parent.name}/{path.stem}/{article['title']}/{number}"
            passages.append(Passage(key, article["title"], paragraph["context"]))
            questions += [Asked(one["question"], key) for one in paragraph["qas"]]
    return passages, questions


def measure(parts: Assembly, questions: Sequence[Asked]) -> Measures:
    """What the keyword leg finds, by passage."""
    ranks = [_rank(parts, asked) for asked in questions]
    found = [rank for rank in ranks if rank]
    return Measures(found.count(1) / len(ranks), sum(1 / rank for rank in found) / len(ranks))


def _rank(parts: Assembly, asked: Asked) -> int:
    """From 1, 0 when it is not among the first ten."""
    query = Query.from_question(Question(asked.text), parts.analyzer)
    hits = parts.store.search_keyword(query.terms, EVERYTHING, 2 * DEPTH)
    chunks = parts.store.chunks([hit.chunk_id for hit in hits], EVERYTHING)
    documents = list(dict.fromkeys(chunk.document_id for chunk in chunks.values()))
    sources = [info.source for info in map(parts.store.infos(documents, EVERYTHING).__getitem__, documents)]
    return sources.index(asked.passage) + 1 if asked.passage in sources[:DEPTH] else 0


def fit(parts: Assembly, questions: Sequence[Asked], rounds: int) -> Measures:
    """Change the parameters to the best values found, one after the other."""
    best = measure(parts, questions)
    for _ in range(rounds):
        for parameter in PARAMETERS:
            best = _try_values(parts, questions, parameter, best)
    return best


def _try_values(
    parts: Assembly, questions: Sequence[Asked], parameter: Parameter, best: Measures
) -> Measures:
    chosen = parameter.read()
    for value in parameter.values:
        if value == chosen:
            continue
        parameter.write(value)
        found = measure(parts, questions)
        click.echo(f"  {parameter.name} {value:g}: {found}")
        if found.mrr_at_10 > best.mrr_at_10:
            best, chosen = found, value
    parameter.write(chosen)
    return best


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", default=EVERY, help="Every so-manieth question of JaQuAD is fitted on.")
@click.option("--rounds", default=ROUNDS, help="How often every number is tried.")
@click.option("--store", type=click.Path(path_type=Path), help="Keep the pool here for the next time.")
def main(data: Path, every: int, rounds: int, store: Path | None) -> None:
    """Fit on JaQuAD, report on JSQuAD."""
    read = {name: read_squad(data / name) for name in (*FITTED, *REPORTED)}
    passages = [passage for found, _ in read.values() for passage in found]
    fitted = [asked for name in FITTED for asked in read[name][1]][::every]
    reported = [asked for name in REPORTED for asked in read[name][1]]
    with (
        tempfile.TemporaryDirectory() as folder,
        _open_pool(store or Path(folder) / "store", passages) as parts,
    ):
        before = {parameter.name: parameter.read() for parameter in PARAMETERS}
        click.echo(f"{len(passages):,} passages, fitted on {len(fitted):,} questions")
        click.echo(f"as it is   JaQuAD {measure(parts, fitted)}   JSQuAD {measure(parts, reported)}")
        best = fit(parts, fitted, rounds)
        click.echo(f"fitted     JaQuAD {best}   JSQuAD {measure(parts, reported)}")
    for parameter in PARAMETERS:
        click.echo(f"{parameter.name:20} {before[parameter.name]:g} → {parameter.read():g}")


if __name__ == "__main__":
    main()
