"""Three time limits for an answer: until it begins, within it, and in all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rag.settings import GenerationSettings


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds until the first token, between two tokens, and for the whole answer."""

    first_seconds: float = 60.0
    between_seconds: float = 20.0
    total_seconds: float = 120.0

    @classmethod
    def from_settings(cls, settings: GenerationSettings) -> Deadlines:
        """The limits that the settings name."""
        return cls(settings.first_token_seconds, settings.between_tokens_seconds, settings.timeout_seconds)

    def start(self) -> Countdown:
        """A clock for one answer, running from now."""
        return Countdown(self)


class Countdown:
    """The clock of one answer; `touch` it whenever text comes."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._began = time.monotonic()
        self._touched: float | None = None

    def touch(self) -> None:
        """The model is alive: from now on the limit between tokens counts."""
        self._touched = time.monotonic()

    def remaining(self) -> float:
        """Seconds until the nearest limit; 0 or less when it has passed."""
        return self._nearest()[0] - time.monotonic()

    @property
    def expired(self) -> bool:
        """Whether a limit has passed."""
        return self.remaining() <= 0

    def reason(self) -> str:
        """Which limit is nearest, and the setting that moves it, to follow the model's name."""
        return self._nearest()[1]

    def _nearest(self) -> tuple[float, str]:
        limits, touched = self._deadlines, self._touched
        in_all = (
            self._began + limits.total_seconds,
            f"did not finish within {limits.total_seconds:g} s: raise generation.timeout_seconds or lower "
            "generation.max_new_tokens",
        )
        if touched is None:
            silent = (
                self._began + limits.first_seconds,
                f"did not begin within {limits.first_seconds:g} s: raise generation.first_token_seconds",
            )
        else:
            silent = (
                touched + limits.between_seconds,
                f"fell silent for {limits.between_seconds:g} s: raise generation.between_tokens_seconds",
            )
        return min(in_all, silent)


@contextmanager
def watch(countdown: Countdown, interrupt: Callable[[], None]) -> Iterator[None]:
    """Call ``interrupt`` once, from another thread, if the countdown runs out within the block.

    For reads that block and know only a limit of their own: interrupting closes what they read from.
    """
    done = threading.Event()

    def keep_watch() -> None:
        while not done.wait(max(0.0, countdown.remaining())):
            if countdown.expired:
                interrupt()
                return

    watcher = threading.Thread(target=keep_watch, name="deadline", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
