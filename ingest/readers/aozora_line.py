"""One line of Aozora notation → what people read, with ruby, emphasis and notes as annotations.

Layout notes (字下げ, 改ページ …) are dropped; a 外字 note becomes the character it describes, or 〓 with a
``gaiji`` annotation where there is none. Anything else that somebody noted (「…」はママ) stays as a ``note``.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ingest.jis import from_kuten
from rag.types import Annotation

GETA = "〓"

_TOKEN = re.compile(r"(?P<note>※?［＃(?P<described>[^［］]*)］)|《(?P<ruby>[^《》]*)》|(?P<mark>｜)")
_MARKUP = re.compile("[《｜［]")
_GAIJI = re.compile("※［＃([^［］]*)］")
_GAIJI_IN_NOTE = re.compile("(?<=［＃)([^［］]*)※［＃[^［］]*］")
_KUTEN = re.compile(r"(?:第[34]水準|、)\s*([12])-(\d{1,2})-(\d{1,2})(?:$|[、）］])")
_CODE_POINT = re.compile(r"U\+([0-9A-Fa-f]{4,6})")

_BASE_CLASSES = (  # a ruby without ｜ belongs to the run of one of these before it
    re.compile(
        "[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆〇ヶヵ仝〻〓\ufe00-\ufe0f\U000e0100-\U000e01ef]+$"
    ),
    re.compile("[\u30a1-\u30ffー]+$"),
    re.compile("[\u3041-\u309fー]+$"),
    re.compile("[A-Za-z0-9Ａ-Ｚａ-ｚ０-９\u00c0-\u024f'’.\\-]+$"),
)
_NEAR_CHARS = 32
"""A base is looked for so far back first: nearly none is longer, and paragraphs are."""

_HEADING = re.compile("「(?P<text>.*)」は(?:同行|窓)?(?P<size>[大中小])見出し$")
_LEVELS = {"大": 1, "中": 2, "小": 3}
_EMPHASIS = re.compile(
    "「(?P<text>.+)」(?:の左)?(?:に|は)(?P<value>.*(?:傍点|傍線|太字|斜体|波線|破線|鎖線|白丸|黒丸))$"
)
_ABOUT = re.compile("「(?P<text>.+)」(?P<value>(?:は|に).+)$")
_RANGE_BEGINS = re.compile("(?P<value>(?:.*傍点|.*傍線|太字|斜体))$")
_RANGE_ENDS = re.compile("(?P<value>(?:.*傍点|.*傍線|太字|斜体))終わり$")
_LAYOUT = re.compile(
    "字下げ|字上げ|地付き|地から|改ページ|改丁|改見開き|改段|ページの左右中央|天付き|行空|字詰め|見出し(?:終わり)?$"
    "|罫囲み|段組|横組み|縦中横|中央揃え|文字サイズ|段階|大きな|小さな|本文終わり|割り注|キャプション|改行"
)
_KANBUN = re.compile("[一二三四上中下甲乙丙丁天地人レ]{1,2}$|（.+）$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as people read it; ``heading_level`` where a note makes it a heading."""

    text: str
    annotations: tuple[Annotation, ...] = ()
    heading_level: int | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)


def plain_text(raw: str) -> str:
    """The line alone: 「檸檬《れもん》」 → 「檸檬」."""
    return parse_line(raw).text


def parse_line(raw: str) -> Line:
    """Parse one line.

    Example: 「武州｜青梅《おうめ》の宿《しゅく》」 → 「武州青梅の宿」 with ruby over 青梅 and 宿.
    """
    if not _MARKUP.search(raw):
        return Line(raw.strip())
    parser = _Parser()
    line = _with_known_gaiji(raw)
    done = 0
    for token in _TOKEN.finditer(line):
        parser.write(line[done : token.start()])
        done = token.end()
        if token["mark"]:
            parser.mark()
        elif token["ruby"] is not None:
            parser.ruby(token["ruby"])
        else:
            parser.note(token["described"], is_gaiji=token["note"].startswith("※"))
    parser.write(line[done:])
    return parser.line()


