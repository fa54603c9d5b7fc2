"""What a person asks of the chunks that a search may give, besides what it may see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conditions:
    """Everything that a chunk has to fulfil; empty means no condition.

    ``phrases`` all stand in the chunk's text, its title or its headings and ``excluded`` do not, compared in
    the comparison form. Of each of the others one must hold: ``titles`` and ``sources`` are part of the
    document's title or of its source's last part, ``collections`` its collection, ``pages`` and
    ``articles`` (``第20条``) what the chunk stands on. ``garbled`` asks for text that cannot be read.
    """

    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    articles: tuple[str, ...] = ()
    garbled: bool = False

    def __bool__(self) -> bool:
        return any(
            (
                self.phrases,
                self.excluded,
                self.collections,
                self.sources,
                self.titles,
                self.pages,
                self.articles,
                self.garbled,
            )
        )


NO_CONDITIONS = Conditions()
