"""Zip archives: every file in them a member, names in whatever encoding their maker used.

Windows writes names in cp932 and does not say so; they are judged together, as the bytes of a file are.
Nothing is unpacked to disk.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ingest.encoding import decode
from ingest.readers.archive import LIMITS, open_archive, unpack_part
from ingest.readers.base import Member, Reading, ReadOptions
from ingest.readers.members import Names, listing
from rag.errors import EmptyDocument, ReadError

MEDIA_TYPE = "application/zip"

MEMBER_LIMITS = replace(LIMITS, max_total_bytes=500_000_000)
"""All members stand in memory at once, in two processes."""

_UTF8_FLAG = 0x800
_LEFT_OUT = (  # what programs leave in archives and nobody meant
    ("__MACOSX", "macOS"),
    (".", "hidden"),
    ("~$", "lock"),
    ("Thumbs.db", "Windows"),
    ("desktop.ini", "Windows"),
)


def read(data: bytes, name: str, options: ReadOptions) -> Reading:
    """Take the files out of an archive.

    Raises EncryptedDocument without the right password, LimitExceeded when it would unpack without bound.
    """
    archive = open_archive(data, name, MEMBER_LIMITS, password=options.password)
    passed_over: Counter[str] = Counter()
    members = tuple(_members(archive, name, passed_over))
    if not members:
        raise EmptyDocument(f"{name}: there is no file to read in it")
    hidden = passed_over.total()
    told = f"{len(members)} files in it" + (f"; {hidden} hidden ones were passed over" if hidden else "")
    return Reading(listing(members), MEDIA_TYPE, warnings=(told,), members=members)


def _members(archive: zipfile.ZipFile, name: str, passed_over: Counter[str]) -> Iterator[Member]:
    files = [part for part in archive.infolist() if not part.is_dir()]
    names = Names()
    for number, (part, raw) in enumerate(zip(files, _decoded_names(files), strict=True), 1):
        if reason := _left_out(raw):
            passed_over[reason] += 1
            continue
        given = names.give(raw, fallback=f"{number:04}")
        try:
            yield Member(given, unpack_part(archive, part, name))
        except ReadError as error:
            yield Member(given, error=error)


def _left_out(raw: str) -> str:
    parts = raw.replace("\\", "/").split("/")
    named = (part for part in parts if part.strip("."))
    return next((reason for part in named for start, reason in _LEFT_OUT if part.startswith(start)), "")


def _decoded_names(files: list[zipfile.ZipInfo]) -> list[str]:
    """The names as their maker saw them; zipfile takes all that are not marked as UTF-8 for cp437."""
    raws = [_raw_name(file) for file in files]
    encoding = decode(b"\n".join(filter(None, raws)), declared="cp932").encoding
    return [
        file.filename if raw is None else raw.decode(encoding, "replace")
        for file, raw in zip(files, raws, strict=True)
    ]


def _raw_name(file: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a name, or None where the archive says what they mean."""
    if file.flag_bits & _UTF8_FLAG:
        return None
    try:
        return file.filename.encode("cp437")
    except UnicodeEncodeError:  # named in Unicode by an extra field
        return None
