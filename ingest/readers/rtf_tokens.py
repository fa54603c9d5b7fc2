r"""RTF taken apart: groups, control words, and text whose bytes may be in several encodings.

Text is ASCII with ``\'82\'a0`` for other bytes and ``\u12354`` for Unicode; the second byte of a Japanese
character may stand there as a plain letter, ``\'83e`` for 「テ」, so bytes are decoded together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})?[ ]?"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>[^a-zA-Z'])"
    rb"|(?P<brace>[{}])"
    rb"|(?P<text>[^\\{}\r\n]+)"
    rb"|[\r\n]+|\\'?",
    re.S,
)
_CHARSETS = {128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 204: "cp1251",
             238: "cp1250"}  # fmt: skip
_JAPANESE_MARKS = (b"\\fcharset128", b"\\ansicpg932", b"\\deflangfe1041", b"\\langfe1041")


class Token(NamedTuple):
    """One piece: ``kind`` is ``word``, ``symbol``, ``open``, ``close`` or ``bytes``."""

    kind: str
    value: str = ""
    number: int | None = None
    data: bytes = b""


def tokens(data: bytes) -> Iterator[Token]:
    r"""The pieces of a file in order, neighbouring bytes of text joined; ``\bin`` data is left out."""
    place, text = 0, bytearray()
    while (match := _TOKEN.match(data, place)) is not None:
        place = match.end()
        if match["hex"] or match["text"]:
            text += bytes.fromhex(match["hex"].decode()) if match["hex"] else match["text"]
            continue
        if not (match["word"] or match["symbol"] or match["brace"]):
            continue
        if text:
            yield Token("bytes", data=bytes(text))
            text.clear()
        if match["word"]:
            number = int(match["number"]) if match["number"] else None
            word = match["word"].decode()
            if word == "bin":
                place += max(number or 0, 0)
                continue
            yield Token("word", word, number)
        elif match["symbol"]:
            yield Token("symbol", match["symbol"].decode("latin-1"))
        else:
            yield Token("open" if match["brace"] == b"{" else "close")
    if text:
        yield Token("bytes", data=bytes(text))


class Decoder:
    """Decodes bytes of text by the font they stand in; ``num_damaged`` counts what did not decode."""

    def __init__(self, data: bytes) -> None:
        self._is_japanese = any(mark in data for mark in _JAPANESE_MARKS)
        self._fonts: dict[int, str] = {}
        self.code_page = "cp1252"
        self.num_damaged = 0

    @property
    def encoding(self) -> str:
        """What most of the bytes are in."""
        return "cp932" if self._is_japanese else self.code_page

    def set_code_page(self, number: int) -> None:
        r"""What ``\ansicpg`` says; unknown ones are left aside."""
        try:
            "".encode(f"cp{number}")
        except LookupError:
            return
        self.code_page = f"cp{number}"

    def set_charset(self, font: int, charset: int) -> None:
        """The character set of a font of the font table."""
        if charset in _CHARSETS:
            self._fonts[font] = _CHARSETS[charset]

    def decode(self, data: bytes, font: int) -> str:
        """The text; a Japanese file's fonts often claim to be Western."""
        if data.isascii():
            return data.decode("ascii")
        own = self._fonts.get(font, self.code_page)
        for encoding in ("cp932", own) if self._is_japanese else (own, "cp932"):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                continue
        text = data.decode(self.encoding, "replace")
        self.num_damaged += text.count("\ufffd")
        return text
