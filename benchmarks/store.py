"""What the local store costs: adding as it grows, publishing, searching, opening.

    python benchmarks/store.py [--chunks 100000] [--queries 200] [--store FOLDER]

Chunks are made up, with as many terms as 400 characters of Japanese have and frequencies after Zipf; nothing
is analysed or embedded. With ``--store`` the store is kept, and one that is there is searched as it is.
Beside the time on the clock stands that of the processor, which other programs disturb less.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.store.base import IndexedChunk
from rag.store.local import LocalStore, create_store, open_store, store_exists
from rag.text.terms import Terms
from rag.types import (
    EVERYTHING,
    Attributes,
    Chunk,
    Document,
    EmbedderIdentity,
    IndexIdentity,
    Scope,
    Span,
)

DIMENSION = 256
CHUNKS_PER_DOCUMENT = 16
CHUNK_CHARS = 400
ANALYSIS_BYTES = 900
TOP_K = 50
SCOPES = {
    "all": EVERYTHING,
    "one collection of ten": Scope(collections=frozenset({"collection 3"})),
    "two thirds by date": Scope(date_from=dt.date(2020, 12, 1)),
}
Vector = NDArray[np.float32]
IDENTITY = IndexIdentity(EmbedderIdentity("made-up", "1", DIMENSION), "none", "none", "none")


class Zipf:
    """Draws words of a vocabulary, the n-th as often as n to the power of minus ``exponent``."""

    def __init__(self, prefix: str, size: int, exponent: float) -> None:
        weights = np.arange(1, size + 1) ** -exponent
        self._cumulated = np.cumsum(weights / weights.sum())
        self._prefix = prefix

    def draw(self, rng: np.random.Generator, count: int) -> list[str]:
        """Some words, independent of each other."""
        ranks = np.searchsorted(self._cumulated, rng.random(count))
        return [f"{self._prefix}{chr(0x4E00 + rank % 20_000)}{rank // 20_000}" for rank in ranks.tolist()]


@dataclass
class Material:
    """Made-up documents and questions."""

    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    words: Zipf = field(default_factory=lambda: Zipf("", 200_000, 1.0))
    bigrams: Zipf = field(default_factory=lambda: Zipf("字", 600_000, 0.9))

    def terms(self) -> Terms:
        """The terms of one chunk."""
        base = Counter(self.words.draw(self.rng, 95))
        return {
            "base": base,
            "bigram": Counter(self.bigrams.draw(self.rng, 380)),
            "title": Counter(self.words.draw(self.rng, 8)),
            "heading": Counter(self.words.draw(self.rng, 10)),
            "lemma": Counter(list(base)[:20]),
            "reading": Counter(list(base)[:70]),
        }

    def question(self) -> Terms:
        """The terms of one question."""
        base, bigrams = self.words.draw(self.rng, 12), self.bigrams.draw(self.rng, 30)
        context = Counter(base + bigrams)
        return {
            "base": Counter(base),
            "bigram": Counter(bigrams),
            "title": context,
            "heading": context,
            "lemma": Counter(base[:3]),
            "reading": Counter(base[:9]),
        }

    def vectors(self, count: int) -> Vector:
        """Unit vectors, one a row."""
        rows = self.rng.standard_normal((count, DIMENSION), dtype=np.float32)
        unit: Vector = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def document(self, number: int) -> tuple[Document, list[IndexedChunk]]:
        """One document with its chunks."""
        text = "".join(map(chr, self.rng.integers(0x3041, 0x3094, CHUNK_CHARS * CHUNKS_PER_DOCUMENT)))
        date = dt.date(2020, 1, 1) + dt.timedelta(days=number % 1_000)
        source = f"/docs/{number}.txt"
        document = Document(
            f"d{number}", source, f"collection {number % 10}", "", text, attributes=Attributes(date=date)
        )
        analysis = self.rng.bytes(ANALYSIS_BYTES)
        vectors = self.vectors(CHUNKS_PER_DOCUMENT)
        return document, [
            IndexedChunk(self._chunk(document, position), analysis, self.terms(), vectors[position])
            for position in range(CHUNKS_PER_DOCUMENT)
        ]

    def _chunk(self, document: Document, position: int) -> Chunk:
        start, end = position * CHUNK_CHARS, (position + 1) * CHUNK_CHARS
        middle = start + CHUNK_CHARS // 2
        sentences = (Span(start, middle), Span(middle, end))
        return Chunk(
            document.id, position, start, end, document.text[start:end], sentences, ("第1章", "第1条")
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the local store.")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--store", type=Path)
    arguments = parser.parse_args()
    material = Material()
    with tempfile.TemporaryDirectory() as temporary:
        place = arguments.store or Path(temporary) / "store"
        if store_exists(place):
            with open_store(place, IDENTITY) as store:
                store.publish()
        else:
            fill(place, material, arguments.chunks)
        measure(place, material, arguments.queries)


def fill(place: Path, material: Material, num_chunks: int) -> None:
    """Add documents, and print what adding costs while the store grows."""
    num_documents = num_chunks // CHUNKS_PER_DOCUMENT
    print(f"{'chunks':>9} {COLUMNS} {'publishing':>11}   (adding a document of 16 chunks)")
    with create_store(place, IDENTITY) as store:
        for part in np.array_split(np.arange(num_documents), 10):
            took = [add(store, material, number) for number in part.tolist()]
            # A document behind which the followers catch up takes seconds; the others take milliseconds.
            limit = 10 * float(np.median([one.processor for one in took]))
            publishing = sum(one.processor for one in took if one.processor > limit)
            adding = [one for one in took if one.processor <= limit]
            total = (int(part[-1]) + 1) * CHUNKS_PER_DOCUMENT
            print(f"{total:>9,} {spread(adding)} {publishing / len(part) * 1e3:>8.1f} ms", flush=True)
        last = timed(store.publish)
        print(f"last publish {last.clock:.2f} s, processor {last.processor:.2f} s")


def add(store: LocalStore, material: Material, number: int) -> Took:
    document, chunks = material.document(number)
    return timed(lambda: store.add(document, chunks))


def measure(place: Path, material: Material, num_queries: int) -> None:
    """Print how long opening and searching take, and what the store takes."""
    questions = [material.question() for _ in range(num_queries)]
    vectors = list(material.vectors(num_queries))
    with open_store(place, IDENTITY) as store:
        print(f"\n{f'search, top {TOP_K}':<34} {COLUMNS}")
        search_all(store, "the first, with checksums", EVERYTHING, questions[:1], vectors[:1])
        for name, scope in SCOPES.items():
            search_all(store, name, scope, questions, vectors)
        adding = [add(store, material, 10_000_000 + number) for number in range(125)]
        store.remove(store.document_infos(EVERYTHING)[0].id)  # published, and masked from now on
        search_all(store, "2,000 chunks not published", EVERYTHING, questions, vectors)
        print(f"{'adding a document of 16 chunks':<34} {spread(adding)}")
        print_sizes(store, place)


def search_all(
    store: LocalStore, name: str, scope: Scope, questions: Sequence[Terms], vectors: Sequence[Vector]
) -> None:
    """Print what both legs take for every question."""
    legs = {
        "keyword": [timed(partial(store.search_keyword, terms, scope, TOP_K)) for terms in questions],
        "dense": [timed(partial(store.search_dense, vector, scope, TOP_K)) for vector in vectors],
    }
    for leg, seconds in legs.items():
        print(f"{f'{leg}, {name}':<34} {spread(seconds)}")


def print_sizes(store: LocalStore, place: Path) -> None:
    num_chunks = store.statistics().num_chunks
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    for part in ("store.sqlite", "keyword", "dense"):
        files = [place / part, *(place / part).rglob("*")]
        size = sum(path.stat().st_size for path in files if path.is_file())
        print(f"{part:<14} {size / 1e6:>8,.0f} MB {size / num_chunks:>8,.0f} bytes a chunk")


class Took(NamedTuple):
    """Seconds by the clock and of the processor."""

    clock: float
    processor: float


COLUMNS = f"{'p50':>10} {'p95':>10} {'processor':>10}"


def timed(run: Callable[[], object]) -> Took:
    clock, processor = time.perf_counter(), time.process_time()
    run()
    return Took(time.perf_counter() - clock, time.process_time() - processor)


def spread(took: Sequence[Took]) -> str:
    p50, p95 = np.percentile([one.clock for one in took], [50, 95]) * 1e3
    mean = float(np.mean([one.processor for one in took])) * 1e3
    return f"{p50:>7.2f} ms {p95:>7.2f} ms {mean:>7.2f} ms"


if __name__ == "__main__":
    main()
