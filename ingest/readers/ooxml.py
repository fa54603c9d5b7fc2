"""The package under Word and PowerPoint files: parts and the relationships between them.

Relationships that lead outside the file are never followed.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import zipfile
from collections.abc import Iterator
from functools import partial

from ingest.readers.archive import open_archive, read_part
from ingest.readers.trees import Element, parse_xml
from rag.errors import DamagedDocument
from rag.types import Attributes

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_STRICT = (  # files saved as "Strict Open XML" differ in the names of their namespaces alone
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/main", A[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/presentationml/main", P[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
)
_CORE = "docProps/core.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"


class Package:
    """The parts of one file, parsed when they are asked for."""

    def __init__(self, data: bytes, name: str) -> None:
        self._archive: zipfile.ZipFile = open_archive(data, name)
        self._name = name

    def part(self, path: str) -> Element | None:
        """The root of a part, or None where there is none."""
        data = read_part(self._archive, path, self._name)
        if data is None:
            return None
        if b"purl.oclc.org/ooxml" in data[:4096]:
            for strict, transitional in _STRICT:
                data = data.replace(strict, transitional)
        return parse_xml(data, f"{self._name} ({path})")

    def main_part(self) -> str:
        """The path of the document or presentation itself."""
        for _, target in self.related("", "officeDocument"):
            return target
        raise DamagedDocument(f"{self._name}: the file names no main document: get a fresh copy")

    def related(self, path: str, kind: str) -> Iterator[tuple[str, str]]:
        """(id, path) of the parts that a part refers to by one kind of relationship: ``footnotes``."""
        folder, _, file = path.rpartition("/")
        root = self.part(posixpath.join(folder, "_rels", f"{file}.rels"))
        for one in root if root is not None else ():
            if one.get("TargetMode") != "External" and (one.get("Type") or "").endswith(f"/{kind}"):
                target = one.get("Target") or ""
                yield one.get("Id"), posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")

    def related_part(self, path: str, kind: str) -> Element | None:
        """The root of the first part in a kind of relationship."""
        return next((self.part(target) for _, target in self.related(path, kind)), None)

    def properties(self) -> tuple[str | None, Attributes]:
        """Title, author and day of the last change, as the file's properties have them."""
        root = self.part(_CORE)
        if root is None:
            return None, Attributes()
        text = partial(_child_text, root)
        return text(f"{_DC}title"), Attributes(
            author=text(f"{_DC}creator"), date=_day(text(f"{_TERMS}modified"))
        )


def _child_text(root: Element, tag: str) -> str | None:
    return (root.findtext(tag) or "").strip() or None


def _day(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat((value or "")[:10])
    except ValueError:
        return None


def attribute(element: Element | None, name: str = "val") -> str | None:
    """A Word attribute of an element that may be missing: ``<w:numId w:val="3"/>`` → ``"3"``."""
    return element.get(W + name) if element is not None else None


def is_on(element: Element | None) -> bool:
    """Whether a switch such as ``<w:vanish/>`` is there and not turned off."""
    return element is not None and attribute(element) not in {"0", "false", "off"}
