"""Inline content of HTML → text: white space as browsers collapse it, ruby set apart.

A line break of the source between two Japanese characters is no space to a reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.readers.lines import is_wide
from rag.types import Annotation

_SPACE = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class Flow:
    """One run of inline content."""

    text: str
    annotations: tuple[Annotation, ...] = ()


class FlowWriter:
    """Collects inline content until `take` hands it out."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._text = ""
        self._annotations: list[Annotation] = []
        self._pending_space = ""

    def write(self, text: str) -> None:
        """Add text of the source with its white space."""
        done = 0
        for space in _SPACE.finditer(text):
            self._put(text[done : space.start()])
            self._pending_space += space[0]
            done = space.end()
        self._put(text[done:])

    def _put(self, text: str) -> None:
        if not text:
            return
        if self._pending_space:
            if self._text and not self._is_source_break(text[0]):
                self._text += " "
            self._pending_space = ""
        self._text += text

    def _is_source_break(self, after: str) -> bool:
        return "\n" in self._pending_space and is_wide(self._text[-1]) and is_wide(after)

    def mark(self) -> int:
        """Where the next character will stand."""
        return len(self._text) + bool(self._pending_space and self._text)

    def annotate(self, kind: str, start: int, value: str) -> None:
        """Annotate all that was written since ``start``, without blanks at its ends."""
        covered = self._text[start:]
        start += len(covered) - len(covered.lstrip())
        end = len(self._text.rstrip())
        if start < end:
            self._annotations.append(Annotation(kind, start, end, value))

    def take(self) -> Flow:
        """What was collected, with annotations that fit it; the writer is empty afterwards."""
        lead = len(self._text) - len(self._text.lstrip())
        flow = Flow(
            self._text.strip(),
            tuple(
                Annotation(one.kind, max(one.start - lead, 0), one.end - lead, one.value)
                for one in self._annotations
                if one.end > lead
            ),
        )
        self._clear()
        return flow
