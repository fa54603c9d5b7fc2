"""Zip archives behind a password; the standard library opens them and does not make them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

_ENCRYPTED, _UTF8 = 0x1, 0x800


def locked_zip(name: str, data: bytes, password: bytes, *, method: int = zipfile.ZIP_STORED) -> bytes:
    """One member behind the cipher that PKWARE described in APPNOTE 6.1; ``method`` is only claimed."""
    check = zlib.crc32(data)
    sealed = _encrypted(bytes(11) + bytes([check >> 24]) + data, password)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(name, sealed)
    made = bytearray(buffer.getvalue())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = made.index(signature)
        struct.pack_into("<HH", made, start + flags, _ENCRYPTED | _UTF8, method)
        struct.pack_into("<LLL", made, start + flags + 8, check, len(sealed), len(data))
    return bytes(made)


def _encrypted(plain: bytes, password: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = _crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = _crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    sealed = bytearray()
    for byte in plain:
        stream = keys[2] | 2
        sealed.append(byte ^ ((stream * (stream ^ 1)) >> 8) & 0xFF)
        update(byte)
    return bytes(sealed)


def _crc(value: int, byte: int) -> int:
    """One step of CRC-32 without the inversions that zlib adds."""
    return zlib.crc32(bytes([byte]), value ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
