"""The structure that Japanese texts write out in words: 第二章, 附則, 【…】, ■ and 第二十条の三.

Files that mark their headings (Word styles, HTML) need this only for their articles; plain text, mails
and most PDFs have nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBER = "[0-9０-９一二三四五六七八九十百千〇]+"
_TITLE_CHARS = 40
_LEVELS = {"編": 1, "章": 2, "節": 3, "款": 4, "目": 5}
ARTICLE_LEVEL = 6
_SUPPLEMENT_LEVEL = 2
_CHAPTERED_LEVEL = 2
_MARKED_LEVEL = 3
_BRACKETED_NUMBER_LEVEL = 5

_DIVISION = re.compile(
    rf"第\s?(?P<number>{NUMBER})\s?(?P<unit>[編章節款目])(?P<branch>(?:の{NUMBER})?)(?=[\s　：:]|$)"
)
_SUPPLEMENT = re.compile(
    rf"(?:(?P<supplement>附\s*則)|(?P<table>別表|別紙(?=\s?第?{NUMBER}))\s?(?:第?(?P<table_number>{NUMBER}))?"
    rf"|別記様式|(?:別記)?(?P<form>様式)\s?第(?P<form_number>{NUMBER})号(?P<branch>(?:の{NUMBER})*))"
    r"(?:\s*[（(〔［].*[）)〕］]\s*)*(?:抄)?"
)
_BRACKETED = re.compile("[【〔≪＜][^【】〔〕≪≫＜＞]{1,38}[】〕≫＞]")
_MARKED = re.compile("[■□◆◇▼▽◎]\\s*\\S.{0,38}")
_NUMBERED = re.compile(
    r"(?P<number>[0-9０-９]{1,2}(?:[.．][0-9０-９]{1,2})*)(?:[.．、]\s*|[ 　\t]+)(?P<title>\S.{0,38})"
)
_CHAPTERED = re.compile(rf"(?:第{NUMBER}[ 　\t]+|[Ⅰ-Ⅻ](?:[.．、]\s*|[ 　\t]+))\S.{{0,38}}")
_BRACKETED_NUMBER = re.compile(r"[(（][0-9０-９]{1,2}[)）]\s*\S.{0,38}")
_SENTENCE_END = re.compile("[。．、，,;；:：]$")
_LEADER = re.compile(r"[.．・…‥]{3,}\s*\S{0,6}$|（第[^（）]{1,10}条(?:[―〜～・、－-][^（）]*)?(?<!関係)）$")
"""A line of a table of contents: dots before a page number, or the articles that a chapter holds."""

_ARTICLE = re.compile(
    rf"第(?P<number>{NUMBER})条(?P<branch>(?:の{NUMBER})*)(?=[\s　（(]|$|及び第|から第)"
    r"(?P<caption>[（(][^（()）\n]{1,40}[）)])?"
)
_CAPTION = re.compile("[（(〔]\\s*\\S.{0,60}[）)〕]")

_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class ArticleHeading:
    """The head of an article: 「第二十条の三（旅費）」 → label 「第20条の3」, caption 「（旅費）」."""

    label: str
    caption: str = ""


def division_level(line: str) -> int | None:
    """The level of a heading that says so itself: 「第二章　旅費」 → 2, 「附則」 → 2; else None."""
    if len(line) > _TITLE_CHARS or _LEADER.search(line):
        return None
    match = _DIVISION.match(line)
    if match and not _SENTENCE_END.search(line):
        return _LEVELS[match["unit"]]
    return _SUPPLEMENT_LEVEL if _SUPPLEMENT.fullmatch(line) else None


def division_label(line: str) -> str:
    """What others call a division: 「第二章　旅費」 → 第2章, 「別表第一（第三条関係）」 → 別表第1."""
    if match := _DIVISION.match(line):
        return f"第{to_int(match['number'])}{match['unit']}{branches(match['branch'])}"
    match = _SUPPLEMENT.fullmatch(line)
    if match is None:
        return ""
    if match["supplement"]:
        return "附則"
    if match["form"]:
        return f"様式第{to_int(match['form_number'])}号{branches(match['branch'])}"
    number = f"第{to_int(match['table_number'])}" if match["table_number"] else ""
    return (match["table"] or "別記様式") + number


def heading_level(line: str, *, alone: bool = False) -> int | None:
    """The level of a heading in a text without marks, or None.

    ``alone`` says that a blank line stands before it and text after it: only then is 「１　はじめに」 a
    heading and not the first item of a list.
    """
    level = division_level(line)
    if level is not None or len(line) > _TITLE_CHARS or _LEADER.search(line):
        return level
    if _BRACKETED.fullmatch(line):
        return _MARKED_LEVEL
    if _SENTENCE_END.search(line):
        return None
    if _MARKED.fullmatch(line):
        return _MARKED_LEVEL
    if not alone:
        return None
    return numbered_level(line) or (_BRACKETED_NUMBER_LEVEL if _BRACKETED_NUMBER.fullmatch(line) else None)


def numbered_level(line: str) -> int | None:
    """「第１　趣旨」, 「Ⅱ　体制」 → 2, 「２　体制」 → 3, 「２.１　役割」 → 4; None for no short title."""
    if _SENTENCE_END.search(line) or _LEADER.search(line):
        return None
    if match := _NUMBERED.fullmatch(line):
        return _MARKED_LEVEL + len(re.findall("[.．]", match["number"]))
    return _CHAPTERED_LEVEL if _CHAPTERED.fullmatch(line) else None


def is_bracketed(line: str) -> bool:
    """「【注意事項】」 alone on its line, which names what follows in any format."""
    return _BRACKETED.fullmatch(line) is not None and not _LEADER.search(line)


def article_heading(text: str) -> ArticleHeading | None:
    """The article that begins with this text; 「第三条の規定により」 begins none."""
    match = _ARTICLE.match(text)
    if match is None:
        return None
    label = f"第{to_int(match['number'])}条{branches(match['branch'])}"
    return ArticleHeading(label, match["caption"] or "")


def branches(written: str | None) -> str:
    """「の二の３」 → 「の2の3」."""
    return "".join(f"の{to_int(part)}" for part in (written or "").split("の")[1:])


def is_caption(text: str) -> bool:
    """Whether this line names the article after it: 「（目的）」."""
    return _CAPTION.fullmatch(text) is not None


def to_int(number: str) -> int:
    """二十 → 20, ２０ → 20, 二〇 → 20, 百五 → 105."""
    if not set(number) & set(_UNITS):
        return int("".join(str(_DIGITS.get(char, char)) for char in number))
    total, digit = 0, 0
    for char in number:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _DIGITS[char] if char in _DIGITS else int(char)
    return total + digit
