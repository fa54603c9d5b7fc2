"""Summaries as .docx with real footnotes, which Word numbers and shows at the foot of the page.

python-docx has no footnotes: the part ``word/footnotes.xml`` is written here, with the two separators that
Word asks for, and numbers from 1.
"""

from __future__ import annotations

import io
import re
from typing import Any

from rag.summary.export.markdown import note_text
from rag.summary.export.outline import Grid, Heading, Page, Paragraph, Run, blocks
from rag.types import Citation

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_UNSAVEABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SEPARATORS = (("-1", "separator"), ("0", "continuationSeparator"))


def to_docx(page: Page) -> bytes:
    """The whole page as the bytes of a Word file."""
    import docx

    document = docx.Document()
    writer = _Writer(document)
    for block in blocks(page):
        match block:
            case Heading(level, text):
                document.add_heading(saveable(text), level=level)
            case Paragraph(runs, is_item):
                writer.fill(document.add_paragraph(style="List Bullet" if is_item else None), runs)
            case Grid(rows):
                writer.grid(rows)
    writer.attach_notes()
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def saveable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _UNSAVEABLE.sub("", text)


class _Writer:
    """Puts runs into paragraphs and collects their footnotes."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._notes: list[str] = []

    def grid(self, rows: tuple[tuple[Run, ...], ...]) -> None:
        """A table with ruled cells."""
        table = self._document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
        for cells, row in zip(table.rows, rows, strict=True):
            for cell, run in zip(cells.cells, row, strict=True):
                self.fill(cell.paragraphs[0], (run,))

    def fill(self, paragraph: Any, runs: tuple[Run, ...]) -> None:
        """The text of each run, then a mark for each of its citations."""
        for run in runs:
            paragraph.add_run(saveable(run.text))
            for citation in run.citations:
                self._mark(paragraph, citation)

    def _mark(self, paragraph: Any, citation: Citation) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self._notes.append(saveable(note_text(citation)))
        run = paragraph.add_run()
        run.font.superscript = True
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self._notes)))
        run._r.append(reference)

    def attach_notes(self) -> None:
        """Add the part that holds the footnotes, where there are any."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        if not self._notes:
            return
        package = self._document.part.package
        part = Part(PackURI("/word/footnotes.xml"), _MEDIA_TYPE, self._xml(), package)
        self._document.part.relate_to(part, _RELATION)

    def _xml(self) -> bytes:
        from lxml import etree

        def tag(name: str) -> str:
            return f"{{{_NAMESPACE}}}{name}"

        root = etree.Element(tag("footnotes"), nsmap={"w": _NAMESPACE})
        for name, kind in _SEPARATORS:
            note = etree.SubElement(root, tag("footnote"), {tag("type"): kind, tag("id"): name})
            etree.SubElement(etree.SubElement(etree.SubElement(note, tag("p")), tag("r")), tag(kind))
        for number, text in enumerate(self._notes, start=1):
            note = etree.SubElement(root, tag("footnote"), {tag("id"): str(number)})
            paragraph = etree.SubElement(note, tag("p"))
            mark = etree.SubElement(paragraph, tag("r"))
            properties = etree.SubElement(mark, tag("rPr"))
            etree.SubElement(properties, tag("vertAlign"), {tag("val"): "superscript"})
            etree.SubElement(mark, tag("footnoteRef"))
            said = etree.SubElement(etree.SubElement(paragraph, tag("r")), tag("t"))
            said.text = f" {text}"
            said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        return xml
