"""Runs made from a real one, with questions found elsewhere."""

from __future__ import annotations

from dataclasses import replace

from evaluation.runs import LegOutcome, Run


def moved(run: Run, ranks: dict[int, int | None]) -> Run:
    """The same run with some questions' first gold at another rank."""
    outcomes = list(run.outcomes)
    for place, rank in ranks.items():
        gains = tuple(float(number == rank) for number in range(1, 11))
        leg = LegOutcome(("x",) * 10, gains, 1.0)
        outcomes[place] = replace(outcomes[place], legs={**outcomes[place].legs, "final": leg})
    return replace(run, outcomes=tuple(outcomes))


def before_and_after(run: Run) -> tuple[Run, Run]:
    """Two questions are won and one is lost, one is found nowhere before, the others come first in both."""
    every: dict[int, int | None] = dict.fromkeys(range(len(run.outcomes)), 1)
    before = moved(run, {**every, 0: None, 1: 5, 2: 1})
    return before, moved(before, {0: 2, 1: 1, 2: 3})
