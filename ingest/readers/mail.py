"""Mails: subject and sender as title and author, the body by the bytes it is in, quoted lines told apart.

Attachments are named below the text and handed on as members; a mail in HTML alone goes through the HTML
reader.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email import policy
from email.message import EmailMessage, Message, MIMEPart
from email.parser import BytesParser

from ingest.encoding import Decoded, decode
from ingest.readers.base import Block, BlockKind, Member, Reading
from ingest.readers.html_walker import Walker
from ingest.readers.lines import paragraphs
from ingest.readers.members import MEMBER, Names
from ingest.readers.plain import paragraph_blocks, split_lines
from ingest.readers.rows import SEPARATOR
from ingest.readers.trees import parse_html
from rag.errors import DamagedDocument
from rag.types import Annotation, Attributes

MEDIA_TYPE = "message/rfc822"

_QUOTE_MARK = re.compile(r"[>＞|｜][>＞|｜\s]*")
_QUOTE_BEGINS = re.compile(
    r"\s*-{3,}\s*(?:Original Message|Forwarded message|元のメッセージ|転送メッセージ|Original Appointment)",
    re.I,
)
_FIELDS = (("差出人", "from"), ("宛先", "to"), ("写し", "cc"))


def read(data: bytes, name: str) -> Reading:
    """Read one mail."""
    message = parse_mail(data)
    if not message.keys():
        raise DamagedDocument(f"{name}: there are no mail headers in it")
    dropped: Counter[str] = Counter()
    body = message.get_body(preferencelist=("plain", "html"))
    decoded = _decode_part(body) if body is not None else decode(b"")
    values = [(label, _names(message, field)) for label, field in _FIELDS]
    blocks = [*told_head(values, mail_date(message))]
    if body is not None:
        blocks += _body_blocks(body, decoded, name, dropped)
    members = tuple(_attachments(message))
    if members:
        blocks.append(told_attachments(members))
    return Reading(
        blocks=tuple(blocks),
        media_type=MEDIA_TYPE,
        title=mail_subject(message) or None,
        encoding=decoded.encoding if body is not None else None,
        encoding_confidence=decoded.confidence if body is not None else None,
        attributes=Attributes(author=_names(message, "from") or None, date=mail_date(message)),
        warnings=decoded.warnings,
        dropped=dict(dropped),
        members=members,
    )


def parse_mail(data: bytes, *, headers_only: bool = False) -> EmailMessage:
    """The message in ``data``; the parser of the standard library never raises."""
    return BytesParser(policy=policy.default).parsebytes(data, headersonly=headers_only)


def mail_subject(message: EmailMessage) -> str:
    """The subject as people see it, empty where there is none."""
    return _field(message, "subject")


def mail_date(message: EmailMessage) -> dt.date | None:
    """The day on which it was sent, where it was sent."""
    value = getattr(message.get("date"), "datetime", None)
    return value.date() if value is not None else None


def _decode_part(part: MIMEPart) -> Decoded:
    payload = part.get_payload(decode=True)
    return decode(payload if isinstance(payload, bytes) else b"", part.get_content_charset())


def _body_blocks(part: MIMEPart, decoded: Decoded, name: str, dropped: Counter[str]) -> Iterator[Block]:
    if part.get_content_subtype() == "html":
        if decoded.text.strip():
            yield from Walker(dropped).walk(parse_html(decoded.text, name))
    else:
        yield from text_blocks(split_lines(decoded.text))


def text_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The paragraphs of a mail; what stands after ``>`` or below ``-- Original Message --`` is quoted."""
    stretch: list[str] = []
    was_quoted = all_quoted = False
    for line in lines:
        all_quoted = all_quoted or _QUOTE_BEGINS.match(line) is not None
        mark = _QUOTE_MARK.match(line)
        is_quoted = all_quoted or mark is not None
        if is_quoted != was_quoted:
            yield from _stretch(stretch, was_quoted)
            stretch = []
        stretch.append(line[mark.end() :] if mark else line)
        was_quoted = is_quoted
    yield from _stretch(stretch, was_quoted)


def _stretch(lines: list[str], is_quoted: bool) -> Iterator[Block]:
    for block in paragraph_blocks(paragraphs(lines)):
        if is_quoted:
            yield Block(BlockKind.QUOTE, block.text)
        else:
            yield replace(block, place=None)


def told_head(values: Sequence[tuple[str, str]], date: dt.date | None) -> Iterator[Block]:
    """Who wrote to whom and when, where it can be found: 「差出人: 経理課 / 宛先: 営業課 / 日付: …」."""
    if date is not None:
        values = [*values, ("日付", f"{date.year}年{date.month}月{date.day}日")]
    told = SEPARATOR.join(f"{label}: {value}" for label, value in values if value)
    if told:
        yield Block(BlockKind.TABLE_ROW, told)


def _field(message: EmailMessage, name: str) -> str:
    """A header as people see it; bytes that were never encoded are judged as a file's would be."""
    raw = _raw(message, name)
    text = (
        decode(raw.encode("utf-8", "surrogateescape")).text
        if _was_never_encoded(raw)
        else message.get(name, "")
    )
    return " ".join(str(text).split())


def _raw(message: EmailMessage, name: str) -> str:
    return next((str(value) for key, value in message.raw_items() if key.lower() == name), "")


def _was_never_encoded(raw: str) -> bool:
    return any("\udc80" <= char <= "\udcff" for char in raw) or "\x1b" in raw


def _names(message: EmailMessage, field: str) -> str:
    """Display names where there are any, else addresses."""
    header = message.get(field)
    addresses = getattr(header, "addresses", ())
    if not addresses or _was_never_encoded(_raw(message, field)):
        return _field(message, field)
    return ", ".join(address.display_name or address.addr_spec for address in addresses)


def _attachments(message: EmailMessage) -> Iterator[Member]:
    """What is attached, in order; a mail that is passed on as a whole is a member too."""
    names = Names()
    for number, part in enumerate(message.iter_attachments() if message.is_multipart() else (), 1):
        suffix = mimetypes.guess_extension(part.get_content_type()) or ""
        fallback = f"添付{number}{'.eml' if part.get_content_maintype() == 'message' else suffix}"
        yield Member(names.give(_file_name(part), fallback), _content(part))


def _file_name(part: MIMEPart) -> str:
    """The name of an attachment, also one that was never encoded; a mail is named by its subject."""
    name = part.get_filename() or ""
    if _was_never_encoded(name):
        name = decode(name.encode("utf-8", "surrogateescape")).text
    if not name and part.get_content_type() == "message/rfc822":
        inner = part.get_content()
        subject = mail_subject(inner).replace("/", "・")
        name = f"{subject}.eml" if subject else ""
    return name


def _content(part: MIMEPart) -> bytes:
    if part.get_content_maintype() == "message":
        inner = part.get_payload()
        whole = inner[0] if isinstance(inner, list) else inner
        return whole.as_bytes() if isinstance(whole, Message) else str(whole).encode()
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    return part.as_bytes()


def told_attachments(members: Sequence[Member]) -> Block:
    """Their names in one line, each marked as a member: 「添付: 見積書.xlsx / 地図.pdf」."""
    text, annotations = "添付: ", []
    for number, member in enumerate(members):
        text += SEPARATOR if number else ""
        annotations.append(Annotation(MEMBER, len(text), len(text) + len(member.name), member.name))
        text += member.name
    return Block(BlockKind.TABLE_ROW, text, annotations=tuple(annotations))
