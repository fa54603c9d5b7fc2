"""A model's text cut into statements, its markers read and taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.sentences import split_sentences

_MARKER = re.compile(r"[\[［【〔]\s*([0-9０-９]+(?:\s*[,、，]\s*[0-9０-９]+)*)\s*[\]］】〕]")
_MARKER_AFTER_STOP = re.compile(rf"([。．！？!?]\s*)((?:{_MARKER.pattern}\s*)+)")


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence that a model wrote, without its markers, and the numbers that it cited."""

    text: str
    cited: frozenset[int]


def cut_drafts(text: str) -> list[Draft]:
    """Cut a model's text into statements; a marker after the full stop belongs to what it follows.

    >>> [draft.text for draft in cut_drafts("年20日です。[1]前日までに届けます［２］。")]
    ['年20日です。', '前日までに届けます。']
    """
    # Markers are moved before the full stop first, so that cutting at stops keeps them together.
    moved = _MARKER_AFTER_STOP.sub(lambda match: match.group(2).rstrip() + match.group(1), text)
    drafts = []
    for span in split_sentences(moved):
        sentence = moved[span.start : span.end]
        cited = {
            int(number)
            for found in _MARKER.finditer(sentence)
            for number in re.findall(r"\d+", found.group(1))
        }
        if stripped := _MARKER.sub("", sentence).strip():
            drafts.append(Draft(stripped, frozenset(cited)))
    return drafts
