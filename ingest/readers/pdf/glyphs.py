"""Characters of PDF pages with their boxes; the only home of pypdfium2.

Boxes are in points with the origin at the top left of the page as it is shown. Characters beside the
page or too small to be seen are left out and counted.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.readers.archive import wrong_password
from rag.errors import DamagedDocument, EncryptedDocument

Pdf = Any
"""A pypdfium2 document; pypdfium2 has no types of its own."""

_SMALLEST_POINTS = 1.0
_SAME_HEIGHT_POINTS = 0.05
_BLANK = 0x20
_LINE_BREAKS = frozenset({0x0A, 0x0D})
_SPECIAL = {0x0: "\ufffd", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd", 0x02: "\u00ad"}
"""Codes that are no characters; 2 is pdfium's sign for a hyphen at the end of a line."""
_SURROGATE_HIGH, _SURROGATE_LOW, _SURROGATE_END = 0xD800, 0xDC00, 0xE000
_INVISIBLE_MODE = 3
_WHITE = 250
_FONT_NAME_BYTES = 128

OCR_LOOK = "ocr "
"""The look of a recognised run begins so, its confidence follows: ``ocr 0.93``."""

_MAX_PICTURE_PIXELS = 40_000_000


class Glyph(NamedTuple):
    """One character: its box, the size of its font in points, and whether pdfium guessed it (a space)."""

    char: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    is_guessed: bool


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs that pdfium found on one line, in order.

    ``look`` says how they are painted; ``font`` names the font of the first and the last glyph, empty
    where they differ.
    """

    glyphs: tuple[Glyph, ...]
    look: str = ""
    font: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size in points, its runs in the order of the file, and whether a picture fills it."""

    number: int
    width: float
    height: float
    runs: tuple[Run, ...]
    has_picture: bool = False


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the document's outline; ``page`` counts from 1."""

    level: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What is known before the pages are read."""

    num_pages: int
    title: str | None
    author: str | None
    modified: str | None
    bookmarks: tuple[Bookmark, ...] = ()
    warnings: tuple[str, ...] = field(default=())


def open_pdf(data: bytes, name: str, password: str | None = None) -> Pdf:
    """Open a document. Raises EncryptedDocument without the right password, else DamagedDocument."""
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedDocument(wrong_password(name, password)) from error
        raise DamagedDocument(f"{name}: the PDF cannot be opened ({error}): get a fresh copy") from error


def read_contents(pdf: Pdf) -> Contents:
    """Title, author, date and outline."""
    import pypdfium2

    metadata = pdf.get_metadata_dict(skip_empty=True)
    bookmarks: list[Bookmark] = []
    warnings: tuple[str, ...] = ()
    try:
        for item in pdf.get_toc(max_depth=8):
            destination = item.get_dest()
            index = destination.get_index() if destination else None
            bookmarks.append(Bookmark(item.level + 1, item.get_title(), (index or 0) + 1))
    except (pypdfium2.PdfiumError, RecursionError, ValueError):
        warnings = ("its outline is damaged and was not used",)
    return Contents(
        num_pages=len(pdf),
        title=metadata.get("Title"),
        author=metadata.get("Author"),
        modified=metadata.get("ModDate") or metadata.get("CreationDate"),
        bookmarks=tuple(bookmarks),
        warnings=warnings,
    )


def read_page(pdf: Pdf, index: int, dropped: Counter[str]) -> Page:
    """Read one page, counted from 0. Raises DamagedDocument when pdfium cannot load it."""
    import pypdfium2
    from pypdfium2 import raw

    try:
        page = pdf[index]
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise DamagedDocument(f"page {index + 1} cannot be loaded ({error})") from error
    view = _View(page)
    runs = tuple(_runs(raw, textpage, view, dropped))
    has_picture = not runs and any(
        one.type == raw.FPDF_PAGEOBJ_IMAGE for one in page.get_objects(max_depth=3)
    )
    textpage.close()
    page.close()
    return Page(index + 1, view.width, view.height, runs, has_picture)


def draw_page(pdf: Pdf, index: int, dots_per_inch: float) -> tuple[NDArray[np.uint8], float]:
    """One page as grey levels, shape (height, width), and its resolution, lower for very large pages.

    Raises DamagedDocument when pdfium cannot draw it.
    """
    import pypdfium2

    try:
        page = pdf[index]
        width, height = page.get_size()
        num_pixels = width * height * (dots_per_inch / 72) ** 2
        dots_per_inch *= min(1.0, math.sqrt(_MAX_PICTURE_PIXELS / max(num_pixels, 1.0)))
        bitmap = page.render(scale=dots_per_inch / 72, grayscale=True)
        picture = np.array(bitmap.to_numpy()).reshape(bitmap.height, -1)[:, : bitmap.width]
        bitmap.close()
        page.close()
    except pypdfium2.PdfiumError as error:
        raise DamagedDocument(f"page {index + 1} cannot be drawn ({error})") from error
    return picture, dots_per_inch


class _View:
    """From the coordinates of the file to those of the page as it is shown."""

    def __init__(self, page: Any) -> None:
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._turns = page.get_rotation() // 90 % 4
        width, height = self._right - self._left, self._top - self._bottom
        self.width, self.height = (height, width) if self._turns % 2 else (width, height)

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) from the top left of the page."""
        if self._turns == 0:
            return left - self._left, self._top - top, right - self._left, self._top - bottom
        if self._turns == 1:
            return bottom - self._bottom, left - self._left, top - self._bottom, right - self._left
        if self._turns == 2:  # noqa: PLR2004
            return self._right - right, bottom - self._bottom, self._right - left, top - self._bottom
        return self._top - top, self._right - right, self._top - bottom, self._right - left


