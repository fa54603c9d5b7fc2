"""Ingestion of thousands of real pages: characters and documents a second, peak memory, and where time goes.

    make bench
    python -m benchmarks.ingestion [FOLDER | ARCHIVE.tar.gz]... [--workers N] [--peers]

Without paths it takes every archive of ../shared/data/docs. Memory is the proportional set size of parent
and reading processes together, sampled once a second; what that takes (the kernel counts page by page) is not
in the processor's time, nor is unpacking. Pages are those of PDF files. ``--peers`` lets LangChain take the
same files (`benchmarks.ingestion_peers`). The limit is MeCab's: how fast it parts the same text into words,
which is all that wakati does, in as many processes as there are cores.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import unidic_lite

from benchmarks.ingestion_peers import NAME, PACKAGES, Ingested, ingest_with_langchain
from ingest.pipeline import ingest, num_cores
from ingest.report import IngestReport, Progress
from rag.assembly import open_assembly
from rag.settings import load_settings
from rag.store.base import Store
from rag.store.local import open_store
from rag.text.tagger import open_tagger
from rag.types import EVERYTHING

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "docs"
SAMPLE_SECONDS = 1.0
SAMPLE_CHUNKS = 5_000


class PeakMemory:
    """The most memory that this process and its children held at once; 0 where /proc does not tell."""

    def __init__(self) -> None:
        self.num_bytes = 0
        self.seconds = 0.0
        """What looking took of the processor."""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self.num_bytes = max(self.num_bytes, sum(map(_proportional_bytes, _family())))
            self.seconds = time.thread_time()


def _family() -> list[int]:
    me = os.getpid()
    children = [Path(f"/proc/{me}/task/{task.name}/children") for task in Path(f"/proc/{me}/task").glob("*")]
    return [me, *(int(pid) for path in children if path.exists() for pid in path.read_text().split())]


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _cpu_seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def unpack(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Archives unpacked below ``folder``, folders as they are."""
    folders = []
    for path in paths:
        if path.is_dir():
            folders.append(path)
            continue
        target = folder / path.name.partition(".")[0]
        with tarfile.open(path) as archive:
            archive.extractall(target, filter="data")
        folders.append(target)
    return folders


class Run(NamedTuple):
    """A run into a fresh store; ``again`` are the seconds of a second one that finds nothing to do."""

    report: IngestReport
    writing_seconds: float
    reading_seconds: float
    peak_bytes: int
    num_pages: int
    again: float


def run(folders: Sequence[Path], workers: int, store: Path) -> Run:
    """Ingest into a fresh store, and once more."""
    settings = load_settings(arguments={"store.path": store, "ingest.workers": workers})
    with open_assembly(settings, create=True) as assembly:
        before = _cpu_seconds(resource.RUSAGE_SELF)
        with PeakMemory() as peak:
            report = ingest(folders, assembly.store, assembly.embedder, settings.ingest, progress=_tell)
        writing = _cpu_seconds(resource.RUSAGE_SELF) - before - peak.seconds
        reading = _cpu_seconds(resource.RUSAGE_CHILDREN)
        began = time.monotonic()
        ingest(folders, assembly.store, assembly.embedder, settings.ingest)
        again = time.monotonic() - began
        return Run(report, writing, reading, peak.num_bytes, _pdf_pages(assembly.store), again)


def _pdf_pages(store: Store) -> int:
    """Of the PDF files in the store, the pages that hold something to read."""
    pdfs = [info.id for info in store.document_infos(EVERYTHING) if info.media_type == "application/pdf"]
    locators = (store.document(pdf, EVERYTHING).locators for pdf in pdfs)
    return sum(len({place.page for place in places if place.page is not None}) for places in locators)


def _tell(progress: Progress) -> None:
    if progress.num_done % 500 == 0:
        print(f"{progress.num_done} / {progress.num_files}", file=sys.stderr)


def wakati_speed(store: Path) -> float:
    """Characters a second of processor that MeCab parts into words, measured on some texts of the store."""
    parse = open_tagger(unidic_lite.DICDIR, "%M ", "%M ")
    with open_store(store, None, read_only=True) as opened:
        texts = [chunk.text for chunk in opened.chunks(range(1, SAMPLE_CHUNKS), EVERYTHING).values()]
    began = time.process_time()
    for text in texts:
        parse(text)
    return sum(map(len, texts)) / (time.process_time() - began)


def measure_peer(folders: Sequence[Path]) -> Ingested | str:
    """What LangChain does with the same files, or what is missing for it."""
    try:
        return ingest_with_langchain(folders)
    except ImportError as error:
        return f"{NAME}: {error.name} is not installed: pip install {PACKAGES}"


def peer_rows(peer: Ingested | str, ours: float) -> dict[str, str]:
    if isinstance(peer, str):
        return {"not measured": peer}
    theirs = peer.num_chars / peer.seconds
    return {
        NAME: "",
        "  characters a second": f"{theirs:,.0f}, ours {ours / theirs:.2f} times that",
        "  chunks, files refused": f"{peer.num_chunks:,}, {peer.num_refused}",
        "  processor a character": f"{peer.processor_seconds / peer.num_chars * 1e6:.2f} µs",
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--peers", action="store_true", help="measure LangChain beside us")
    chosen = parser.parse_args()
    paths = chosen.paths or sorted(SHARED.glob("*.tar.gz"))
    if not paths:
        sys.exit(f"{SHARED} is not there: name folders or archives")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folders = unpack(paths, folder)
        measured = run(folders, chosen.workers, folder / "store")
        store_bytes = sum(path.stat().st_size for path in (folder / "store").rglob("*") if path.is_file())
        wakati = wakati_speed(folder / "store")
        peer = measure_peer(folders) if chosen.peers else None
    limit = wakati * num_cores()
    report, parent, children, peak_bytes, num_pages, again = measured
    rows = {
        "documents": f"{report.num_documents:,}",
        "skipped": f"{len(report.skipped):,} {report.skipped_by_reason or ''}",
        "chunks": f"{report.num_chunks:,}",
        "characters": f"{report.num_chars:,}",
        "processes": f"{chosen.workers or num_cores()} + 1",
        "seconds": f"{report.elapsed_seconds:.1f}",
        "CPU seconds": f"{parent:.1f} writing, {children:.1f} reading",
        "characters a second": f"{report.chars_per_second:,.0f}",
        "documents a second": f"{report.num_documents / report.elapsed_seconds:,.1f}",
        "peak memory": f"{peak_bytes / 1e6:,.0f} MB",
        "store on disk": f"{store_bytes / 1e6:,.0f} MB",
        "second run, nothing changed": f"{again:.1f} s",
        "processor a character": f"{(parent + children) / max(report.num_chars, 1) * 1e6:.2f} µs",
        "limit: MeCab wakati alone": f"{limit:,.0f} characters a second on {num_cores()} cores",
        "of that limit": f"{report.chars_per_second / limit:.0%}",
    }
    if num_pages:
        rows["PDF pages"] = f"{num_pages:,}, {num_pages / report.elapsed_seconds:.1f} a second with all else"
    if peer is not None:
        rows |= peer_rows(peer, report.chars_per_second)
    for label, value in rows.items():
        print(f"{label:<30}{value}")


if __name__ == "__main__":
    main()
