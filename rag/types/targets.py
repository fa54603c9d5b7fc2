"""What a reference or a defined term points at."""

from __future__ import annotations

import re
from typing import NamedTuple, Self

from rag.types.documents import Span

_VALUE = re.compile(r"(?P<label>.*)@(?P<start>[0-9]+)-(?P<end>[0-9]+)", re.DOTALL)


class Target(NamedTuple):
    """A place that is pointed at: its name, and its span where it is in the same document.

    It is the value of annotations of the kinds ``reference`` (前条 → 第19条) and ``definition`` (会社 → the
    sentence that says what it means), written as 「第19条@1204-1310」; 「民法第90条」 is not in the document.
    """

    label: str
    span: Span | None = None

    @property
    def value(self) -> str:
        """As the value of an annotation."""
        return f"{self.label}@{self.span.start}-{self.span.end}" if self.span else self.label

    @classmethod
    def from_value(cls, value: str) -> Self:
        """What `value` was written from."""
        match = _VALUE.fullmatch(value)
        if match is None:
            return cls(value)
        return cls(match["label"], Span(int(match["start"]), int(match["end"])))
