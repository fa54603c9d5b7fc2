"""Archives and mailboxes: what is in them, under which names, and what is refused."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers.base import Member, ReadOptions
from ingest.readers.members import Names, harmless_name, named_in
from ingest.readers.registry import read
from rag.errors import DamagedDocument, EmptyDocument, EncryptedDocument, LimitExceeded
from tests.ingest.readers.locked import locked_zip
from tests.ingest.readers.made import mail_with, mailbox_of, texts, zipped, zipped_by_windows

TEXT = "表彰は毎年四月に行う。".encode()


def names(*members: Member) -> list[str]:
    return [member.name for member in members]


NAMES = [
    ("folders stay", "規程/旅費.docx", "規程/旅費.docx"),
    ("of Windows too", "規程\\旅費.docx", "規程/旅費.docx"),
    ("nothing leads up", "../../etc/passwd", "etc/passwd"),
    ("nor down from a root", "/etc/passwd", "etc/passwd"),
    ("nor to a drive", "C:\\窓\\a.txt", "窓/a.txt"),
    ("dots alone are no name", "a/./..../b.txt", "a/b.txt"),
    ("what turns the writing round goes", "書\u202etxt.exe", "書txt.exe"),
    ("and what ends a name in C", "a\0b.txt", "ab.txt"),
    ("a long name keeps its kind", "長" * 200 + ".docx", "長" * 95 + ".docx"),
    ("nothing may be left", "../..", ""),
]


@pytest.mark.parametrize(("raw", "name"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_names_are_made_harmless(raw: str, name: str) -> None:
    assert harmless_name(raw) == name


@settings(derandomize=True, deadline=None, max_examples=200)
@given(raws=st.lists(st.text(alphabet=st.sampled_from("./\\C:\0a\u202e件 "), max_size=12), max_size=8))
def test_no_name_leads_out_and_none_is_given_twice(raws: list[str]) -> None:
    giver = Names()
    given_names = [giver.give(raw, "0001") for raw in raws]
    assert len(set(given_names)) == len(raws)
    for name in given_names:
        assert all(part and part.strip(".") for part in name.split("/"))


def test_names_in_cp932() -> None:
    """表 ends in the byte of a backslash, which is no separator there."""
    data = zipped_by_windows({"規程/表彰規程.txt": TEXT, "規程/予定表.txt": TEXT, "ソ連.txt": TEXT})
    reading = read(data, "書類.zip")
    assert names(*reading.members) == ["規程/表彰規程.txt", "規程/予定表.txt", "ソ連.txt"]
    assert reading.members[0].data == TEXT
    assert reading.media_type == "application/zip"


def test_names_in_utf8() -> None:
    reading = read(zipped({"髙﨑の資料①.txt": TEXT}), "a.zip")
    assert names(*reading.members) == ["髙﨑の資料①.txt"]


def test_the_archive_names_its_members() -> None:
    reading = read(zipped({"a/一.txt": TEXT, "二.txt": TEXT}), "a.zip")
    assert texts(reading) == ["a/一.txt", "二.txt"]
    assert {name for block in reading.blocks for name in named_in(block.annotations)} == {
        "a/一.txt",
        "二.txt",
    }


def test_what_programs_leave_behind_is_counted() -> None:
    data = zipped(
        {"一.txt": TEXT, "__MACOSX/._一.txt": b"x", "a/.DS_Store": b"x", "~$一.docx": b"x", "空/": b""}
    )
    reading = read(data, "a.zip")
    assert names(*reading.members) == ["一.txt"]
    assert reading.warnings == ("1 files in it; 3 hidden ones were passed over",)


def test_an_archive_without_files() -> None:
    with pytest.raises(EmptyDocument, match="no file to read"):
        read(zipped({"空/": b""}), "a.zip")


def test_one_damaged_member_costs_itself() -> None:
    data = bytearray(zipped({"一.txt": TEXT, "二.txt": TEXT}))
    place = data.index("一.txt".encode()) + len("一.txt".encode())
    data[place + 2] ^= 0xFF
    good, bad = sorted(read(bytes(data), "a.zip").members, key=lambda member: member.error is not None)
    assert (good.name, good.data) == ("二.txt", TEXT)
    assert "cannot be unpacked" in str(bad.error)


def test_a_bomb_is_refused_by_its_directory() -> None:
    with pytest.raises(LimitExceeded, match="zip bomb"):
        read(zipped({"零.txt": b"0" * 30_000_000}), "a.zip")


@pytest.mark.parametrize("word", ["himitsu", "秘密"])
def test_a_password(word: str) -> None:
    data = locked_zip("旅費.txt", TEXT, word.encode("cp932"))
    with pytest.raises(EncryptedDocument, match="needs a password: give it with --password"):
        read(data, "a.zip")
    with pytest.raises(EncryptedDocument, match="check it"):
        read(data, "a.zip", ReadOptions(password="違う"))
    assert read(data, "a.zip", ReadOptions(password=word)).members[0].data == TEXT


def test_a_lock_that_nobody_opens() -> None:
    with pytest.raises(EncryptedDocument, match="AES"):
        read(locked_zip("a.txt", TEXT, b"x", method=99), "a.zip", ReadOptions(password="x"))


def test_mails_of_a_mailbox() -> None:
    first = mail_with({}, "旅費の精算について")
    second = mail_with({}, "A/B の件").replace(b"\n\n", b"\n\n>From the office\n", 1)
    reading = read(mailbox_of(first, second, first), "受信.mbox")
    assert names(*reading.members) == [
        "2025-06-16 旅費の精算について.eml",
        "2025-06-16 A・B の件.eml",
        "2025-06-16 旅費の精算について (2).eml",
    ]
    assert reading.warnings == ("3 mails in it",)
    assert b"\nFrom the office" in reading.members[1].data
    assert texts(read(reading.members[0].data, "a.eml"))[1:] == ["資料を送ります。"]


def test_a_mailbox_is_known_by_its_first_line() -> None:
    data = mailbox_of(mail_with({}))
    assert read(data, "Inbox").media_type == "application/mbox"
    assert read(data, "受信.eml").media_type == "message/rfc822"


def test_a_mailbox_without_mails() -> None:
    with pytest.raises(DamagedDocument, match="no mail begins"):
        read("ただの文章です。".encode(), "a.mbox")


def test_attachments_are_members() -> None:
    reading = read(mail_with({"旅費.txt": TEXT, "../図.bin": b"\0\1"}), "a.eml")
    assert names(*reading.members) == ["旅費.txt", "図.bin"]
    assert reading.members[0].data == TEXT
    assert texts(reading)[-1] == "添付: 旅費.txt / 図.bin"
    marked = reading.blocks[-1]
    assert [marked.text[one.start : one.end] for one in marked.annotations] == ["旅費.txt", "図.bin"]


def test_a_mail_that_is_passed_on_is_a_member() -> None:
    outer = EmailMessage()
    outer["From"] = "a@example.jp"
    outer.set_content("転送します。")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "b@example.jp", "もとの件"
    inner.set_content("もとの本文です。")
    outer.add_attachment(inner)
    [member] = read(outer.as_bytes(), "a.eml").members
    assert member.name == "もとの件.eml"
    assert texts(read(member.data, member.name)) == ["差出人: b@example.jp", "もとの本文です。"]


def test_attachments_without_a_name() -> None:
    data = mail_with({"@@": TEXT}).replace(b'filename="@@"', b"")
    assert names(*read(data, "a.eml").members) == ["添付1.bin"]
