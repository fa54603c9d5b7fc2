"""What the sketch of the vectors misses: its nearest chunks held against those of all vectors.

    python -m benchmarks.sketch STORE [--queries 400]

STORE is what ``python -m benchmarks.finding --store STORE`` keeps; segments of 32,768 vectors and more have a
sketch (`rag.store.local.segments`). Recall counts the chunks that score at least like the last of the exact
ones, so that equal chunks are not held against it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.finding import headings, questions
from rag.assembly import Assembly, open_assembly
from rag.settings import load_settings
from rag.store.local.ranking import take_best
from rag.store.local.segments import SUFFIX, Segment

DEPTHS = (10, 50, 100)
NEARLY = 1e-6


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--queries", type=int, default=400)
    chosen = parser.parse_args()
    settings = load_settings(None, arguments={"store.path": chosen.store}, environment={})
    with open_assembly(settings) as assembly:
        segments = load_segments(chosen.store)
        sketched = sum(len(one) for one in segments if one.sketch is not None)
        print(f"{sum(map(len, segments)):,} vectors in {len(segments)} segments, {sketched:,} with a sketch")
        sets = {"JSQuAD questions": questions(chosen.queries)}
        sets["headings of documents"] = headings(assembly.store, chosen.queries)
        for name, texts in sets.items():
            for depth in DEPTHS:
                print(f"{name:<24}", compare(segments, embed(assembly, texts), depth), flush=True)


def load_segments(store: Path) -> list[Segment]:
    newest = max((store / "dense").glob("gen-*"))
    return [Segment.load(path) for path in sorted(newest.glob(f"*{SUFFIX}"))]


def embed(assembly: Assembly, texts: Sequence[str]) -> np.ndarray:
    vectors = assembly.embedder.embed_queries(texts, [assembly.analyzer.analyze(text) for text in texts])
    return vectors[vectors.any(axis=1)]


def compare(segments: Sequence[Segment], vectors: np.ndarray, depth: int) -> str:
    """Recall of the sketch at this depth, and the milliseconds of both."""
    whole = [replace(segment, sketch=None) for segment in segments]
    recalls, took = [], {"sketch": [], "exact": []}
    for vector in vectors:
        scores = {}
        for name, searched in (("sketch", segments), ("exact", whole)):
            began = time.perf_counter()
            found = take_best([one.search(vector, None, depth) for one in searched], depth)
            took[name].append(time.perf_counter() - began)
            scores[name] = np.array([score for _, score in found])
        recalls.append(np.mean(scores["sketch"] >= scores["exact"][-1] - NEARLY))
    milliseconds = {name: np.median(times) * 1e3 for name, times in took.items()}
    figures = ", ".join(f"{name} {time:.2f} ms" for name, time in milliseconds.items())
    return f"recall@{depth} {np.mean(recalls):.4f}, of the worst question {np.min(recalls):.2f}; {figures}"


if __name__ == "__main__":
    main()
