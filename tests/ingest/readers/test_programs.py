"""Other programs: what they write, and what becomes of those that fail or do not end."""

from __future__ import annotations

import time

import pytest

from ingest.readers.programs import run_program
from rag.errors import DamagedDocument, LimitExceeded


def test_a_program_gets_the_bytes_and_gives_its_own() -> None:
    script = "tr ab AB; printf %s $MARK $OMP_THREAD_LIMIT"
    given = {"MARK": "x"}
    output = run_program(
        ["/bin/sh", "-c", script], name="a", timeout_seconds=10, data=b"abc", environment=given
    )
    assert output == b"ABcx1"


def test_a_program_that_fails_is_quoted() -> None:
    with pytest.raises(DamagedDocument, match=r"a\.doc: sh failed on it \(no such thing\)"):
        run_program(["/bin/sh", "-c", "echo no such thing >&2; exit 3"], name="a.doc", timeout_seconds=10)
    with pytest.raises(DamagedDocument, match=r"\(code 4\)"):
        run_program(["/bin/sh", "-c", "exit 4"], name="a.doc", timeout_seconds=10)


def test_a_program_that_does_not_end_is_ended_with_its_children() -> None:
    began = time.monotonic()
    with pytest.raises(LimitExceeded, match="sh was not done after 0 s"):
        run_program(["/bin/sh", "-c", "sleep 30 & sleep 30"], name="a", timeout_seconds=0.2)
    assert time.monotonic() - began < 20
