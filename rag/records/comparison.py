"""What differs between a recorded answer and the one that is given now, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.records.answers import AnswerRecord, RecordedHit, RecordedStatement

SCORE_TOLERANCE = 0.001
"""Scores that differ by less are equal to a reader."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was: ``hits`` 「3位 → 1位」; an empty side was not there."""

    what: str
    before: str
    now: str


def compare_records(before: AnswerRecord, now: AnswerRecord) -> tuple[Difference, ...]:
    """Index, settings, query, hits, prompt, statements and outcome, in this order; time is no difference."""
    return (
        *_index(before, now),
        *_settings(before.settings, now.settings),
        *_plain("query", before.query, now.query),
        *_hits(before.hits, now.hits),
        *_generation(before, now),
        *_plain("answerer", before.answerer, now.answerer),
        *_plain("abstained", str(before.abstained), str(now.abstained)),
        *_statements(before.statements, now.statements),
        *_plain("conflicts", str(len(before.conflicts)), str(len(now.conflicts))),
        *_plain("notes", " / ".join(before.notes), " / ".join(now.notes)),
    )


def _plain(what: str, before: str, now: str) -> Iterator[Difference]:
    if before != now:
        yield Difference(what, before, now)


def _index(before: AnswerRecord, now: AnswerRecord) -> Iterator[Difference]:
    one, other = _flat(before.index.identity), _flat(now.index.identity)
    for key in sorted(one.keys() | other.keys()):
        yield from _plain(f"index.{key}", str(one.get(key, "")), str(other.get(key, "")))
    yield from _plain("index.change_number", str(before.index.change_number), str(now.index.change_number))


def _settings(
    before: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]
) -> Iterator[Difference]:
    one, other = _flat(before), _flat(now)
    for key in sorted(one.keys() | other.keys()):
        yield from _plain(f"settings.{key}", str(one.get(key, "")), str(other.get(key, "")))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{"embedder": {"name": "static-ja"}}`` → ``{"embedder.name": "static-ja"}``."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _hits(before: Sequence[RecordedHit], now: Sequence[RecordedHit]) -> Iterator[Difference]:
    """Gone, new, moved, of another score, or of another text; a hit is known by its text in its source."""
    old = {_key(hit): (rank, hit) for rank, hit in enumerate(before, start=1)}
    new = {_key(hit): (rank, hit) for rank, hit in enumerate(now, start=1)}
    for key, (rank, hit) in old.items():
        if key not in new:
            yield Difference("hit", _label(rank, hit), "")
            continue
        other_rank, other = new[key]
        if rank != other_rank or abs(hit.score - other.score) > SCORE_TOLERANCE:
            yield Difference("hit", _label(rank, hit), _label(other_rank, other))
    for key, (rank, hit) in new.items():
        if key not in old:
            yield Difference("hit", "", _label(rank, hit))


def _key(hit: RecordedHit) -> tuple[str, str, str]:
    return hit.collection, hit.source, hit.text


def _label(rank: int, hit: RecordedHit) -> str:
    """「1位 0.912 就業規則.txt 第20条」."""
    name = hit.source.rsplit("/", 1)[-1]
    return " ".join(
        part for part in (f"{rank}位 {hit.score:.3f}", name, " > ".join(hit.heading_path)) if part
    )


def _generation(before: AnswerRecord, now: AnswerRecord) -> Iterator[Difference]:
    one, other = before.generation, now.generation
    yield from _plain("model", one.model if one else "", other.model if other else "")
    if one and other:
        yield from _plain("prompt", one.prompt or str(one.messages), other.prompt or str(other.messages))
        yield from _plain("output", one.output, other.output)


def _statements(
    before: Sequence[RecordedStatement], now: Sequence[RecordedStatement]
) -> Iterator[Difference]:
    for place in range(max(len(before), len(now))):
        one, other = ("" if place >= len(side) else _told(side[place]) for side in (before, now))
        yield from _plain(f"statement {place + 1}", one, other)


def _told(statement: RecordedStatement) -> str:
    """The statement, its verdict and where it stands: 「年20日とする。 (verbatim: 就業規則.txt)」."""
    sources = "、".join(citation.source.rsplit("/", 1)[-1] for citation in statement.citations)
    return f"{statement.text} ({statement.verdict}{': ' if sources else ''}{sources})"
