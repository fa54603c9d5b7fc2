"""A statement's facts held against a source's: what is said otherwise, and what is not said at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.evidence.amounts import COMPLEMENTS, bounds_agree, is_derived, same_kind, same_value
from rag.answering.evidence.days import (
    Day,
    day_is_carried,
    day_is_next,
    day_is_pieced_together,
    is_counted_out,
    partial_is_carried,
    years_between,
)
from rag.answering.evidence.denial import ONLY, find_denials
from rag.answering.evidence.discrepancy import Discrepancy
from rag.answering.evidence.facts import Facts
from rag.answering.evidence.names import Name, is_named, rival_of
from rag.answering.evidence.quantities import Quantity

_MONTHS_A_YEAR = 12
_FEW = 3
_TELLING = re.compile("[一-龠ァ-ヺ]")
_ONE_MORE = re.compile(r"(?:もう|残り|残りの|の|うち)$")


def find_discrepancies(
    said: Facts, found: Facts, above: Facts | None = None, near: Sequence[Facts] = ()
) -> tuple[Discrepancy, ...]:
    """All that disagrees between a statement and a sentence.

    ``above`` (title, headings) and ``near`` (the sentences around it) may carry what the sentence leaves out,
    as subjects and years often are; what it says otherwise they cannot mend.
    """
    context = [*([above] if above else []), *near]
    return (
        *_numbers(said, found, context),
        *_dates(said, found, context),
        *_names(said, found, above, near),
        *find_denials(said, found, near),
    )


def _numbers(said: Facts, found: Facts, context: Sequence[Facts]) -> Iterator[Discrepancy]:
    for one in said.quantities:
        if one.value == 1 and _ONE_MORE.search(said.folded[: one.start]):
            continue
        alike = [other for other in found.quantities if same_kind(one, other)]
        equal = [other for other in alike if same_value(one, other)]
        agreeing = [other for other in equal if bounds_agree(one, other)]
        if agreeing:
            if rival := _of_another(agreeing[0], alike, said):
                yield Discrepancy("number", one.text, rival.text)
            continue
        if equal and _is_turned(one, equal, said, found):
            continue
        if equal:
            yield Discrepancy("number", _quoted(one, said), _quoted(equal[0], found))
        elif not _is_said_otherwise(one, said, found, () if alike else context) and not (
            alike and _is_left_out(one, said, found)
        ):
            yield Discrepancy("number", one.text, alike[0].text if alike else "")


def _of_another(found: Quantity, alike: Sequence[Quantity], said: Facts) -> Quantity | None:
    """The number that belongs to what the statement names, where its own belongs to something else.

    「大人500円、子ども200円」 does not carry 「子どもは500円」.
    """
    pieces = [found.label[place : place + 2] for place in range(max(1, len(found.label) - 1))]
    if not found.label or any(piece in said.folded for piece in pieces):
        return None
    values = {other.value for other in said.quantities}
    others = (other for other in alike if other.value != found.value and other.value not in values)
    return next((other for other in others if len(other.label) > 1 and other.label in said.folded), None)


def _is_said_otherwise(one: Quantity, said: Facts, found: Facts, context: Sequence[Facts]) -> bool:
    """Around the sentence, by a small sum, by two years; or it is a mere 一つ."""
    quantities = [*found.quantities, *(other for facts in context for other in facts.quantities)]
    if any(same_kind(one, other) and same_value(one, other) for other in quantities):
        return True
    if is_derived(one, quantities, said.folded + found.folded):
        return True
    alike = [other for other in found.quantities if same_kind(one, other)]
    if not alike and (one.number in {other.number for other in quantities} or _is_small_count(one)):
        return True
    if is_counted_out(one.dimension, one.number, one.value, found.days):
        return True
    return one.value == 1 and not any(other.dimension == one.dimension for other in found.quantities)


def _is_left_out(one: Quantity, said: Facts, found: Facts) -> bool:
    """64ビット版のみ says that there is no 32ビット版."""
    denied = any(predicate.sign < 0 and predicate.start >= one.end for predicate in said.predicates)
    return denied and bool(ONLY.search(found.folded))


def _is_small_count(one: Quantity) -> bool:
    """Two or three persons or things may be counted from what is listed."""
    return one.dimension in {"count:", "count:人", "count:種", "count:回"} and one.value <= _FEW


def _quoted(one: Quantity, facts: Facts) -> str:
    """The number with what bounds it: 10人未満."""
    return facts.folded[one.start : one.end + 2] if one.bound else one.text


def _is_turned(one: Quantity, equal: Sequence[Quantity], said: Facts, found: Facts) -> bool:
    """10人未満は不要 says what 10人以上は必要 says: bound and sign are both turned round."""
    denies = any(p.sign < 0 for p in said.predicates) != any(p.sign < 0 for p in found.predicates)
    return denies and any(frozenset({one.bound, other.bound}) in COMPLEMENTS for other in equal)


def _dates(said: Facts, found: Facts, context: Sequence[Facts]) -> Iterator[Discrepancy]:
    sources = [found] if found.days.days else [found, *context]
    others = [*(day.text for day in found.days.days), *(day.text for day in found.days.partial)]
    for day in said.days.days:
        is_carried = any(day_is_carried(day, one.days, one.numbers) for one in sources)
        is_carried = is_carried or day_is_pieced_together(day, found.days, [one.days for one in context])
        is_carried = is_carried or day_is_next(day, found.days)
        if not is_carried and not _is_counted_on(day.first.year, said, found):
            yield Discrepancy("date", day.text, next(iter(others), ""))
        elif rival := _day_of_another(day, said, found):
            yield Discrepancy("date", day.text, rival.text)
    for part in said.days.partial:
        if not any(partial_is_carried(part, one.days) for one in sources):
            yield Discrepancy("date", part.text, next(iter(others), ""))
    if found.days.weekdays and not said.days.weekdays <= found.days.weekdays:
        told = "・".join(sorted(found.days.weekdays))
        yield Discrepancy("date", "・".join(sorted(said.days.weekdays)) + "曜", told + "曜")
    yield from _relative_days(said, found)


def _day_of_another(day: Day, said: Facts, found: Facts) -> Day | None:
    """「1995年に設立され、2005年に上場した」 does not carry that the 上場 was in 1995.

    Where each date has its event behind it, the event of another date must not be the only one that is said.
    """
    own = [one for one in found.days.days if day.first <= one.first and one.last <= day.last]
    if len(said.days.days) > 1 or len(own) != 1 or _event(found, own[0]) & said.characters:
        return None
    others = [one for one in found.days.days if one.first != own[0].first]
    return next(
        (one for one in others if len(_event(found, one)) > 1 and _event(found, one) <= said.characters), None
    )


def _event(facts: Facts, day: Day) -> frozenset[str]:
    """The kanji and katakana between a date and the end of its clause: 上場."""
    clause = re.match(r"[^、。,()]{0,20}", facts.folded[day.end :])
    return frozenset(_TELLING.findall(clause[0] if clause else ""))


def _is_counted_on(year: int, said: Facts, found: Facts) -> bool:
    """1902年の17年後: the source's year and a number of years of the statement give it."""
    years = [
        int(one.value) // _MONTHS_A_YEAR
        for one in (*said.quantities, *found.quantities)
        if one.dimension == "month"
    ]
    goes_back = "前" in said.folded or "前" in found.folded
    apart = [year - day.first.year for day in found.days.days]
    return any((gap in years and gap > 0) or (goes_back and -gap in years and gap < 0) for gap in apart)


