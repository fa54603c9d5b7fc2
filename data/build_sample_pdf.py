"""Layout of the PDF manual of data/sample/ (used by ``build_sample.py``).

The fonts are IPAexGothic and IPAexMincho (Debian package ``fonts-ipaexfont``);
only the glyphs used are embedded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from build_sample_office import blocks
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

FONT_DIR = Path("/usr/share/fonts/opentype")
FONTS = {
    "gothic": FONT_DIR / "ipaexfont-gothic" / "ipaexg.ttf",
    "mincho": FONT_DIR / "ipaexfont-mincho" / "ipaexm.ttf",
}
HEADER = "空気清浄機「そよぎ」 KA-200 取扱説明書"
MARGIN = 62.0


def style(name: str, font: str, size: float, **options: Any) -> ParagraphStyle:
    """Return a paragraph style that wraps Japanese text."""
    options.setdefault("leading", size * 1.65)
    return ParagraphStyle(name, fontName=font, fontSize=size, wordWrap="CJK", **options)


def styles() -> dict[str, ParagraphStyle]:
    """Return the styles of the manual by the mark of the block."""
    return {
        "#": style("head", "gothic", 17, spaceAfter=10, borderPadding=3),
        "##": style("sub", "gothic", 12.5, spaceBefore=9, spaceAfter=4),
        "": style("body", "mincho", 10.5, alignment=TA_JUSTIFY, spaceAfter=5),
        "1.": style("step", "mincho", 10.5, leftIndent=10, spaceAfter=2),
        "-": style("bullet", "mincho", 10.5, leftIndent=14, bulletFontName="mincho", spaceAfter=2),
        "cell": style("cell", "gothic", 9.2, leading=13),
    }


def column_widths(rows: list[list[str]], total: float) -> list[float]:
    """Share the page width between the columns by their longest cells."""
    longest = [max(len(row[i]) for row in rows) + 2 for i in range(len(rows[0]))]
    return [total * length / sum(longest) for length in longest]


def table(rows: list[list[str]], cell: ParagraphStyle) -> Table:
    """Return a ruled table with a shaded head."""
    data = [[Paragraph(text, cell) for text in row] for row in rows]
    ruled = Table(data, colWidths=column_widths(rows, A4[0] - 2 * MARGIN - 12))
    ruled.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
                ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    return ruled


def story(source: Path) -> list[Flowable]:
    """Turn the blocks of the source into flowables."""
    by_mark = styles()
    flow: list[Flowable] = []
    for kind, content in blocks(source):
        if kind == "===":
            flow.append(PageBreak())
        elif kind == "|":
            flow += [Spacer(1, 4), table(content, by_mark["cell"]), Spacer(1, 8)]
        elif kind == "-":
            flow.append(Paragraph(content, by_mark["-"], bulletText="・"))
        else:
            flow.append(Paragraph(content, by_mark[kind]))
    return flow


def decorate(canvas: Canvas, _template: SimpleDocTemplate) -> None:
    """Draw the running header and the page number."""
    canvas.saveState()
    canvas.setFont("gothic", 8)
    canvas.drawString(MARGIN, A4[1] - 36, HEADER)
    canvas.line(MARGIN, A4[1] - 41, A4[0] - MARGIN, A4[1] - 41)
    canvas.drawCentredString(A4[0] / 2, 28, f"－ {canvas.getPageNumber()} －")
    canvas.restoreState()


def build_pdf(source: Path, target: Path) -> None:
    """Lay out the manual with embedded font subsets and no varying metadata."""
    for name, path in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(path)))
        pdfmetrics.registerFontFamily(name, name, name, name, name)
    template = SimpleDocTemplate(
        str(target),
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=56,
        bottomMargin=50,
        title="空気清浄機「そよぎ」KA-200 取扱説明書",
        author="開発課",
        invariant=1,
    )
    template.build(story(source), onFirstPage=decorate, onLaterPages=decorate)
