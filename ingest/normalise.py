"""Tidies the text that people read, without changing a word of it.

Control and invisible characters go, line ends and blanks become plain ones. Nothing is folded: full-width
letters, 旧字体 and ① stay as they were written. Whatever is taken out is counted by reason, and annotations
move with their text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rag.types import Annotation, Span

_CHARACTERS = re.compile(
    "(?P<newline>\r\n?|[\u2028\u2029\x85\x0b\x0c])"
    "|(?P<control>[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f])"
    "|(?P<surrogate>[\ud800-\udfff])"
    "|(?P<blank>[\u00a0\u2007\u202f])"
    "|(?P<invisible>[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb])"
)
"""Left alone: variation selectors (葛󠄀) and joiners (U+200C, U+200D), which change what is seen."""

_TRAILING = "(?P<trailing>(?<![ \t\u3000\n])[ \t\u3000\n]+\\Z|(?<![ \t\u3000])[ \t\u3000]+(?=\n))"
_INDENT = "(?P<indent>\\A[ \t\u3000\n]+)"
_LINES = re.compile("(?P<lines>(?<=\n\n)\n+)")
_PASSES = {
    True: (_CHARACTERS, re.compile(_TRAILING), _LINES),
    False: (_CHARACTERS, re.compile(f"{_INDENT}|{_TRAILING}"), _LINES),
}
"""By whether the indent is kept. A pattern looks behind before a run of blanks, so that a long run is
tried once and not from each of its characters."""

_REPLACEMENTS = {"newline": "\n", "blank": " "}
_COUNTED = frozenset({"control", "surrogate", "invisible"})


@dataclass(frozen=True, slots=True)
class Normalised:
    """A tidy text with its annotations; ``dropped`` counts characters taken out, by reason."""

    text: str
    annotations: tuple[Annotation, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    shift: Callable[[int], int] = int
    """Leads from an offset in the original text to the same place in the tidy one."""


def normalise(text: str, annotations: Sequence[Annotation] = (), *, keep_indent: bool = True) -> Normalised:
    r"""Tidy one text; ``keep_indent`` leaves blanks at its beginning, which mean something in code.

    Example: ``"第一条\u00a0目的\r\n\0"`` becomes ``"第一条 目的\n"`` with ``{"control": 1}`` dropped.
    """
    if text.isprintable() and text.strip(" ") == text:  # no line, control or invisible character, no blank
        return Normalised(text, tuple(annotations))
    dropped: Counter[str] = Counter()
    shifts: list[_Shift] = []
    for pattern in _PASSES[keep_indent]:
        text, shift = _rewrite(text, pattern, dropped)
        if shift is not None:
            shifts.append(shift)

    def shift_all(offset: int) -> int:
        for shift in shifts:
            offset = shift(offset)
        return offset

    if shifts:
        annotations = move(annotations, shift_all)
    return Normalised(text, tuple(annotations), dict(dropped), shift_all)


def move(annotations: Sequence[Annotation], shift: Callable[[int], int]) -> list[Annotation]:
    """Annotations at their new offsets; one whose text is gone altogether goes too."""
    moved = (Annotation(one.kind, shift(one.start), shift(one.end), one.value) for one in annotations)
    return [
        new
        for new, old in zip(moved, annotations, strict=True)
        if new.start < new.end or old.start == old.end
    ]


class _Shift:
    """A monotone map of offsets from the places where text was replaced."""

    def __init__(self, edits: Sequence[tuple[Span, int]]) -> None:
        self._starts = [span.start for span, _ in edits]
        self._edits = edits
        self._moved: list[int] = []
        total = 0
        for span, length in edits:
            self._moved.append(total)
            total += length - (span.end - span.start)

    def __call__(self, offset: int) -> int:
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return offset
        span, length = self._edits[index]
        if offset >= span.end:
            return offset + self._moved[index] + length - (span.end - span.start)
        return span.start + self._moved[index] + min(offset - span.start, length)


def _rewrite(text: str, pattern: re.Pattern[str], dropped: Counter[str]) -> tuple[str, _Shift | None]:
    """Replace every match by what its group says; the shift is None where nothing matched."""
    edits: list[tuple[Span, int]] = []
    pieces: list[str] = []
    done = 0
    for match in pattern.finditer(text):
        reason = match.lastgroup or ""
        replacement = _REPLACEMENTS.get(reason, "")
        pieces += (text[done : match.start()], replacement)
        done = match.end()
        edits.append((Span(*match.span()), len(replacement)))
        if reason in _COUNTED:
            dropped[reason] += match.end() - match.start()
    if not edits:
        return text, None
    return "".join((*pieces, text[done:])), _Shift(edits)
