"""2,000 damaged and hostile inputs through whole runs of ingestion, which must end with a report.

    make fuzz
    python -m benchmarks.fuzz [--from N] [--count N] [--keep FOLDER]

Inputs (`benchmarks.fuzzing.cases`) are the same in every run. They are written to a folder and ingested into
a store, a hundred at a time, with limits on time and memory, and with one input more: a gigabyte of one
character, made on the fly. A finding is an input that is not in the report, that crashed its process, that
took all of its time or memory, or that brought in or left behind what it had no right to; findings fail the
command.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchmarks.fuzzing.cases import NUM_CASES, build_case
from ingest.pipeline import ingest
from ingest.report import FileReport, Status
from rag.assembly import index_identity, load_embedder
from rag.bundled import bundled_path
from rag.embedding.base import Embedder
from rag.settings import EmbeddingSettings, IngestSettings
from rag.store.base import Store
from rag.store.local import create_store
from rag.text.analyzer import load_analyzer
from rag.types import EVERYTHING

CANARY = "金庫の番号は四八一五一六"
"""Stands in a file beside the inputs, which some of them reach for."""

SETTINGS = IngestSettings(timeout_seconds=20.0, max_memory_bytes=2_000_000_000)
GIGABYTE = 1_000_000_000
GIGANTIC = "gigantic.txt"
BATCH = 100
_NOBODYS_FAULT = ("crashed", "raise ingest.timeout_seconds", "raise ingest.max_memory_bytes")


@dataclass(slots=True)
class Tally:
    """How the inputs ended, and what was found."""

    num_inputs: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, str]] = field(default_factory=list)

    def add(self, names: Sequence[str], folder: Path, reports: Sequence[FileReport]) -> None:
        """Count one batch; every input must be in the report, and with it what was inside it."""
        told = Counter(_input_of(report.source, folder) for report in reports)
        self.num_inputs += len(names)
        self.findings += [(name, "is not in the report") for name in names if not told[name]]
        for report in reports:
            self.ends[report.reason if report.status is Status.SKIPPED else "read"] += 1
            if any(words in report.message for words in _NOBODYS_FAULT):
                self.findings.append((_input_of(report.source, folder), report.message))


def _input_of(source: str, folder: Path) -> str:
    """The name of the input that a document, or a document inside it, came from."""
    return Path(source).relative_to(folder.resolve()).parts[0]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where inputs are made and ingested; ``documents`` is the folder of the honest ones."""

    place: Path
    documents: Path
    store: Store
    embedder: Embedder
    settings: IngestSettings

    @property
    def inputs(self) -> Path:
        """The folder of the batch at hand."""
        return self.place / "inputs"

    def ingest(self, numbers: Sequence[int], tally: Tally) -> None:
        """Make the inputs of one batch, ingest them and count how they ended."""
        self.inputs.mkdir()
        names = []
        for number in numbers:
            case = build_case(number, self.documents)
            (self.inputs / case.name).write_bytes(case.data)
            names.append(case.name)
        if 0 in numbers:
            with (self.inputs / GIGANTIC).open("wb") as file:
                file.truncate(GIGABYTE)  # zeros, which take no room on the disk
            names.append(GIGANTIC)
        began = time.monotonic()
        report = ingest([self.inputs], self.store, self.embedder, self.settings)
        tally.add(names, self.inputs, report.files)
        print(f"{numbers[0]:>5}–{numbers[-1]:<5} {time.monotonic() - began:6.1f} s", flush=True)


def run(
    numbers: Iterable[int],
    documents: Path,
    embedder: Embedder,
    *,
    keep: Path | None = None,
    settings: IngestSettings = SETTINGS,
) -> Tally:
    """Ingest these cases, a batch at a time; the inputs of findings are kept in ``keep``."""
    tally = Tally()
    identity = index_identity(load_analyzer(), embedder)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "canary.txt").write_text(CANARY, encoding="utf-8")
        with create_store(place / "store", identity, keep_originals=False) as store:
            bench = Bench(place, documents, store, embedder, settings)
            waiting = iter(numbers)
            while batch := list(islice(waiting, BATCH)):
                bench.ingest(batch, tally)
                _keep(tally, bench.inputs, keep)
                shutil.rmtree(bench.inputs)
            tally.findings += _trespasses(place, store)
    return tally


def _keep(tally: Tally, folder: Path, keep: Path | None) -> None:
    for name, _ in tally.findings:
        if keep is not None and (folder / name).is_file() and name != GIGANTIC:
            keep.mkdir(exist_ok=True)
            shutil.copy(folder / name, keep / name)


def _trespasses(place: Path, store: Store) -> Iterator[tuple[str, str]]:
    """Texts that hold what stood outside their input, and files that were written where none should be."""
    for info in store.document_infos(EVERYTHING):
        text = store.document(info.id, EVERYTHING).text
        if CANARY in text or "root:x:0:0" in text:
            yield info.source, "holds what stands in another file"
    outside = {path.name for path in place.iterdir()} - {"canary.txt", "store", "inputs"}
    for path in (*outside, *Path(tempfile.gettempdir()).glob("fuzz-escaped*")):
        yield str(path), "was written outside of the inputs"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="N")
    parser.add_argument("--count", type=int, default=NUM_CASES, metavar="N")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), metavar="FOLDER")
    chosen = parser.parse_args()
    began = time.monotonic()
    numbers = range(chosen.first, min(chosen.first + chosen.count, NUM_CASES))
    tally = run(numbers, bundled_path("sample"), load_embedder(EmbeddingSettings()), keep=chosen.keep)
    _print(tally, time.monotonic() - began)
    sys.exit(1 if tally.findings else 0)


def _print(tally: Tally, seconds: float) -> None:
    for end, count in tally.ends.most_common():
        print(f"{end:<20}{count:>8,}")
    for who, name in ((resource.RUSAGE_SELF, "parent"), (resource.RUSAGE_CHILDREN, "largest child")):
        print(f"memory of {name:<14}{resource.getrusage(who).ru_maxrss / 1e6:>5.2f} GB")
    for name, what in tally.findings:
        print(f"FINDING {name}: {what}")
    print(f"{tally.num_inputs:,} inputs in {seconds:.0f} s, {len(tally.findings)} findings")


if __name__ == "__main__":
    main()
