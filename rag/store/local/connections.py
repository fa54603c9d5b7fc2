"""SQLite connections: one a thread, with the settings that the store's promises rest on.

- WAL: readers see one state for as long as they look, and never wait for the writer.
- ``synchronous=NORMAL``: a commit is in the operating system's hands when `add` returns, so that the kill of
  the process loses nothing; a loss of power may lose the newest commits but leaves a sound database. Each
  time that the followers catch up, and at the end of a run, `checkpoint` brings everything to the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import StoreBusy, StoreError

BUSY_TIMEOUT_SECONDS = 10.0
_CACHE_KIB = 16_384
_MAPPED_BYTES = 1 << 30
"""So much of the database is read where it lies in memory instead of being copied: the rows of a hundred
chunks in half the time. These pages are the system's to take back."""


class Connections:
    """A connection for each thread that asks; those of threads that have ended are closed."""

    def __init__(
        self,
        database: Path,
        *,
        read_only: bool = False,
        busy_timeout_seconds: float = BUSY_TIMEOUT_SECONDS,
    ) -> None:
        self._database = database
        self._read_only = read_only
        self._busy_timeout_seconds = busy_timeout_seconds
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._closed = False

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the database, whatever is written meanwhile."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection that writes: all of it, or none when the block raises."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def plain(self) -> Iterator[sqlite3.Connection]:
        """The connection of the thread that asks, outside of a transaction."""
        with translated_errors(self._database):
            yield self._connection()

    def checkpoint(self) -> None:
        """Bring what was committed to the disk, so that it survives a loss of power too."""
        with self.plain() as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            self._closed = True
            for _, connection in self._open:
                connection.close()
            self._open.clear()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self.plain() as connection:
            connection.execute(begin)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        with self._lock:
            if self._closed:
                raise StoreError(f"the store at {self._database.parent} was closed: open it again")
            if connection is None:
                connection = connect(
                    self._database,
                    read_only=self._read_only,
                    busy_timeout_seconds=self._busy_timeout_seconds,
                )
                self._local.connection = connection
                self._close_abandoned()
                self._open.append((threading.current_thread(), connection))
        return connection

    def _close_abandoned(self) -> None:
        for thread, connection in self._open:
            if not thread.is_alive():
                connection.close()
        self._open = [(thread, connection) for thread, connection in self._open if thread.is_alive()]


def connect(
    database: Path, *, read_only: bool = False, busy_timeout_seconds: float = BUSY_TIMEOUT_SECONDS
) -> sqlite3.Connection:
    """Open a database that is there; transactions are begun and ended by hand."""
    connection = sqlite3.connect(
        f"{database.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=busy_timeout_seconds,
        isolation_level=None,
        check_same_thread=False,
    )
    settings = ["foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", f"cache_size=-{_CACHE_KIB}"]
    settings.append(f"mmap_size={_MAPPED_BYTES}")
    settings.append("wal_autocheckpoint=0")  # the writer says when: after the originals are on the disk
    if read_only:
        settings.append("query_only=ON")
    try:
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def translated_errors(database: Path) -> Iterator[None]:
    """SQLite's errors as the store's own."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise StoreError(
            f"a name or a term holds half of a surrogate pair at character {error.start}: "
            "rename the file, or remove such characters while reading"
        ) from error
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreBusy(
                f"{database} stays locked ({error}): try again when the other process is done"
            ) from error
        raise StoreError(f"{database} cannot be used: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"{database} is no store or is damaged ({error}): restore it from a backup, or ingest again"
        ) from error
