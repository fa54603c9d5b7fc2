"""Small files made in code, so that each test shows all of its bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

from ingest.readers.base import Block, Reading
from ingest.readers.registry import read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
SLIDES = (
    f'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" {DRAWING} xmlns:r="{OFFICE}"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def told(reading: Reading) -> list[str]:
    """Blocks as short lines: ``heading1 総則``."""
    return [f"{block.kind.value}{block.level or ''} {block.text}" for block in reading.blocks]


def texts(reading: Reading) -> list[str]:
    """The texts of all blocks."""
    return [block.text for block in reading.blocks]


def marks(block: Block, kind: str = "ruby") -> list[tuple[str, str]]:
    """Annotated text and value, of one kind."""
    return [(block.text[one.start : one.end], one.value) for one in block.annotations if one.kind == kind]


def read_text(text: str, name: str, encoding: str = "utf-8") -> Reading:
    """Read a text as a file of this name."""
    return read(text.encode(encoding), name)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    """A part of relationships: id → (kind, target)."""
    rows = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{rows}</Relationships>'


def docx(body: str, **parts: str) -> bytes:
    """A Word document: the inside of ``w:body`` and of further parts (styles, numbering, footnotes …)."""
    roots = {
        "styles": "styles",
        "numbering": "numbering",
        "footnotes": "footnotes",
        "comments": "comments",
        "header": "hdr",
    }
    files = {
        "_rels/.rels": relationships({"r1": ("officeDocument", "word/document.xml")}),
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relationships(
            {f"r{i}": (kind, f"{kind}.xml") for i, kind in enumerate(parts)}
        ),
    }
    for kind, inside in parts.items():
        files[f"word/{kind}.xml"] = f"<w:{roots[kind]} {W}>{inside}</w:{roots[kind]}>"
    return zipped(files)


def paragraph(text: str, properties: str = "") -> str:
    """A Word paragraph with one run."""
    inside = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{inside}<w:r><w:t>{text}</w:t></w:r></w:p>"


def pptx(*slides: str, notes: Mapping[int, str] | None = None) -> bytes:
    """A presentation: the inside of each slide's shape tree, and of notes by number of the slide from 1."""
    numbers = range(1, len(slides) + 1)
    ids = "".join(f'<p:sldId id="{255 + i}" r:id="s{i}"/>' for i in numbers)
    files = {
        "_rels/.rels": relationships({"r1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": (
            f'<p:presentation {SLIDES}><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/>'
            "</p:presentation>"
        ),
        "ppt/_rels/presentation.xml.rels": relationships(
            {f"s{i}": ("slide", f"slides/slide{i}.xml") for i in numbers}
        ),
    }
    for number, inside in enumerate(slides, 1):
        hidden = ' show="0"' if inside.startswith("<!--hidden-->") else ""
        files[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {SLIDES}{hidden}><p:cSld><p:spTree>{inside}</p:spTree></p:cSld></p:sld>"
        )
        if notes and number in notes:
            files[f"ppt/slides/_rels/slide{number}.xml.rels"] = relationships(
                {"n": ("notesSlide", f"../notesSlides/notesSlide{number}.xml")}
            )
            files[f"ppt/notesSlides/notesSlide{number}.xml"] = (
                f"<p:notes {SLIDES}><p:cSld><p:spTree>{notes[number]}</p:spTree></p:cSld></p:notes>"
            )
    return zipped(files)


def shape(paragraphs: str, purpose: str | None = "body", properties: str = "", name: str = "") -> str:
    """A shape with text; ``purpose`` is that of its placeholder, None for a plain text box."""
    holder = f'<p:ph type="{purpose}"/>' if purpose else ""
    return (
        f"<p:sp><p:nvSpPr><p:cNvPr id='1' name='x' {name}/><p:cNvSpPr/><p:nvPr>{holder}</p:nvPr></p:nvSpPr>"
        f"<p:spPr>{properties}</p:spPr><p:txBody>{paragraphs}</p:txBody></p:sp>"
    )


def line(text: str, properties: str = "") -> str:
    """A paragraph of a shape."""
    return f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>"


def zipped_by_windows(parts: Mapping[str, bytes]) -> bytes:
    """A zip archive whose names are in cp932 and not marked as anything, as Explorer makes them."""
    data = zipped({_stand_in(number, name): part for number, (name, part) in enumerate(parts.items())})
    for number, name in enumerate(parts):
        data = data.replace(_stand_in(number, name).encode(), name.encode("cp932"))
    return data


def _stand_in(number: int, name: str) -> str:
    """A name in ASCII with as many bytes."""
    return f"{number:02}".ljust(len(name.encode("cp932")), "~")


def mail_with(attachments: Mapping[str, bytes], subject: str = "資料") -> bytes:
    """A mail with attachments."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "a@example.jp", "b@example.jp"
    message["Date"] = "Mon, 16 Jun 2025 10:24:05 +0900"
    message.set_content("資料を送ります。")
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def mailbox_of(*mails: bytes) -> bytes:
    """A mailbox as Thunderbird writes it."""
    return b"".join(b"From - Mon Jun 16 10:24:05 2025\r\n" + mail.rstrip() + b"\r\n\r\n" for mail in mails)
