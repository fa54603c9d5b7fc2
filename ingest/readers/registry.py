"""From a file's name and bytes to its reader.

The name proposes a kind, the bytes decide. A wrong extension is no obstacle where the true kind can be
read: the reading then says so.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

from ingest.readers.base import DEFAULT_OPTIONS, Reader, Reading, ReadOptions
from ingest.readers.formats import BY_KEY, BY_SUFFIX, Format
from ingest.readers.sniff import is_binary, sniff, sniff_text
from rag.errors import DamagedDocument, EmptyDocument, LimitExceeded, ReadError, UnsupportedFormat

_KEPT_NAMES = {
    "html": ("html", "markdown"),
    "xml": ("xml", "html", "markdown"),
    "mail": ("mail", "mailbox", "markdown", "plain", "delimited"),
    "mailbox": ("mailbox", "mail", "markdown", "plain", "delimited"),
}
"""Names that are kept although the first lines say another kind: a note may begin as a mail does."""


_NO_MISMATCH = frozenset({("xml", "html")})
"""XHTML is XML too."""


def find_reader(name: str, data: bytes, options: ReadOptions = DEFAULT_OPTIONS) -> Reader:
    """The reader for a file; libraries are imported when it is called.

    Raises EmptyDocument for 0 bytes, UnsupportedFormat with the reason, EncryptedDocument for a
    password, LimitExceeded for a container that would unpack without bound.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise EmptyDocument(f"{name}: the file is empty ({len(data)} bytes)")
    named = BY_SUFFIX.get(PurePosixPath(name).suffix.lower())
    found = sniff(data, name) or _text_kind(name, data, named)
    if found.module is None:
        raise UnsupportedFormat(f"{name}: {_mismatch(name, named, found) or found.label}: {found.reason}")
    reader = _reader(found, options)
    mismatch = _mismatch(name, named, found)
    return _Renamed(reader, f"{mismatch}: read as such") if mismatch else reader


def _reader(found: Format, options: ReadOptions) -> Reader:
    module = importlib.import_module(str(found.module))
    if found.target:
        return partial(module.read_as, options=options, kind=found.key, target=found.target)
    reader: Reader = partial(module.read, options=options) if found.has_options else module.read
    return reader


def read(data: bytes, name: str, options: ReadOptions = DEFAULT_OPTIONS) -> Reading:
    """Read a file of any kind.

    Raises a ReadError with the reason, and no other error of a parser: what a library says of a damaged
    file is told as DamagedDocument.
    """
    reader = find_reader(name, data, options)
    try:
        reading = reader(data, name)
    except ReadError:
        raise
    except (MemoryError, RecursionError) as error:
        raise LimitExceeded(f"{name}: too deeply nested or too large to be read") from error
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DamagedDocument(f"{name}: the bytes are not what its format promises ({reason})") from error
    if not any(block.text.strip() for block in reading.blocks):
        raise EmptyDocument(f"{name}: there is no text in it")
    return reading


@dataclass(frozen=True, slots=True)
class _Renamed:
    """A reader for a file whose name says another kind."""

    reader: Reader
    warning: str

    def __call__(self, data: bytes, name: str) -> Reading:
        reading = self.reader(data, name)
        return replace(reading, warnings=(self.warning, *reading.warnings))


def _text_kind(name: str, data: bytes, named: Format | None) -> Format:
    """The kind of a file without first bytes of its own; UnsupportedFormat when it is not text."""
    if is_binary(data):
        what = f"named {PurePosixPath(name).suffix} but " if named else ""
        raise UnsupportedFormat(f"{name}: {what}binary data of an unknown kind: there is no reader for it")
    said = sniff_text(data)
    if said is not None and (named is None or named.key not in _KEPT_NAMES.get(said, ())):
        return BY_KEY[said]
    return named if named is not None and named.is_text else BY_KEY["plain"]


def _mismatch(name: str, named: Format | None, found: Format) -> str:
    """What is wrong with the name, or nothing; a file without an extension is right as anything."""
    suffix = PurePosixPath(name).suffix
    if named is found or not suffix or (named and (named.key, found.key) in _NO_MISMATCH):
        return ""
    if named is None and found.is_text:
        return f"no reader is known for {suffix}, the content is {found.label}"
    return f"named {suffix} but is {_article(found.label)}"


def _article(label: str) -> str:
    return f"an {label}" if label[0] in "aeioEX" or label.startswith(("RTF", "HTML")) else f"a {label}"
