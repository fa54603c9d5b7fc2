"""EUC-JP and ISO-2022-JP beyond what Python's codecs know."""

from __future__ import annotations

import pytest

from ingest.jis import decode_euc_jp, decode_iso_2022_jp, from_kuten, has_escapes


@pytest.mark.parametrize(
    ("data", "text", "num_damaged", "why"),
    [
        (b"\xc6\xfc\xcb\xdc", "日本", 0, "JIS X 0208"),
        (b"\x8f\xb0\xa1", "丂", 0, "JIS X 0212 behind 0x8F"),
        (b"\x8e\xb1", "ｱ", 0, "half-width katakana behind 0x8E"),
        (b"\xad\xa1\xad\xea", "①㈱", 0, "vendors' row 13"),
        (b"\xfc\xe2", "髙", 0, "vendors' row 92"),
        (b"\xc6\xfc\xff\xcb\xdc", "日\ufffd本", 1, "a byte that is never used"),
        (b"\xc6\xfc\xc6", "日\ufffd", 1, "cut off inside a character"),
        (b"\xad\xfe", "\ufffd", 1, "no character in the vendors' row"),
    ],
)
def test_euc(data: bytes, text: str, num_damaged: int, why: str) -> None:
    assert decode_euc_jp(data) == (text, num_damaged), why


@pytest.mark.parametrize(
    ("data", "text", "num_damaged", "why"),
    [
        (b'a\x1b$B$"\x1b(Bb', "aあb", 0, "JIS X 0208-1983"),
        (b'\x1b$@$"\x1b(J', "あ", 0, "JIS C 6226-1978, closed by JIS X 0201"),
        (b"\x1b$(D0!\x1b(B", "丂", 0, "JIS X 0212"),
        (b"\x1b$(Q-!\x1b(B", "①", 0, "JIS X 0213"),
        (b'\x1b$B$"\n$$\x1b(B', "あ\nい", 0, "a line break inside the set"),
        (b'\x1b$B$"$\x1b(B', "あ\ufffd", 1, "half a pair"),
        (b"caf\xe9", "caf\ufffd", 1, "8 bits outside any set"),
    ],
)
def test_iso_2022(data: bytes, text: str, num_damaged: int, why: str) -> None:
    assert decode_iso_2022_jp(data) == (text, num_damaged), why


def test_escapes() -> None:
    assert has_escapes(b'x\x1b$B$"')
    assert not has_escapes(b"\x1b[31mred\x1b[0m")  # colours of a terminal
    assert not has_escapes(b"plain")


@pytest.mark.parametrize(
    ("plane", "row", "cell", "char"),
    [(1, 85, 25, "晌"), (1, 13, 1, "①"), (2, 1, 1, "𠂉"), (1, 95, 1, None), (3, 1, 1, None), (2, 2, 1, None)],
)
def test_kuten(plane: int, row: int, cell: int, char: str | None) -> None:
    assert from_kuten(plane, row, cell) == char
