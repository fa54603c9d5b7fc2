"""Recognised text: what is done to pictures before, what becomes of words after, and the engine itself."""

from __future__ import annotations

import io
import unicodedata
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from ingest.readers.base import ReadOptions
from ingest.readers.image import _frames as frames
from ingest.readers.ocr.engine import Engine, Recognised, Word, find_engine
from ingest.readers.ocr.leaders import Leader, Picture, without_leaders
from ingest.readers.ocr.pages import Recogniser, recognised_page
from ingest.readers.ocr.paper import on_paper
from ingest.readers.pdf.glyphs import Page, draw_page, open_pdf
from ingest.readers.pdf.lines import place_runs
from ingest.readers.pdf.spelling import spell
from ingest.readers.registry import read
from rag.errors import EmptyDocument, LimitExceeded, UnsupportedFormat
from tests.ingest.readers.made import texts

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "formats"

needs_engine = pytest.mark.skipif(find_engine() is None, reason="tesseract with jpn is not on this machine")
needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="the shared formats are not beside the checkout"
)


def blank(height: int = 200, width: int = 1000) -> Picture:
    return np.full((height, width), 255, dtype=np.uint8)


def dotted(first: int, steps: list[int], y: int = 100) -> Picture:
    """A picture with dots of 5 × 5 pixels, the first at ``first``, the others so many pixels on."""
    picture, x = blank(), first
    for step in [0, *steps]:
        x += step
        picture[y : y + 5, x : x + 5] = 0
    return picture


def test_a_row_of_dots_is_whitened_and_remembered() -> None:
    cleaned, [leader] = without_leaders(dotted(300, [25] * 19), 300)
    assert (cleaned == 255).all()
    assert leader.num_dots == 20
    assert leader.left <= 300 < leader.right and 775 <= leader.right <= 790
    assert leader.top <= 100 and leader.bottom >= 105


ROWS_THAT_STAY = [
    ("five dots are an ellipsis", dotted(300, [25] * 4)),
    ("uneven dots are points of a drawing", dotted(300, [25, 60, 25, 40, 25, 58, 30, 51])),
    ("dots far apart belong to different columns", dotted(100, [80] * 8)),
]


@pytest.mark.parametrize(
    "picture", [one for _, one in ROWS_THAT_STAY], ids=[why for why, _ in ROWS_THAT_STAY]
)
def test_other_dots_stay(picture: Picture) -> None:
    cleaned, leaders = without_leaders(picture, 300)
    assert leaders == []
    assert (cleaned == picture).all()


def test_dots_beside_ink_stay_and_a_tiny_picture_has_none() -> None:
    picture = dotted(300, [25] * 9)
    picture[98:100, 290:600] = 0  # a line right above: these are no lonely specks
    assert without_leaders(picture, 300)[1] == []
    assert without_leaders(blank(4, 4), 300)[1] == []


def test_the_dark_around_paper_is_taken_away() -> None:
    picture = np.full((400, 600), 20, dtype=np.uint8)
    picture[50:350, 100:500] = 200
    picture[200, 200:300] = 0
    paper = on_paper(picture)
    assert int(paper.max()) == 200 and (paper[:50] == 200).all()
    assert (paper[200, 200:300] == 0).all()
    assert on_paper(blank()) is not None and (on_paper(blank()) == 255).all()
    night = np.zeros((50, 50), dtype=np.uint8)
    assert on_paper(night) is night


def word(
    text: str, left: int, top: int, right: int, bottom: int, *, confidence: float = 0.9, line: int = 1
) -> Word:
    return Word(text, left, top, right, bottom, confidence, (1, 1, line))


def told(page: Page) -> list[str]:
    return [spell(run).text for run in place_runs(page)]


def test_words_become_a_line_with_its_confidence() -> None:
    words = (word("休暇", 0, 0, 100, 50), word("は", 110, 4, 150, 50), word("open", 170, 0, 260, 50))
    found = Recognised((*words, word("source", 280, 0, 400, 50, confidence=0.5)))
    page = recognised_page(found, (3508, 2480), 300, Counter())
    [run] = place_runs(page)
    line = spell(run)
    assert line.text == "休暇はopen source"
    assert [(mark.kind, mark.value) for mark in line.marks] == [("ocr", "0.72")]
    assert (round(page.width), round(page.height)) == (595, 842)
    assert line.box.right == pytest.approx(96)


def test_words_of_a_column_stand_under_each_other() -> None:
    words = (word("吾輩", 100, 0, 150, 100), word("は猫", 100, 105, 150, 205))
    page = recognised_page(Recognised(words, is_vertical=True), (300, 300), 300, Counter())
    assert told(page) == ["吾輩は猫"]
    assert place_runs(page)[0].is_vertical


def test_guesses_are_left_out_and_counted() -> None:
    dropped: Counter[str] = Counter()
    words = (word("確か", 0, 0, 100, 50), word("ゞ病", 0, 200, 100, 250, confidence=0.2, line=2))
    assert told(recognised_page(Recognised(words), (300, 300), 300, dropped)) == ["確か"]
    assert dropped == {"unsure-recognition": 2}


def test_dots_return_between_title_and_page() -> None:
    words = (word("用語", 0, 0, 100, 50), word("2", 600, 0, 620, 50))
    found = Recognised(words, (Leader(150, 550, 30, 40, 8), Leader(150, 550, 330, 340, 9)))
    assert told(recognised_page(found, (400, 700), 300, Counter())) == ["用語 ........ 2"]


def test_an_empty_picture_has_no_confidence() -> None:
    assert Recognised().confidence == 0.0
    assert recognised_page(Recognised(), (10, 10), 300, Counter()).runs == ()


