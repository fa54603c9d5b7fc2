"""A question taken apart as far as a follow-up needs it: its noun phrases, its topic, its condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answering.conversation_words import (
    DEPENDENT_VERBS,
    FAMILIES,
    PLAIN_NOUNS,
    QUESTION_WORDS,
    RELATIONAL,
    RELATIONAL_TAILS,
    WHENS,
)
from rag.text.analyzer import Analyzer, Morpheme
from rag.text.stopwords import STOP_BASES

_NOUN = ("名詞", "接尾辞-名詞的", "接頭辞")
_CASES = frozenset("をがにでと")
_CONDITIONAL = frozenset(["たら", "なら"])
_CLOSES_CLAUSE = _CONDITIONAL | WHENS | frozenset(["ば", "と", "には", "たい", "後", "前", "ため"])
_ASKS_FOR_ADVICE = (["いい"], ["よい"], ["良い"], ["いけ"], ["だめ"], ["駄目"])
"""After ば and たら no condition: 「どこに問い合わせればいいですか」."""

_AFTER_CONDITION = frozenset([*"はにもで、，", "には"])
_COMMAS = frozenset("、，")


@dataclass(frozen=True, slots=True)
class Compound:
    """Nouns in a row, 「宿泊費」, 「3年目」: ``text[start:end]`` of the question, ``words`` one by one."""

    start: int
    end: int
    text: str
    words: tuple[Morpheme, ...]

    @property
    def is_relational(self) -> bool:
        """Of something else by nature: 上限, 申請期限, 提出先."""
        bases = [word.feature.base for word in self.words]
        first, *rest = bases
        return self.text in RELATIONAL or (
            first in RELATIONAL and all(base in RELATIONAL or base in RELATIONAL_TAILS for base in rest)
        )

    @property
    def ends_relational(self) -> bool:
        """The same of its last word alone: 営業時間."""
        return self.is_relational or self.words[-1].feature.base in RELATIONAL

    @property
    def is_plain(self) -> bool:
        """Without a topic: a question word, a number, こと, 場合."""
        return self.text in PLAIN_NOUNS or all(
            word.feature.base in QUESTION_WORDS | PLAIN_NOUNS | STOP_BASES
            or word.feature.pos.startswith(("名詞-数詞", "名詞-普通名詞-助数詞"))
            for word in self.words
        )

    @property
    def asks(self) -> bool:
        """Holds a question word: 何日, どこ."""
        return any(word.feature.base in QUESTION_WORDS for word in self.words)

    def stands_for(self, other: Compound) -> bool:
        """Whether this may take the other's place: both positions, both leaves, both places, both counts.

        部長 ⇔ 課長, 特別休暇 ⇔ 有給休暇, 大阪 ⇔ 東京, 3年目 ⇔ 5年目.
        """
        if self.text == other.text or other.asks:
            return False
        if any(self.text in family and other.text in family for family in FAMILIES):
            return True
        mine, theirs = self.words[-1].feature, other.words[-1].feature
        if "固有名詞" in mine.pos and not mine.pos.endswith("固有名詞-一般"):
            return mine.pos == theirs.pos
        return mine.base == theirs.base and len(self.words) > 1 and len(other.words) > 1


@dataclass(frozen=True, slots=True)
class Phrases:
    """A question with its morphemes and compounds."""

    text: str
    words: tuple[Morpheme, ...]
    compounds: tuple[Compound, ...]

    @classmethod
    def of(cls, text: str, analyzer: Analyzer) -> Phrases:
        """Analyse 「宿泊費の上限はいくらですか」 → compounds 宿泊費, 上限, いくら."""
        words = tuple(analyzer.analyze(text).morphemes())
        return cls(text, words, tuple(_compounds(text, words)))

    def written(self, word: Morpheme) -> str:
        """A word as it stands in the question."""
        return self.text[word.start : word.end]

    @property
    def topics(self) -> tuple[Compound, ...]:
        """Compounds that say what the question is about by themselves."""
        return tuple(one for one in self.compounds if not (one.is_plain or one.is_relational))

    @property
    def has_clause_of_its_own(self) -> bool:
        """A condition with a verb that needs nothing said before: 「辞めるときは」, not 「忘れたら」."""
        for place, word in enumerate(self.words):
            base = word.feature.base
            if word.feature.pos != "動詞-一般" or base in DEPENDENT_VERBS or base in STOP_BASES:
                continue
            near = [self.written(other) for other in self.words[place + 1 : place + 5]]
            closers = [at for at, written in enumerate(near[:3]) if written in _CLOSES_CLAUSE]
            if closers and near[closers[0] + 1 : closers[0] + 2] not in _ASKS_FOR_ADVICE:
                return True
        return False

    def asks_before(self, end: int) -> bool:
        """Whether a question word stands before ``end``: 「どんなときに」."""
        return any(word.feature.base in QUESTION_WORDS for word in self.words if word.start < end)

    def noun_phrase_before(self, end: int) -> int:
        """Where the noun phrase that ends at ``end`` begins: of 「誰が部長の出張を」 before を, 部長."""
        start = end
        for compound in reversed(self.compounds):
            joined = self.text[compound.end : start]
            if compound.end <= start and (compound.end == end or joined in {"の", "と", "や", "・"}):
                if compound.asks:
                    break
                start = compound.start
            elif compound.end < start:
                break
        return start


def _compounds(text: str, words: Sequence[Morpheme]) -> Iterator[Compound]:
    run: list[Morpheme] = []
    for before, word in pairwise([None, *words]):
        if word is None:
            continue
        is_noun = word.feature.pos.startswith(_NOUN) or word.feature.pos == "形状詞-一般"
        asks = word.feature.base in QUESTION_WORDS
        if not run and before is not None and word.feature.pos.startswith("接尾辞"):
            run.append(before)  # 「長さ」 is an adjective and a suffix
        if run and (not is_noun or asks or word.start > run[-1].end):
            yield _compound(text, run)
            run = []
        if is_noun:
            run.append(word)
    if run:
        yield _compound(text, run)


def _compound(text: str, run: Sequence[Morpheme]) -> Compound:
    start, end = run[0].start, run[-1].end
    return Compound(start, end, text[start:end], tuple(run))


@dataclass(frozen=True, slots=True)
class Frame:
    """What an earlier question spoke of.

    「パートの場合、有給休暇は何日ですか」 has the condition 「パートの場合」 and the subject 「有給休暇」,
    which stands in ``text[start:end]``.
    """

    text: str
    start: int
    end: int
    condition: str = ""
    rest: int = 0
    """Where the question begins after its condition."""

    @property
    def subject(self) -> str:
        """What 「それ」 would mean."""
        return self.text[self.start : self.end]

    def with_subject(self, subject: str) -> str:
        """The question asked of something else."""
        return self.text[: self.start] + subject + self.text[self.end :]


def find_frame(phrases: Phrases) -> Frame | None:
    """The topic of a question: before its first は or って, else before を, が, に; None without any."""
    condition_end, rest = _condition(phrases)
    span = _topic(phrases, rest) or _marked(phrases, rest) or _first(phrases, rest)
    if span is None and condition_end:
        span = _first(phrases, 0)
    if span is None:
        return None
    return Frame(phrases.text, *span, phrases.text[:condition_end].rstrip("、， "), rest)


def _condition(phrases: Phrases) -> tuple[int, int]:
    """Where a condition at the beginning ends, and where the rest begins; zeros without one."""
    written = [phrases.written(word) for word in phrases.words]
    for place, word in enumerate(phrases.words[1:-1], start=1):
        before = phrases.words[place - 1].feature
        counts = before.base in QUESTION_WORDS or before.pos.startswith("名詞-数詞")  # 何時に, 9時に
        if counts or written[place] not in _CONDITIONAL | WHENS:
            continue
        after = place + 1
        while after < len(written) and written[after] in _AFTER_CONDITION:
            after += 1
        if after > place + 1 or written[place] in _CONDITIONAL:
            return word.end, phrases.words[after].start if after < len(written) else len(phrases.text)
    return 0, 0


def _topic(phrases: Phrases, begin: int) -> tuple[int, int] | None:
    """Before は or って: the whole phrase when it holds a noun and no question word."""
    for place, word in enumerate(phrases.words):
        if word.start <= begin or phrases.written(word) not in {"は", "って"}:
            continue
        before = phrases.words[place - 1]
        is_case = before.feature.pos.startswith("助詞") and phrases.written(before) in _CASES
        end = before.start if is_case else word.start
        inside = [one for one in phrases.compounds if begin <= one.start and one.end <= end]
        if not inside or any(one.asks for one in inside):
            continue
        start = _topic_start(phrases, begin, end, inside[-1])
        if any(start <= one.start and not one.is_plain for one in inside):
            return start, end
    return None


def _topic_start(phrases: Phrases, begin: int, end: int, last: Compound) -> int:
    """After the last comma; with を or が within, no more than the noun phrase at the end."""
    within = [word for word in phrases.words if begin <= word.start < end]
    start = max((word.end for word in within if phrases.written(word) in _COMMAS), default=begin)
    cased = any(word.start >= start and phrases.written(word) in {"を", "が"} for word in within)
    return phrases.noun_phrase_before(end) if cased and last.end == end else start


def _marked(phrases: Phrases, begin: int) -> tuple[int, int] | None:
    """Before を, が, に, で: the first noun phrase that names something."""
    for word in phrases.words:
        if (
            word.start < begin
            or not word.feature.pos.startswith("助詞")
            or phrases.written(word) not in _CASES
        ):
            continue
        start = phrases.noun_phrase_before(word.start)
        inside = [one for one in phrases.compounds if max(start, begin) <= one.start < word.start]
        if start < word.start and any(not one.is_plain for one in inside):
            return max(start, begin), word.start
    return None


def _first(phrases: Phrases, begin: int) -> tuple[int, int] | None:
    """The first compound that names something."""
    found = [one for one in phrases.compounds if one.start >= begin and not one.is_plain]
    named = next((one for one in found if not one.is_relational), found[0] if found else None)
    if named is None:
        return None
    return phrases.noun_phrase_before(named.end), named.end
