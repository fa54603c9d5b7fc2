"""Text that was read in the wrong encoding and then saved: 「縺薙ｓ縺」 was 「こん」, 「ã“ã‚“」 too.

A misreading is undone only where that is proven: the garbled run, encoded as it was misread, must decode
without an error in what it was meant to be, and give Japanese. Damage that went further than that is
counted, and left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.plausibility import judge


@dataclass(frozen=True, slots=True)
class Misreading:
    """Bytes in ``meant`` that a program took for ``taken``.

    ``run`` finds what may be garbled, ``sign`` what hardly any other text holds. ``min_score`` and
    ``min_kana`` are what the repaired run must reach in `judge`: UTF-8 proves itself, the others do not.
    """

    taken: str
    meant: str
    run: re.Pattern[str]
    sign: re.Pattern[str]
    min_score: float = 0.5
    min_kana: float = 0.0
    min_chars: int = 1

    def __str__(self) -> str:
        """``UTF-8 taken for cp932``."""
        return f"{self.meant} taken for {self.taken}"


_NEXT = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
"""What the second and third byte of a character in UTF-8 look like in cp1252."""

_FOREIGN = re.compile("[^\x00-\x7f]+")
_WESTERN = re.compile(
    "[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022"
    "\u2026\u2030\u2039\u203a\u20ac\u2122]+"
)
_WESTERN_SHIFT_JIS = re.compile(f"(?:{_WESTERN.pattern[:-1]}[@-~]?)+")
"""The second byte of a character may be a letter: 「‚ƒeƒXƒg」 was 「テスト」."""

MISREADINGS = (
    Misreading("cp932", "UTF-8", _FOREIGN, re.compile("[縺繧繝][^\x00-\x7f]")),
    Misreading("cp1252", "UTF-8", _WESTERN, re.compile(f"ã{_NEXT}")),
    Misreading("cp1252", "EUC-JP", _WESTERN, re.compile("[¤¥][¡-ö]"), 0.9, 0.2, 4),
    Misreading("cp1252", "cp932", _WESTERN_SHIFT_JIS, re.compile("[‚ƒ\x82\x83][\x80-ÿ@-~]"), 0.9, 0.2, 4),
    Misreading("cp932", "EUC-JP", _FOREIGN, re.compile("[､･][｡-ﾟ]"), 0.9, 0.3, 4),
)


_SHORT_COMMA = re.compile(f"ã€(?!{_NEXT})")
_SHORT_HIRAGANA = re.compile(f"ã({_NEXT})(?!{_NEXT})")
_ANY_SIGN = re.compile("[縺繧繝ã¤¥‚ƒ\x82\x83､･]")
_LINE = re.compile("[^\n]+")
_LOST = "\ufffd"
_NEXT_BYTES = bytes(range(0x80, 0xC0))
_MANY = 3
_MAX_BYTES = 4
"""Of one character in UTF-8."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with its misreadings undone.

    ``num_chars`` of it were garbled, ``num_lost`` characters of these are gone and stand as U+FFFD;
    ``num_left`` places look garbled and could not be proven; ``found`` names the misreadings.
    """

    text: str
    num_chars: int = 0
    num_lost: int = 0
    num_left: int = 0
    found: tuple[str, ...] = ()

    @property
    def warnings(self) -> Iterator[str]:
        """What a person should know, one line each."""
        how = ", ".join(self.found)
        if self.num_chars:
            lost = f"; {self.num_lost} of them are lost and shown as {_LOST}" if self.num_lost else ""
            yield f"{self.num_chars} characters had been garbled ({how}) and were restored{lost}"
        if self.num_left:
            yield f"{self.num_left} places are garbled ({how}) and could not be restored"


def repair(text: str) -> Repaired:
    """Undo the misreadings of a text, line by line, else run by run.

    Example: 「縺薙ｓ縺ｫ縺｡縺ｯ」 → 「こんにちは」; 「縺れた糸」 is Japanese and stays.
    """
    if text.isascii() or _ANY_SIGN.search(text) is None:
        return Repaired(text)
    undoings = [_Undoing(one) for one in MISREADINGS]
    for undoing in undoings:
        text = undoing.repair(text)
    return Repaired(
        text,
        sum(one.num_chars for one in undoings),
        sum(one.num_lost for one in undoings),
        sum(one.num_left for one in undoings),
        tuple(str(one.misreading) for one in undoings if one.num_chars or one.num_left),
    )


class _Undoing:
    """Undoes one misreading, and counts."""

    def __init__(self, misreading: Misreading) -> None:
        self.misreading = misreading
        self.num_chars = 0
        self.num_lost = 0
        self.num_left = 0

    def repair(self, text: str) -> str:
        """The text with every line, else every run, that is proven; what is proven once counts for all."""
        if self.misreading.sign.search(text) is None:
            return text
        text = _LINE.sub(lambda line: self._line(line[0]), text)
        if not self._is_proven:
            return text
        self.num_left = 0
        return _LINE.sub(lambda line: self._line(line[0]), text)

    def _line(self, line: str) -> str:
        if not (self._is_proven or self.misreading.sign.search(line)):
            return line
        whole = self._undone(line)
        return self.misreading.run.sub(self._run, line) if whole is None else self._counted(whole)

    def _run(self, match: re.Match[str]) -> str:
        run = match[0]
        num_signs = len(self.misreading.sign.findall(run))
        if not (self._is_proven or num_signs):
            return run
        repaired = self._undone(run) or self._undone_around_loss(run)
        if repaired is not None:
            return self._counted(repaired)
        self.num_left += num_signs >= _MANY and self.misreading.meant == "UTF-8"
        return run

    @property
    def _is_proven(self) -> bool:
        """A text that was garbled once proves what has no sign of its own: 「蟷ｴ」 was 「年」.

        Not so EUC in a Japanese program, which looks like half-width katakana that are meant.
        """
        one = self.misreading
        return bool(self.num_chars) and (one.meant == "UTF-8" or one.taken == "cp1252")

    def _counted(self, repaired: str) -> str:
        self.num_chars += len(repaired)
        self.num_lost += repaired.count(_LOST)
        return repaired

    def _undone(self, garbled: str) -> str | None:
        """What it was meant to be, where that is proven."""
        one = self.misreading
        meant = _decoded(garbled, one)
        if meant is None and one.meant == "UTF-8" and one.taken == "cp1252":
            meant = _decoded(_with_open_bytes(garbled), one)
        if meant is None:
            return None
        found = judge(meant)
        is_plain = found.kana_share >= one.min_kana and found.num_judged >= one.min_chars
        is_japanese = found.score >= one.min_score and (is_plain or self._is_proven)
        return meant if is_japanese and found.score > judge(garbled).score else None

    def _undone_around_loss(self, run: str) -> str | None:
        """Whole characters between places that a program could not show; what it tore stays lost."""
        if self.misreading.meant != "UTF-8" or _LOST not in run:
            return None
        pieces = [self._whole_chars(piece) for piece in run.split(_LOST)]
        if None in pieces:
            return None
        meant = _LOST.join(piece or "" for piece in pieces)
        return meant if len(meant.replace(_LOST, "")) >= _MANY and judge(meant).kana_share else None

    def _whole_chars(self, piece: str) -> str | None:
        """The characters that are whole in a piece; None where it is no misread UTF-8."""
        try:
            data = encode_as_taken(piece, self.misreading.taken).lstrip(_NEXT_BYTES)
        except UnicodeError:
            return None
        for num_torn in range(min(_MAX_BYTES, len(data) + 1)):
            try:
                return data[: len(data) - num_torn].decode("utf-8")
            except UnicodeDecodeError:
                continue
        return None


def _decoded(garbled: str, one: Misreading) -> str | None:
    try:
        return encode_as_taken(garbled, one.taken).decode(one.meant)
    except UnicodeError:
        return None


def _with_open_bytes(garbled: str) -> str:
    """With the byte 0x81, which programs drop because cp1252 leaves it open: 「ã“」 for 「こ」.

    It is the second byte of half of the hiragana and the third of 「、」; other characters stay torn.
    """
    return _SHORT_HIRAGANA.sub("ã\x81\\1", _SHORT_COMMA.sub("ã€\x81", garbled))


def encode_as_taken(text: str, encoding: str) -> bytes:
    """The bytes behind a text; browsers read the five bytes that cp1252 leaves open as control characters.

    Raises UnicodeEncodeError for what cannot have come from any byte.
    """
    if encoding != "cp1252":
        return text.encode(encoding)
    return b"".join(
        char.encode("latin-1") if "\x80" <= char <= "\x9f" else char.encode("cp1252") for char in text
    )
