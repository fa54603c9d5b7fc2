"""Mails that Outlook saved (.msg): an OLE container with a stream for every property ([MS-OXMSG]).

They read as other mails do; attachments are members. A mail that exists only as Outlook's rich text is told
as such, and so are mails attached as objects, which have no bytes of their own.
"""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ingest.encoding import decode
from ingest.readers.base import Block, Member, Reading
from ingest.readers.html_walker import Walker
from ingest.readers.mail import text_blocks as mail_blocks
from ingest.readers.mail import told_attachments, told_head
from ingest.readers.members import Names
from ingest.readers.plain import split_lines
from ingest.readers.trees import parse_html
from rag.errors import DamagedDocument
from rag.types import Attributes

MEDIA_TYPE = "application/vnd.ms-outlook"

_SUBJECT, _SENDER, _SENDER_ADDRESS, _TO, _CC = "0037", "0C1A", "0C1F", "0E04", "0E03"
_BODY, _HTML, _RICH_TEXT = "1000", "1013", "1009"
_FILE_NAMES = ("3707", "3704", "3001")
_FILE_DATA = "3701"
_UNICODE, _BYTES_OF_TEXT, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_TIMES = (0x0039, 0x0E06)
_TIME_TYPE = 0x0040
_HEAD_BYTES, _ENTRY = 32, struct.Struct("<HHLQ")
_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)
_JAPAN = dt.timezone(dt.timedelta(hours=9))
"""The file holds no time zone; a day is named as people in Japan name it."""


def read(data: bytes, name: str) -> Reading:
    """Read one mail."""
    message = _Message(_open(data, name))
    dropped: Counter[str] = Counter()
    sender = message.text(_SENDER) or message.text(_SENDER_ADDRESS)
    day = message.day()
    blocks = [*told_head([("差出人", sender), ("宛先", message.text(_TO)), ("写し", message.text(_CC))], day)]
    blocks += _body(message, name, dropped)
    warnings = message.damage
    members = tuple(message.attachments(warnings))
    if members:
        blocks.append(told_attachments(members))
    if not message.has_body:
        warnings.append("its text exists only as Outlook's rich text, which is not read: save it as .eml")
    return Reading(
        blocks=tuple(blocks),
        media_type=MEDIA_TYPE,
        title=message.text(_SUBJECT) or None,
        attributes=Attributes(author=sender or None, date=day),
        warnings=tuple(warnings),
        dropped=dict(dropped),
        members=members,
    )


def _open(data: bytes, name: str) -> Any:
    import olefile

    try:
        return olefile.OleFileIO(io.BytesIO(data))
    except Exception as error:  # olefile lets struct.error, IndexError and its own through
        raise DamagedDocument(f"{name}: the mail cannot be opened ({error}): get a fresh copy") from error


def _body(message: _Message, name: str, dropped: Counter[str]) -> Iterator[Block]:
    text = message.text(_BODY)
    if text.strip():
        yield from mail_blocks(split_lines(text))
        return
    html = message.html()
    if html.strip():
        yield from Walker(dropped).walk(parse_html(html, name))


class _Message:
    """The properties of one mail, by their number in hexadecimal digits."""

    def __init__(self, container: Any) -> None:
        self._container = container
        self._streams = {"/".join(path): path for path in container.listdir(streams=True, storages=False)}

    @property
    def damage(self) -> list[str]:
        """What the container's own tables say wrongly; parts of the mail may be missing then."""
        num_issues = len(self._container.parsing_issues)
        return (
            [f"{num_issues} damaged places in the file: parts of the mail may be missing"]
            if num_issues
            else []
        )

    @property
    def has_body(self) -> bool:
        """Whether the text can be read, or there is none at all."""
        is_rich_only = bool(self._stream(f"{_RICH_TEXT}{_BINARY}"))
        return bool(self.text(_BODY).strip() or self.html().strip()) or not is_rich_only

    def text(self, number: str, folder: str = "") -> str:
        """A property as text, empty where there is none; bytes are judged as those of a file."""
        wide = self._stream(f"{number}{_UNICODE}", folder)
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return decode(self._stream(f"{number}{_BYTES_OF_TEXT}", folder)).text.rstrip("\0")

    def html(self) -> str:
        """The body in HTML, which is kept as bytes or as text."""
        data = self._stream(f"{_HTML}{_BINARY}")
        return decode(data).text if data else self.text(_HTML)

    def day(self) -> dt.date | None:
        """The day on which it was sent, else received."""
        data = self._stream("", path="__properties_version1.0")
        entries = data[_HEAD_BYTES : _HEAD_BYTES + (len(data) - _HEAD_BYTES) // _ENTRY.size * _ENTRY.size]
        times = {
            number: value for kind, number, _, value in _ENTRY.iter_unpack(entries) if kind == _TIME_TYPE
        }
        ticks = next((times[number] for number in _TIMES if times.get(number)), 0)
        try:
            moment = _EPOCH + dt.timedelta(microseconds=ticks // 10)
        except OverflowError:
            return None
        return moment.astimezone(_JAPAN).date() if ticks else None

    def attachments(self, warnings: list[str]) -> Iterator[Member]:
        """Files that are attached; mails that are attached as objects are told in ``warnings``."""
        names = Names()
        folders = {
            path.partition("/")[0] for path in self._streams if path.startswith("__attach_version1.0_")
        }
        for number, folder in enumerate(sorted(folders), 1):
            name = next(filter(None, (self.text(one, folder) for one in _FILE_NAMES)), "")
            data = self._stream(f"{_FILE_DATA}{_BINARY}", folder)
            if not data and any(
                path.startswith(f"{folder}/__substg1.0_{_FILE_DATA}{_OBJECT}") for path in self._streams
            ):
                warnings.append(
                    f"{name or folder}: a mail attached as an object is not read: save it as a file"
                )
                continue
            yield Member(names.give(name, f"添付{number}.bin"), data)

    def _stream(self, kind: str, folder: str = "", *, path: str = "") -> bytes:
        place = path or "/".join(filter(None, (folder, f"__substg1.0_{kind}")))
        if place not in self._streams:
            return b""
        data: bytes = self._container.openstream(self._streams[place]).read()
        return data
