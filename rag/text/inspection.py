"""Everything the dictionary says of the words of a text: inflection, pronunciation, pitch accent, origin.

`rag.text.analyzer` keeps what every search needs, in a small stored form. Reading help asks for more, of
one passage at a time; it runs MeCab again here, with the same pieces and the same words.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import unidic_lite

from rag.text.fold import fold, fold_text
from rag.text.tagger import open_tagger, pieces

_FIELDS = ("pos", "conjugation", "form", "base", "lemma", "reading", "base_reading", "pronunciation",
           "origin", "accent")  # fmt: skip
# Part of speech, cType, cForm, orthBase, lemma, kana, kanaBase, pron, goshu, aType.
_NUMBERS = ("%F-[0,1,2,3]", "%f[4]", "%f[5]", "%f[10]", "%f[7]", "%f[17]", "%f[18]", "%f[9]", "%f[12]")
_KNOWN_LINE = "\\t".join(("%M", *_NUMBERS, "%f[23]")) + "\\n"
_UNKNOWN_LINE = r"%M\t%F-[0,1,2,3]\n"


class WordDetails(NamedTuple):
    """One word with its span in the text that people read; what is unknown is empty.

    ``pos`` as in `rag.text.analyzer.Feature`; ``conjugation`` UniDic's class (``五段-カ行``) and ``form``
    (``連用形-促音便``); readings and ``pronunciation`` are katakana; ``origin`` is 和, 漢, 外, 混 …;
    ``accent`` the places of the fall in pitch, the usual one first: (0,) is flat.
    """

    start: int
    end: int
    surface: str
    pos: str
    conjugation: str
    form: str
    base: str
    lemma: str
    reading: str
    base_reading: str
    pronunciation: str
    origin: str
    accent: tuple[int, ...]


class _PerThread(threading.local):
    def __init__(self) -> None:
        self.parse = open_tagger(unidic_lite.DICDIR, _KNOWN_LINE, _UNKNOWN_LINE)


_THREADS: list[_PerThread] = []
_OPENING = threading.Lock()


def inspect_words(text: str) -> list[WordDetails]:
    """The words of ``text`` with all that UniDic says of them; raises ModelUnavailable without dictionary.

    >>> [(w.surface, w.form, w.accent) for w in inspect_words("箸を使った")][2:]
    [('使っ', '連用形-促音便', (0,)), ('た', '終止形-一般', ())]
    """
    with _OPENING:
        if not _THREADS:
            _THREADS.append(_PerThread())
    folded = fold(text)
    words = []
    for first, last in pieces(folded.text):
        place = first
        for line in _THREADS[0].parse(folded.text[first:last]).split("\n"):
            spelling, _, fields = line.partition("\t")
            surface = spelling.lstrip(" ")
            place += len(spelling) - len(surface)
            if surface:
                span = folded.original_span(place, place + len(surface))
                words.append(_read(text[span.start : span.end], span, surface, fields))
            place += len(surface)
    return words


def _read(written: str, span: tuple[int, int], folded: str, fields: str) -> WordDetails:
    values = ["" if value == "*" else value for value in fields.split("\t")]
    known = dict(zip(_FIELDS, values, strict=False))
    lemma = known.get("lemma", "")
    return WordDetails(
        *span,
        written,
        # The parts of speech are joined by MeCab, which leaves stars out.
        known.get("pos", ""),
        known.get("conjugation", ""),
        known.get("form", ""),
        fold_text(known.get("base", "")) or folded,
        fold_text(lemma[:1] + lemma[1:].partition("-")[0]) or folded,
        known.get("reading", ""),
        known.get("base_reading", ""),
        known.get("pronunciation", ""),
        known.get("origin", ""),
        tuple(int(place) for place in known.get("accent", "").split(",") if place.isdecimal()),
    )
