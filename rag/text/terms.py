"""Index terms: what of a text goes into the keyword index, and what of a question is looked up.

Index and query run through the same function, so that they cannot disagree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from operator import add
from typing import NamedTuple

from rag.text.analyzer import Analysis, Feature
from rag.text.fold import fold_text

Terms = Mapping[str, Counter[str]]
"""Field → term → how often. Fields: ``base`` (base forms of content words), ``bigram`` (character
bigrams of the comparison form, single characters where a run is one long), ``title`` and ``heading``
(base forms and bigrams of the chunk's context), ``lemma`` (UniDic's lemma where it is another than the base
form), ``reading`` (katakana). Terms never hold white space."""

_CONTENT = (
    "名詞",
    "動詞",
    "形容詞",
    "形状詞",
    "副詞",
    "代名詞",
    "感動詞",
    "接尾辞-名詞的",
    "接尾辞-形状詞的",
    "接頭辞",
)
_STOP_BASES = frozenset(
    "する いる ある なる できる こと もの ため とき ところ よう の さん れる られる せる させる くる いく おる やる みる しまう くださる 下さる "
    "為る 居る 有る 成る 出来る 事 物 者 時 所 何 これ それ あれ どれ ここ そこ あそこ どこ 此れ 其れ".split()
)
_RUN = re.compile(r"[^\W_]+")


class _Word(NamedTuple):
    base: str
    lemma: str
    reading: str


class _Words(dict[Feature, _Word | None]):
    def __missing__(self, feature: Feature) -> _Word | None:
        word = None
        if feature.pos.startswith(_CONTENT) and feature.base not in _STOP_BASES:
            lemma = feature.lemma if feature.lemma != feature.base else ""
            word = _Word(feature.base, lemma, feature.reading if len(feature.reading) > 1 else "")
        self[feature] = word
        return word


_WORDS = _Words()


class _Parts(NamedTuple):
    base: Counter[str]
    bigram: Counter[str]
    lemma: Counter[str]
    reading: Counter[str]


def index_terms(
    body: str,
    body_analysis: Analysis,
    title: str,
    title_analysis: Analysis,
    heading: str,
    heading_analysis: Analysis,
) -> Terms:
    """Terms of a chunk and its context: title of the document, headings joined with a space."""
    parts = _parts(body, body_analysis)
    return {
        **parts._asdict(),
        "title": _context(title, title_analysis),
        "heading": _context(heading, heading_analysis),
    }


def query_terms(text: str, analysis: Analysis) -> Terms:
    """Terms of a question, for the same fields as `index_terms`."""
    parts = _parts(text, analysis)
    context = parts.base + parts.bigram
    return {**parts._asdict(), "title": context, "heading": context}


def _context(text: str, analysis: Analysis) -> Counter[str]:
    parts = _parts(text, analysis)
    return parts.base + parts.bigram


def _parts(text: str, analysis: Analysis) -> _Parts:
    words = [word for word in map(_WORDS.__getitem__, analysis.features) if word]
    return _Parts(
        Counter(word.base for word in words),
        _bigrams(text),
        Counter(word.lemma for word in words if word.lemma),
        Counter(word.reading for word in words if word.reading),
    )


def _bigrams(text: str) -> Counter[str]:
    bigrams: Counter[str] = Counter()
    for run in _RUN.findall(fold_text(text)):
        bigrams.update(map(add, run, run[1:]) if len(run) > 1 else run)
    return bigrams
