"""How a long measurement tells how far it is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Phase(StrEnum):
    """What a measurement is doing."""

    INDEXING = "indexing"
    SEARCHING = "searching"


Tell = Callable[[Phase, int, int], None]
"""Called with the phase, how much of it is done, and how much it is altogether."""


def say_nothing(phase: Phase, done: int, total: int) -> None:
    """For measurements that nobody watches."""
