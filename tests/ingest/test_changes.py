"""Paths come to rest; the clock is the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.changes import Changes


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_path_is_told_once_and_only_after_it_kept_still(tmp_path: Path, clock: Clock) -> None:
    changes = Changes(1.0, clock)
    path = tmp_path / "規程.txt"
    path.write_text("一", encoding="utf-8")
    changes.note(path)
    clock.now = 0.9
    assert changes.take_settled() == []
    clock.now = 1.0
    assert (changes.take_settled(), changes.take_settled(), len(changes)) == ([path], [], 0)


def test_every_event_begins_the_wait_again(tmp_path: Path, clock: Clock) -> None:
    changes = Changes(1.0, clock)
    for clock.now in (0.0, 0.8, 1.6):
        changes.note(tmp_path / "a")
    clock.now = 2.5
    assert changes.take_settled() == []
    clock.now = 2.6
    assert changes.take_settled() == [tmp_path / "a"]


def test_a_file_that_grows_without_an_event_is_waited_for(tmp_path: Path, clock: Clock) -> None:
    changes = Changes(1.0, clock)
    path = tmp_path / "規程.txt"
    path.write_text("一", encoding="utf-8")
    changes.note(path)
    path.write_text("一、二", encoding="utf-8")
    clock.now = 1.5
    assert changes.take_settled() == []
    clock.now = 2.5
    assert changes.take_settled() == [path]


def test_what_is_gone_comes_to_rest_too_and_all_are_told_in_order(tmp_path: Path, clock: Clock) -> None:
    changes = Changes(1.0, clock)
    for name in ("b", "a", "c"):
        changes.note(tmp_path / name)
    clock.now = 5.0
    assert [path.name for path in changes.take_settled()] == ["a", "b", "c"]
