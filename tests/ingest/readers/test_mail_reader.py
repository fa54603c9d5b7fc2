"""Mails: headers, bodies in old encodings, quotations, attachments."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest

from ingest.readers.registry import read
from rag.errors import DamagedDocument
from tests.ingest.readers.made import texts, told

HEADERS = (
    "From: =?ISO-2022-JP?B?GyRCN1BNfTJdGyhC?= <keiri@example.jp>\r\nTo: eigyo@example.jp\r\n"
    "Date: Mon, 16 Jun 2025 10:24:05 +0900\r\nMIME-Version: 1.0\r\n"
)


def mail(body: str, charset: str, codec: str, subject: str = "=?UTF-8?B?5peF6LK7?=") -> bytes:
    head = f"{HEADERS}Subject: {subject}\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
    return head.encode("ascii") + body.replace("\n", "\r\n").encode(codec)


BODY = """営業課の皆様

旅費の精算について、
お答えします。

■宿泊費
上限は一万二千円です。

> 日当はいくらですか。
二千八百円です。

-----Original Message-----
From: somebody
前の晩から泊まれますか。
"""


@pytest.mark.parametrize(
    ("charset", "codec", "encoding"),
    [
        ("ISO-2022-JP", "iso2022_jp", "iso-2022-jp"),
        ("Shift_JIS", "cp932", "cp932"),
        ("utf-8", "utf-8", "utf-8"),
    ],
)
def test_bodies(charset: str, codec: str, encoding: str) -> None:
    reading = read(mail(BODY, charset, codec), "旅費.eml")
    assert (reading.title, reading.encoding) == ("旅費", encoding)
    assert reading.attributes.author == "経理課"
    assert reading.attributes.date == dt.date(2025, 6, 16)
    assert told(reading) == [
        "table-row 差出人: 経理課 / 宛先: eigyo@example.jp / 日付: 2025年6月16日",
        "paragraph 営業課の皆様",
        "paragraph 旅費の精算について、お答えします。",
        "heading3 ■宿泊費",
        "paragraph 上限は一万二千円です。",
        "quote 日当はいくらですか。",
        "paragraph 二千八百円です。",
        "quote -----Original Message-----",
        "quote From: somebody",
        "quote 前の晩から泊まれますか。",
    ]


def test_a_wrong_charset_is_told() -> None:
    reading = read(mail(BODY, "utf-8", "iso2022_jp"), "a.eml")
    assert reading.encoding == "iso-2022-jp"
    assert reading.warnings[0].startswith("declares utf-8")


def test_a_subject_that_was_never_encoded() -> None:
    data = mail(BODY, "Shift_JIS", "cp932", subject="@@").replace(b"@@", "旅費の件".encode("cp932"))
    assert read(data, "a.eml").title == "旅費の件"
    seven_bits = mail(BODY, "ISO-2022-JP", "iso2022_jp", subject="@@").replace(
        b"@@", "旅費の件".encode("iso2022_jp")
    )
    assert read(seven_bits, "a.eml").title == "旅費の件"


def test_attachments_are_named_and_html_is_second_choice() -> None:
    message = EmailMessage()
    message["Subject"] = "資料"
    message["From"] = "a@example.jp"
    message.set_content("資料を送ります。")
    message.add_alternative("<p>HTML です。</p>", subtype="html")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="資料.pdf")
    reading = read(message.as_bytes(), "a.eml")
    assert texts(reading) == ["差出人: a@example.jp", "資料を送ります。", "添付: 資料.pdf"]
    assert [member.name for member in reading.members] == ["資料.pdf"]


def test_a_mail_of_html_alone() -> None:
    message = EmailMessage()
    message["Subject"] = "お知らせ"
    message["From"] = "a@example.jp"
    message["To"] = "b@example.jp"
    message.set_content("<h1>休業日</h1><p>八月十三日です。</p>", subtype="html")
    assert told(read(message.as_bytes(), "a.eml"))[1:] == ["heading1 休業日", "paragraph 八月十三日です。"]


def test_a_mail_with_nothing_but_an_attachment() -> None:
    message = EmailMessage()
    message["Subject"] = "図"
    message["From"] = "a@example.jp"
    message.add_attachment(b"x", maintype="image", subtype="png", filename="図.png")
    reading = read(message.as_bytes(), "a.eml")
    assert texts(reading) == ["差出人: a@example.jp", "添付: 図.png"]
    assert (reading.encoding, len(reading.members)) == (None, 1)


def test_a_text_that_is_no_mail() -> None:
    with pytest.raises(DamagedDocument, match="no mail headers"):
        read("\nただの文章です。".encode(), "a.eml")
