"""How well pictures of pages are recognised, beside their true text.

    python benchmarks/ocr.py ../shared/data/formats

Prints the character error rate (edit distance over the length of the truth, both in NFKC and without
blanks) of every page of an image-only PDF, of pages with a text layer that are drawn and recognised again,
and the agreement with another program's uncorrected text of a scanned book. Needs tesseract.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections import Counter
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ingest.readers.ocr.engine import Engine, find_engine
from ingest.readers.ocr.pages import SCAN_DOTS_PER_INCH, recognised_page
from ingest.readers.pdf.glyphs import Pdf, draw_page, open_pdf
from ingest.readers.pdf.lines import place_runs
from ingest.readers.pdf.order import reading_order
from ingest.readers.pdf.ruby import set_ruby_apart
from ingest.readers.pdf.spelling import spell
from ingest.readers.registry import read

DRAWN = (
    ("ruby-rules-ja.pdf", 2, "two columns"),
    ("jo.pdf", 1, "vertical"),
    ("test60-tombow.pdf", 2, "vertical, ruby"),
)


def error_rate(truth: str, found: str) -> float:
    """0.0 where both are the same; 1.0 where all would have to be written anew."""
    truth, found = ("".join(unicodedata.normalize("NFKC", text).split()) for text in (truth, found))
    return Levenshtein.distance(truth, found) / len(truth)


def recognise(engine: Engine, pdf: Pdf, index: int) -> tuple[str, float]:
    """All lines of one page, headers and contents too, and how sure the engine is."""
    picture, resolution = draw_page(pdf, index, SCAN_DOTS_PER_INCH)
    found = engine.recognise(picture, resolution, "page", 120.0)
    page = recognised_page(found, (picture.shape[0], picture.shape[1]), resolution, Counter())
    lines = reading_order([spell(run) for run in set_ruby_apart(place_runs(page))])
    return "".join(line.text for line in lines), found.confidence


def text_of(path: Path, page: int | None = None) -> str:
    """What our reader finds, on one page or on all; a paragraph may stand on two."""
    blocks = read(path.read_bytes(), path.name).blocks
    if page is None:
        return "".join(one.text for one in blocks)
    return "".join(one.text[at.start : at.end] for one in blocks for at in one.places if at.page == page)


def show(name: str, truth: str, found: tuple[str, float], began: float) -> None:
    text, confidence = found
    seconds = time.monotonic() - began
    print(f"{name:44}{len(truth):>7}{error_rate(truth, text):>8.1%}{confidence:>7.0%}{seconds:>7.1f} s")


def main(folder: Path) -> None:
    engine = find_engine()
    if engine is None:
        sys.exit("tesseract with jpn is not on this machine")
    print(f"{'page':44}{'chars':>7}{'errors':>8}{'sure':>7}{'time':>9}")
    pdf = open_pdf((folder / "pdf/raster-dp2020_03.pdf").read_bytes(), "raster")
    truths = (folder / "txt/raster-dp2020_03.truth.txt").read_text(encoding="utf-8").split("\f")
    whole = ""
    for index in range(len(pdf)):
        began = time.monotonic()
        found = recognise(engine, pdf, index)
        whole += found[0]
        show(f"raster-dp2020_03.pdf, page {index + 1}", truths[index], found, began)
    print(f"{'raster-dp2020_03.pdf, all pages':44}{'':7}{error_rate(''.join(truths), whole):>8.1%}")
    for name, page, what in DRAWN:
        began = time.monotonic()
        path = folder / "pdf" / name
        found = recognise(engine, open_pdf(path.read_bytes(), name), page - 1)
        show(f"{name}, page {page} drawn ({what})", text_of(path, page), found, began)
    began = time.monotonic()
    scan = folder / "pdf/scan-digidepo_2531162_0024.pdf"
    found = recognise(engine, open_pdf(scan.read_bytes(), scan.name), 0)
    truth = text_of(folder / "xml/digidepo_2531162_0024.xml")
    agreement = Levenshtein.normalized_similarity("".join(truth.split()), "".join(found[0].split()))
    print(f"{scan.name}: agreement with the uncorrected text {agreement:.1%}, {found[1]:.0%} sure")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/ocr.py FOLDER")
    main(Path(sys.argv[1]))
