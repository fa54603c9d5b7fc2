"""Ingestion of thousands of real pages: characters and documents a second, peak memory, and where time goes.

    make bench
    python -m benchmarks.ingestion [FOLDER | ARCHIVE.tar.gz]... [--workers N] [--peers]

Without paths it takes every archive of ../shared/data/docs. Memory is the proportional set size of parent
and reading processes together, sampled once a second: the kernel counts it page by page, which five times a
second took a fifth of the parent's time. ``--peers`` lets LangChain take the same files
(`benchmarks.ingestion_peers`). The limit is MeCab's: how fast it parts the same text into words, which is all
that wakati does, in as many processes as there are cores.
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
from typing import Self

import unidic_lite

from benchmarks.ingestion_peers import NAME, PACKAGES, Ingested, ingest_with_langchain
from ingest.pipeline import ingest, num_cores
from ingest.report import IngestReport, Progress
from rag.assembly import open_assembly
from rag.settings import load_settings
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


def run(folders: Sequence[Path], workers: int, store: Path) -> tuple[IngestReport, float]:
    """Ingest into a fresh store; the report and the seconds of a second run that finds nothing to do."""
    settings = load_settings(arguments={"store.path": store, "ingest.workers": workers})
    with open_assembly(settings, create=True) as assembly:
        report = ingest(folders, assembly.store, assembly.embedder, settings.ingest, progress=_tell)
        began = time.monotonic()
        ingest(folders, assembly.store, assembly.embedder, settings.ingest)
        return report, time.monotonic() - began


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
        with PeakMemory() as peak:
            report, again = run(folders, chosen.workers, folder / "store")
        parent, children = map(_cpu_seconds, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        store_bytes = sum(path.stat().st_size for path in (folder / "store").rglob("*") if path.is_file())
        wakati = wakati_speed(folder / "store")
        peer = measure_peer(folders) if chosen.peers else None
    limit = wakati * num_cores()
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
        "peak memory": f"{peak.num_bytes / 1e6:,.0f} MB",
        "store on disk": f"{store_bytes / 1e6:,.0f} MB",
        "second run, nothing changed": f"{again:.1f} s",
        "processor a character": f"{(parent + children) / max(report.num_chars, 1) * 1e6:.2f} µs",
        "limit: MeCab wakati alone": f"{limit:,.0f} characters a second on {num_cores()} cores",
        "of that limit": f"{report.chars_per_second / limit:.0%}",
    }
    if peer is not None:
        rows |= peer_rows(peer, report.chars_per_second)
    for label, value in rows.items():
        print(f"{label:<30}{value}")


if __name__ == "__main__":
    main()
