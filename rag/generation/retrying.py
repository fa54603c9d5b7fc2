"""Asking a server again where that is safe, and not asking one that keeps failing."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator

import httpx

from rag.errors import ModelUnavailable

RETRIED_STATUS = frozenset({429, 502, 503, 504})
"""Refusals by which no answer has begun and that pass by themselves."""

RETRIED_ERRORS = (httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError, httpx.ReadError)
"""Failures on the way to the first byte. A time limit that ran out is none: the next would run out too."""

FIRST_PAUSE_SECONDS = 0.2
MAX_PAUSE_SECONDS = 5.0


def pauses(num_retries: int) -> Iterator[float | None]:
    """Seconds to wait after each attempt, doubling, each drawn at random up to its limit; then None.

    The jitter keeps clients that failed together from asking together again.
    """
    for attempt in range(num_retries):
        yield random.uniform(0.5, 1.0) * min(FIRST_PAUSE_SECONDS * 2**attempt, MAX_PAUSE_SECONDS)
    yield None


def send(
    ask: Callable[[], httpx.Response], num_retries: int, seconds_left: Callable[[], float]
) -> httpx.Response:
    """The response to ``ask``, asked again while no byte of an answer has come and there is time.

    A ``Retry-After`` of the server is kept; where it is longer than the time left, its refusal is the
    response. Errors that do not pass by themselves are raised at once.
    """
    for pause in pauses(num_retries):
        try:
            response = ask()
        except RETRIED_ERRORS:
            if pause is None or pause >= seconds_left():
                raise
            time.sleep(pause)
            continue
        if response.status_code not in RETRIED_STATUS or pause is None:
            return response
        seconds = max(pause, _retry_after(response))
        if seconds >= min(seconds_left(), MAX_PAUSE_SECONDS):
            return response
        response.close()
        time.sleep(seconds)
    raise AssertionError("the last pause is None")


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


class CircuitBreaker:
    """After ``num_failures`` in a row a server is left alone for ``open_seconds``; then one may try.

    Without it, every question would wait for the limit on the first token before it is answered
    without the model.
    """

    def __init__(self, num_failures: int = 3, open_seconds: float = 20.0) -> None:
        self._num_failures = num_failures
        self._open_seconds = open_seconds
        self._failed = 0
        self._alone_until = 0.0
        self._lock = threading.Lock()

    def check(self, who: str) -> None:
        """Raise ModelUnavailable while the server is left alone; else let this request try."""
        with self._lock:
            left = self._alone_until - time.monotonic()
            if self._failed < self._num_failures:
                return
            if left > 0:
                raise ModelUnavailable(
                    f"{who} failed {self._failed} times in a row and is left alone for {left:.0f} s more: "
                    "see its log"
                )
            self._alone_until = time.monotonic() + self._open_seconds  # for all but this one

    def succeeded(self) -> None:
        """The server answered."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """The server failed, in whatever way."""
        with self._lock:
            self._failed += 1
            self._alone_until = time.monotonic() + self._open_seconds
