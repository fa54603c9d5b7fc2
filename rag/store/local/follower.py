"""An index that follows the truth: what it has published, and the newest changes laid over it.

One `Follower` stands for one index of one store in one process. A search asks it for a view at exactly the
change number that the search's snapshot of SQLite has; the follower loads the newest generation when there is
a newer one and lays over it what has changed since. The writer lets it catch up.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, Self, TypeVar

from rag.errors import StoreError
from rag.store.base import FollowerState
from rag.store.local.changes import Changes, State, read_changes, read_state
from rag.store.local.connections import Connections
from rag.store.local.generations import DamagedGeneration, Generation, Generations

logger = logging.getLogger(__name__)

MIN_DEAD_CHUNKS = 1_000
"""An index with more dead chunks than living ones, and at least this many, is made again from nothing."""

MAX_BEHIND = 20_000
"""Changes that searches may have to look through one by one; a writer publishes long before."""

_LOAD_ATTEMPTS = 5


class SnapshotTooOld(Exception):
    """The index is ahead of the caller's snapshot: look again with a new one. Never reaches people."""


class View(Protocol):
    """An opened index as of one change of the truth. Frozen; many threads search it."""

    @property
    def base(self) -> int:
        """The change up to which its generation holds the truth; what came since lies over it."""
        ...

    @property
    def change_number(self) -> int:
        """The change up to which it holds the truth."""
        ...

    def advanced(self, connection: sqlite3.Connection, changes: Changes) -> Self:
        """The view with ``changes``, which begin where it ends, laid over it."""
        ...


T = TypeVar("T")
ViewT = TypeVar("ViewT", bound=View)
ViewT_co = TypeVar("ViewT_co", bound=View, covariant=True)


class Index(Protocol[ViewT_co]):
    """One kind of index: how its files are made and how they are opened."""

    @property
    def name(self) -> str:
        """Folder of its generations, and its name in reports."""
        ...

    def build(self, folder: Path, connection: sqlite3.Connection, changes: Changes) -> int:
        """Bring the files in ``folder`` from ``changes.since`` to ``changes.until``.

        The folder is empty when ``changes.since`` is 0. Files are replaced or deleted, never written into.
        Returns the number of living chunks.
        """
        ...

    def load(self, folder: Path, change_number: int) -> ViewT_co:
        """Open files that `build` made."""
        ...

    def empty(self) -> ViewT_co:
        """The view at change 0, before anything was published."""
        ...