def png(picture: Picture, **facts: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", **facts)
    return buffer.getvalue()


def drawn(name: str, index: int = 0) -> Picture:
    return draw_page(open_pdf((SAMPLE / name).read_bytes(), name), index, 300)[0]


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def error_rate(truth: str, found: str) -> float:
    return Levenshtein.distance(plain(truth), plain(found)) / len(plain(truth))


def test_every_frame_is_upright_on_white_and_as_fine_as_a_scan() -> None:
    """A fax of two pages; a transparent picture of a screen, which says 72 dots per inch."""
    fax, screen = io.BytesIO(), io.BytesIO()
    pages = [Image.fromarray(blank(30, 20)), Image.fromarray(blank(40, 20))]
    pages[0].save(fax, "TIFF", save_all=True, append_images=pages[1:], dpi=(300, 300))
    shapes = [(picture.shape, scan) for picture, scan in frames(fax.getvalue(), "a.tif")]
    assert shapes == [((30, 20), 300.0), ((40, 20), 300.0)]
    Image.new("RGBA", (20, 30), (0, 0, 0, 0)).save(screen, "PNG", dpi=(72, 72))
    [(picture, scan)] = frames(screen.getvalue(), "a.png")
    assert (picture.shape, scan) == ((60, 40), 300.0)
    assert (picture == 255).all()


def test_a_bomb_of_pixels_is_refused() -> None:
    head = png(blank(1, 1))
    width = head.index(b"IHDR") + 4
    bomb = head[:width] + (100_000).to_bytes(4, "big") * 2 + head[width + 8 : width + 13]
    bomb += zlib.crc32(bomb[width - 4 :]).to_bytes(4, "big") + head[width + 17 :]
    with pytest.raises(LimitExceeded, match=r"a\.png: .*save it smaller"):
        list(frames(bomb, "a.png"))


def test_without_the_engine_a_picture_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    find_engine.cache_clear()
    try:
        with pytest.raises(UnsupportedFormat, match="apt-get install tesseract-ocr tesseract-ocr-jpn"):
            read(png(blank()), "a.png")
    finally:
        find_engine.cache_clear()


def test_recognition_can_be_switched_off() -> None:
    with pytest.raises(UnsupportedFormat, match=r"switched off by ingest\.ocr"):
        read(png(blank()), "a.png", ReadOptions(ocr=False))


def test_a_program_that_is_no_engine_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "tesseract"
    fake.write_text("#!/bin/sh\nexit 3\n", encoding="ascii")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    find_engine.cache_clear()
    try:
        assert find_engine() is None
    finally:
        find_engine.cache_clear()


def test_pages_beyond_the_time_are_named() -> None:
    beats: list[int] = []
    options = ReadOptions(ocr_timeout_seconds=1e-9, beat=lambda: beats.append(1))
    recogniser = Recogniser(Engine("/nowhere", has_vertical=False), "a.pdf", options, Counter())
    assert recogniser.page(3, blank(), 300) is None
    assert recogniser.page(4, blank(), 300) is None
    assert list(recogniser.warnings) == [
        "pages 3-4 not recognised for lack of time: raise ingest.ocr_timeout_seconds to allow more"
    ]
    assert len(beats) == 2


def test_a_page_that_the_engine_fails_on_costs_itself() -> None:
    recogniser = Recogniser(Engine("/bin/false", has_vertical=False), "a.pdf", ReadOptions(), Counter())
    assert recogniser.page(3, blank(), 300) is None
    assert list(recogniser.warnings) == ["page 3 not recognised: a.pdf: false failed on it (code 1)"]


@needs_engine
def test_a_picture_of_nothing() -> None:
    with pytest.raises(EmptyDocument, match="no text was recognised"):
        read(png(blank()), "a.png")


@needs_engine
def test_pictures_that_cannot_be_opened() -> None:
    with pytest.raises(UnsupportedFormat, match="unknown kind"):
        read(b"\x89PNG\r\n\x1a\n" + bytes(200), "a.png")
    with pytest.raises(LimitExceeded, match="pixels"):
        read(png(np.zeros((11_000, 11_000), dtype=np.uint8)), "a.png")


@needs_engine
def test_a_page_is_read_again_from_its_picture() -> None:
    """A page of the sample manual as a scan, beside its own text layer."""
    name = "製品マニュアル_KA-200.pdf"
    picture = drawn(name)
    reading = read(png(picture, dpi=(300, 300)), "頁.png")
    truth = [one.text for one in read((SAMPLE / name).read_bytes(), name).blocks if one.places[0].page == 1]
    assert error_rate("".join(truth), "".join(texts(reading))) < 0.1
    assert reading.warnings[0].startswith("page 1 recognised from pictures (OCR, 9")
    assert all(one.kind == "ocr" for block in reading.blocks for one in block.annotations)


@needs_engine
@needs_shared
def test_pages_of_pictures_are_recognised() -> None:
    """All that is on the first two pages, before contents and running headers are set aside."""
    data = (SHARED / "pdf" / "raster-dp2020_03.pdf").read_bytes()
    truths = (SHARED / "txt" / "raster-dp2020_03.truth.txt").read_text(encoding="utf-8").split("\f")
    pdf, engine = open_pdf(data, "a.pdf"), find_engine()
    assert engine is not None
    found = ""
    for index in range(2):
        recognised = engine.recognise(*draw_page(pdf, index, 300), "a.pdf", 60.0)
        page = recognised_page(recognised, (3508, 2480), 300, Counter())
        found += "".join(told(page))
    assert error_rate("".join(truths[:2]), found) <= 0.1
