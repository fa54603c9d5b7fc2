"""Files that hold files: archives, mailboxes, mails with attachments.

The reading process takes a container apart and hands its members back; each is then a job of its own,
with its own limits, and a document of its own, whose source lies below the container's:
「/資料/書類.zip/規程/旅費.docx」. The container is a document too, which names its members, so that a later
run knows what belongs to it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.readers.base import Member
from ingest.readers.members import CONTAINERS, named_in
from ingest.workers import Job
from rag.errors import LimitExceeded, ReadError
from rag.store.base import Store
from rag.types import DocumentInfo, Scope

MAX_DEPTH = 4
"""A document in a zip attached to a mail in a mailbox in a zip, and no deeper."""

MAX_MEMBERS = 20_000
MAX_BYTES = 1_000_000_000
"""What one file may hold in all, however deep."""


class JobQueue(Iterator[Job]):
    """Jobs for files, and before the next file those for members that were found meanwhile.

    It may say that it is at its end and go on later, when members have been put in.
    """

    def __init__(self, files: Iterator[Job]) -> None:
        self._files = files
        self._members: deque[Iterator[Job]] = deque()

    def put(self, jobs: Iterator[Job]) -> None:
        """Queue the members of one container; ``jobs`` is read as there is room for them."""
        self._members.append(jobs)

    def __next__(self) -> Job:
        """The next job; StopIteration when there is none now."""
        while self._members:
            job = next(self._members[0], None)
            if job is not None:
                return job
            self._members.popleft()
        return next(self._files)


@dataclass(slots=True)
class _Tally:
    """What came out of one file so far."""

    num_members: int = 0
    num_bytes: int = 0


class Nesting:
    """Knows what came out of what, so that a small file cannot unpack without bound."""

    def __init__(self, max_file_bytes: int, max_members: int = MAX_MEMBERS) -> None:
        self._max_file_bytes = max_file_bytes
        self._max_members = max_members
        self._places: dict[str, tuple[_Tally, int]] = {}

    def admit(self, container: str, member: Member) -> str:
        """The source of a member. Raises ReadError with the reason when it is not to be read."""
        source = member_source(container, member.name)
        tally, depth = self._places.get(container, (_Tally(), 0))
        self._places[container] = tally, depth
        tally.num_members += 1
        tally.num_bytes += len(member.data)
        if member.error is not None:
            raise member.error
        if source in self._places:  # the folder a.zip/ beside the archive a.zip
            raise ReadError(f"{source}: there are two of this name in it: unpack it and rename one")
        self._check(source, len(member.data), tally, depth + 1)
        self._places[source] = tally, depth + 1
        return source

    def _check(self, source: str, size: int, tally: _Tally, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitExceeded(
                f"{source}: packed more than {MAX_DEPTH} times: unpack it and ingest the files in it"
            )
        if tally.num_members > self._max_members or tally.num_bytes > MAX_BYTES:
            raise LimitExceeded(
                f"{source}: its file holds more than {self._max_members:,} files or {MAX_BYTES:,} bytes: "
                "unpack it and ingest the files in it"
            )
        if size > self._max_file_bytes:
            raise LimitExceeded(
                f"{source}: {size} bytes, more than ingest.max_file_bytes = {self._max_file_bytes}: "
                "raise it to allow more"
            )


def member_source(container: str, name: str) -> str:
    """「/資料/書類.zip」 and 「旅費.docx」 → 「/資料/書類.zip/旅費.docx」."""
    return f"{container}/{name}"


class Holdings:
    """What a collection of a store held when a run began, and what of it is gone since."""

    def __init__(self, store: Store, collection: str) -> None:
        self._store = store
        self._scope = Scope(collections=frozenset({collection}))
        self._infos = {info.source: info for info in store.document_infos(self._scope)}
        self._sources = sorted(self._infos)

    def __contains__(self, source: str) -> bool:
        return source in self._infos

    def __iter__(self) -> Iterator[DocumentInfo]:
        return iter(list(self._infos.values()))

    def get(self, source: str) -> DocumentInfo | None:
        """The document of a source, where it is held."""
        return self._infos.get(source)

    def forget(self, source: str) -> None:
        """It was removed from the store."""
        self._infos.pop(source, None)

    def inside(self, container: str) -> list[DocumentInfo]:
        """What came out of a container, and out of the containers in it."""
        first = bisect_left(self._sources, f"{container}/")
        last = bisect_left(self._sources, f"{container}0", first)  # 0 is the character after /
        return [self._infos[source] for source in self._sources[first:last] if source in self._infos]

    def strangers(self, container: str, members: Iterable[Member]) -> list[DocumentInfo]:
        """What is held inside a container and is none of its members."""
        names = {member.name for member in members}
        skipped = len(container) + 1
        return [one for one in self.inside(container) if not _lies_in(one.source[skipped:], names)]

    def outermost(self, source: str) -> str:
        """The file on disk that a source came out of; the source itself where it is a file."""
        parts = source.split("/")
        for end in range(1, len(parts)):
            outer = self._infos.get("/".join(parts[:end]))
            if outer is not None and outer.media_type in CONTAINERS:
                return outer.source
        return source

    def is_complete(self, source: str) -> bool:
        """Whether every member that was found in a source, at any depth, is held."""
        infos = [self._infos[source], *self.inside(source)]
        return all(self._has_members(info) for info in infos if info.media_type in CONTAINERS)

    def _has_members(self, info: DocumentInfo) -> bool:
        named = named_in(self._store.document(info.id, self._scope).annotations)
        return all(member_source(info.source, name) in self._infos for name in named)


def with_members(chosen: Iterable[DocumentInfo], infos: Iterable[DocumentInfo]) -> list[DocumentInfo]:
    """The chosen documents, and those of ``infos`` that came out of them; each once."""
    found = list(dict.fromkeys(chosen))
    outer = {(info.collection, info.source) for info in found if info.media_type in CONTAINERS}
    if outer:
        found += [info for info in infos if any((info.collection, up) in outer for up in _parents(info))]
    return list(dict.fromkeys(found))


def _parents(info: DocumentInfo) -> Iterator[str]:
    parts = info.source.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))


def _lies_in(inside: str, names: set[str]) -> bool:
    """Whether a name is one of ``names`` or lies below one: 「a.zip/b.txt」 below 「a.zip」."""
    parts = inside.split("/")
    return any("/".join(parts[:end]) in names for end in range(1, len(parts) + 1))
