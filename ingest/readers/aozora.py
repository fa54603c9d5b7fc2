"""Books in the notation of Aozora Bunko: 漢字《かんじ》, ｜ and ［＃…］.

What readers see stays in the text; ruby, emphasis and notes become annotations. The legend before the
work is left out and counted, the colophon after it (底本：…) becomes notes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.encoding import Decoded
from ingest.readers.aozora_line import Line, parse_line, plain_text
from ingest.readers.base import Block, BlockKind, Reading
from rag.types import Attributes, Locator

MEDIA_TYPE = "text/x-aozora"

_RUBY = re.compile("[\u3400-\u9fff々〆ヶ〇]《[\u3041-\u30ffー・]+》")
_NOTE = re.compile("［＃[^［］]*(?:字下げ|見出し|傍点|改ページ|改丁|水準|ルビ|地付き|字上げ)[^［］]*］")
_LEGEND = "テキスト中に現れる記号について"
_ENOUGH_RUBY = 3

_RULE = re.compile(r"\s*-{20,}\s*$")
_COLOPHON = re.compile(r"\s*(?:底本：|底本:|［＃本文終わり］)")
_NO_AUTHOR = re.compile("(?:訳|編|編訳|共訳|校訂|校註|校注)$")
_HEADING_BEGINS = re.compile("［＃(?:ここから)?(?:同行|窓)?([大中小])見出し］")
_HEADING_ENDS = re.compile("［＃(?:ここで)?(?:同行|窓)?[大中小]見出し終わり］")
_LEVELS = {"大": 1, "中": 2, "小": 3}


def is_aozora(text: str) -> bool:
    """Whether a text is written in this notation: its legend, its notes, or ruby several times."""
    if _LEGEND in text or _NOTE.search(text):
        return True
    return (
        "《" in text
        and sum(1 for _, _ in zip(_RUBY.finditer(text), range(_ENOUGH_RUBY), strict=False)) == _ENOUGH_RUBY
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The lines of a file by what they are; each list holds (line number from 1, line)."""

    front: list[tuple[int, str]]
    legend: list[tuple[int, str]]
    body: list[tuple[int, str]]
    colophon: list[tuple[int, str]]


def read_text(decoded: Decoded) -> Reading:
    """Read text in Aozora notation."""
    parts = _split(re.split("\r\n|\r|\n", decoded.text))
    dropped = Counter({"legend": sum(len(line) for _, line in parts.legend)})
    blocks = [*_body_blocks(parts.body, dropped), *_notes(parts.colophon)]
    title, author = _title_and_author([plain_text(line) for _, line in parts.front if line.strip()])
    return Reading(
        blocks=tuple(blocks),
        media_type=MEDIA_TYPE,
        title=title,
        encoding=decoded.encoding,
        encoding_confidence=decoded.confidence,
        attributes=Attributes(author=author),
        warnings=decoded.warnings,
        dropped={reason: number for reason, number in dropped.items() if number},
    )


def _split(lines: Sequence[str]) -> _Parts:
    numbered = list(enumerate(lines, 1))
    rules = [i for i, line in enumerate(lines[:200]) if _RULE.match(line)]
    has_legend = len(rules) > 1 and any(_LEGEND in line for line in lines[rules[0] : rules[1]])
    if has_legend:
        front_end, body_start = rules[0], rules[1] + 1
    else:
        front_end = body_start = _end_of_front(lines)
    body_end = next(
        (i for i in range(len(lines) - 1, body_start, -1) if _COLOPHON.match(lines[i])), len(lines)
    )
    return _Parts(
        front=numbered[:front_end],
        legend=numbered[front_end:body_start],
        body=numbered[body_start:body_end],
        colophon=numbered[body_end:],
    )


def _end_of_front(lines: Sequence[str]) -> int:
    """Title and author stand before the first blank line; a longer beginning is already the work."""
    end = next((i for i, line in enumerate(lines) if not line.strip()), 0)
    return end if end in (1, 2, 3, 4) and all(len(line) <= 40 for line in lines[:end]) else 0  # noqa: PLR2004


def _title_and_author(front: Sequence[str]) -> tuple[str | None, str | None]:
    """「半七捕物帳／お文の魂／岡本綺堂」 → the title of both lines, and the author."""
    names = [line.strip() for line in front]
    if len(names) < 2:  # noqa: PLR2004
        return (names[0] if names else None), None
    authors = [name for name in names[1:] if not _NO_AUTHOR.search(name)]
    author = authors[-1] if authors else None
    title = " ".join(name for name in names if name != author and not _NO_AUTHOR.search(name))
    return title, author


def _body_blocks(lines: Sequence[tuple[int, str]], dropped: Counter[str]) -> Iterator[Block]:
    region: int | None = None
    for number, raw in lines:
        begins = _HEADING_BEGINS.search(raw)
        level = _LEVELS[begins[1]] if begins else region
        line = parse_line(raw)
        dropped.update(line.dropped)
        if line.text:
            yield _block(line, number, line.heading_level or level)
        if begins:
            region = level
        if _HEADING_ENDS.search(raw) or (begins and "ここから" not in begins[0]):
            region = None


def _block(line: Line, number: int, level: int | None) -> Block:
    kind = BlockKind.HEADING if level else BlockKind.PARAGRAPH
    place = Locator(0, 0, lines=(number, number))
    return Block(kind, line.text, level=level or 0, place=place, annotations=line.annotations)


def _notes(lines: Sequence[tuple[int, str]]) -> Iterator[Block]:
    for number, raw in lines:
        if raw.strip():
            yield Block(BlockKind.NOTE, plain_text(raw), place=Locator(0, 0, lines=(number, number)))
