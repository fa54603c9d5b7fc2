"""Mailboxes (mbox, as Thunderbird and Google keep them): every mail a member.

A mail is named by its day and subject, so that it keeps its name when others before it are deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.readers.base import Member, Reading
from ingest.readers.mail import mail_date, mail_subject, parse_mail
from ingest.readers.members import Names, listing
from rag.errors import DamagedDocument, EmptyDocument, LimitExceeded

MEDIA_TYPE = "application/mbox"
MAX_MAILS = 20_000

_BEGINS = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\r?\n(?=[A-Za-z][A-Za-z0-9-]*:)")
_ESCAPED = re.compile(rb"^>(?=>*From )", re.M)
_SLASHES = re.compile(r"[/\\]")
_SUBJECT_CHARS = 40


def read(data: bytes, name: str) -> Reading:
    """Take the mails out of a mailbox."""
    names = Names()
    members = tuple(Member(names.give(_name(mail), "mail.eml"), mail) for mail in _mails(data, name))
    if not members:
        raise EmptyDocument(f"{name}: there is no mail in it")
    return Reading(listing(members), MEDIA_TYPE, warnings=(f"{len(members)} mails in it",), members=members)


def _mails(data: bytes, name: str) -> Iterator[bytes]:
    """Mails without the lines that part them; text before the first one is none."""
    begins = list(_BEGINS.finditer(data))
    if data.strip() and not begins:
        raise DamagedDocument(f"{name}: no mail begins in it with a line 'From …': save the mails as .eml")
    if len(begins) > MAX_MAILS:
        raise LimitExceeded(
            f"{name}: holds {len(begins):,} mails, more than {MAX_MAILS:,}: split it by folder"
        )
    ends = [match.start() for match in begins[1:]] + [len(data)]
    for match, end in zip(begins, ends, strict=True):
        yield _ESCAPED.sub(b"", data[match.end() : end])


def _name(mail: bytes) -> str:
    """``2025-06-16 旅費の精算について.eml``."""
    message = parse_mail(mail, headers_only=True)
    day = mail_date(message)
    subject = _SLASHES.sub("・", mail_subject(message))[:_SUBJECT_CHARS].strip() or "無題"
    return f"{day} {subject}.eml" if day else f"{subject}.eml"