_NEXT = frozenset({"翌年", "前年", "翌年度", "前年度"})
_COUNTED = frozenset({"翌日", "前日"})


def _relative_days(said: Facts, found: Facts) -> Iterator[Discrepancy]:
    """翌日 where the source says nothing of a next day; what follows from two years is allowed."""
    for word in sorted(said.days.relative - found.days.relative):
        if word in _NEXT and (1 in years_between(found.days) or found.days.days):
            continue
        if word in _NEXT | _COUNTED and not (word in _COUNTED and _counts_a_day(found)):
            yield Discrepancy("date", word, next(iter(sorted(found.days.relative)), ""))


def _counts_a_day(found: Facts) -> bool:
    return any(one.dimension == "second" and one.value == 86_400 for one in found.quantities)  # noqa: PLR2004 - a day


def _names(said: Facts, found: Facts, above: Facts | None, near: Sequence[Facts]) -> Iterator[Discrepancy]:
    """A name of the sentences around counts where the sentence itself has no rival to it."""
    here = found.folded + "\n" + (above.folded if above else "")
    around = "\n".join(one.folded for one in near)
    others = [name for name in found.names if not is_named(name, said.folded)]
    for name in said.names:
        if is_named(name, here):
            continue
        rival = next((other.text for other in others if _are_rivals(name, other)), "")
        rival = rival or rival_of(name, found.folded, said.folded)
        if is_named(name, here + around) and (not rival or any(is_named(one, here) for one in said.names)):
            continue
        rival = rival or next((other.text for other in others if other.proper), "")
        if name.proper or rival:
            yield Discrepancy("name", name.text, rival)


def _are_rivals(name: Name, other: Name) -> bool:
    """Both of people, or of places; of names made of common words both."""
    return bool(name.kinds & other.kinds) or not (name.kinds or other.kinds)
