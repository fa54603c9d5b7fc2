"""Text → sentences: spans that tile the text.

One pattern describes one sentence, as Japanese is really written: full stops inside 「」 and （）, decimal
points, numbering, ．as the full stop of scientific papers, lines without any stop. A new line always
ends a sentence, because a line is a block of the document (a paragraph, an item, a row); that also keeps an
unbalanced bracket from swallowing more than its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.types import Span

MAX_SENTENCE_CHARS = 1_000
"""No span is longer: beyond that a sentence is cut behind a comma or blank, or anywhere."""

_NEWLINES = r"\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_STOPS = "。｡！？‼⁇⁈⁉"
_ENDS = f"{_STOPS}．!?."
_CLOSERS = "」』）)】〉》〕］\\]”’\"'"
_ALNUM = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_JAPANESE = "\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"

# What goes on with the sentence behind 「…。」, and sentence beginnings that only look like it.
_PARTICLES = (
    r"と(?!ころ|にかく|もかく|ても|くに|りあえず|きどき|きおり|うとう|たんに|なり|もに|ある[^い])",
    r"って|など|なんて|なる|まで|より(?!も)|から(?!だ)|ばかり|ほど|くらい|ぐらい|だけ|を|、|，|,|・|；|;|：|:",
    r"が(?!っ|ん|ら)|は(?!い|じめ|っき|る|た|や|ず|て)|も(?!う|し|ち|っと|と|の)|に(?!わ|っ|ほ|じ|ん|も)",
    r"の(?!ち|ん|ど|ぼ)|で(?!も|は、|き)|へ(?!え|ぇ)|や(?!っ|は|が)|か(?!れ|つ|な|え)|だ(?!から|が|けど)|[（(。．]",
)
_GOES_ON = f"(?:{'|'.join(_PARTICLES)})"
_QUOTED = r"(?:と(?:言|い|思|聞|叫|答|問|書|の|は|も|、)|って|という|などと)"

# Latin abbreviations whose full stop ends nothing.
_ABBREVIATIONS = (
    "e.g", "i.e", "cf", "vs", "etc", "Mr", "Ms", "Mrs", "Dr", "St", "No", "Fig", "Eq", "Sec", "Vol", "pp",
    "Ver", "ver", "Inc", "Ltd", "Co", "Corp", "Jr", "Sr", "al", "approx",
)  # fmt: skip
_NO_ABBREVIATION = "".join(rf"(?<!\b{re.escape(word)}\.)" for word in _ABBREVIATIONS)


def _bracketed(opener: str, closer: str) -> str:
    """A bracket with what is in it, one bracket of its kind inside, within a line and a length."""
    plain = f"[^{opener}{closer}{_NEWLINES}]{{0,300}}+"
    return f"[{opener}]{plain}(?:[{opener}]{plain}[{closer}]{plain}){{0,5}}+[{closer}]"


# A bracket is one piece when the sentence goes on behind it: （） always in mid-sentence, 「…。」 only before
# a particle, 「…」 whenever the line goes on.
_CONTINUED = rf"(?:(?<=[{_ENDS}].)(?={_GOES_ON})|(?<![{_ENDS}].)(?![ \t　]*+(?:[{_NEWLINES}]|\Z)))"
_QUOTE = f"(?>(?:{_bracketed('「', '」')}|{_bracketed('『', '』')}){_CONTINUED})"
_PAREN = f"(?>{_bracketed('（(', '）)')})"
_PAREN_FIRST = f"(?>{_bracketed('（(', '）)')}{_CONTINUED})"

_STOP = "|".join(
    (
        f"[{_STOPS}]",
        # ．: である．次に / 図３．次に / GPU．次に, but not １．２ and Ｊ．ケネディ
        f"(?<![{_ALNUM}])．|(?<=[0-9０-９])．(?![0-9０-９])|(?<=[A-Za-zＡ-Ｚａ-ｚ]{{2}})．(?![{_ALNUM}])",
        # !?: not Yahoo!ニュース, a?b=c, !=
        f"(?<![0-9A-Za-z])[!?](?![#-&*-;=@-\\[_-~])|(?<=[0-9A-Za-z])[!?]+(?=\\s|\\Z|[{_CLOSERS}])",
        # .: である. 次に / done. Next / done. 次に, but not 3.14, Ver.2, e.g. this
        rf"(?<=[{_JAPANESE}）」])\.(?![0-9A-Za-z./])",
        rf"(?<=[0-9a-z)\]`\"'])\.{_NO_ABBREVIATION}(?=[ \t]+[A-Z{_JAPANESE}])",
    )
)
_STOPPED = f"(?:{_STOP})(?:(?![.．!?][{_ALNUM}])[{_ENDS}])*+"
_END = rf"(?>{_STOPPED}(?:[{_CLOSERS}]++(?!{_GOES_ON})|(?![{_CLOSERS}])(?:(?<=。)|(?!{_QUOTED}))))"
_NUMBERING = rf"(?:[{_ALNUM}]{{1,3}}[．.])++(?![A-Za-z])"
_PLAIN = f"[^{_ENDS}「『（({_NEWLINES}]++"

_SENTENCE = re.compile(
    rf"(?s:\s*+(?:{_NUMBERING})?+(?:{_PAREN_FIRST}|[（(])?+"
    rf"(?:{_PLAIN}|{_QUOTE}|{_PAREN}|(?!{_END})[{_ENDS}]|[「『（(])*+(?:{_END})?+\s*+)"
)


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences; they tile the text, so joined they are the text again.

    White space and new lines behind a sentence belong to it; none is longer than `MAX_SENTENCE_CHARS`.

    >>> [text[s.start:s.end] for text in ["「はい。」と言った。3.14です。"] for s in split_sentences(text)]
    ['「はい。」と言った。', '3.14です。']
    """
    spans: list[Span] = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        if end - start <= MAX_SENTENCE_CHARS:
            if end > start:
                spans.append(Span(start, end))
        else:
            spans.extend(_cut(text, start, end))
    return spans


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut an over-long sentence in the second half of every 1,000 characters."""
    while end - start > MAX_SENTENCE_CHARS:
        limit = start + MAX_SENTENCE_CHARS
        middle = start + MAX_SENTENCE_CHARS // 2
        found = max(text.rfind(mark, middle, limit) for mark in "、，, 　")
        cut = found + 1 if found >= 0 else limit
        yield Span(start, cut)
        start = cut
    yield Span(start, end)
