"""Pictures of text: scans, photographs of pages, faxes in TIFF with a page a frame.

Recognised pages go through the layout of PDF pages. Without the engine a picture cannot be read.
"""

from __future__ import annotations

import io
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ingest.readers.base import Reading, ReadOptions
from ingest.readers.ocr.engine import ABSENT
from ingest.readers.ocr.leaders import Picture
from ingest.readers.ocr.pages import SCAN_DOTS_PER_INCH, open_recogniser
from ingest.readers.pdf import lay_out
from ingest.readers.pdf.glyphs import Contents
from rag.errors import EmptyDocument, LimitExceeded, UnsupportedFormat

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 100_000_000
MAX_FRAMES = 500

_LEAST_SCAN = 100
"""Fewer dots per inch are what programs write who do not know: 72 or 96."""
_UNKNOWN_SCAN = 150
_LARGEST = 2.0


def read(data: bytes, name: str, options: ReadOptions) -> Reading:
    """Recognise the text of a picture.

    Raises UnsupportedFormat without the engine, EmptyDocument when there is no text to recognise.
    """
    dropped: Counter[str] = Counter()
    recogniser = open_recogniser(name, options, dropped)
    if recogniser is None:
        why = ABSENT if options.ocr else "text recognition is switched off by ingest.ocr"
        raise UnsupportedFormat(f"{name}: a picture: {why}")
    pages = [
        page
        for number, (picture, dots_per_inch) in enumerate(_frames(data, name), 1)
        if (page := recogniser.page(number, picture, dots_per_inch)) is not None
    ]
    told = list(recogniser.warnings)
    if not pages:
        raise EmptyDocument(f"{name}: no text was recognised in the picture ({'; '.join(told)})")
    contents = Contents(len(pages), None, None, None)
    return lay_out(pages, contents, dropped, f"image/{_kind(data)}", told)


def _frames(data: bytes, name: str) -> Iterator[tuple[Picture, float]]:
    """Every frame as grey levels, upright, near the resolution of a scan, with that resolution."""
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures, whose size is looked at below
            opened = Image.open(io.BytesIO(data))
    except UnidentifiedImageError as error:
        raise UnsupportedFormat(f"{name}: a picture of an unknown kind: save it as PNG or JPEG") from error
    except Image.DecompressionBombError as error:
        raise LimitExceeded(f"{name}: {error}: save it smaller") from error
    for number, frame in enumerate(ImageSequence.Iterator(opened), 1):
        if number > MAX_FRAMES or frame.width * frame.height > MAX_PIXELS:
            raise LimitExceeded(
                f"{name}: more than {MAX_FRAMES} frames or {MAX_PIXELS:,} pixels a frame: save it smaller"
            )
        upright = ImageOps.exif_transpose(frame)
        scan = _resolution(upright)
        factor = min(max(SCAN_DOTS_PER_INCH / scan, 1.0), _LARGEST)
        grey = ImageOps.scale(_on_white(upright), factor) if factor > 1 else _on_white(upright)
        yield np.asarray(grey, dtype=np.uint8), scan * factor


def _on_white(frame: Image.Image) -> Image.Image:
    """Grey levels; what is transparent lies on white paper."""
    from PIL import Image

    if "A" not in frame.getbands() and "transparency" not in frame.info:
        return frame.convert("L")
    frame = frame.convert("RGBA")
    paper = Image.new("RGBA", frame.size, "white")
    return Image.alpha_composite(paper, frame).convert("L")


def _resolution(frame: Image.Image) -> float:
    """Dots per inch, as the file says where it knows."""
    said = float(frame.info.get("dpi", (0, 0))[0])
    return said if said >= _LEAST_SCAN else _UNKNOWN_SCAN


def _kind(data: bytes) -> str:
    """``jpeg``, ``png``, ``tiff`` or ``gif``."""
    starts = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"))
    return next((kind for start, kind in starts if data.startswith(start)), "tiff")
