"""Steps from one format of the store to the next.

A step is SQL alone and runs in one transaction, so that a kill leaves the old format or the new one. What
SQL cannot do (terms or vectors that must be made again) is no migration: the identity then differs, and the
store asks for a rebuild.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from rag.errors import StoreMismatch
from rag.store.local.schema import FORMAT_VERSION

MIGRATIONS: Mapping[int, Sequence[str]] = {}
"""Format that is found → statements that make the next one of it."""


def format_version(connection: sqlite3.Connection) -> int:
    """The format that a database is in; 0 when it is no store."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(
    connection: sqlite3.Connection,
    *,
    target: int = FORMAT_VERSION,
    steps: Mapping[int, Sequence[str]] = MIGRATIONS,
) -> bool:
    """Bring the database to ``target``, one format after the other; False when it is there already.

    Raises StoreMismatch when there is no way: a newer format, or one that is too old. The caller holds the
    writer's lock.
    """
    if format_version(connection) == target:
        return False
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(format_version(connection), target):
            for statement in _step(version, target, steps):
                connection.execute(statement)
        check_format(format_version(connection), target)
        connection.execute(f"PRAGMA user_version = {target}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return True


def check_format(version: int, target: int = FORMAT_VERSION) -> None:
    """Raise StoreMismatch for a format that only a newer swallow-rag knows."""
    if version > target:
        raise StoreMismatch(
            f"the store has format {version} and this swallow-rag knows formats up to {target}: "
            "upgrade swallow-rag"
        )


def _step(version: int, target: int, steps: Mapping[int, Sequence[str]]) -> Sequence[str]:
    if version not in steps:
        raise StoreMismatch(
            f"the store has format {version} and cannot be brought to format {target}: "
            "run `swallow-rag rebuild` with the version that made it, or ingest again"
        )
    return steps[version]
