"""Index terms: what of a text goes into the keyword index, and what of a question is looked up.

Index and query run through the same function, so that they cannot disagree. What is indexed was chosen by
measuring on Wikipedia passages: base forms ∪ character bigrams find more than either, and all bigrams more
than those with kanji alone; joining affixes and compounds to longer words does not help, because bigrams
cross the borders of words anyway.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import add
from typing import NamedTuple

from rag.text.analyzer import Analysis, Feature
from rag.text.exact import AnalysedWords, code_terms, date_terms, number_terms
from rag.text.fold import fold_text
from rag.text.stopwords import STOP_BASES

TERMS_VERSION = "terms-4"
"""Part of an index's identity; raise it when a text gets other terms."""

Terms = Mapping[str, Counter[str]]
"""Field → term → how often. Terms never hold white space.

==========  ==================================================================================
base        base forms of content words (申し込ん → 申し込む); numbers as digits, alone and with
            their counter (三十五万円 → 350000, 350000円); codes as a whole (abc-123/45); dates
            (令和6年4月1日 → d:2024-04-01, d:2024-04, y:2024)
bigram      pairs of characters of the comparison form, a single character where it stands alone
lemma       UniDic's lemma of the same words (申込む → 申し込む, but also 帰る → 返る: weaker)
reading     katakana readings of nouns and adverbs, of two kana or more
title       base forms and bigrams of the document's title
heading     the same of the chunk's heading path, and marks of its pages and articles
==========  ==================================================================================

The first four are of the chunk's text, its document's title and its heading path together: a word of the
title counts as if every chunk said it. With fields of their own, whose scores were added, R@1 was .884 on
4,281 questions of JSQuAD among 10,834 passages, together it is .911. The last two are for phrases and places
alone.
"""

CONTEXT_FIELDS = ("title", "heading")
"""The fields around a chunk's own text."""

_CONTENT = (
    "名詞", "動詞", "形容詞", "形状詞", "副詞", "代名詞", "感動詞",
    "接尾辞-名詞的", "接尾辞-形状詞的", "接頭辞",
)  # fmt: skip
_NO_CONTENT = ("名詞-助動詞語幹", "形状詞-助動詞語幹", "感動詞-フィラー")
_NUMERAL = "名詞-数詞"
_READ = ("名詞", "代名詞", "形状詞", "副詞")
_MIN_READING = 2
_MAX_REMEMBERED = 200_000

RUN = re.compile(r"[^\W_]+")
KANA = re.compile(r"[ぁ-ゖァ-ヺー]+")
TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


class Parts(NamedTuple):
    """The terms of one text before they are sorted into fields."""

    base: Counter[str]
    bigram: Counter[str]
    lemma: Counter[str]
    reading: Counter[str]

    @property
    def context(self) -> Counter[str]:
        """What a title or heading is found by."""
        return self.base + self.bigram


def index_terms(  # noqa: PLR0917 - three texts, each with its analysis
    body: str,
    body_analysis: Analysis,
    title: str,
    title_analysis: Analysis,
    heading: str,
    heading_analysis: Analysis,
    marks: Iterable[str] = (),
) -> Terms:
    """The terms of a chunk: its text, its document's title, and its headings joined to one line.

    Every analysis is that of the text before it. ``marks`` say where the chunk stands (`page_mark`,
    `article_mark`); they are terms of the heading, which no question has by itself.
    """
    terms = content_terms(body, body_analysis)._asdict()
    around = _context_terms(title, title_analysis), _context_terms(heading, heading_analysis)
    for field, (parts, context) in zip(CONTEXT_FIELDS, around, strict=True):
        for name, counts in parts._asdict().items():
            terms[name].update(counts)
        terms[field] = context
    if marked := Counter(marks):
        terms["heading"] = terms["heading"] + marked
    return terms


