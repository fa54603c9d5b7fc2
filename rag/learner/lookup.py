"""Words of one's own documents by their sound, and sentences in which a word stands.

こうえん (also ``kouen``, ``kōen``) finds 公園, 講演, 公演, with the number of times each stands there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from rag.errors import SettingsError
from rag.learner.kana import is_kana, romaji_to_hiragana, to_hiragana
from rag.learner.levels import EMPTY_LIST, WordList, profile
from rag.learner.library import Sentence
from rag.text.analyzer import Morpheme
from rag.text.fold import fold_text

_NO_WORDS = ("助詞", "助動詞", "補助記号", "空白", "記号")
_MAX_JOINED = 3


@dataclass(slots=True)
class FoundWord:
    """A word as it is written in its base form, how often it stands there, and sentences with it."""

    written: str
    reading: str
    num_found: int = 0
    by_document: Counter[str] = field(default_factory=Counter)
    examples: list[Sentence] = field(default_factory=list)


def look_up(
    wanted: str, sentences: Iterable[Sentence], *, words: WordList = EMPTY_LIST, max_examples: int = 3
) -> list[FoundWord]:
    """Words that are read or written as ``wanted``, the commonest first; examples from easy to hard.

    Up to three words in a row count as one, so that compounds are found. Raises SettingsError for
    an empty or overlong question.
    """
    query = _query(wanted)
    found: dict[tuple[str, str], FoundWord] = {}
    for sentence in sentences:
        for key in _keys(sentence, query):
            word = found.setdefault(key, FoundWord(*key))
            word.num_found += 1
            word.by_document[sentence.document.source] += 1
            if not word.examples or word.examples[-1] is not sentence:
                word.examples.append(sentence)
    for word in found.values():
        word.examples = sort_by_difficulty(word.examples, words)[:max_examples]
    return sorted(found.values(), key=lambda word: (-word.num_found, word.written))


def sort_by_difficulty(sentences: Iterable[Sentence], words: WordList) -> list[Sentence]:
    """From easy to hard; equal sentences once, fragments without a verb last."""
    unique = {sentence.text: sentence for sentence in sentences}.values()
    return sorted(unique, key=lambda sentence: (_is_fragment(sentence), difficulty(sentence, words)))


def difficulty(sentence: Sentence, words: WordList = EMPTY_LIST) -> float:
    """How hard one sentence is; only good for comparing."""
    return profile([sentence], words).difficulty


def _is_fragment(sentence: Sentence) -> bool:
    return not any(word.feature.pos.startswith(("動詞", "形容詞", "助動詞")) for word in sentence.words)


@dataclass(frozen=True, slots=True)
class _Query:
    reading: str
    written: str

    def fits(self, written: AbstractSet[str], reading: str) -> bool:
        """Whether a word of these spellings and this reading is meant."""
        return self.written in written or bool(self.reading and reading == self.reading)


def _query(wanted: str) -> _Query:
    written = fold_text(wanted.strip()).replace(" ", "")
    if not written or len(wanted) > 100:  # noqa: PLR2004
        raise SettingsError(
            f"{wanted[:20]!r} is no word: give one in kana, romaji or kanji, such as こうえん"
        )
    if is_kana(written):
        return _Query(to_hiragana(written), "")
    reading = romaji_to_hiragana(wanted) if wanted.isascii() or "̄" in wanted or written.isalpha() else None
    return _Query(reading or "", written)


def _keys(sentence: Sentence, query: _Query) -> Iterable[tuple[str, str]]:
    words = sentence.words
    for first, word in enumerate(words):
        if word.feature.pos.startswith(_NO_WORDS):
            continue
        written = reading = ""
        for count, following in enumerate(words[first : first + _MAX_JOINED]):
            if count and (following.start != words[first + count - 1].end or _ends(following)):
                break
            # Only the last of several words may be inflected.
            written, reading = written + following.feature.base, reading + _reading(following, sentence)
            inflected = sentence.text[word.start : following.end]
            if query.fits({written, fold_text(inflected)}, reading):
                yield written, reading


def _ends(word: Morpheme) -> bool:
    return word.feature.pos.startswith(_NO_WORDS)


def _reading(word: Morpheme, sentence: Sentence) -> str:
    """The reading of the base form: that of the surface, its ending exchanged; kana stay."""
    feature = word.feature
    surface = fold_text(sentence.text[word.start : word.end])
    reading = to_hiragana(feature.reading) or to_hiragana(surface)
    if surface == feature.base:
        return reading
    kept = _common_length(surface, feature.base)
    ending = to_hiragana(surface[kept:])
    stem = reading.removesuffix(ending) if ending and reading.endswith(ending) else reading
    return stem + to_hiragana(feature.base[kept:])


def _common_length(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length
