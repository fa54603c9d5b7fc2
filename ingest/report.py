"""What a run of ingestion did, file by file, and the sums over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """What became of one file."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file's end.

    ``reason`` is a word to count by (``EncryptedDocument``, ``hidden``), ``message`` the line for people.
    ``dropped`` counts characters of the file that are not in the store, by reason.
    """

    source: str
    status: Status
    reason: str = ""
    message: str = ""
    num_chunks: int = 0
    num_chars: int = 0
    warnings: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """All files of one run, in the order in which they ended; nothing that was looked at is missing."""

    files: tuple[FileReport, ...]
    elapsed_seconds: float

    def count(self, status: Status) -> int:
        """How many files ended so."""
        return sum(file.status is status for file in self.files)

    @property
    def num_documents(self) -> int:
        """Documents that this run wrote."""
        return self.count(Status.ADDED) + self.count(Status.UPDATED)

    @property
    def num_chunks(self) -> int:
        """Chunks that this run wrote."""
        return sum(file.num_chunks for file in self.files)

    @property
    def num_chars(self) -> int:
        """Characters of text that this run wrote."""
        return sum(file.num_chars for file in self.files)

    @property
    def chars_per_second(self) -> float:
        """Speed of the run; 0 where no time passed."""
        return self.num_chars / self.elapsed_seconds if self.elapsed_seconds else 0.0

    @property
    def skipped(self) -> tuple[FileReport, ...]:
        """The files that are not in the store now, or only in their former state."""
        return tuple(file for file in self.files if file.status is Status.SKIPPED)

    @property
    def skipped_by_reason(self) -> dict[str, int]:
        """How many were skipped for which reason, the commonest first."""
        return dict(Counter(file.reason for file in self.skipped).most_common())

    @property
    def dropped_by_reason(self) -> dict[str, int]:
        """Characters that were left out while reading, by reason."""
        total: Counter[str] = Counter()
        for file in self.files:
            total.update(file.dropped)
        return dict(total.most_common())


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``num_done`` of ``num_files``, and the file that just ended."""

    num_done: int
    num_files: int
    file: FileReport


ProgressCallback = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """For runs that nobody watches."""
