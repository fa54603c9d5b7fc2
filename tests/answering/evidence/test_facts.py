"""Dates, names, predicates and opposites as they are read from a text."""

from __future__ import annotations

import pytest

from rag.answering.evidence.days import read_days
from rag.answering.evidence.facts import read_facts
from rag.answering.evidence.names import is_named
from rag.answering.evidence.opposites import read_values
from rag.text.analyzer import load_analyzer

ANALYZER = load_analyzer()


def test_dates_and_their_parts():
    found = read_days("令和6年4月1日と、8月12日から16日まで。7/9(水)と翌日")
    assert [(one.first.isoformat(), one.last.isoformat()) for one in found.days] == [
        ("2024-04-01", "2024-04-01")
    ]
    assert [(one.month, one.day) for one in found.partial] == [(8, 12), (8, 16), (7, 9)]
    assert (found.weekdays, found.relative) == ({"水"}, {"翌日"})


def test_lengths_of_time_are_no_dates():
    assert not read_days("3か月間、毎月、数か月、月額").partial


SIGNS = [
    ("書類を提出する。", 1, "plain"),
    ("書類を提出しない。", -1, "denied"),
    ("書類を提出しなければならない。", 1, "must"),
    ("書類を提出しなくてもよい。", -1, "need not"),
    ("書類を提出する必要はありません。", -1, "need not"),
    ("書類を提出してはならない。", -1, "must not"),
    ("書類を提出してもかまいません。", 1, "may"),
    ("書類を提出することができる。", 1, "can"),
    ("書類を提出することはできない。", -1, "cannot"),
    ("書類の提出は禁止されている。", -1, "forbidden"),
    ("書類の提出は禁止されていない。", 1, "not forbidden"),
    ("書類しか提出できません。", 1, "only"),
    ("書類を提出するとは限らない。", -1, "not always"),
    ("書類を提出しないわけではない。", 1, "twice denied"),
    ("書類を提出したに違いない。", 1, "surely"),
    ("書類は未提出です。", -1, "a prefix"),
]


@pytest.mark.parametrize(("text", "sign", "reason"), SIGNS)
def test_signs(text: str, sign: int, reason: str):
    found = read_facts(text, ANALYZER).predicates
    assert {one.sign for one in found if one.base == "提出"} == {sign}, reason


NAMED = [
    ("総務部長", "届は総務部長に出す。", True, "as it stands"),
    ("経理課長", "届は総務部長に出す。", False, "another office"),
    ("大阪市", "大阪に泊まる。", True, "the ending may be left out"),
    ("フランス人", "フランスの公使だった。", True, "what is appended, too"),
    ("汐見城跡", "高台の汐見神社まで歩く。", False, "the same place, another thing"),
    ("アーサー・バルフォア", "アーサー＝バルフォアは当選した。", True, "joined otherwise"),
    ("ka-300", "型番はKA-200です。", False, "another code"),
    ("pc", "パソコンを起動する。", True, "in other letters"),
]


@pytest.mark.parametrize(("name", "source", "expected", "reason"), NAMED)
def test_names(name: str, source: str, expected: bool, reason: str):
    (read,) = read_facts(f"{name}です。", ANALYZER).names
    assert is_named(read, read_facts(source, ANALYZER).folded) is expected, reason


def test_of_opposites_that_overlap_the_longer_counts():
    assert [one.text for one in read_values("資料は非公開です。")] == ["非公開"]
    assert read_values("資料です。") == ()
