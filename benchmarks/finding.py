"""Finding at size: adding as a store grows, opening it, and questions against 100,000 or 1,000,000 chunks.

    python -m benchmarks.finding [--chunks 100000] [--store FOLDER] [--seconds N] [--queries 400]

Documents are those of ../shared/data/docs, prepared as ingestion prepares them. Beyond their 80,000 chunks
they are repeated and perturbed: a tenth of the terms change places within their document, one in twenty
becomes a term of its own, and the vectors are shaken. A hundredth of the documents stand in one collection.
Questions run through everything that ``ask`` uses to find: analysis, both legs, fusion, re-ranking, reading
the hits; and, apart, through the extractive answerer once the hits are there.
Beside the time on the clock stands that of the processor, which other programs disturb less.

With ``--store`` the store is kept and may be filled in several runs of ``--seconds`` each; ``--plot`` draws
what adding cost while it grew.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.ingestion import SHARED, unpack
from evaluation.report import charts
from evaluation.report.charts import as_file, column_chart
from ingest.messages import FileJob, PreparedDocument
from ingest.pipeline import num_cores, open_pool
from ingest.sources import find_files
from ingest.workers import Job
from rag.answering.base import Answerer
from rag.assembly import build_answerer, index_identity, load_bundled_embedder, open_assembly
from rag.errors import RagError
from rag.retrieval.base import Retriever
from rag.settings import load_settings
from rag.store.base import Store
from rag.store.local import LocalStore, create_store, open_store, store_exists
from rag.store.local.store import PUBLISH_EVERY_CHUNKS
from rag.store.packing import PackedDocument
from rag.store.terms import PackedTerms
from rag.text.analyzer import load_analyzer
from rag.types import EVERYTHING, Question, Scope

QUESTIONS = SHARED.parent / "jsquad" / "valid-v1.3.half-a.json.gz"
NUM_COLLECTIONS = 100
ONE_COLLECTION = Scope(collections=frozenset({"c7"}))
PARTS = 10
TOP_K = 16


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--publish-every", type=int, default=PUBLISH_EVERY_CHUNKS)
    parser.add_argument("--plot", type=Path, help="an SVG of what adding costs")
    parser.add_argument("--fill", action="store_true", help="fill the store and ask nothing")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = chosen.store or Path(temporary) / "store"
        if chosen.fill:
            costs = fill(place, chosen.chunks, time.monotonic() + chosen.seconds, chosen.publish_every)
            if chosen.plot:
                draw(costs, chosen.plot)
            return
        # In a process of its own, so that memory is that of asking alone.
        arguments = ["--fill", "--store", str(place), "--chunks", str(chosen.chunks)]
        arguments += ["--publish-every", str(chosen.publish_every)]
        arguments += ["--plot", str(chosen.plot)] if chosen.plot else []
        limit = [] if chosen.seconds == float("inf") else ["--seconds", str(chosen.seconds)]
        subprocess.run([sys.executable, "-m", "benchmarks.finding", *arguments, *limit], check=True)
        ask(place, chosen.queries)


@dataclass(frozen=True, slots=True)
class Took:
    """What adding one document took."""

    seconds: float
    num_chunks: int


def fill(
    place: Path, num_chunks: int, deadline: float, publish_every: int = PUBLISH_EVERY_CHUNKS
) -> dict[int, float]:
    """Add documents until the store holds so many chunks, and print what adding costs on the way.

    Gives the median seconds of a chunk by the number of chunks that the store held.
    """
    costs: dict[int, float] = {}
    prepared = place.with_name(f"{place.name}.prepared")
    if not prepared.exists():
        prepare(prepared)
    identity = index_identity(load_analyzer(), load_bundled_embedder())
    opened = open_store if store_exists(place) else create_store
    with opened(place, identity, keep_originals=False, publish_every=publish_every) as store:
        held = {info.id for info in store.document_infos(EVERYTHING)}
        total = store.num_chunks()
        print(f"{'chunks':>10} {'ms a document':>14} {'µs a chunk':>11} {'processor, all':>16}")
        step, took, began = max(num_chunks // PARTS, 1), list[Took](), time.process_time()
        for packed in endless(prepared, held):
            if total >= num_chunks or time.monotonic() > deadline:
                break
            took.append(add(store, packed))
            total += took[-1].num_chunks
            if sum(one.num_chunks for one in took) >= step:
                costs[total] = print_step(total, took, time.process_time() - began)
                took, began = [], time.process_time()
        began = time.perf_counter()
        store.publish()
        print(f"{total:>10,} chunks; last publication {time.perf_counter() - began:.1f} s")
    return costs


def add(store: LocalStore, packed: PackedDocument) -> Took:
    began = time.perf_counter()
    store.add_packed(packed)
    return Took(time.perf_counter() - began, packed.info.num_chunks)


def print_step(total: int, took: Sequence[Took], worked: float) -> float:
    """A document behind which the followers catch up takes a second; the median tells of the others.

    ``worked`` is the time of the processor, publishing included. Gives the median seconds of a chunk.
    """
    documents = float(np.median([one.seconds for one in took]))
    chunks = float(np.median([one.seconds / max(one.num_chunks, 1) for one in took]))
    whole = worked / sum(one.num_chunks for one in took)
    figures = f"{documents * 1e3:>14.2f} {chunks * 1e6:>11.0f} {whole * 1e6:>13.0f} µs"
    print(f"{total:>10,} {figures}", flush=True)
    return chunks


def draw(costs: dict[int, float], path: Path) -> None:
    """The cost of a chunk as columns, as the report of an evaluation draws them."""
    columns = {f"{total / 1000:.0f}k": round(cost * 1e6) for total, cost in costs.items()}
    style = Path(charts.__file__).with_name("style.css").read_text(encoding="utf-8")
    chart = column_chart(
        columns, title="Microseconds to add a chunk, by the chunks that the store holds (median)"
    )
    path.write_text(as_file(chart, style), encoding="utf-8")


def prepare(path: Path) -> None:
    """Pack every document once, as reading processes do, into one file."""
    settings = load_settings(None, environment={}).ingest
    with tempfile.TemporaryDirectory() as temporary, path.with_suffix(".new").open("wb") as file:
        files = find_files(unpack(sorted(SHARED.glob("*.tar.gz")), Path(temporary))).files
        jobs = (
            Job(one.source, FileJob(one.source, "c", "", "", one.path.read_bytes()).to_bytes())
            for one in files
        )
        with open_pool(load_bundled_embedder(), settings, num_cores()) as pool:
            for _, result in pool.run(jobs):
                if not isinstance(result, RagError):
                    packed = PreparedDocument.from_bytes(result).packed.to_bytes()
                    file.write(len(packed).to_bytes(8, "little") + packed)
    path.with_suffix(".new").rename(path)


def endless(prepared: Path, held: set[str]) -> Iterator[PackedDocument]:
    """The documents, then perturbed copies of them again and again; without those that are held."""
    copy = 0
    while True:
        with prepared.open("rb") as file:
            while head := file.read(8):
                packed = PackedDocument.from_bytes(file.read(int.from_bytes(head, "little")))
                if (document_id := f"{packed.info.id}-{copy}") not in held:
                    yield perturbed(packed, document_id, copy)
        copy += 1


def perturbed(packed: PackedDocument, document_id: str, copy: int) -> PackedDocument:
    """A copy that is found by other words and by another vector; copy 0 only gets its collection."""
    seed = int(packed.info.id, 16) + copy
    rng = np.random.default_rng(seed)
    collection = f"c{rng.integers(NUM_COLLECTIONS)}"
    source = f"/copy-{copy}{packed.info.source}"
    packed = replace(packed, info=replace(packed.info, id=document_id, source=source, collection=collection))
    if copy == 0 or packed.vectors is None or not packed.places:
        return packed
    records = packed.terms.records.copy()
    moved = rng.choice(len(records), len(records) // 10, replace=False)
    records[["low", "high"]][moved] = records[["low", "high"]][rng.permutation(moved)]
    fresh = rng.choice(len(records), len(records) // 20, replace=False)
    records["low"][fresh] = rng.integers(1, 1 << 32, len(fresh), dtype=np.uint64)
    noise = rng.standard_normal(packed.vectors.shape, dtype=np.float32) * 0.02
    shaken = packed.vectors.astype(np.float32) + noise
    shaken /= np.maximum(np.linalg.norm(shaken, axis=1, keepdims=True), 1e-9)
    terms = PackedTerms(packed.terms.header, records)
    return replace(packed, terms=terms).with_vectors(shaken)


def ask(place: Path, num_queries: int) -> None:
    """Open the store as ``ask`` does, and print what opening and asking take."""
    settings = load_settings(None, arguments={"store.path": place}, environment={})
    began = time.perf_counter()
    with open_assembly(settings) as assembly:
        retriever = assembly.build_retriever()
        parts = time.perf_counter()
        retriever.retrieve(Question("有給休暇は何日ですか"), 10)
        first = time.perf_counter() - parts
        print(f"models and database {parts - began:.2f} s, first answer {first:.2f} s more")
        sets = {
            "JSQuAD questions": questions(num_queries),
            "headings of documents": headings(assembly.store, num_queries),
        }
        print(
            f"{f'{assembly.store.num_chunks():,} chunks':<46}{'p50':>10}{'p95':>10}{'processor p50':>15} p95"
        )
        for name, texts in sets.items():
            for scope_name, scope in (("everything", EVERYTHING), ("1 % by collection", ONE_COLLECTION)):
                asked = [Question(text, scope) for text in texts]
                measure(f"{name}, {scope_name}", asked, lambda one: partial(retriever.retrieve, one, TOP_K))
        answerer = build_answerer(assembly, None)
        for name, texts in sets.items():
            asked = [Question(text) for text in texts]
            measure(f"answering {name}", asked, lambda one: answering(answerer, retriever, one))
    print(f"resident memory {resident_bytes() / 1e6:,.0f} MB")


def answering(answerer: Answerer, retriever: Retriever, question: Question) -> Callable[[], object]:
    """Answers from hits that were found before, as `AnswerFlow` finds them."""
    hits = retriever.retrieve(question, TOP_K)
    return lambda: deque(answerer.answer(question, hits), maxlen=1)


def measure(
    name: str, asked: Sequence[Question], prepare: Callable[[Question], Callable[[], object]]
) -> None:
    """Time what ``prepare`` makes of each question, after some to warm up."""
    for question in asked[:20]:
        prepare(question)()
    clock, processor = [], []
    for question in asked:
        work = prepare(question)
        began, worked = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    figures = [figure * 1e3 for column in (clock, processor) for figure in np.percentile(column, [50, 95])]
    print(f"{name:<46}" + "".join(f"{figure:>7.1f} ms" for figure in figures), flush=True)


def questions(count: int) -> list[str]:
    with gzip.open(QUESTIONS, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    asked = [qa["question"] for article in articles for part in article["paragraphs"] for qa in part["qas"]]
    return random.Random(0).sample(asked, min(count, len(asked)))


def headings(store: Store, count: int) -> list[str]:
    infos = random.Random(0).sample(store.document_infos(EVERYTHING), count)
    sections = [store.document(info.id, EVERYTHING).sections for info in infos]
    return [some[len(some) // 2].title for some in sections if some]


def resident_bytes() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


if __name__ == "__main__":
    main()
