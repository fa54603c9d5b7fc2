"""Exercises from one's own documents: gaps to fill, and kanji to read, each with its key and source."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.learner.furigana import FuriganaReader
from rag.learner.kana import has_kanji
from rag.learner.levels import EMPTY_LIST, WordList, content_words
from rag.learner.library import Sentence
from rag.learner.lookup import difficulty
from rag.learner.words import reading_of
from rag.text.analyzer import Morpheme

Kind = Literal["cloze", "reading"]
GAP = "＿＿＿＿"
_MIN_CHARS, _MAX_CHARS = 10, 80
_NUM_CHOICES = 4
_PARTS = ("名詞-普通名詞", "動詞-一般", "形容詞-一般", "形状詞-一般", "副詞")


@dataclass(frozen=True, slots=True)
class Exercise:
    """One question: ``prompt`` with a gap or with 【】 around what is to be read, ``key`` the answer.

    ``choices`` hold the key among others of its kind, in an order that does not give it away.
    """

    kind: Kind
    prompt: str
    key: str
    choices: tuple[str, ...]
    word: str
    reading: str
    sentence: Sentence


def make_exercises(
    sentences: Iterable[Sentence],
    reader: FuriganaReader,
    kind: Kind,
    *,
    num_exercises: int = 10,
    level: str | None = None,
    words: WordList = EMPTY_LIST,
) -> list[Exercise]:
    """Exercises from easy sentences to hard ones, no word asked twice.

    With ``level`` only words of that level in ``words`` are asked. The same documents
    give the same exercises.
    """
    suitable = [s for s in sentences if _MIN_CHARS <= len(s.text) <= _MAX_CHARS and s.text.endswith("。")]
    suitable.sort(key=lambda sentence: (difficulty(sentence, words), sentence.text))
    pool = _pool(suitable)
    asked: set[str] = set()
    made: list[Exercise] = []
    for sentence in suitable:
        if len(made) == num_exercises:
            break
        word = _choose(sentence, kind, level, words, asked)
        if word is not None and (exercise := _make(sentence, word, kind, reader, pool)):
            asked.add(word.feature.base)
            made.append(exercise)
    return made


def _choose(
    sentence: Sentence, kind: Kind, level: str | None, words: WordList, asked: set[str]
) -> Morpheme | None:
    """The word to ask for: the hardest that is not asked yet, the first of equals."""
    candidates = [
        word
        for word in content_words(sentence)
        if word.feature.pos.startswith(_PARTS)
        and word.feature.base not in asked
        and word.end - word.start > 1
        and (kind == "cloze" or has_kanji(sentence.text[word.start : word.end]))
        and (level is None or words.level(word) == level)
    ]
    rank = {"N5": 1, "N4": 2, "N3": 3, "N2": 4, "N1": 5}
    return max(candidates, key=lambda word: rank.get(words.level(word) or "", 0), default=None)


def _make(
    sentence: Sentence, word: Morpheme, kind: Kind, reader: FuriganaReader, pool: dict[str, list[str]]
) -> Exercise | None:
    surface = sentence.text[word.start : word.end]
    reading = reading_of(surface, word.start, reader.read(sentence.text))
    if not reading:
        return None
    before, after = sentence.text[: word.start], sentence.text[word.end :]
    if kind == "reading":
        choices = _choices(reading, [_sound_alike(reading, n) for n in range(6)])
        return Exercise(
            kind, f"{before}【{surface}】{after}", reading, choices, word.feature.base, reading, sentence
        )
    others = [other for other in pool[_slot(sentence, word)] if other not in sentence.text]
    choices = _choices(surface, others)
    return Exercise(kind, before + GAP + after, surface, choices, word.feature.base, reading, sentence)


def _pool(sentences: Sequence[Sentence]) -> dict[str, list[str]]:
    """Words by part of speech and ending: only those fit the same gap."""
    pool: dict[str, dict[str, None]] = defaultdict(dict)
    for sentence in sentences:
        for word in content_words(sentence):
            if word.end - word.start > 1:
                pool[_slot(sentence, word)][sentence.text[word.start : word.end]] = None
    return defaultdict(list, {slot: list(words) for slot, words in pool.items()})


def _slot(sentence: Sentence, word: Morpheme) -> str:
    surface = sentence.text[word.start : word.end]
    return word.feature.pos if word.feature.pos.startswith("名詞") else f"{word.feature.pos}{surface[-1]}"


_SOUNDS = (("う", ""), ("じ", "し"), ("しょ", "しゅ"), ("っ", "つ"), ("か", "が"), ("き", "ぎ"),
           ("こ", "ご"), ("し", "じ"), ("た", "だ"), ("は", "ば"),
           ("ほ", "ぼ"), ("ん", ""), ("い", ""), ("く", "こ"))  # fmt: skip


def _sound_alike(reading: str, number: int) -> str:
    """A wrong reading as learners make it: length, voicing, ん."""
    fitting = [pair for pair in _SOUNDS if pair[0] in reading[1:]] or [(reading[-1], reading[-1] + "う")]
    old, new = fitting[number % len(fitting)]
    place = reading.rindex(old)
    return reading[:place] + new + reading[place + len(old) :]


def _choices(key: str, others: Sequence[str]) -> tuple[str, ...]:
    """The key among up to three others; ordered by a hash, so the same everywhere and no pattern."""
    ordered = sorted({other for other in others if other and other != key}, key=lambda o: _hash(key + o))
    return tuple(sorted([key, *ordered[: _NUM_CHOICES - 1]], key=lambda choice: _hash(choice + key)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
