"""One process at a time writes: the lock, and who holds it."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import StoreBusy


class WriterLock:
    """The writer's lock of a store; the operating system lets go of it when its process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "writer.lock", timeout=0, thread_local=False)
        self._holder = folder / "writer.pid"

    @property
    def is_held(self) -> bool:
        """Whether this store object holds it."""
        return bool(self._lock.is_locked)

    def try_acquire(self) -> bool:
        """Take the lock if nobody has it; True when it is held afterwards."""
        if self.is_held:
            return True
        try:
            self._lock.acquire()
        except Timeout:
            return False
        self._holder.write_text(str(os.getpid()), encoding="ascii")
        return True

    def acquire(self) -> None:
        """Take the lock, or raise StoreBusy with who has it."""
        if not self.try_acquire():
            raise StoreBusy(
                f"the store at {self._folder} is being written to by {self._name_holder()}: "
                "try again when that is done"
            )

    def release(self) -> None:
        """Let others write."""
        self._lock.release()

    def _name_holder(self) -> str:
        try:
            return f"process {int(self._holder.read_text(encoding='ascii'))}"
        except (OSError, ValueError):
            return "another process"
