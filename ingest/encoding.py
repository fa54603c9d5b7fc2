"""Which encoding a file is in, judged from all of its bytes, and the text they hold.

The order is that of the evidence, strongest first:

    byte order mark ▸ ISO-2022-JP escapes ▸ UTF-16 pattern ▸ strict UTF-8 ▸ best score of the rest

What a file declares about itself is checked and not believed: it only decides between candidates that
the bytes leave open. Bytes that do not decode become U+FFFD and are counted; the rest is kept.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, replace

from ingest.jis import decode_euc_jp, decode_iso_2022_jp, has_escapes
from ingest.mojibake import Repaired, repair
from ingest.plausibility import Plausibility, judge

REPLACEMENT = "\ufffd"

_BOMS = (  # longest first: the mark of UTF-16 LE begins that of UTF-32 LE
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_ALIASES = {
    "cp932": {"cp932", "shift-jis", "shift_jis", "sjis", "x-sjis", "windows-31j", "ms932", "ms_kanji",
              "ms-kanji", "csshiftjis", "shift-jis-2004", "csws31j", "windows-932"},
    "euc-jp": {"euc-jp", "euc_jp", "x-euc-jp", "eucjp", "x-euc", "ujis", "cp51932", "eucjp-ms"},
    "iso-2022-jp": {"iso-2022-jp", "iso2022jp", "csiso2022jp", "iso-2022-jp-1", "iso-2022-jp-3",
                    "iso-2022-jp-2004", "cp50220", "cp50221", "jis"},
    "utf-8": {"utf-8", "utf8", "us-ascii", "ascii", "utf-8-sig"},
    "utf-16-le": {"utf-16le", "utf-16-le"},
    "utf-16-be": {"utf-16be", "utf-16-be"},
}  # fmt: skip
_CANONICAL = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}

_HIGH_BYTES = bytes(range(0x80, 0x100))
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\f\x0b\x1a\x1b"))
"""0x01 and 0x02 are what 「、」 and 「。」 leave in UTF-16; no 8-bit text holds them."""

_CANDIDATES = ("utf-8", "cp932", "euc-jp")
_SMALL_BYTES = 10_000
_TINY_BYTES = 1_000
_VENDOR_SHARE = 0.1
"""More wrong characters than this in a text that is not tiny: it is in another encoding."""
_STRAY_SHARE = 0.02
_OFTEN = 0.1
_JAPANESE = 0.5
_SURE = 0.8
_TEXT_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file and what is known about its encoding.

    ``encoding`` is one of ``utf-8 utf-16-le utf-16-be utf-32-le utf-32-be iso-2022-jp cp932 euc-jp``,
    or another name that the file declared and its bytes did not contradict. ``confidence`` is in
    [0, 1]. ``num_damaged`` counts places that did not decode and stand as U+FFFD. ``contradicted`` is
    what the file declared where its bytes say something else. ``misread`` tells of text that another
    program had garbled before it was saved. ``mixed`` counts lines in other encodings, by name.
    """

    text: str
    encoding: str
    confidence: float
    num_damaged: int = 0
    had_bom: bool = False
    contradicted: str | None = None
    misread: Repaired | None = None
    mixed: tuple[tuple[str, int], ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know, one line each."""
        lines = []
        if self.contradicted:
            lines.append(f"declares {self.contradicted} but its bytes are {self.encoding}")
        for name, number in self.mixed:
            lines.append(f"{number} lines are in {name}, the rest in {self.encoding}")
        if self.num_damaged:
            lines.append(f"{self.num_damaged} damaged places in {self.encoding} text, shown as {REPLACEMENT}")
        elif self.confidence < _SURE and not self.mixed:
            lines.append(f"encoding {self.encoding} is a guess ({self.confidence:.0%} sure)")
        if self.misread:
            lines += self.misread.warnings
        return tuple(lines)


def canonical_name(declared: str | None) -> str | None:
    """Our name of a declared encoding: ``x-sjis`` → ``cp932``; a foreign one as Python calls it."""
    if not declared:
        return None
    plain = declared.strip().strip("\"'").lower()
    if plain in _CANONICAL:
        return _CANONICAL[plain]
    try:
        return codecs.lookup(plain).name
    except (LookupError, ValueError):
        return None


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decode the whole of ``data``; never raises.

    Example: 「単価,1000円」 as Excel saves it is read back, and ``encoding`` says ``cp932``.
    """
    found = _by_bom(data) or _by_escapes(data) or _by_pattern(data) or _by_strict_utf8(data)
    if found is None:
        found = _by_score(data, canonical_name(declared))
    if _contradicts(found, declared):
        found = replace(found, contradicted=declared)
    misread = repair(found.text)
    return replace(found, text=misread.text, misread=misread) if misread.found else found


def _contradicts(found: Decoded, declared: str | None) -> bool:
    """Whether the bytes say something else than the file; ASCII contradicts nothing."""
    name = canonical_name(declared)
    if name is None or name == found.encoding or found.text.isascii():
        return False
    return not (name.startswith("utf-16") and found.encoding.startswith("utf-16"))


def _by_bom(data: bytes) -> Decoded | None:
    for mark, name in _BOMS:
        if data.startswith(mark):
            text, num_damaged = _decode_keeping(data[len(mark) :], name)
            return Decoded(text, name, 1.0, num_damaged, had_bom=True)
    return None


def _by_escapes(data: bytes) -> Decoded | None:
    """ISO-2022-JP: 7 bits with escapes, and therefore also valid UTF-8."""
    if not has_escapes(data):
        return None
    num_high = len(data) - len(data.translate(None, _HIGH_BYTES))
    if num_high > len(data) * _STRAY_SHARE:
        return None
    text, num_damaged = decode_iso_2022_jp(data)
    return Decoded(text, "iso-2022-jp", 0.99 if not num_damaged else 0.9, num_damaged)


def _by_pattern(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: every other byte is often 0x30 (kana) or NUL (ASCII); the text makes sense."""
    if not _alternates(data):
        return None
    best: tuple[Plausibility, Decoded] | None = None
    for name in ("utf-16-le", "utf-16-be"):
        text, num_damaged = _decode_keeping(data, name)
        found = judge(text)
        plausible = found.text_share >= _TEXT_SHARE and found.score >= (_JAPANESE if found.num_judged else 0)
        if plausible and (best is None or found.score > best[0].score):
            best = found, Decoded(text, name, 0.95, num_damaged)
    return best[1] if best else None


def _alternates(data: bytes) -> bool:
    if data.isascii() and not data.count(b"\0") and not _holds_controls(data):
        return False
    even, odd = data[0::2], data[1::2]
    for mark in (b"\x30", b"\0"):
        few, many = sorted((even.count(mark), odd.count(mark)))
        if many >= len(even) * _OFTEN and many > 2 * few:
            return True
    return False


def _holds_controls(data: bytes) -> bool:
    return len(data.translate(None, _CONTROLS)) < len(data)


def _by_strict_utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode("utf-8"), "utf-8", 1.0)
    except UnicodeDecodeError:
        return None


def _by_score(data: bytes, declared: str | None) -> Decoded:
    """The candidate that reads best over the whole file; a declaration decides where it is close."""
    scores = {name: judge(_decode_quickly(data, name)).score for name in _CANDIDATES}
    best, second = sorted(scores, key=lambda name: scores[name], reverse=True)[:2]
    confidence = _confidence(scores[best], scores[second])
    if declared is not None and declared != best and confidence < _SURE:
        text, num_damaged = _decode_keeping(data, declared)
        if not num_damaged and scores.get(declared, 1.0) > 0:
            return Decoded(text, declared, _SURE)
    if scores[best] <= 0 and _looks_western(data):
        text, num_damaged = _decode_keeping(data, "cp1252")
        return Decoded(text, "cp1252", 0.6, num_damaged)
    text, num_damaged = _decode_keeping(data, best)
    found = Decoded(text, best, confidence, num_damaged)
    return _line_by_line(data, found) if num_damaged else found


def _line_by_line(data: bytes, found: Decoded) -> Decoded:
    """A damaged file again, lines that are sound in another encoding decoded in that: files were joined."""
    others: Counter[str] = Counter()
    lines: list[str] = []
    num_damaged = 0
    for line in data.split(b"\n"):
        text, damage = _decode_keeping(line, found.encoding)
        if damage:
            for name in _CANDIDATES:
                other, other_damage = _decode_keeping(line, name)
                if not other_damage and judge(other).score > _JAPANESE:
                    text, damage = other, 0
                    others[name] += 1
                    break
        lines.append(text)
        num_damaged += damage
    if not others:
        return found
    return replace(found, text="\n".join(lines), num_damaged=num_damaged, mixed=tuple(sorted(others.items())))


def _decode_quickly(data: bytes, name: str) -> str:
    """Text to be judged. Vendors' characters in EUC cost a call for each wrong byte: where those are few."""
    text = data.decode(name, "replace")
    if name != "euc-jp" or len(data) > _SMALL_BYTES:
        return text
    is_hopeless = len(data) > _TINY_BYTES and text.count(REPLACEMENT) > len(text) * _VENDOR_SHARE
    return text if is_hopeless else decode_euc_jp(data)[0]


def _confidence(best: float, second: float) -> float:
    """A margin of half a point is as sure as scoring gets; damage and an odd text take from it."""
    margin = min(max(best - second, 0.0) / 0.5, 1.0)
    sound = max(min(best / 0.5, 1.0), 0.0)
    return round(0.3 + 0.68 * margin * sound, 3)


def _looks_western(data: bytes) -> bool:
    """Accented letters stand alone between ASCII; Japanese bytes come in runs."""
    runs = _HIGH_RUN.findall(data)
    return bool(runs) and sum(len(run) == 1 for run in runs) >= len(runs) * _TEXT_SHARE


def _decode_keeping(data: bytes, name: str) -> tuple[str, int]:
    """The text, and the number of damaged places in it."""
    if name == "euc-jp":
        return decode_euc_jp(data)
    try:
        return data.decode(name), 0
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
    genuine = data.count(REPLACEMENT.encode()) if name == "utf-8" else 0
    return text, text.count(REPLACEMENT) - genuine
