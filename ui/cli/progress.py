"""A progress bar on standard error, where that is a terminal."""

from __future__ import annotations

import sys
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
        TextColumn("{task.fields[name]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, name="")

        def show(progress: Progress) -> None:
            name = shorten(PurePosixPath(progress.file.source).name, _NAME_CHARS)
            bar.update(task, completed=progress.num_done, total=progress.num_files, name=name)

        yield show
