"""What in a question is search syntax: phrases, exclusions and filters.

==============================  ==========================================================================
``"有給休暇"``                   stands there in these very characters; alone, not as in 「"A"は何」
``-退職``, ``NOT 退職``, ``除外:退職``  does not stand there
``collection:規程集``            in this collection (資料群:)
``source:就業規則``              the file's name has this in it (資料:)
``title:旅費``                   the document's title has this in it (題名:)
``date:2024-04..2025-03``        its date is in this range; 和暦 too: 日付:令和6年度
``page:3..5``                    on these pages (ページ:)
``article:20``, ``条:第20条の2``  in this article
==============================  ==========================================================================

A question that means none of this is left as it was typed, to the character: 「-5℃」, ``10:30``,
``https://…``, ``C:/temp``, ``24" モニター`` and ``ls -la`` are words. What looks like syntax and cannot be
read is searched for as words, with a note; nothing here is ever an error.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rag.retrieval.filters import Dates, read_articles, read_dates, read_pages
from rag.types import Conditions, Question, Scope

MAX_SYNTAX_CHARS = 300
"""A longer question, or one of several lines, was pasted: nothing in it is syntax."""

MAX_PHRASES = 10
"""Phrases and exclusions in one question; each takes a search of its own."""

MAX_SINGLES = 2
"""Of them those of a single character, which take some tenths of a second each."""

_NAMES = {
    "collection": "collection", "資料群": "collection",
    "source": "source", "資料": "source",
    "title": "title", "題名": "title",
    "date": "date", "日付": "date",
    "page": "page", "ページ": "page",
    "article": "article", "条": "article",
    "除外": "not",
}  # fmt: skip
_LABELS = {
    "collection": "資料群",
    "source": "資料",
    "title": "題名",
    "date": "日付",
    "page": "ページ",
    "article": "条",
}

_QUOTED = r"[\"＂“](?P<{name}>[^\"＂“”\n]{{1,100}})[\"＂”]"
_BARE = r"[^\s\"＂“”)）」』、。]+"
_ELEMENT = re.compile(
    rf"""
    (?<![^\s(（「『、。])(?<!\w\()  # whatever is syntax stands alone: "Boston"は何ですか only quotes
    (?:
      (?: [-－−] (?=[^\s0-9０-９.,．\-－−>])  # -5℃ and --force are words
        | NOT\s+ (?![A-Z]+(?!\w)) )          # and so is NOT NULL
      (?: {_QUOTED.format(name="not_quoted")} | (?P<not_bare>{_BARE}) )
    | (?P<name>(?i:{"|".join(_NAMES)})) [:：]
      (?: {_QUOTED.format(name="value_quoted")} | (?P<value>{_BARE}) )
    | {_QUOTED.format(name="phrase")}
    )
    (?=[\s)）」』、。]|$)
    """,
    re.VERBOSE,
)
_QUOTE = re.compile('["＂“”]')
_LONE_QUOTE = re.compile(r"(?<!\S)[\"＂“]\w")
_OPTION = re.compile(r"[A-Za-z]{1,2}|[ぁ-ゖ]")
_CONTENT = re.compile(r"[^\W_]")


@dataclass(slots=True)
class _Reading:
    """What was understood so far."""

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pages: tuple[int, ...] = ()
    dates: list[Dates] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_question(question: Question) -> Question:
    """The question in plain words, with conditions, a narrower scope, and notes of what was understood.

    A question that was read before is given back as it is.

    >>> read = read_question(Question('旅費 "宿泊料" -海外'))
    >>> read.text, read.conditions.phrases, read.conditions.excluded
    ('旅費 宿泊料', ('宿泊料',), ('海外',))
    """
    if question.conditions is not None:
        return question
    text = question.text
    if len(text) > MAX_SYNTAX_CHARS or "\n" in text.strip():
        return replace(question, conditions=Conditions())
    reading = _Reading()
    plain = _ELEMENT.sub(lambda match: _read_element(match, reading), text)
    if _LONE_QUOTE.search(plain) and len(_QUOTE.findall(plain)) % 2:
        reading.notes.append("閉じていない引用符は、ただの文字として読みました")
    if not (reading.found or reading.pages or reading.dates):
        return replace(question, conditions=Conditions(), notes=(*question.notes, *reading.notes))
    plain = " ".join(plain.split())
    if not _CONTENT.search(plain):
        note = "除外や絞り込みだけでは探せないので、語として探しました: 探す語を足してください"
        return replace(question, conditions=Conditions(), notes=(*question.notes, note))
    return _narrowed(question, plain, reading)


def _narrowed(question: Question, plain: str, reading: _Reading) -> Question:
    found, scope = reading.found, question.scope
    collections = tuple(found["collection"])
    if collections and not scope.collections:  # the index knows how to look at one collection alone
        scope, collections = replace(scope, collections=frozenset(collections)), ()
    conditions = Conditions(
        phrases=tuple(found["phrase"]),
        excluded=tuple(found["not"]),
        collections=collections,
        sources=tuple(found["source"]),
        titles=tuple(found["title"]),
        pages=reading.pages,
        articles=tuple(found["article"]),
    )
    notes = (*question.notes, *reading.notes, *_told(reading))
    return replace(
        question, text=plain, scope=_dated(scope, reading.dates), conditions=conditions, notes=notes
    )


def _dated(scope: Scope, dates: list[Dates]) -> Scope:
    """The scope within all of the ranges; several of them overlap or show nothing."""
    firsts = [day for day in (scope.date_from, *(one.first for one in dates)) if day]
    lasts = [day for day in (scope.date_to, *(one.last for one in dates)) if day]
    return replace(scope, date_from=max(firsts, default=None), date_to=min(lasts, default=None))


def _read_element(match: re.Match[str], reading: _Reading) -> str:
    """Take one element in, and return what stays of it among the words."""
    if phrase := match["phrase"]:
        return _take_phrase(match[0], phrase, reading)
    excluded = match["not_quoted"] or match["not_bare"]
    if excluded:
        bare = match["not_bare"] is not None
        return _take_excluded(match[0], excluded, reading, bare=bare)
    name, value = _NAMES[match["name"].lower()], match["value_quoted"] or match["value"]
    if name == "not":
        return _take_excluded(match[0], value, reading, bare=False)
    return _FILTERS[name](match[0], value, reading)


def _take_phrase(written: str, phrase: str, reading: _Reading) -> str:
    if not _CONTENT.search(phrase):
        reading.notes.append(f"{written} は記号だけなので、条件にしませんでした")
        return written
    if _is_full(written, phrase, reading):
        return written
    reading.found["phrase"].append(phrase.strip())
    return f" {phrase} "


def _take_excluded(written: str, word: str, reading: _Reading, *, bare: bool) -> str:
    """An option of a command (``-la``) and a single kana stay words."""
    if not _CONTENT.search(word) or (bare and _OPTION.fullmatch(word)) or _is_full(written, word, reading):
        return written
    reading.found["not"].append(word.strip())
    return " "


def _is_full(written: str, word: str, reading: _Reading) -> bool:
    """Whether there are so many phrases and exclusions that one more stays a word, with a note."""
    taken = [*reading.found["phrase"], *reading.found["not"]]
    singles = [one for one in taken if len(one) == 1]
    if len(word.strip()) == 1 and len(singles) >= MAX_SINGLES:
        reading.notes.append(f"一文字の条件は {MAX_SINGLES} 個までなので、{written} は語として探しました")
        return True
    if len(taken) >= MAX_PHRASES:
        reading.notes.append(f"語句の条件は {MAX_PHRASES} 個までなので、{written} は語として探しました")
        return True
    return False


def _take_name(name: str) -> Callable[[str, str, _Reading], str]:
    def take(written: str, value: str, reading: _Reading) -> str:
        if not _CONTENT.search(value):
            return _unread(written, name, reading)
        reading.found[name].append(value.strip())
        return " "

    return take


def _take_date(written: str, value: str, reading: _Reading) -> str:
    dates = read_dates(value)
    if dates is None:
        return _unread(written, "date", reading)
    reading.dates.append(dates)
    return " "


def _take_pages(written: str, value: str, reading: _Reading) -> str:
    pages = read_pages(value)
    if not pages:
        return _unread(written, "page", reading)
    reading.pages += pages
    return " "


def _take_articles(written: str, value: str, reading: _Reading) -> str:
    articles = read_articles(value)
    if not articles:
        return _unread(written, "article", reading)
    reading.found["article"] += articles
    return " "


def _unread(written: str, name: str, reading: _Reading) -> str:
    """A note, and the element stays among the words."""
    examples = {"date": "date:2024-04..2025-03", "page": "page:3..5", "article": "article:20"}
    example = f" (例: {examples[name]})" if name in examples else ""
    reading.notes.append(f"{written} は{_LABELS[name]}の条件として読めないので、語として探しました{example}")
    return written


_FILTERS: dict[str, Callable[[str, str, _Reading], str]] = {
    **{name: _take_name(name) for name in ("collection", "source", "title")},
    "date": _take_date,
    "page": _take_pages,
    "article": _take_articles,
}


def _told(reading: _Reading) -> list[str]:
    """One line that says what was understood: 「条件: "宿泊料" を含む、海外 を含まない」."""
    found = reading.found
    parts = [f"「{phrase}」を含む" for phrase in found["phrase"]]
    parts += [f"「{word}」を含まない" for word in found["not"]]
    for name in ("collection", "source", "title"):
        parts += [f"{_LABELS[name]}「{value}」" for value in found[name]]
    parts += [f"日付 {_day(one.first)}〜{_day(one.last)}" for one in reading.dates]
    if reading.pages:
        first, last = min(reading.pages), max(reading.pages)
        parts.append(f"ページ {first}" if first == last else f"ページ {first}〜{last}")
    if found["article"]:
        parts.append("・".join(found["article"]))
    return [f"条件: {'、'.join(parts)}"]


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
