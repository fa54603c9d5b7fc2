"""OLE containers made byte by byte ([MS-CFB], version 3): small streams alone, in the mini stream."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _MINI = 512, 64
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A container of streams by path: ``{"folder/name": data}``, each shorter than 4,096 bytes."""
    mini, chains, places = _mini_stream(streams)
    directory = _directory(streams, places, len(mini))
    parts = [_padded(directory), _padded(chains, _FREE), _padded(mini)]
    starts = [1, 0, 0]
    for index in (1, 2):
        starts[index] = starts[index - 1] + len(parts[index - 1]) // _SECTOR
    table = [_FAT]
    for part in parts:
        num = len(part) // _SECTOR
        table += [*range(len(table) + 1, len(table) + num), _END]
    fat = _padded(b"".join(struct.pack("<L", one) for one in table), _FREE)
    directory = _directory(streams, places, len(mini), starts[2])
    head = struct.pack("<8s16s5H6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9L", 0, 1, starts[0], 0, 4096, starts[1], len(parts[1]) // _SECTOR, _END, 0)
    head += struct.pack("<L", 0) + struct.pack("<L", _FREE) * 108
    return head + fat + _padded(directory) + parts[1] + parts[2]


def _mini_stream(streams: Mapping[str, bytes]) -> tuple[bytes, bytes, dict[str, int]]:
    """All streams in sectors of 64 bytes, the chains of these, and where each stream begins."""
    data, chain, places = b"", [], {}
    for path, stream in streams.items():
        places[path] = len(chain) if stream else _END
        num = -(-len(stream) // _MINI)
        chain += [*range(len(chain) + 1, len(chain) + num), _END][: num or 0]
        data += stream.ljust(num * _MINI, b"\0")
    return data, b"".join(struct.pack("<L", one) for one in chain), places


def _directory(streams: Mapping[str, bytes], places: Mapping[str, int], size: int, start: int = 0) -> bytes:
    """Entries in the order root, folders, streams; those of one folder hang on each other's right side."""
    folders = sorted({path.rpartition("/")[0] for path in streams} - {""})
    names = ["", *folders, *streams]
    entries = b""
    for name in names:
        parent = name.rpartition("/")[0]
        siblings = [one for one in names[1:] if one.rpartition("/")[0] == parent]
        after = siblings[siblings.index(name) + 1 :] if name else []
        children = [one for one in names[1:] if one.rpartition("/")[0] == name and one != name]
        is_stream = name in streams
        kind = _STREAM if is_stream else _STORAGE if name else _ROOT
        label = (name.rpartition("/")[2] or "Root Entry").encode("utf-16-le") + b"\0\0"
        links = (names.index(after[0]) if after else _NONE, names.index(children[0]) if children else _NONE)
        where = (places[name], len(streams[name])) if is_stream else (0, 0) if name else (start, size)
        entries += struct.pack("<64sHBBLLL16s4x16x", label, len(label), kind, 1, _NONE, *links, b"")
        entries += struct.pack("<LQ", *where)
    return entries


def _padded(data: bytes, filler: int = 0) -> bytes:
    short = -len(data) % _SECTOR
    return data + (struct.pack("<L", filler) * (short // 4) if filler else bytes(short))
