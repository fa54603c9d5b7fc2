"""What of a question is looked up: its own terms, and what else the same words may be written as.

A question's own terms are those that a document with its words would be found by (`rag.text.terms`). To
them come, each with a weight: readings of what is written in kana, Japanese words in Latin letters
(`rag.text.romaji`), and the noun of a verb or the verb of a noun (申込 → 申し込む). A document has none
of these, so that the index stays small; a wrong guess is a term that no document has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice

from rag.text.analyzer import Analysis, Analyzer
from rag.text.exact import article_labels
from rag.text.fold import fold_text
from rag.text.romaji import romaji_words
from rag.text.terms import KANA, TO_KATAKANA, article_mark, content_terms, word_reading

WeightedTerms = Mapping[str, Mapping[str, float]]
"""Field → term → how much it counts; `rag.text.terms.Terms` with weights in place of numbers."""

DIGITS_WEIGHT = 0.5
"""Of a pair of digits or Latin letters: 「12,000円」 has its number as a term, and 00 stands in many."""

READING_WEIGHTS = (0.0, 0.5, 0.5, 2.0, 4.0, 6.0, 8.0)
"""Of a reading by its kana; the last for longer ones. Six kana in a row hardly agree by chance."""

KANA_WEIGHT = 0.3
"""Of hiragana in a question without kanji, which MeCab cuts at random: readings are what it is asked by."""

EXACT_WEIGHT = 1.5
"""Of a date, or a number with its counter: whoever asks for 12,000円 means nothing else."""

ARTICLE_WEIGHT = 12.0
"""Of a chunk that stands on the article that is asked for; others only mention it."""

BESIDE_KANJI = 0.25
IN_KANA = 4.0
"""Times these: in a question with kanji most kana are grammar, in one without they are all there is."""

_KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_MIN_GUESS = 3
_MAX_GUESS = 8
_MIN_RUN = 4
_MAX_RUN = 80
_MAX_PIECES = 1_000
"""Of a longer run of kana the beginning is guessed at, of many runs the first; all pairs are asked for."""

_MAX_JOINED = 4
_EXACT = re.compile(r"d:|fy:|[0-9]+[^0-9a-z.:/_@+#-]")
_HIRAGANA = re.compile("[ぁ-ゖー]+")
_WEAK_PAIR = re.compile(r"[0-9a-z]{2}")
_STEMS = dict(
    zip("いきぎしちにびみりえけげせてねべめれじ", "うくぐすつぬぶむるうくぐすつぬぶむるず", strict=True)
)
_NOUN, _VERB = "名詞-普通名詞", "動詞"


def query_terms(text: str, analysis: Analysis, analyzer: Analyzer | None = None) -> WeightedTerms:
    """The terms of a question, for the same fields as `rag.text.terms.index_terms`.

    Without an ``analyzer`` words in Latin letters are read as they are, and not as romaji too.
    """
    parts = content_terms(text, analysis)
    in_kana = not _KANJI.search(fold_text(text))
    readings = _readings(text, analysis)
    lemmas: dict[str, float] = {**dict.fromkeys(_counterparts(analysis), 1.0), **parts.lemma}
    if analyzer:
        for word, weight in _read_as_romaji(text, analyzer):
            lemmas.setdefault(word, weight)
            readings[word] = max(readings.get(word, 0.0), weight)
    return {
        "base": _weighed(parts.base, in_kana=in_kana),
        "bigram": _weighed_pairs(parts.bigram, in_kana=in_kana),
        "lemma": lemmas,
        "reading": readings,
        "heading": {article_mark(label): ARTICLE_WEIGHT for label in article_labels(text)},
    }


def _weighed(bases: Mapping[str, int], *, in_kana: bool) -> dict[str, float]:
    return {term: count * _sureness(term, in_kana=in_kana) for term, count in bases.items()}


def _sureness(term: str, *, in_kana: bool) -> float:
    if _EXACT.match(term):
        return EXACT_WEIGHT
    return KANA_WEIGHT if in_kana and _HIRAGANA.fullmatch(term) else 1.0


def _weighed_pairs(pairs: Mapping[str, int], *, in_kana: bool) -> dict[str, float]:
    """Pairs that say little weigh less, and no more where they repeat (350,000 has 00 twice)."""
    weights: dict[str, float] = {}
    for pair, count in pairs.items():
        if _WEAK_PAIR.fullmatch(pair):
            weights[pair] = DIGITS_WEIGHT
        else:
            weights[pair] = count * (KANA_WEIGHT if in_kana and _HIRAGANA.fullmatch(pair) else 1.0)
    return weights


def _readings(text: str, analysis: Analysis) -> dict[str, float]:
    """Readings that what is written in kana may be.

    MeCab has no word for せっち or じぎょう and cuts them at random (せっ|ち). So up to four of its words
    in a row are joined again, and of a long run of hiragana (けんこうしんだん) every piece is a guess.
    """
    folded = fold_text(text)
    share = BESIDE_KANJI if _KANJI.search(folded) else IN_KANA
    own, words = _kana_words(text, analysis)
    guesses = {*own, *_joined(words), *islice(_pieces_of_runs(folded), _MAX_PIECES)}
    return {guess: share * READING_WEIGHTS[min(len(guess), len(READING_WEIGHTS)) - 1] for guess in guesses}


def _kana_words(text: str, analysis: Analysis) -> tuple[list[str], list[tuple[int, int, str]]]:
    """The readings of words written in kana, and the words themselves in katakana with their spans."""
    own, words = [], []
    for start, end, feature in analysis.morphemes():
        spelling = fold_text(text[start:end])
        if KANA.fullmatch(spelling):
            words.append((start, end, spelling.translate(TO_KATAKANA)))
            if reading := word_reading(feature):
                own.append(reading)
    return own, words


def _joined(words: list[tuple[int, int, str]]) -> Iterator[str]:
    for first in range(len(words)):
        joined, place = "", words[first][0]
        for start, end, word in words[first : first + _MAX_JOINED]:
            if start != place:
                break
            joined, place = joined + word, end
            if len(joined) >= _MIN_GUESS:
                yield joined


def _pieces_of_runs(folded: str) -> Iterator[str]:
    for run in KANA.findall(folded):
        kana = run.translate(TO_KATAKANA)
        if len(run) < _MIN_RUN:
            if len(run) > 1 and len(run) == len(folded):
                yield kana  # ぼき alone
            continue
        kana = kana[:_MAX_RUN]
        for start in range(len(kana)):
            for end in range(start + _MIN_GUESS, min(start + _MAX_GUESS, len(kana)) + 1):
                yield kana[start:end]


def _read_as_romaji(text: str, analyzer: Analyzer) -> Iterator[tuple[str, float]]:
    """Lemmas and readings of what may be Japanese in Latin letters: yuukyuu → ユウキュウ."""
    for spellings in romaji_words(fold_text(text)):
        for kana in spellings:
            analysis = analyzer.analyze(kana)
            for word, weight in _readings(kana, analysis).items():
                yield word, max(weight, ROMAJI_WEIGHT) if len(word) == len(kana) else weight
            for feature in analysis.features:
                if feature.lemma != feature.base and len(kana) >= _MIN_GUESS:
                    yield feature.lemma, ROMAJI_WEIGHT


ROMAJI_WEIGHT = 8.0
"""Of a whole word in Latin letters, however short: nothing else of it is in the documents."""


def _counterparts(analysis: Analysis) -> Iterator[str]:
    for pos, _, lemma, _ in analysis.features:
        if pos.startswith((_NOUN, _VERB)):
            yield from counterparts_of(lemma)


@lru_cache(maxsize=1 << 14)
def counterparts_of(lemma: str) -> tuple[str, ...]:
    """The verb that a noun was made of, or the nouns of a verb; most of what is given is no word.

    >>> counterparts_of("申し込み"), "届け出る" in counterparts_of("届け出")
    (('申し込む', '申し込みる'), True)
    """
    stem, last = lemma[:-1], lemma[-1:]
    if not stem:
        return ()
    if last in _STEMS:
        return (stem + _STEMS[last], *((lemma + "る",) if last != "る" else ()))
    if last == "出":
        return (lemma + "る",)
    return (*(stem + noun for noun, verb in _STEMS.items() if verb == last), *((stem,) * (last == "る")))
