"""The paper of a scan without the dark around it, for which a recogniser takes the page for a photograph."""

from __future__ import annotations

import numpy as np

from ingest.readers.ocr.leaders import Picture

_BRIGHT = 130
_PAPER_SHARE = 0.5
_EDGE_SHARE = 0.01


def on_paper(picture: Picture) -> Picture:
    """The picture with everything outside the paper grey as paper; the same one where paper fills it.

    Paper is where at least half of a row and of a column is bright; its own edge is cut a little.
    """
    bright = picture > _BRIGHT
    rows = np.flatnonzero(bright.mean(axis=1) > _PAPER_SHARE)
    columns = np.flatnonzero(bright.mean(axis=0) > _PAPER_SHARE)
    if not rows.size or not columns.size:
        return picture
    height, width = picture.shape
    edge = int(min(height, width) * _EDGE_SHARE)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    if max(top, height - bottom, left, width - right) <= edge:
        return picture
    inside = (slice(top + edge, bottom - edge), slice(left + edge, right - edge))
    paper = np.full_like(picture, np.median(picture[inside]))
    paper[inside] = picture[inside]
    return paper
