"""Every sample document, read as it stands in tests/golden/readers.

After a change that is meant, write them again and look at the difference before committing it:

    UPDATE_GOLDEN=1 python -m pytest tests/ingest/readers/test_golden_readers.py
"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from ingest.readers.base import Block, Reading
from ingest.readers.registry import read

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "data" / "sample"
GOLDEN = ROOT / "tests" / "golden" / "readers"
NAMES = sorted(path.name for path in SAMPLE.iterdir() if path.is_file()) if SAMPLE.exists() else []


def place_of(block: Block) -> str:
    """Where a block stands, in few letters: ``p3``, ``l12-14``, ``B4:D9``."""
    places = block.places or ((block.place,) if block.place else ())
    told = []
    for place in places:
        if place.page is not None:
            told.append(f"p{place.page}{' notes' if place.part == 'notes' else ''}")
        elif place.cells is not None:
            told.append(place.cells)
        elif place.lines is not None:
            first, last = place.lines
            told.append(f"l{first}" if first == last else f"l{first}-{last}")
    return ",".join(dict.fromkeys(told))


def dump(reading: Reading) -> str:
    """A reading as text that people can compare."""
    known = {
        name: value for name, value in dataclasses.asdict(reading.attributes).items() if value is not None
    }
    lines = [
        f"title: {reading.title}",
        f"media type: {reading.media_type}",
        f"encoding: {reading.encoding} {reading.encoding_confidence or ''}".rstrip(),
        *(f"{name}: {value}" for name, value in known.items()),
        *(f"warning: {warning}" for warning in reading.warnings),
        *(f"dropped: {reason} {number}" for reason, number in sorted(reading.dropped.items())),
        "",
    ]
    for block in reading.blocks:
        lines.append(
            f"{block.kind.value}{block.level or ''} [{place_of(block)}] {block.text}".replace("\n", "⏎")
        )
        lines += [
            f"    {one.kind} {block.text[one.start : one.end]} = {one.value}" for one in block.annotations
        ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_sample(name: str) -> None:
    golden = GOLDEN / f"{name}.txt"
    found = dump(read((SAMPLE / name).read_bytes(), name))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(found, encoding="utf-8")
    assert golden.exists(), "no golden file: UPDATE_GOLDEN=1 writes it"
    assert found == golden.read_text(encoding="utf-8")


def test_every_golden_file_has_its_document() -> None:
    assert [path.name.removesuffix(".txt") for path in sorted(GOLDEN.glob("*.txt"))] == NAMES
    assert len(NAMES) >= 16
