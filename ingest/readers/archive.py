"""Zip containers, opened only after their directory has been found harmless.

Office files and EPUBs are zip archives. Nothing is unpacked to disk; parts are read into memory one by one,
after checking how large they say they are (zipfile reads no more than that).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from rag.errors import DamagedDocument, EncryptedDocument, LimitExceeded


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may unpack to.

    Small files may be as dense as they like, an empty sheet of 2 MB packs to 10 KB: ``max_ratio`` matters
    from ``dense_bytes`` on.
    """

    max_total_bytes: int = 1_000_000_000
    max_parts: int = 20_000
    max_ratio: int = 200
    dense_bytes: int = 20_000_000


LIMITS = ArchiveLimits()
_ENCRYPTED_FLAG = 0x1
_BROKEN = (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError)


def open_archive(data: bytes, name: str, limits: ArchiveLimits = LIMITS) -> zipfile.ZipFile:
    """The archive in ``data``.

    Raises DamagedDocument when it is none, EncryptedDocument when a part needs a password, and
    LimitExceeded when unpacking would take too much room.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise DamagedDocument(
            f"{name}: the file is cut off or damaged ({error}): get a fresh copy"
        ) from error
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise EncryptedDocument(f"{name}: needs a password: save a copy without one")
    if len(parts) > limits.max_parts:
        raise LimitExceeded(f"{name}: holds {len(parts):,} parts, more than {limits.max_parts:,}")
    if total > limits.max_total_bytes:
        raise LimitExceeded(f"{name}: unpacks to {total:,} bytes, more than {limits.max_total_bytes:,}")
    if total > limits.dense_bytes and total > limits.max_ratio * len(data):
        raise LimitExceeded(
            f"{name}: unpacks to {total:,} bytes, {total // len(data)} times its size; "
            f"more than {limits.max_ratio} times is taken for a zip bomb"
        )
    return archive


def read_part(archive: zipfile.ZipFile, part: str, name: str) -> bytes | None:
    """One part's bytes, or None where there is no such part; DamagedDocument when it cannot be unpacked."""
    try:
        return archive.read(part)
    except KeyError:
        return None
    except (*_BROKEN, RuntimeError, zlib.error) as error:
        raise DamagedDocument(
            f"{name}: part {part} cannot be unpacked ({error}): get a fresh copy"
        ) from error