def _context_terms(text: str, analysis: Analysis) -> tuple[Parts, Counter[str]]:
    """The terms of a title or of headings, and all in one; they repeat from chunk to chunk."""
    key = (text, analysis.analyzer)
    found = _CONTEXTS.get(key)
    if found is None:
        if len(_CONTEXTS) >= _MAX_CONTEXTS:
            _CONTEXTS.clear()
        parts = content_terms(text, analysis)
        _CONTEXTS[key] = found = parts, parts.context
    return found


_CONTEXTS: dict[tuple[str, str], tuple[Parts, Counter[str]]] = {}
_MAX_CONTEXTS = 1_000


GARBLED_MARK = "#garbled"
"""Marks chunks whose text cannot be read."""


def page_mark(page: int) -> str:
    """``#p3``; text has no term that begins with ``#``."""
    return f"#p{page}"


def article_mark(label: str) -> str:
    """``#a第20条``."""
    return f"#a{label}"


def content_terms(text: str, analysis: Analysis) -> Parts:
    """The terms of ``text``; the one function behind index and query."""
    folded = fold_text(text)
    base = base_terms(text, folded, analysis)
    roles = [_ROLES[feature] for feature in analysis.features]
    lemmas, readings = [role.lemma for role in roles], [role.reading for role in roles]
    return Parts(base, _bigrams(folded), _counted(lemmas), _counted(readings))


def base_terms(text: str, folded: str, analysis: Analysis) -> Counter[str]:
    """The terms of the field ``base`` alone; ``folded`` is ``text`` in comparison form."""
    if len(_ROLES) > _MAX_REMEMBERED:
        _ROLES.clear()
    roles = [_ROLES[feature] for feature in analysis.features]
    base = _counted([role.base for role in roles])
    if numerals := [place for place, role in enumerate(roles) if role.is_numeral]:
        base.update(term for _, term in number_terms(AnalysedWords(analysis), numerals))
    base.update(code_terms(folded))
    base.update(date_terms(text))
    return base


def word_reading(feature: Feature) -> str:
    """The reading that a word is indexed by, empty for verbs and for what is no content."""
    return _ROLES[feature].reading


def _counted(terms: Iterable[str]) -> Counter[str]:
    counts = Counter(terms)
    del counts[""]
    return counts


def _bigrams(folded: str) -> Counter[str]:
    runs = RUN.findall(folded)
    return Counter(chain.from_iterable([map(add, run, run[1:]) if run[1:] else run for run in runs]))


def pairs_within(folded: str) -> list[str]:
    """The terms of the field ``bigram`` that every text with this phrase in it has, each once.

    A single character at an edge may be part of a longer run there: ``a-1型`` in 「型番A-1型」.

    >>> pairs_within("a-1型の")
    ['1型', '型の']
    """
    pairs: dict[str, None] = {}
    for match in RUN.finditer(folded):
        if len(match[0]) > 1:
            pairs |= dict.fromkeys(map(add, match[0], match[0][1:]))
        elif match.start() > 0 and match.end() < len(folded):
            pairs[match[0]] = None
    return list(pairs)


class Role(NamedTuple):
    """What a word gives to the index; empty strings give nothing."""

    base: str = ""
    lemma: str = ""
    reading: str = ""
    is_numeral: bool = False


class _Roles(dict[Feature, Role]):
    """Feature → role, worked out once for each word of the language."""

    def __missing__(self, feature: Feature) -> Role:
        self[feature] = found = role(feature)
        return found


_ROLES = _Roles()


def role(feature: Feature) -> Role:
    """What a word gives to the index, worked out anew; a numeral is told, its terms are `number_terms`."""
    pos, base, lemma, reading = feature
    if pos == _NUMERAL:
        return Role(is_numeral=True)
    if not pos.startswith(_CONTENT) or pos.startswith(_NO_CONTENT) or base in STOP_BASES:
        return Role()
    if KANA.fullmatch(base):
        reading = base.translate(TO_KATAKANA)
    if not pos.startswith(_READ) or len(reading) < _MIN_READING:
        reading = ""
    return Role(base, lemma, reading)
