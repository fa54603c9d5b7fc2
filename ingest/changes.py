"""Which files of a folder have changed and are at rest: one that is still being written is not read yet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class _Look(NamedTuple):
    """What a path looked like; all 0 for a path that is not there."""

    size: int = 0
    modified_ns: int = 0
    inode: int = 0


@dataclass(slots=True)
class _Noted:
    """A path that changed: when it was last seen to change, and how it looked then."""

    at: float
    look: _Look


class Changes:
    """Paths that changed, until each has kept still for ``quiet_seconds``; used from two threads.

    Programs tell of one saving by many events (created, modified, moved): they are one change here. A path
    is at rest when no event came for it and its size and time of writing stayed the same.
    """

    def __init__(self, quiet_seconds: float, clock: Callable[[], float]) -> None:
        self._quiet_seconds = quiet_seconds
        self._clock = clock
        self._noted: dict[Path, _Noted] = {}
        self._lock = threading.Lock()

    def note(self, path: Path) -> None:
        """Something happened to this path; it need not exist any more."""
        with self._lock:
            self._noted[path] = _Noted(self._clock(), _look_at(path))

    def take_settled(self) -> list[Path]:
        """The paths that have come to rest, in order of name; they are not told again."""
        with self._lock:
            settled = sorted(path for path, noted in self._noted.items() if self._is_settled(path, noted))
            for path in settled:
                del self._noted[path]
        return settled

    def __len__(self) -> int:
        return len(self._noted)

    def _is_settled(self, path: Path, noted: _Noted) -> bool:
        now, look = self._clock(), _look_at(path)
        if look != noted.look:
            noted.at, noted.look = now, look
        return now - noted.at >= self._quiet_seconds


def _look_at(path: Path) -> _Look:
    try:
        status = path.stat()
    except OSError:
        return _Look()
    return _Look(status.st_size, status.st_mtime_ns, status.st_ino)
