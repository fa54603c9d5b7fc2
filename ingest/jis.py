"""EUC-JP and ISO-2022-JP as files and mails really have them, which no single codec of Python reads.

Beyond the standards' sets stand the vendors' characters (① and ㈱ in row 13, 髙 and 﨑 in rows 89 to 92),
which Python knows only in cp932; the same row and cell leads there. ISO-2022-JP switches between ASCII
and sets of pairs of 7-bit bytes by escapes; half-width katakana (``ESC ( I``), JIS X 0212 and JIS X
0213 are read as well.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from ingest.plausibility import judge

REPLACEMENT = "\ufffd"

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BDOPQ]|\([BJIHTA])")
_BREAKS = re.compile(rb"([\x00-\x20\x7f]+)")
_TO_HALF_WIDTH = bytes(byte | 0x80 if byte in range(0x21, 0x60) else byte for byte in range(0x100))
_TO_EUC = bytes(byte | 0x80 for byte in range(0x100))
_FIRST, _LAST, _PAIR = 0xA1, 0xFE, 2
_VENDOR_ROWS = frozenset({13, 89, 90, 91, 92})
_LOOK_BYTES = 40
_MEND = "ingest.jis.vendor"


def decode_euc_jp(data: bytes) -> tuple[str, int]:
    """The text, and how many places in it did not decode and stand as U+FFFD."""
    text = data.decode("euc_jp", _MEND)
    return text, text.count(REPLACEMENT)


def has_escapes(data: bytes) -> bool:
    """Whether the bytes switch to a Japanese set anywhere."""
    return b"\x1b" in data and _ESCAPE.search(data) is not None


def decode_iso_2022_jp(data: bytes) -> tuple[str, int]:
    """The text, and how many places in it did not decode and stand as U+FFFD."""
    pieces = _ESCAPE.split(data)
    texts = [_ascii(pieces[0])]
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        texts.append(_SETS.get(escape, _ascii)(piece))
    text = "".join(texts)
    return text, text.count(REPLACEMENT)


def from_kuten(plane: int, row: int, cell: int) -> str | None:
    """The character at 面区点 of JIS X 0213: (1, 85, 25) → 「晌」; None where there is none."""
    if not (1 <= row <= 94 and 1 <= cell <= 94 and plane in (1, 2)):  # noqa: PLR2004
        return None
    lead = b"\x8f" if plane == 2 else b""  # noqa: PLR2004
    try:
        return (lead + bytes((row + 0xA0, cell + 0xA0))).decode("euc_jis_2004")
    except UnicodeDecodeError:
        return None


def _ascii(piece: bytes) -> str:
    return piece.decode("ascii", "replace")


def _half_width(piece: bytes) -> str:
    return piece.translate(_TO_HALF_WIDTH).decode("cp932", "replace")


def _pairs(codec: str, lead: bytes = b"") -> Callable[[bytes], str]:
    """A set of pairs, read as EUC with ``lead`` before each; white space ends a run of them."""

    def decode_set(piece: bytes) -> str:
        runs = _BREAKS.split(piece)
        return "".join(_ascii(run) if i % 2 else decode_run(run) for i, run in enumerate(runs))

    def decode_run(run: bytes) -> str:
        euc = run.translate(_TO_EUC)
        if lead:
            euc = b"".join(lead + euc[i : i + _PAIR] for i in range(0, len(euc), _PAIR))
        return euc.decode(codec, _MEND)

    return decode_set


def _mend(error: UnicodeError) -> tuple[str, int]:
    """An error handler: a vendor's character where there is one, else U+FFFD for one byte."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = error.object[error.start : error.start + _PAIR]
    if len(pair) == _PAIR and all(_FIRST <= byte <= _LAST for byte in pair):
        char = _vendor_character(pair[0] - 0xA0, pair[1] - 0xA0)
        return char or REPLACEMENT, error.start + _PAIR
    return REPLACEMENT, _resume_at(error.object, error.start)


def _resume_at(data: bytes, start: int) -> int:
    """Where pairs begin again after a damaged byte: one or two bytes on, whichever reads better."""
    ahead = data[start : start + _LOOK_BYTES]
    if len(ahead) <= _PAIR or ahead[1] < _FIRST:
        return start + 1
    scores = [judge(ahead[skip:].decode("euc_jp", "replace")).score for skip in (1, 2)]
    return start + (2 if scores[1] > scores[0] else 1)


def _vendor_character(row: int, cell: int) -> str | None:
    """Row and cell of JIS X 0208 through the same place in cp932: (13, 1) → ①."""
    if row not in _VENDOR_ROWS:
        return None
    high = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)  # noqa: PLR2004
    low = cell + 0x9E if row % 2 == 0 else cell + 0x3F + (cell >= 0x40)  # noqa: PLR2004
    try:
        return bytes((high, low)).decode("cp932")
    except UnicodeDecodeError:
        return None


codecs.register_error(_MEND, _mend)

_SETS: dict[bytes, Callable[[bytes], str]] = {
    **dict.fromkeys((b"$@", b"$B", b"$(@", b"$(B"), _pairs("euc_jp")),
    **dict.fromkeys((b"$(O", b"$(Q"), _pairs("euc_jis_2004")),
    b"$(D": _pairs("euc_jp", b"\x8f"),
    b"$(P": _pairs("euc_jis_2004", b"\x8f"),
    b"(I": _half_width,
}
