"""The two-minute run of benchmarks/users.py, shortened: whole streams, a bounded queue, places come free."""

from __future__ import annotations

from pathlib import Path

from benchmarks.users import MAX_WAITING, run_users


def test_twenty_users_at_once(swallow: Path):
    tally = run_users(swallow, seconds=3.0)
    assert tally.broken == []
    assert len(tally.whole) > 20
    assert tally.refused, "twenty users are more than places and seats"
    assert max(tally.deepest) <= MAX_WAITING
    assert max(tally.freed) < 1.0
    assert tally.growth < 1.25
