"""What an index was made with, and in what two of them differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from rag.errors import StoreMismatch
from rag.types import EmbedderIdentity, IndexIdentity


def identity_to_json(identity: IndexIdentity) -> str:
    """As it is kept in the store."""
    return orjson.dumps(asdict(identity)).decode()


def identity_from_json(text: str) -> IndexIdentity:
    """The inverse of `identity_to_json`."""
    values: dict[str, Any] = orjson.loads(text)
    return IndexIdentity(**{**values, "embedder": EmbedderIdentity(**values["embedder"])})


def stored_identity(connection: sqlite3.Connection) -> IndexIdentity:
    """The identity that a database was made with."""
    (text,) = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
    return identity_from_json(text)


def check_identity(path: Path, stored: IndexIdentity, wanted: IndexIdentity) -> None:
    """Raise StoreMismatch with everything that differs, old value and new, and the command that mends it."""
    old, new = _leaves(asdict(stored)), _leaves(asdict(wanted))
    differences = [f"{name} {old[name]!r}, now {new[name]!r}" for name in old if old[name] != new[name]]
    if differences:
        raise StoreMismatch(
            f"the store at {path} was made with {'; '.join(differences)}: "
            "run `swallow-rag rebuild`, or set the settings back"
        )


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{"embedder": {"name": "a"}}`` → ``{"embedder.name": "a"}``."""
    leaves: dict[str, Any] = {}
    for name, value in tree.items():
        leaves |= (
            _leaves(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
        )
    return leaves
