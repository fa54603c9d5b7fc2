"""Under which headings a span stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rag.types import Section


class Headings:
    """The sections of a document as a tree, to ask for the innermost one over a span."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sorted(sections, key=lambda section: (section.start, -section.end))
        self._starts = [section.start for section in self._sections]
        self._parents: list[int] = []
        open_sections: list[int] = []
        for index, section in enumerate(self._sections):
            while open_sections and self._sections[open_sections[-1]].end <= section.start:
                open_sections.pop()
            self._parents.append(open_sections[-1] if open_sections else -1)
            open_sections.append(index)

    def over(self, start: int, end: int) -> tuple[str, ...]:
        """The path of the innermost section that holds ``[start, end)``; empty where none does."""
        index = bisect_right(self._starts, start) - 1
        while index >= 0 and self._sections[index].end < end:
            index = self._parents[index]
        return self._sections[index].path if index >= 0 else ()
