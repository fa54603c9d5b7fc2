"""Two runs on the same questions: which were won, which were lost, and whether that may be chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.metrics import METRICS
from evaluation.runs import QuestionOutcome, Run
from evaluation.significance import Interval, bootstrap_interval, mean, permutation_test, sign_test
from rag.errors import SettingsError

DECIDING = "mrr@10"
"""A question is won where this metric rises: the first gold stands higher."""


@dataclass(frozen=True, slots=True)
class Change:
    """One question that ended differently; ranks are None where nothing gold was found."""

    id: str
    text: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric in both runs; the interval is that of the difference, ``p_value`` a permutation test's."""

    before: float
    after: float
    interval: Interval
    p_value: float

    @property
    def delta(self) -> float:
        """After minus before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """``before`` and ``after`` on one leg; won and lost by how much they moved, the farthest first."""

    before: str
    after: str
    leg: str
    num_questions: int
    differences: Mapping[str, Difference]
    won: tuple[Change, ...]
    lost: tuple[Change, ...]
    sign_p_value: float
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The one object that ``--json`` prints."""
        return {
            "before": self.before,
            "after": self.after,
            "leg": self.leg,
            "num_questions": self.num_questions,
            "metrics": {
                name: {
                    "before": found.before,
                    "after": found.after,
                    "delta": found.delta,
                    "interval": [found.interval.low, found.interval.high],
                    "p_value": found.p_value,
                }
                for name, found in self.differences.items()
            },
            "num_won": len(self.won),
            "num_lost": len(self.lost),
            "sign_p_value": self.sign_p_value,
            "won": [_change_json(change) for change in self.won],
            "lost": [_change_json(change) for change in self.lost],
            "notes": list(self.notes),
        }


def _change_json(change: Change) -> dict[str, Any]:
    return {"id": change.id, "question": change.text, "before": change.before, "after": change.after}


def compare_runs(before: Run, after: Run, *, names: tuple[str, str], leg: str = "final") -> Comparison:
    """Hold ``after`` against ``before`` on the questions that both asked.

    Raises SettingsError when they share none, or when a run did not measure the leg.
    """
    for name, run in zip(names, (before, after), strict=True):
        if leg not in run.legs:
            raise SettingsError(f"{name} did not measure the leg {leg!r}: it has {', '.join(run.legs)}")
    others = {(outcome.id, outcome.text): outcome for outcome in after.outcomes}
    pairs = [
        (outcome, others[outcome.id, outcome.text])
        for outcome in before.outcomes
        if (outcome.id, outcome.text) in others
    ]
    if not pairs:
        raise SettingsError(f"{names[0]} and {names[1]} have no question in common")
    changes = [(_moved(pair, leg), pair) for pair in pairs]
    won = sorted((one for one in changes if one[0] > 0), key=lambda one: -one[0])
    lost = sorted((one for one in changes if one[0] < 0), key=lambda one: one[0])
    return Comparison(
        *names,
        leg,
        len(pairs),
        {metric: _difference(pairs, leg, metric) for metric in METRICS},
        _changes(won, leg),
        _changes(lost, leg),
        sign_test(len(won), len(lost)),
        tuple(_notes(before, after, len(pairs))),
    )


Pair = tuple[QuestionOutcome, QuestionOutcome]


def _moved(pair: Pair, leg: str) -> float:
    before, after = pair
    return after.value(leg, DECIDING) - before.value(leg, DECIDING)


def _changes(moved: Iterable[tuple[float, Pair]], leg: str) -> tuple[Change, ...]:
    return tuple(
        Change(before.id, before.text, before.legs[leg].rank, after.legs[leg].rank)
        for _, (before, after) in moved
    )


def _difference(pairs: Sequence[Pair], leg: str, metric: str) -> Difference:
    groups = [before.group for before, _ in pairs]
    old, new = ([outcome.value(leg, metric) for outcome in side] for side in zip(*pairs, strict=True))
    deltas = [right - left for left, right in zip(old, new, strict=True)]
    return Difference(
        mean(old), mean(new), bootstrap_interval(deltas, groups), permutation_test(deltas, groups)
    )


def _notes(before: Run, after: Run, num_shared: int) -> Iterable[str]:
    """What else than the code or the settings differs, and makes the comparison a weaker one."""
    asked = max(len(before.outcomes), len(after.outcomes))
    if num_shared < asked:
        yield f"compared on the {num_shared} questions that both asked, of {asked}"
    if before.circumstances.corpus_sha256 != after.circumstances.corpus_sha256:
        yield (
            f"they searched in different texts: {before.circumstances.corpus} "
            f"and {after.circumstances.corpus}"
        )


def changed_settings(before: Run, after: Run) -> dict[str, tuple[Any, Any]]:
    """Settings, identity and code that differ: ``{"retrieval.mode": ("keyword", "hybrid")}``."""
    old, new = _flat(before), _flat(after)
    return {name: (old.get(name), new.get(name)) for name in {**old, **new} if old.get(name) != new.get(name)}


def _flat(run: Run) -> dict[str, Any]:
    facts = run.circumstances
    tree = {**facts.settings, "index": facts.identity, "code": facts.code, "version": facts.version}
    return dict(_leaves(tree, ""))


def _leaves(tree: Mapping[str, Any], prefix: str) -> Iterable[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