def _runs(raw: Any, textpage: Any, view: _View, dropped: Counter[str]) -> Iterator[Run]:
    """The glyphs of a page, cut where pdfium breaks lines."""
    glyphs: list[Glyph] = []
    first = last = 0
    for index, glyph in _glyphs(raw, textpage, view):
        if glyph is None:
            if glyphs:
                yield Run(tuple(glyphs), _look(raw, textpage, first), _font(raw, textpage, first, last))
            glyphs = []
            continue
        reason = _unseen(glyph, view)
        if reason:
            dropped[reason] += 1
            continue
        first = first if glyphs else index
        last = index
        glyphs.append(glyph)


def _unseen(glyph: Glyph, view: _View) -> str:
    if glyph.size < _SMALLEST_POINTS:
        return "" if glyph.char.isspace() else "tiny-text"
    if glyph.left >= 0 and glyph.right <= view.width and glyph.top >= 0 and glyph.bottom <= view.height:
        return ""
    x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
    is_beside = not (0 <= x <= view.width and 0 <= y <= view.height)
    return "off-page" if is_beside and not glyph.char.isspace() else ""


def _glyphs(raw: Any, textpage: Any, view: _View) -> Iterator[tuple[int, Glyph | None]]:
    """Every character with its index; None where a line ends.

    Every call into the library costs a microsecond. Only blanks can be guessed, and the size of the font
    is asked for only where the height of the box changes.
    """
    get_unicode, get_box = raw.FPDFText_GetUnicode, raw.FPDFText_GetLooseCharBox
    rectangle = raw.FS_RECTF()
    pointer = ctypes.byref(rectangle)
    high, height, size = 0, -1.0, 0.0
    num_chars = raw.FPDFText_CountChars(textpage)
    for index in range(num_chars):
        code = get_unicode(textpage, index)
        if code in _LINE_BREAKS:
            yield index, None
            continue
        if _SURROGATE_HIGH <= code < _SURROGATE_END:
            if code < _SURROGATE_LOW:
                high = code
                continue
            code = 0x10000 + ((high - _SURROGATE_HIGH) << 10) + (code - _SURROGATE_LOW) if high else 0
        high = 0
        get_box(textpage, index, pointer)
        left, bottom, right, top = rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
        is_guessed = code == _BLANK and raw.FPDFText_IsGenerated(textpage, index) == 1
        if not is_guessed and abs(top - bottom - height) > _SAME_HEIGHT_POINTS:
            height = top - bottom
            size = _font_size(raw, textpage, index)
        char = _SPECIAL.get(code) or chr(code)
        yield index, Glyph(char, *view.box(left, bottom, right, top), size, is_guessed)
    yield num_chars, None


def _font_size(raw: Any, textpage: Any, index: int) -> float:
    """In points: the size in the font's own space times the scale of the text matrix."""
    matrix = raw.FS_MATRIX()
    size: float = raw.FPDFText_GetFontSize(textpage, index)
    if raw.FPDFText_GetMatrix(textpage, index, ctypes.byref(matrix)):
        size *= math.hypot(matrix.c, matrix.d) or 1.0
    return size


def _font(raw: Any, textpage: Any, first: int, last: int) -> str:
    names = {_font_name(raw, textpage, index) for index in (first, last)}
    return names.pop() if len(names) == 1 else ""


def _font_name(raw: Any, textpage: Any, index: int) -> str:
    buffer = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    length = raw.FPDFText_GetFontInfo(textpage, index, buffer, _FONT_NAME_BYTES, None)
    name = buffer.raw[: max(min(length, _FONT_NAME_BYTES) - 1, 0)].decode("utf-8", "replace")
    return name.rpartition("+")[2]  # a subset is called ABCDEF+Gothic


def _look(raw: Any, textpage: Any, index: int) -> str:
    """``invisible`` for text that is not painted (a recognised layer), ``white`` for white text."""
    text_object = raw.FPDFText_GetTextObject(textpage, index)
    if text_object and raw.FPDFTextObj_GetTextRenderMode(text_object) == _INVISIBLE_MODE:
        return "invisible"
    colours = [ctypes.c_uint() for _ in range(4)]
    if raw.FPDFText_GetFillColor(textpage, index, *map(ctypes.byref, colours)):
        red, green, blue, opacity = (one.value for one in colours)
        if opacity == 0:
            return "invisible"
        if min(red, green, blue) >= _WHITE:
            return "white"
    return ""
