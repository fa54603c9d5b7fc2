"""Files inside files: harmless names, and the list that stands for a container without a text of its own.

Nothing is ever written to disk under such a name; it becomes the end of a source,
「書類.zip/規程/旅費.docx」.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from ingest.readers.base import Block, BlockKind, Member
from rag.types import Annotation

MEMBER = "member"
"""The kind of annotation that names a member; its value is the whole name."""

LISTINGS = frozenset({"application/zip", "application/mbox"})
"""Media types whose text is only the list of what is inside: kept, and never searched."""

CONTAINERS = LISTINGS | {"message/rfc822", "application/vnd.ms-outlook"}

_SEPARATORS = re.compile(r"[/\\]+")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffd]")
_DRIVE = re.compile(r"[A-Za-z]:$")
_MAX_PART_CHARS = 100


def harmless_name(raw: str) -> str:
    r"""A path without roots, drives, ``..`` and characters that hide: ``..\..\C:\規程.txt`` → 「規程.txt」.

    Empty when nothing is left.
    """
    parts = (_UNFIT.sub("", part).strip() for part in _SEPARATORS.split(raw))
    return "/".join(
        _shortened(part) for part in parts if part and part.strip(".") and not _DRIVE.fullmatch(part)
    )


def _shortened(part: str) -> str:
    if len(part) <= _MAX_PART_CHARS:
        return part
    suffix = PurePosixPath(part).suffix[:10]
    return part[: _MAX_PART_CHARS - len(suffix)] + suffix


class Names:
    """Gives every member a name of its own: the second 「図.png」 becomes 「図 (2).png」."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def give(self, raw: str, fallback: str) -> str:
        """A harmless name nobody has yet; ``fallback`` where nothing of ``raw`` can be used."""
        name = harmless_name(raw) or fallback
        path = PurePosixPath(name)
        while name in self._given:
            self._numbers[path.as_posix()] += 1
            number = self._numbers[path.as_posix()] + 1
            name = path.with_name(f"{path.stem} ({number}){path.suffix}").as_posix()
        self._given.add(name)
        return name


def listing(members: Iterable[Member]) -> tuple[Block, ...]:
    """One line for each member."""
    return tuple(
        Block(
            BlockKind.LIST_ITEM,
            member.name,
            annotations=(Annotation(MEMBER, 0, len(member.name), member.name),),
        )
        for member in members
    )


def named_in(annotations: Sequence[Annotation]) -> frozenset[str]:
    """The names of the members that a document had when it was read."""
    return frozenset(one.value for one in annotations if one.kind == MEMBER)
