"""Zip containers, opened only after their directory has been found harmless.

Office files and EPUBs are zip archives. Nothing is unpacked to disk; parts are read into memory one by one,
after checking how large they say they are (zipfile reads no more than that).
"""

from __future__ import annotations

import io
import zipfile
import zlib
from contextlib import suppress
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
_MOST_GROWTH, _MOST_OVERHEAD = 1.1, 4_096
"""What no packing adds to a part, even where it finds nothing to pack."""

_ENCRYPTED_FLAG = 0x1
_AES = 99
_BROKEN = (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError)


def open_archive(
    data: bytes, name: str, limits: ArchiveLimits = LIMITS, *, password: str | None = None
) -> zipfile.ZipFile:
    """The archive in ``data``, ready to be unpacked.

    Raises what `look_into` raises, and EncryptedDocument when a part needs a password that was not given
    or is wrong.
    """
    archive = look_into(data, name, limits)
    locked = [part for part in archive.infolist() if part.flag_bits & _ENCRYPTED_FLAG]
    if locked:
        _unlock(archive, locked[0], name, password)
    return archive


def look_into(data: bytes, name: str, limits: ArchiveLimits = LIMITS) -> zipfile.ZipFile:
    """The archive in ``data``, whose directory was found harmless.

    Raises DamagedDocument when it is none and LimitExceeded when unpacking would take too much room.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise DamagedDocument(
            f"{name}: the file is cut off or damaged ({error}): get a fresh copy"
        ) from error
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    for part in parts:
        if part.compress_size > part.file_size * _MOST_GROWTH + _MOST_OVERHEAD:
            raise DamagedDocument(
                f"{name}: part {part.filename} says that it unpacks to {part.file_size:,} bytes, "
                f"and is packed in {part.compress_size:,}: the archive lies about its sizes"
            )
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


def _unlock(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, password: str | None) -> None:
    """Let ``password`` open the archive, tried on one part.

    It is tried in the encodings that programs use, because zip does not say which.
    """
    if password is None:
        raise EncryptedDocument(wrong_password(name, password))
    if part.compress_type == _AES:
        raise EncryptedDocument(
            f"{name}: locked with AES, which is not read: unpack it and ingest the files in it"
        )
    for encoding in ("utf-8", "cp932"):
        archive.setpassword(password.encode(encoding, "replace"))
        with suppress(RuntimeError):
            archive.open(part).close()
            return
    raise EncryptedDocument(wrong_password(name, password))


def wrong_password(name: str, password: str | None) -> str:
    """What to say of a file that does not open, for archives and PDFs alike."""
    if password is None:
        return f"{name}: needs a password: give it with --password, or save a copy without one"
    return f"{name}: does not open with the password that was given: check it"


def read_part(archive: zipfile.ZipFile, part: str, name: str) -> bytes | None:
    """One part's bytes, or None where there is no such part; DamagedDocument when it cannot be unpacked."""
    try:
        return unpack_part(archive, archive.getinfo(part), name)
    except KeyError:
        return None


def unpack_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> bytes:
    """The bytes of a part that is there; DamagedDocument when it cannot be unpacked."""
    try:
        with archive.open(part) as packed:
            # Not archive.read: it unpacks all there is, and only then cuts it to the size that was told.
            return packed.read(part.file_size)
    except (*_BROKEN, RuntimeError, zlib.error) as error:
        raise DamagedDocument(
            f"{name}: part {part.filename} cannot be unpacked ({error}): get a fresh copy"
        ) from error
