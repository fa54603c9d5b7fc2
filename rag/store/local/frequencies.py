"""In how many chunks of the published index each term stands, kept beside it in a few files.

What a publication brings is a file of its own; it is joined with those before it that are not much larger, so
that each count is written again a few times in its life, however large the store is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.store.local.files import write_bytes
from rag.store.local.term_block import Frequencies

PREFIX = "frequencies-"
_GROWTH = 2


def load_frequencies(folder: Path) -> Frequencies:
    """The sum of all files."""
    return Frequencies.total([Frequencies.from_bytes(path.read_bytes()) for path in _files(folder)])


def add_frequencies(folder: Path, parts: Sequence[Frequencies]) -> None:
    """Put the sum of ``parts`` to the files; no file is written into."""
    files = _files(folder)
    number = int(files[-1].name.removeprefix(PREFIX)) + 1 if files else 1
    new = Frequencies.total(parts)
    while files:
        last = Frequencies.from_bytes(files[-1].read_bytes())
        if len(last) > _GROWTH * len(new):
            break
        new = Frequencies.total([last, new])
        files.pop().unlink()
    write_bytes(folder / f"{PREFIX}{number:08d}", new.to_bytes())


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))
