"""Mails of Outlook: properties, attachments, and what has no bytes of its own."""

from __future__ import annotations

import datetime as dt
import struct

import pytest

from ingest.readers.registry import read
from rag.errors import DamagedDocument
from tests.ingest.readers.made import texts, told
from tests.ingest.readers.ole import ole

BODY = "営業課の皆様\r\n\r\n宿泊費の上限は一万二千円です。\r\n\r\n> いくらですか。\r\n"


def wide(number: str, text: str, folder: str = "") -> dict[str, bytes]:
    return {f"{folder}__substg1.0_{number}001F": text.encode("utf-16-le")}


def sent(moment: dt.datetime) -> dict[str, bytes]:
    """The stream of fixed properties, with the time of sending."""
    ticks = int((moment - dt.datetime(1601, 1, 1, tzinfo=dt.UTC)).total_seconds()) * 10_000_000
    return {"__properties_version1.0": bytes(32) + struct.pack("<HHLQ", 0x40, 0x39, 6, ticks)}


HEAD = (
    wide("0037", "旅費の件")
    | wide("0C1A", "経理課")
    | wide("0E04", "営業課")
    | sent(dt.datetime(2025, 6, 15, 16, 30, tzinfo=dt.UTC))
)


def test_a_mail() -> None:
    reading = read(ole(HEAD | wide("1000", BODY)), "旅費.msg")
    assert (reading.title, reading.attributes.author) == ("旅費の件", "経理課")
    assert reading.attributes.date == dt.date(2025, 6, 16), "half past one in the morning in Japan"
    assert told(reading) == [
        "table-row 差出人: 経理課 / 宛先: 営業課 / 日付: 2025年6月16日",
        "paragraph 営業課の皆様",
        "paragraph 宿泊費の上限は一万二千円です。",
        "quote いくらですか。",
    ]
    assert (reading.media_type, reading.warnings) == ("application/vnd.ms-outlook", ())


def test_a_mail_in_bytes_is_judged_by_them() -> None:
    streams = {
        "__properties_version1.0": bytes(32),
        "__substg1.0_0037001E": "旅費の精算の件について".encode("cp932"),
        "__substg1.0_1000001E": "宿泊費の上限は一万二千円です。".encode("cp932"),
    }
    reading = read(ole(streams), "a.msg")
    assert (reading.title, texts(reading)) == ("旅費の精算の件について", ["宿泊費の上限は一万二千円です。"])
    assert reading.attributes.date is None


def test_attachments_are_members() -> None:
    first, second, third = (f"__attach_version1.0_#0000000{number}/" for number in range(3))
    attached = (
        wide("3707", "旅費規程.txt", first)
        | {f"{first}__substg1.0_37010102": "規程の文です。".encode()}
        | {f"{second}__substg1.0_37010102": b"x"}
        | wide("3001", "元のメール", third)
        | {f"{third}__substg1.0_3701000D": b""}
    )
    reading = read(ole(HEAD | wide("1000", BODY) | attached), "a.msg")
    assert [member.name for member in reading.members] == ["旅費規程.txt", "添付2.bin"]
    assert reading.members[0].data == "規程の文です。".encode()
    assert texts(reading)[-1] == "添付: 旅費規程.txt / 添付2.bin"
    assert reading.warnings == ("元のメール: a mail attached as an object is not read: save it as a file",)


def test_html_is_second_choice_and_rich_text_is_told() -> None:
    html = {"__substg1.0_10130102": "<meta charset=utf-8><h1>休業日</h1><p>八月十三日です。</p>".encode()}
    assert texts(read(ole(HEAD | html), "a.msg"))[1:] == ["休業日", "八月十三日です。"]
    rich = read(ole(HEAD | {"__substg1.0_10090102": b"LZFu"}), "a.msg")
    assert rich.warnings == (
        "its text exists only as Outlook's rich text, which is not read: save it as .eml",
    )


def test_a_time_out_of_all_bounds_is_none() -> None:
    late = {"__properties_version1.0": bytes(32) + struct.pack("<HHLQ", 0x40, 0x39, 6, 2**64 - 1)}
    assert read(ole(HEAD | wide("1000", BODY) | late), "a.msg").attributes.date is None


def test_damage_is_told() -> None:
    data = ole(HEAD | wide("1000", BODY))
    assert (
        "parts of the mail may be missing" in read(data[:512] + bytes(512) + data[1024:], "a.msg").warnings[0]
    )
    with pytest.raises(DamagedDocument, match=r"a\.msg"):
        read(data[:30] + b"\x60" + data[31:], "a.msg")