class _Parser:
    """Collects a line piece by piece."""

    def __init__(self) -> None:
        self._text = ""
        self._annotations: list[Annotation] = []
        self._ruby_from: int | None = None
        self._ranges: dict[str, int] = {}
        self._level: int | None = None
        self._dropped: Counter[str] = Counter()

    def write(self, text: str) -> None:
        self._text += text

    def mark(self) -> None:
        self._ruby_from = len(self._text)

    def ruby(self, reading: str) -> None:
        start = self._ruby_from if self._ruby_from is not None else self._start_of_base()
        self._ruby_from = None
        if start == len(self._text) or not reading:
            self._text += f"《{reading}》"
        else:
            self._annotations.append(Annotation("ruby", start, len(self._text), reading))

    def note(self, described: str, *, is_gaiji: bool) -> None:
        if is_gaiji:
            self._annotations.append(Annotation("gaiji", len(self._text), len(self._text) + 1, described))
            self._text += GETA
            return
        for pattern, act in _NOTES:
            match = pattern.search(described) if pattern is _LAYOUT else pattern.match(described)
            if match:
                act(self, match)
                return
        self._annotate("note", described, len(self._text), len(self._text))

    def line(self) -> Line:
        text = self._text.rstrip()
        indent = len(text) - len(text.lstrip())
        kept = tuple(
            Annotation(one.kind, max(one.start - indent, 0), min(one.end, len(text)) - indent, one.value)
            for one in sorted(self._annotations, key=lambda one: one.start)
            if indent < len(text)
        )
        return Line(text.strip(), kept, self._level, dict(self._dropped))

    def heading(self, match: re.Match[str]) -> None:
        self._level = _LEVELS[match["size"]]

    def emphasis(self, match: re.Match[str]) -> None:
        self._annotate_last("emphasis", plain_text(match["text"]), match["value"])

    def about(self, match: re.Match[str]) -> None:
        self._annotate_last("note", plain_text(match["text"]), match["value"])

    def begin_range(self, match: re.Match[str]) -> None:
        self._ranges[match["value"]] = len(self._text)

    def end_range(self, match: re.Match[str]) -> None:
        start = self._ranges.pop(match["value"], 0)
        self._annotate("emphasis", match["value"], start, len(self._text))

    def layout(self, match: re.Match[str]) -> None:
        self._dropped["layout-note"] += len(match.string)

    def _annotate_last(self, kind: str, text: str, value: str) -> None:
        start = self._text.rfind(text) if text else -1
        if start < 0:
            start, text = len(self._text), ""
        self._annotate(kind, value, start, start + len(text))

    def _annotate(self, kind: str, value: str, start: int, end: int) -> None:
        self._annotations.append(Annotation(kind, start, end, value))

    def _start_of_base(self) -> int:
        near = max(len(self._text) - _NEAR_CHARS, 0)
        for pattern in _BASE_CLASSES:
            match = pattern.search(self._text, near)
            if match and match.start() == near > 0:  # it may begin still earlier
                match = pattern.search(self._text)
            if match:
                return match.start()
        return len(self._text)


_NOTES: tuple[tuple[re.Pattern[str], Callable[[_Parser, re.Match[str]], None]], ...] = (
    (_HEADING, _Parser.heading),
    (_EMPHASIS, _Parser.emphasis),
    (_RANGE_ENDS, _Parser.end_range),
    (_RANGE_BEGINS, _Parser.begin_range),
    (_LAYOUT, _Parser.layout),
    (_KANBUN, _Parser.layout),
    (_ABOUT, _Parser.about),
)
"""What each kind of note does; the first that fits. A note that fits none stays as it is."""


def _with_known_gaiji(line: str) -> str:
    """Put in the characters that notes describe; one inside another note that nobody knows becomes 〓."""
    if "［＃" not in line:
        return line
    line = _GAIJI.sub(lambda match: described_character(match[1]) or match[0], line)
    return _GAIJI_IN_NOTE.sub(rf"\1{GETA}", line)


def described_character(described: str) -> str | None:
    """The character of a 外字 note: 「日＋向」、第3水準1-85-25 → 晌; None where it names none."""
    code_point = _CODE_POINT.search(described)
    if code_point:
        return _char(int(code_point[1], 16))
    kuten = _KUTEN.search(described)
    return from_kuten(*(int(part) for part in kuten.groups())) if kuten else None


def _char(code_point: int) -> str | None:
    is_surrogate = code_point in range(0xD800, 0xE000)
    return chr(code_point) if code_point <= sys.maxunicode and not is_surrogate else None
