"""Keeps a folder in step with the store while it runs: what is created, changed, renamed or deleted.

Changes are told by the operating system (inotify and its kin) through watchdog; on drives of the network,
which tell nothing, the folder is listed again and again instead. A change is followed when its file has come
to rest, and the store is open only while one is: other programs may write to it in between.

Not covered: changes that the operating system drops because too many come at once. The next start finds
them, because it begins by comparing the whole folder.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from ingest.changes import Changes
from ingest.pipeline import ingest
from ingest.report import FileReport, IngestReport, ProgressCallback, Status, ignore_progress
from ingest.sources import find_files, is_gone, is_passed_over
from rag.assembly import index_identity, load_embedder
from rag.errors import ReadError, StoreBusy
from rag.settings import Settings
from rag.store.base import Store
from rag.store.local import create_store, open_store, store_exists
from rag.text.analyzer import load_analyzer
from rag.types import DocumentInfo, Scope

QUIET_SECONDS = 1.0
"""How long a file must keep still before it is read."""

BUSY_SECONDS = 5.0
"""How long to wait before a store that another process writes to is tried again."""

_IGNORED_EVENTS = frozenset({"opened", "closed_no_write"})


@dataclass(frozen=True, slots=True)
class Followed:
    """One change that the store now holds, or the reason why not; ``renamed_from`` is a former source."""

    report: FileReport
    renamed_from: str = ""


class FolderFollower:
    """Brings single changes of one folder into the store.

    The embedder is loaded once; the store is opened for each step.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder.resolve()
        self.store_path = settings.store.path.resolve()
        self._settings = settings
        self._embedder = load_embedder(settings.embedding)
        self._identity = index_identity(load_analyzer(settings.ingest.user_dictionary), self._embedder)

    def compare(self, progress: ProgressCallback = ignore_progress) -> IngestReport:
        """Bring the whole folder in, and take out what is not in it any more."""
        with self._open_store() as store:
            return ingest(
                [self.folder], store, self._embedder, self._settings.ingest, prune=True, progress=progress
            )

    def follow(self, paths: Sequence[Path]) -> list[Followed]:
        """Bring these files in, or take them out where they are gone; unchanged ones are not told.

        Raises ReadError when the folder itself is gone, before anything is removed: its drive may only
        have been taken away. StoreBusy leaves everything as it was.
        """
        self.check()
        wanted = [path for path in paths if not is_passed_over(path, self.folder)]
        gone = [path for path in wanted if is_gone(path)]
        with self._open_store() as store:
            removed = self._remove(store, gone)
            report = ingest(
                [path for path in wanted if path not in gone and _is_file(path)],
                store,
                self._embedder,
                self._settings.ingest,
            )
            told = [file for file in report.files if file.status is not Status.UNCHANGED]
            return _paired(told, removed, self._held(store) if removed and told else {})

    def check(self) -> None:
        """Raises ReadError when the folder is not there."""
        if not self.folder.is_dir():
            raise ReadError(f"the folder {self.folder} is gone; the store was left as it is")

    @contextmanager
    def _open_store(self) -> Iterator[Store]:
        path = self._settings.store.path
        make = open_store if store_exists(path) else create_store
        with make(path, self._identity, keep_originals=self._settings.store.keep_originals) as store:
            yield store

    def _held(self, store: Store) -> dict[str, DocumentInfo]:
        scope = Scope(collections=frozenset({self._settings.ingest.collection}))
        return {info.source: info for info in store.document_infos(scope)}

    def _remove(self, store: Store, gone: Sequence[Path]) -> list[DocumentInfo]:
        """Take out the documents of files, and of everything below folders, that are gone."""
        if not gone:
            return []
        places = frozenset(gone)
        removed = [
            info
            for source, info in self._held(store).items()
            if places.intersection((Path(source), *Path(source).parents))
        ]
        for info in removed:
            store.remove(info.id)
        return removed


def _paired(
    told: Sequence[FileReport], removed: Sequence[DocumentInfo], held: dict[str, DocumentInfo]
) -> list[Followed]:
    """A removed file and an added one of the same bytes are one that was renamed."""
    by_hash = {info.sha256: info.source for info in removed}
    followed = []
    for report in told:
        info = held.get(report.source)
        before = by_hash.pop(info.sha256, "") if info and report.status is Status.ADDED else ""
        followed.append(Followed(report, before))
    renamed = {one.renamed_from for one in followed}
    return [
        *(Followed(FileReport(one.source, Status.REMOVED)) for one in removed if one.source not in renamed),
        *followed,
    ]


class _Notes(FileSystemEventHandler):
    """Events → paths that changed; what happens to the store itself is no change of the folder."""

    def __init__(self, changes: Changes, store: Path) -> None:
        self._changes = changes
        self._store = store

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note every path that the event names."""
        if event.event_type in _IGNORED_EVENTS or (event.is_directory and event.event_type == "modified"):
            return
        for name in (event.src_path, event.dest_path):
            path = Path(str(name))
            if name and not path.is_relative_to(self._store):
                self._changes.note(path)


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told: of the comparison of the whole folder at the beginning, then of every change."""

    compared: Callable[[IngestReport], None]
    followed: Callable[[Followed], None]


def watch_folder(
    follower: FolderFollower,
    listener: Listener,
    *,
    stop: threading.Event,
    poll: bool = False,
    quiet_seconds: float = QUIET_SECONDS,
    progress: ProgressCallback = ignore_progress,
) -> None:
    """Bring the folder in, then follow its changes until ``stop`` is set.

    ``poll`` lists the folder again and again. ``progress`` is that of the first comparison; what changes
    meanwhile is followed after it. Raises ReadError when the folder is gone.
    """
    changes = Changes(quiet_seconds, time.monotonic)
    with _observer(_Notes(changes, follower.store_path), follower.folder, poll=poll):
        listener.compared(follower.compare(progress))
        while not stop.wait(quiet_seconds / 4):
            if paths := _files(changes.take_settled(), changes):
                _follow(follower, paths, changes, listener, stop)


def _files(settled: Sequence[Path], changes: Changes) -> list[Path]:
    """Files and what is gone; the files of a folder that came as a whole are noted, to come to rest first."""
    for path in settled:
        if path.is_dir():
            for file in find_files([path]).files:
                changes.note(file.path)
    return [path for path in settled if not path.is_dir()]


def _follow(
    follower: FolderFollower,
    paths: Sequence[Path],
    changes: Changes,
    listener: Listener,
    stop: threading.Event,
) -> None:
    """Tell what came of these paths; those that could not be followed now are noted once more."""
    try:
        followed = follower.follow(paths)
    except StoreBusy as error:
        listener.followed(Followed(FileReport(paths[0].as_posix(), Status.SKIPPED, "StoreBusy", str(error))))
        stop.wait(BUSY_SECONDS)
    except ReadError:  # a file went between the look at it and its reading
        follower.check()
    else:
        for one in followed:
            listener.followed(one)
        return
    for path in paths:
        changes.note(path)


def _is_file(path: Path) -> bool:
    with suppress(OSError):  # its folder may not be entered
        return path.is_file()
    return False


@contextmanager
def _observer(handler: _Notes, folder: Path, *, poll: bool) -> Iterator[BaseObserver]:
    observer: BaseObserver = PollingObserver() if poll else Observer()
    observer.schedule(handler, str(folder), recursive=True)
    try:
        observer.start()
    except OSError as error:
        raise ReadError(f"{folder} cannot be watched ({error.strerror}): use --poll") from error
    try:
        yield observer
    finally:
        observer.stop()
        observer.join()