class Follower(Generic[ViewT]):
    """An index with its generations and the view that searches share."""

    def __init__(self, index: Index[ViewT], store_folder: Path, store_id: str) -> None:
        self.name = index.name
        self._index = index
        self._generations = Generations(store_folder / index.name, store_id)
        self._lock = threading.Lock()
        self._loaded: Path | None = None
        self._stamp = -1
        self._view: ViewT | None = None
        self.problem = ""

    def view(self, connection: sqlite3.Connection, state: State) -> ViewT:
        """The index at ``state.change_number``, which is what ``connection`` sees.

        Raises SnapshotTooOld and DamagedGeneration.
        """
        with self._lock:
            view = self._view = self._current(state)
            if view.change_number > state.change_number:
                raise SnapshotTooOld(f"it was read up to change {view.change_number} already")
            if view.change_number < state.change_number:
                changes = read_changes(connection, view.change_number, state.change_number)
                view = self._view = view.advanced(connection, changes)
            return view

    def search_memory(self, problem: str) -> None:
        """Do without generations until the next one is published: views hold all of the truth in memory."""
        with self._lock:
            self._stamp = self._generations.stamp()
            self._view, self._loaded, self.problem = self._index.empty(), None, problem

    def catch_up(self, connection: sqlite3.Connection, state: State) -> None:
        """Publish a generation at ``state.change_number``; the caller holds the writer's lock.

        Begins with the newest generation when that is sound, else with nothing but the truth. Raises
        StoreError when it cannot be written, such as on a full disk.
        """
        base = self._find_base(state)
        if base and base.manifest.change_number == state.change_number:
            return
        changes = read_changes(connection, base.manifest.change_number if base else 0, state.change_number)
        num_dead = base.manifest.num_dead + changes.num_departed_chunks if base else 0
        if num_dead > max(state.num_chunks, MIN_DEAD_CHUNKS):
            base, num_dead, changes = None, 0, read_changes(connection, 0, state.change_number)
        try:
            with self._generations.draft(base) as folder:
                num_chunks = self._index.build(folder, connection, changes)
                self._generations.publish(
                    folder, base, change_number=state.change_number, num_chunks=num_chunks, num_dead=num_dead
                )
        except (OSError, ValueError, RuntimeError) as error:  # tantivy raises the second, FAISS the third
            raise StoreError(
                f"the {self.name} index cannot be written ({error}): the documents are safe, see to the disk "
                "and run the command again"
            ) from error
        self.problem = ""

    def trouble(self) -> str:
        """What makes searches slow, as far as they have noticed: a problem, or a generation far behind."""
        view = self._view
        behind = view.change_number - view.base if view else 0
        return self.problem or (f"it is {behind:,} changes behind" if behind > MAX_BEHIND else "")

    def published_change(self) -> int:
        """The change number of the newest generation, 0 when there is none that can be read."""
        try:
            generation = self._generations.newest()
        except DamagedGeneration:
            return 0
        return generation.manifest.change_number if generation else 0

    def report(self, state: State) -> FollowerState:
        """How far it has come and what is wrong with it.

        Reads every file that this process has not read before. Raises SnapshotTooOld.
        """
        try:
            generation = self._retried(lambda: self._find_sound(state))
        except DamagedGeneration as damage:
            return FollowerState(self.name, 0, 0, str(damage))
        if generation is None:
            return FollowerState(self.name, 0, 0, self.problem)
        manifest = generation.manifest
        return FollowerState(self.name, manifest.change_number, manifest.num_chunks, self.problem)

    def drop(self) -> None:
        """Delete all generations; the caller holds the writer's lock."""
        with self._lock:
            self._generations.drop()
            self._view, self._loaded, self._stamp = None, None, -1

    def _current(self, state: State) -> ViewT:
        """The view that is there, or that of a newer generation."""
        stamp = self._generations.stamp()
        if self._view and stamp == self._stamp and _can_advance(self._view, state):
            return self._view
        view = self._retried(lambda: self._load(state))
        self._stamp = stamp
        return view

    def _load(self, state: State) -> ViewT:
        generation = self._find_sound(state)
        folder = generation.folder if generation else None
        if self._view and folder == self._loaded and _can_advance(self._view, state):
            return self._view  # the folder changed for another reason, such as a draft
        view = self._index.empty()
        if generation:
            view = self._index.load(generation.folder, generation.manifest.change_number)
        self._loaded, self.problem = folder, ""
        return view

    def _retried(self, look: Callable[[], T]) -> T:
        """``look`` again while it finds damage only because a writer replaced what it was reading."""
        for _ in range(_LOAD_ATTEMPTS):
            before = self._generations.names()
            try:
                return look()
            except DamagedGeneration:
                if self._generations.names() == before:
                    raise
        raise DamagedGeneration("it is replaced faster than it can be read")

    def _find_sound(self, state: State) -> Generation | None:
        """The newest generation with all files verified, None when nothing was ever published."""
        generation = self._generations.newest()
        if generation is None:
            if state.forgotten_number:
                raise DamagedGeneration("it is missing")
            return None
        change_number = generation.manifest.change_number
        if change_number > state.change_number:
            raise SnapshotTooOld(f"it is at change {change_number}, the store only at {state.change_number}")
        if change_number < state.forgotten_number:
            raise DamagedGeneration(
                f"it is at change {change_number}, and what left before {state.forgotten_number} is forgotten"
            )
        self._generations.verify(generation)
        return generation

    def _find_base(self, state: State) -> Generation | None:
        """What the next generation can begin with; None when it has to be made from nothing."""
        try:
            return self._find_sound(state)
        except (DamagedGeneration, SnapshotTooOld) as problem:
            logger.warning("the %s index cannot be used (%s): making it again", self.name, problem)
            return None


def report(follower: Follower[ViewT], connections: Connections) -> FollowerState:
    """How far a follower has come; looks again where a writer was faster than we."""
    problem = ""
    for _ in range(_LOAD_ATTEMPTS):
        with connections.snapshot() as connection:
            try:
                return follower.report(read_state(connection))
            except SnapshotTooOld as ahead:
                problem = str(ahead)
    return FollowerState(follower.name, 0, 0, problem)


def _can_advance(view: View, state: State) -> bool:
    """Whether all that left after the view's change is still listed; at change 0 nothing could leave."""
    return view.change_number == 0 or view.change_number >= state.forgotten_number
