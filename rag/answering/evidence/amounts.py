"""Which quantities of a statement a source carries: by value, by bound, rounded, or as a small sum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

from rag.answering.evidence.quantities import Quantity
from rag.answering.evidence.units import GENERIC, Bound

_ABOUT = Fraction(1, 10)
"""How far about may be off."""
_NEAR = Fraction(3, 5)
"""More than 8万 may be said of 8万2千, hardly of 20万."""
_OPPOSED: dict[Bound, frozenset[Bound]] = {
    "≥": frozenset({"≤", "<", ">"}),
    ">": frozenset({"≤", "<", "≥"}),
    "≤": frozenset({"≥", ">", "<"}),
    "<": frozenset({"≥", ">", "≤"}),
    "≈": frozenset(),
    "": frozenset(),
}
COMPLEMENTS: frozenset[frozenset[Bound]] = frozenset({frozenset({"≥", "<"}), frozenset({">", "≤"})})
"""What one says and the other denies: 以上 and 未満."""

_CHANGED_BY = re.compile(
    r"値上|値下|高[いくか]|安[いくか]|増|減|差|上乗せ|多[いくか]|少な|違|上が|下が|加え|合わせ|[総合通]計|計[0-9]|総勢|延べ|通算|全部で|残り|と[^、。]{1,12}で"
)
_HALF_DAY, _DAY = 12 * 60, 24 * 60


def same_kind(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities can be compared: both lengths, both counts of persons, or of anything."""
    if one.is_count and other.is_count:
        return GENERIC in {one.dimension, other.dimension} or one.dimension == other.dimension
    if "kilo" in {one.dimension, other.dimension}:
        return {one.dimension, other.dimension} <= {"kilo", "metre", "gram"}
    return one.dimension == other.dimension


def same_value(said: Quantity, found: Quantity) -> bool:
    """Equal, or as near as the statement's own about, more and less allow."""
    if said.value == found.value:
        return True
    if said.is_open or found.is_open:
        return abs(said.value - found.value) == _HALF_DAY
    return _is_within(said, found) if found.bound in {"", "≈"} else False


def _is_within(said: Quantity, found: Quantity) -> bool:
    value = found.value
    if said.bound == "≈":
        return abs(said.value - value) <= _ABOUT * abs(value)
    if said.bound == ">" or (said.bound == "≥" and found.bound == ""):
        return said.value < value and _NEAR * value <= said.value
    if said.bound == "<":
        return value < said.value and _NEAR * said.value <= value
    return False


def bounds_agree(said: Quantity, found: Quantity) -> bool:
    """Whether 以上 stands where 以上 stood; a bound that one of both leaves out is no contradiction."""
    return found.bound not in _OPPOSED[said.bound]


def is_derived(said: Quantity, found: Sequence[Quantity], statement: str) -> bool:
    """Whether a small sum of the source's quantities gives it: 30円 more of 400円 and 430円, or the half."""
    if said.dimension in {"clock", "second"} and _is_timed(said, found):
        return True
    if said.dimension == "ratio":
        return any(_ratio_fits(said, one, other) for one, other in combinations(found, 2))
    shares = [one.value for one in found if one.dimension == "ratio" and one.value]
    if any(said.value in {one.value * share, one.value / share} for share in shares for one in found):
        return True
    if not _CHANGED_BY.search(statement):
        return False
    return any(said.value in values for values in _sums(said, found))


def _is_timed(said: Quantity, found: Sequence[Quantity]) -> bool:
    """9時から17時まで are 8時間; 13時から1時間 end at 14時."""
    clocks = [one.value for one in found if one.dimension == "clock"]
    if said.dimension == "second":
        return any(said.value == 60 * abs(one - other) for one in clocks for other in clocks if one != other)
    spans = [one.value / 60 for one in found if one.dimension == "second"]
    return any(said.value == (clock + span) % _DAY for clock in clocks for span in spans)


def _ratio_fits(said: Quantity, one: Quantity, other: Quantity) -> bool:
    if not same_kind(one, other) or one.dimension == "ratio" or not one.value or not other.value:
        return False
    small, large = sorted((one.value, other.value))
    values = (small / large, large / small, (large - small) / large, (large - small) / small)
    shares = (replace(one, value=share, bound="") for share in values)
    return any(same_value(said, share) for share in shares)


def _sums(said: Quantity, found: Sequence[Quantity]) -> Iterator[tuple[Fraction, Fraction]]:
    for one, other in combinations(found, 2):
        if same_kind(one, other) and same_kind(said, one):
            yield abs(one.value - other.value), one.value + other.value
