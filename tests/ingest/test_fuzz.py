"""Sixty of the damaged and hostile inputs of ``make fuzz``, through a whole run of ingestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz import SETTINGS, Tally, run
from benchmarks.fuzzing.cases import FAMILIES, FEW, build_case
from ingest.report import FileReport, Status
from rag.assembly import load_bundled_embedder
from rag.bundled import bundled_path

DOCUMENTS = bundled_path("sample")


@pytest.mark.timeout(600)
def test_sixty_inputs_end_with_a_report_and_without_a_finding() -> None:
    patient = SETTINGS.model_copy(update={"timeout_seconds": 500.0})  # how busy the machine is proves nothing
    tally = run(FEW, DOCUMENTS, load_bundled_embedder(), settings=patient)
    assert tally.findings == []
    assert tally.num_inputs == len(set(FEW)) + 1 >= 60  # and a gigabyte of one character
    assert {"read", "DamagedDocument", "LimitExceeded", "EmptyDocument"} <= tally.ends.keys()


def test_they_are_the_same_in_every_run_and_of_every_family() -> None:
    assert build_case(89, DOCUMENTS) == build_case(89, DOCUMENTS)
    hostile = {number // 10 * 3 + number % 10 - 7 for number in FEW if number % 10 >= 7}
    assert {place % len(FAMILIES) for place in hostile} == set(range(len(FAMILIES)))


def test_what_counts_as_a_finding() -> None:
    tally, folder = Tally(), Path("/inputs")
    tally.add(
        ["a.txt", "b.zip", "c.pdf", "d.txt"],
        folder,
        [
            FileReport("/inputs/a.txt", Status.ADDED),
            FileReport("/inputs/b.zip/c/d.txt", Status.SKIPPED, "DamagedDocument", "torn"),
            FileReport("/inputs/c.pdf", Status.SKIPPED, "ReadError", "the reading process crashed on it"),
        ],
    )
    assert tally.findings == [
        ("d.txt", "is not in the report"),
        ("c.pdf", "the reading process crashed on it"),
    ]
    assert tally.ends == {"read": 1, "DamagedDocument": 1, "ReadError": 1}
