"""A progress bar on standard error, where that is a terminal: files, and files and characters a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from ingest.report import Progress, ProgressCallback, ignore_progress
from ui.cli.render import shorten

_NAME_CHARS = 30


@contextmanager
def progress_bar(label: str) -> Iterator[ProgressCallback]:
    """A callback that moves the bar; elsewhere than on a terminal it does nothing."""
    if not sys.stderr.isatty():
        yield ignore_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[speed]}"),
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, speed="", name="")
        meter = Meter(time.monotonic())

        def show(progress: Progress) -> None:
            name = shorten(PurePosixPath(progress.file.source).name, _NAME_CHARS)
            speed = meter.add(progress.file.num_chars, time.monotonic())
            bar.update(task, completed=progress.num_done, total=progress.num_files, speed=speed, name=name)

        yield show


class Meter:
    """How fast a run is, over all of it: short stops (a large file, a merge of the index) say nothing."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._num_files = self._num_chars = 0

    def add(self, num_chars: int, now: float) -> str:
        """One more file → 「毎秒 12.5 件 · 340,000 字」."""
        self._num_files += 1
        self._num_chars += num_chars
        elapsed = max(now - self._began, 1e-3)
        return f"毎秒 {self._num_files / elapsed:,.1f} 件 · {self._num_chars / elapsed:,.0f} 字"
