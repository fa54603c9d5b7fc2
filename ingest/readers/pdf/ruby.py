"""Furigana between the lines: taken out of the flow and put over the characters it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.readers.pdf.lines import PlacedRun, Spot

_KANA = re.compile("[\u3041-\u309f\u30a1-\u30ff\uff66-\uff9f・]+")
_KANJI = re.compile("[\u3005\u3007\u303b\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LARGEST_SHARE = 0.7
_REACH_EMS = 1.3
_CLUSTER_GAP_EMS = 0.6


class _Cluster(NamedTuple):
    """One reading and the stretch of the line that it stands over."""

    reading: str
    start: float
    end: float


def set_ruby_apart(runs: Sequence[PlacedRun]) -> list[PlacedRun]:
    """The runs without ruby; the runs under it carry it.

    Ruby is kana of at most 0.7 of the size of the line right after it, over kanji of that line.
    """
    rubies = [run for run in runs if _KANA.fullmatch("".join(spot.char for spot in run.seen))]
    taken: set[int] = set()
    for ruby in rubies:
        base = next((run for run in runs if run is not ruby and _stands_over(ruby, run)), None)
        if base is None:
            continue
        placed = [(cluster, _under(cluster, base)) for cluster in _clusters(ruby)]
        if all(span is not None for _, span in placed):
            base.ruby += [(*span, cluster.reading) for cluster, span in placed if span is not None]
            taken.add(id(ruby))
    return [run for run in runs if id(run) not in taken]


def _stands_over(ruby: PlacedRun, base: PlacedRun) -> bool:
    gap = base.middle - ruby.middle
    return (
        ruby.is_vertical == base.is_vertical
        and ruby.size <= base.size * _LARGEST_SHARE
        and base.size * 0.4 < gap < base.size * _REACH_EMS
        and ruby.start < base.end
        and base.start < ruby.end
    )


def _clusters(ruby: PlacedRun) -> Iterator[_Cluster]:
    gathered: list[Spot] = []
    for spot in ruby.seen:
        if gathered and spot.start - gathered[-1].end > spot.size * _CLUSTER_GAP_EMS:
            yield _cluster(gathered)
            gathered = []
        gathered.append(spot)
    if gathered:
        yield _cluster(gathered)


def _cluster(spots: list[Spot]) -> _Cluster:
    return _Cluster("".join(spot.char for spot in spots), spots[0].start, spots[-1].end)


def _under(cluster: _Cluster, base: PlacedRun) -> tuple[int, int] | None:
    """The spots of the base that a reading covers, kanji alone."""
    covered = [index for index, spot in enumerate(base.spots) if _covers(cluster, spot)]
    return (covered[0], covered[-1] + 1) if covered else None


def _covers(cluster: _Cluster, spot: Spot) -> bool:
    centre, slack = (spot.start + spot.end) / 2, spot.size / 4
    return _KANJI.match(spot.char) is not None and cluster.start - slack <= centre <= cluster.end + slack
