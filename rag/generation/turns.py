"""Who generates, who waits and who is sent away: places in the order in which requests came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from rag.errors import ModelBusy, ModelUnavailable
from rag.generation.deadlines import Countdown


class Turns:
    """``num_places`` requests at once; ``max_waiting`` more wait, first come, first served."""

    def __init__(self, num_places: int, max_waiting: int) -> None:
        self._num_places = num_places
        self._free = num_places
        self._max_waiting = max_waiting
        self._waiting: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def take(self, countdown: Countdown, who: str) -> Iterator[None]:
        """Hold a place for the block, waiting for it within the countdown.

        Raises ModelBusy at once when too many wait, ModelUnavailable when the time runs out.
        """
        turn = self._enter(who)
        if not turn.wait(max(0.0, countdown.remaining())):
            self._give_up(turn)
            raise ModelUnavailable(f"{who} is busy with other requests and {countdown.reason()}")
        try:
            yield
        finally:
            self._leave()

    @property
    def num_waiting(self) -> int:
        """How many have no place yet."""
        return len(self._waiting)

    @property
    def num_held(self) -> int:
        """How many have a place."""
        return self._num_places - self._free

    def _enter(self, who: str) -> threading.Event:
        turn = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                turn.set()
            elif len(self._waiting) < self._max_waiting:
                self._waiting.append(turn)
            else:
                raise ModelBusy(
                    f"{who} writes {self._num_places} answers at once and {self._max_waiting} more wait: "
                    "ask again in a moment, or raise generation.max_waiting"
                )
        return turn

    def _give_up(self, turn: threading.Event) -> None:
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self._leave()  # the place came just after the time had run out

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1
