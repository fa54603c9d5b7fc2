"""A grid over one's own folder: every embedder with every chunk size, every mode on each index."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluation.corpus import Target, open_corpus
from evaluation.datasets.base import Dataset
from evaluation.progress import Tell, say_nothing
from evaluation.runner import run_retrieval
from evaluation.runs import LegFigures, Run
from rag.settings import Settings

MODES = ("keyword", "dense", "hybrid")
CHUNK_CHARS = (200, 400, 800)


@dataclass(frozen=True, slots=True)
class Grid:
    """What is varied; the other settings stay as they are."""

    modes: Sequence[str] = MODES
    chunk_chars: Sequence[int] = CHUNK_CHARS
    embedders: Sequence[str] = ("bundled",)


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination with its figures; ``build_seconds`` is the index's, shared by its modes."""

    embedder: str
    max_chunk_chars: int
    mode: str
    num_chunks: int
    build_seconds: float
    figures: LegFigures

    def as_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "embedder": self.embedder,
            "max_chunk_chars": self.max_chunk_chars,
            "mode": self.mode,
            "num_chunks": self.num_chunks,
            "build_seconds": self.build_seconds,
            **self.figures.values,
            "ms_per_query": self.figures.ms_mean,
        }


def run_grid(
    dataset: Dataset,
    folder: Path,
    grid: Grid,
    settings: Settings,
    *,
    cache: Path | None = None,
    tell: Tell = say_nothing,
) -> Iterator[tuple[Cell, Run]]:
    """Each combination as it is measured; an index is built once for all modes."""
    for embedder in grid.embedders:
        for chars in grid.chunk_chars:
            changed = settings.with_values({"embedding.model": embedder, "ingest.max_chunk_chars": chars})
            began = time.monotonic()
            with open_corpus(dataset, Target(folder=folder, cache=cache), changed, tell=tell) as corpus:
                built = time.monotonic() - began
                for mode in grid.modes:
                    wanted = changed.with_values({"retrieval.mode": mode})
                    assembly = replace(corpus.assembly, settings=wanted)
                    run = run_retrieval(
                        dataset, replace(corpus, assembly=assembly), legs=["final"], tell=tell
                    )
                    num_chunks = run.circumstances.num_chunks
                    yield Cell(embedder, chars, mode, num_chunks, built, run.legs["final"]), run
