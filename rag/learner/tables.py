"""The tables beside this package: tab-separated text, ``#`` begins a comment, for everybody to edit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from rag.errors import SettingsError

FOLDER = Path(__file__).resolve().parent / "data"


@lru_cache(maxsize=64)
def load_table(name: str, columns: int) -> tuple[tuple[str, ...], ...]:
    """The rows of ``data/<name>``, each with exactly ``columns`` cells; missing last cells are empty."""
    return tuple(read_rows(FOLDER / name, columns))


def read_rows(path: Path, columns: int) -> Iterator[tuple[str, ...]]:
    """The rows of a table; raises SettingsError that names file and line for a row with too many cells."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) > columns:
            raise SettingsError(f"{path}, line {number}: {len(cells)} cells instead of {columns}")
        yield (*cells, *[""] * (columns - len(cells)))
