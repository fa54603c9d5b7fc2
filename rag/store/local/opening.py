"""Making a store and opening one: is it there, is it ours, was it made with what the settings say."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from rag.errors import StoreError, StoreNotFound
from rag.store.local.connections import connect, translated_errors
from rag.store.local.files import sync
from rag.store.local.identity import check_identity, stored_identity
from rag.store.local.lock import WriterLock
from rag.store.local.migrations import check_format, format_version, migrate
from rag.store.local.schema import FORMAT_VERSION, create_tables
from rag.types import IndexIdentity

DATABASE = "store.sqlite"


class OpenedDatabase(NamedTuple):
    """What a store is: what its index was made with, and the mark that its followers carry."""

    identity: IndexIdentity
    store_id: str


def store_exists(path: Path) -> bool:
    """Whether there is a store at ``path``."""
    return (path / DATABASE).is_file()


def create_database(path: Path, identity: IndexIdentity) -> None:
    """Make an empty store; it is there as a whole or not at all. Raises StoreError when there is one."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"no store can be made at {path}: {error.strerror}") from error
    lock = WriterLock(path)
    lock.acquire()
    try:
        if store_exists(path):
            raise StoreError(f"there is a store at {path} already: open it, or choose another place")
        fresh = path / f"{DATABASE}.new"
        fresh.unlink(missing_ok=True)
        with translated_errors(fresh), closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            create_tables(connection, identity)
        fresh.rename(path / DATABASE)
        sync(path)
    finally:
        lock.release()


def open_database(path: Path, identity: IndexIdentity | None) -> OpenedDatabase:
    """Check a store, and bring it to the present format; ``identity`` None takes any.

    Raises StoreNotFound, StoreMismatch, and StoreBusy when a migration would have to wait.
    """
    database = path / DATABASE
    if not store_exists(path):
        raise StoreNotFound(f"there is no store at {path}: make one with `swallow-rag ingest FOLDER`")
    with translated_errors(database), closing(connect(database)) as connection:
        _bring_up_to_date(path, connection)
        stored = stored_identity(connection)
        if identity is not None:
            check_identity(path, stored, identity)
        (store_id,) = connection.execute("SELECT value FROM meta WHERE key = 'store_id'").fetchone()
        return OpenedDatabase(stored, store_id)


def read_identity(path: Path) -> IndexIdentity:
    """What the index at ``path`` was made with. Raises StoreNotFound."""
    return open_database(path, None).identity


def _bring_up_to_date(path: Path, connection: sqlite3.Connection) -> None:
    version = format_version(connection)
    if version == FORMAT_VERSION:
        return
    if version == 0:
        raise StoreError(
            f"{path / DATABASE} is a database, but no store of swallow-rag: choose another place"
        )
    check_format(version)
    lock = WriterLock(path)
    lock.acquire()
    try:
        migrate(connection)
    finally:
        lock.release()
