"""What a statement affirms held against what its source denies: predicates, exceptions, opposites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.evidence.discrepancy import Discrepancy
from rag.answering.evidence.facts import Facts
from rag.answering.evidence.polarity import Predicate, clause_spans, may_deny, same_predicate

_MOST = 0.4
_NOUN_CHARS = "[一-龠々ァ-ヺーa-z0-9]"

ONLY = re.compile(
    r"に限|限り|限定|のみ|(?<!できる)(?<!出来る)(?<!と)だけ(?!で(?:な|は)|あ)|しか(?!な)|きり|唯一|専[用門業ら]|単独|ただ一"
)
_BUT = re.compile(r"以外|除[くきいか]|ほか(?:に)?は|でない(?:人|者|もの|限り)|含[めま][なず]")
_UNTIL = re.compile(r"[るい]まで(?!も)|ないうち")
_ONCE = re.compile(r"たら|てから|た後|たあと|次第")
_EXCEPTED = re.compile(rf"({_NOUN_CHARS}{{2,10}})(?:の(?:場合|とき|者|人))?(?:を|は)?(?:除[くきいか]|以外)")
_ANY = re.compile(
    r"だけでな|以外(?:の[^、。]{1,8})?(?:に)?も|に限ら[ずな]|限定さ?れ(?:て(?:い)?)?[なず]|誰でも|だれでも|何でも|どこでも|いつでも|どの[^、。]{1,8}でも"
    r"|全員|すべて|全て|自由に|無条件|を?問わ[ずな]|にかかわら[ずな]|にかかわりな|も含め|を含む|を含め"
)
_HOLDS_DENIAL = re.compile("な[いくしらかっ]|ませ|[ずせ]$|せ$")


def find_denials(said: Facts, found: Facts, near: Sequence[Facts] = ()) -> Iterator[Discrepancy]:
    """All that one side affirms and the other denies, excepts or limits; ``near`` are sentences around."""
    yield from _signs(said, found, near)
    yield from _opposites(said, found)
    yield from _limits(said, found)


def _signs(said: Facts, found: Facts, near: Sequence[Facts]) -> Iterator[Discrepancy]:
    """Predicates of both with other signs, and denials that have no counterpart at all."""
    matched: set[int] = set()
    lonely: list[Predicate] = []
    if _is_turned_twice(said, found):
        return
    for one in said.predicates:
        alike = [other for other in found.predicates if same_predicate(one, other)]
        matched |= {other.start for other in alike}
        if not alike and _is_said_near(one, near):
            continue
        if one.is_condition and sum(other.sign < 0 for other in said.predicates) > 1:
            continue
        if alike and all(other.sign != one.sign for other in alike):
            yield Discrepancy("negation", _clause(said, one), _clause(found, alike[0]))
        elif not alike and one.sign < 0 and not one.is_condition:
            lonely.append(one)
    if _is_put_the_other_way(said, found):
        return
    if lonely and not may_deny(found.folded, found.predicates):
        yield Discrepancy("negation", _clause(said, lonely[0]))
    if not may_deny(said.folded, said.predicates):
        for one in found.predicates:
            if one.sign < 0 and one.start not in matched and _covers(said, found, one):
                yield Discrepancy("negation", "", _clause(found, one))


def _is_said_near(one: Predicate, near: Sequence[Facts]) -> bool:
    return any(
        other.base == one.base and other.sign == one.sign for facts in near for other in facts.predicates
    )


def _is_turned_twice(said: Facts, found: Facts) -> bool:
    """役員に限り使える says what 役員でない人は使えない says."""
    if (_UNTIL.search(found.folded) and _ONCE.search(said.folded)) or (
        _UNTIL.search(said.folded) and _ONCE.search(found.folded)
    ):
        return True  # 解除されるまで出ない, 解除されたら出る
    return _denies_twice(said, found) or _denies_twice(found, said)


def _denies_twice(one: Facts, other: Facts) -> bool:
    """Denied under a condition that is denied, where the other says it straight: 承認がないと使えない."""
    if any(predicate.sign < 0 for predicate in other.predicates):
        return False
    denials = [predicate for predicate in one.predicates if predicate.sign < 0]
    conditions = bool(_BUT.search(one.folded)) or any(predicate.is_condition for predicate in denials)
    return (len(denials) > 1 and (conditions or bool(ONLY.search(other.folded)))) or (
        bool(denials) and bool(_BUT.search(one.folded)) and bool(ONLY.search(other.folded))
    )


def _clause(facts: Facts, one: Predicate) -> str:
    start, end = next(((s, e) for s, e in clause_spans(facts.folded) if s <= one.start < e), (0, 0))
    return facts.folded[start:end].strip("、。 ")


def _covers(said: Facts, found: Facts, one: Predicate) -> bool:
    """Whether the statement speaks of what the source denies there."""
    clause = _clause(found, one)
    grams = {clause[place : place + 2] for place in range(len(clause) - 1)}
    return sum(gram in said.folded for gram in grams) >= _MOST * len(grams) if grams else False


def _limits(said: Facts, found: Facts) -> Iterator[Discrepancy]:
    """Exceptions and limits that one side has and the other does not: 役員を除き, 役員のみ, 誰でも."""
    said_only, found_only = ONLY.search(said.folded), ONLY.search(found.folded)
    said_any, found_any = _ANY.search(said.folded), _ANY.search(found.folded)
    if said_any and not found_any and not said_only and (found_only or _BUT.search(found.folded)):
        yield Discrepancy("negation", said_any[0], (found_only or _BUT.search(found.folded) or said_any)[0])
    elif said_only and not found_only and not _limits_at_all(found):
        yield Discrepancy("negation", said_only[0], found_any[0] if found_any else "")
    for excepted in _EXCEPTED.findall(found.folded):
        if excepted in said.folded and not may_deny(said.folded, said.predicates):
            yield Discrepancy("negation", excepted, f"{excepted}を除く")
    for excepted in _EXCEPTED.findall(said.folded):
        if not _BUT.search(found.folded) and not may_deny(found.folded, found.predicates):
            yield Discrepancy("negation", f"{excepted}を除く", excepted if excepted in found.folded else "")


def _limits_at_all(found: Facts) -> bool:
    """Whether a source denies, excepts or bounds anything: then のみ may be its own meaning."""
    return may_deny(found.folded, found.predicates) or any(one.bound for one in found.quantities)


def _opposites(said: Facts, found: Facts) -> Iterator[Discrepancy]:
    """午前 for 午後, 有料 for 無料: of one dimension the sides share no value, and affirm theirs alike."""
    for value in said.values:
        there = [other for other in found.values if other.row == value.row]
        here = {other.column for other in said.values if other.row == value.row}
        if not there or not here.isdisjoint({other.column for other in there}):
            continue
        if _sign_around(said, value.text) == _sign_around(found, there[0].text):
            yield Discrepancy(value.kind, value.text, there[0].text)


def _is_put_the_other_way(said: Facts, found: Facts) -> bool:
    """中止する is said by 行わない: another value of the same dimension, denied."""
    return any(
        one.row == other.row
        and one.column != other.column
        and _sign_around(said, one.text) != _sign_around(found, other.text)
        for one in said.values
        for other in found.values
    )


def _sign_around(facts: Facts, text: str) -> int:
    """The sign of the predicates in the clause of a word: 強制ではない; of words that deny themselves +."""
    if _HOLDS_DENIAL.search(text):
        return 1
    place = facts.folded.find(text)
    span = next(((s, e) for s, e in clause_spans(facts.folded) if s <= place < e), (0, 0))
    signs = [one.sign for one in facts.predicates if span[0] <= one.start < span[1]]
    return -1 if -1 in signs else 1
