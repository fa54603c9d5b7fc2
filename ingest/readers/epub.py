"""EPUB 2 and 3: the chapters in the order of the book, each read as the HTML page it is, ruby set apart.

Vertical writing is a matter of style there and does not change the text. The book's own table of contents
is left out and counted.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote

from ingest.encoding import decode
from ingest.readers.archive import open_archive, read_part
from ingest.readers.base import Block, Reading
from ingest.readers.entities import expand_entities
from ingest.readers.front_matter import parse_date
from ingest.readers.html_parts import main_element, num_chars
from ingest.readers.html_walker import Walker
from ingest.readers.trees import Element, parse_html, parse_xml
from rag.errors import DamagedDocument, EncryptedDocument
from rag.types import Attributes

MEDIA_TYPE = "application/epub+zip"

_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})


def read(data: bytes, name: str) -> Reading:
    """Read a book. Raises EncryptedDocument when its chapters are locked."""
    archive = open_archive(data, name)
    package_path = _package_path(archive, name)
    package = _part(archive, package_path, name)
    dropped: Counter[str] = Counter()
    chapters = list(_chapters(package, posixpath.dirname(package_path)))
    if _locked(archive, name) & {path for path, _ in chapters}:
        raise EncryptedDocument(f"{name}: the book is locked to its reader: get a copy without a lock")
    blocks: list[Block] = []
    missing = 0
    for path, is_contents in chapters:
        page = read_part(archive, path, name)
        if page is None:
            missing += 1
        elif is_contents:
            dropped["table-of-contents"] += num_chars(_page(page, f"{name} ({path})"))
        else:
            root = _page(page, f"{name} ({path})")
            blocks += Walker(dropped).walk(main_element(root, dropped))
    return Reading(
        blocks=tuple(blocks),
        media_type=MEDIA_TYPE,
        title=_metadata(package, "title"),
        attributes=Attributes(
            author=_metadata(package, "creator"), date=parse_date(_metadata(package, "date"))
        ),
        warnings=(f"{missing} chapters are missing from the file",) if missing else (),
        dropped={reason: number for reason, number in dropped.items() if number},
    )


def _part(archive: zipfile.ZipFile, path: str, name: str) -> Element:
    data = read_part(archive, path, name)
    if data is None:
        raise DamagedDocument(f"{name}: part {path} is missing: get a fresh copy")
    return parse_xml(data, f"{name} ({path})")


def _package_path(archive: zipfile.ZipFile, name: str) -> str:
    container = _part(archive, "META-INF/container.xml", name)
    for rootfile in container.iter("{*}rootfile"):
        return _inside("", rootfile.get("full-path") or "")
    raise DamagedDocument(f"{name}: the book names no contents: get a fresh copy")


def _inside(folder: str, target: str) -> str:
    """A path in the archive; nothing leads out of it."""
    return posixpath.normpath(posixpath.join("/", folder, unquote(target.partition("#")[0]))).lstrip("/")


def _chapters(package: Element, folder: str) -> Iterator[tuple[str, bool]]:
    """(path, whether it is the table of contents) of the pages in reading order."""
    items = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is not None and item.get("media-type") in _PAGES:
            yield _inside(folder, item.get("href") or ""), "nav" in (item.get("properties") or "").split()


def _locked(archive: zipfile.ZipFile, name: str) -> set[str]:
    data = read_part(archive, "META-INF/encryption.xml", name)
    if data is None:
        return set()
    references = parse_xml(data, f"{name} (encryption.xml)").iter("{*}CipherReference")
    return {_inside("", one.get("URI") or "") for one in references}


def _page(data: bytes, name: str) -> Element:
    return parse_html(expand_entities(decode(data).text, name).text, name)


def _metadata(package: Element, key: str) -> str | None:
    found = package.find(f"{{*}}metadata/{{http://purl.org/dc/elements/1.1/}}{key}")
    text = "".join(found.itertext()).strip() if found is not None else ""
    return text or None
