"""Merged cells that cover half of a sheet: openpyxl makes an object of every cell under them.

A merge of the whole sheet (17,179,869,184 cells) is a few bytes in the file and more than any memory. Such
areas are taken out before the workbook is opened; the text of a merged cell stands in its first cell.
"""

from __future__ import annotations

import io
import re
import zipfile

from openpyxl.utils.cell import range_boundaries

from ingest.readers.archive import unpack_part

MAX_CELLS = 200_000
"""What the merged areas of one sheet may cover together; beyond it the largest are taken out."""

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"[^>]*?/>')
_SHEET = re.compile(r"xl/(?!sharedStrings|styles|media/|theme/|drawings/).*\.xml$")
_NOTHING = b""


def without_vast_merges(data: bytes, archive: zipfile.ZipFile, name: str) -> bytes:
    """The workbook without merged areas that nobody can hold; the same bytes where there are none."""
    slim = {}
    for part in archive.infolist():
        if not _SHEET.match(part.filename):
            continue
        xml = unpack_part(archive, part, name)
        areas = {match[1]: _area(match[1]) for match in _MERGED.finditer(xml)}
        if sum(areas.values()) > MAX_CELLS:
            slim[part.filename] = _slimmed(xml, _kept(areas))
    return _repacked(archive, slim, name) if slim else data


def _area(reference: bytes) -> int:
    left, top, right, bottom = (int(edge) for edge in range_boundaries(reference.decode("ascii")))
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)


def _kept(areas: dict[bytes, int]) -> frozenset[bytes]:
    """The smallest areas, as many as may be covered."""
    kept, covered = set(), 0
    for reference, area in sorted(areas.items(), key=lambda item: item[1]):
        covered += area
        if covered > MAX_CELLS:
            break
        kept.add(reference)
    return frozenset(kept)


def _slimmed(xml: bytes, kept: frozenset[bytes]) -> bytes:
    return _MERGED.sub(lambda match: match[0] if match[1] in kept else _NOTHING, xml)


def _repacked(archive: zipfile.ZipFile, changed: dict[str, bytes], name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
        for part in archive.infolist():
            target.writestr(part.filename, changed.get(part.filename) or unpack_part(archive, part, name))
    return buffer.getvalue()
