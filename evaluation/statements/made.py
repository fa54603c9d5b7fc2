"""Statements made by script from question sets: true ones, and the same with one thing changed.

「Xの首都はどこですか」 and 「ビエンチャン」 make 「Xの首都はビエンチャンです。」, in the words of who asked,
not of the source. With another answer of the same kind from the same article (a number, a date, a name) the
source no longer carries it. Sentences of passages, worded politely, are turned round (できません).
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from evaluation.answers.measures import bare
from evaluation.datasets.squad import PassageSet
from evaluation.halves import Half, Part, half_of, is_in
from evaluation.statements.figures import Judged, judged
from evaluation.statements.sets import Changed
from rag.answering.candidates import Candidate, collect_candidates
from rag.answering.evidence import Draft, EvidenceChecker
from rag.store.base import Store
from rag.text.analyzer import Analysis, Analyzer
from rag.text.era import find_dates
from rag.text.fold import fold_text
from rag.text.sentences import split_sentences
from rag.types import Chunk, DocumentInfo, Hit

_ASKING = (
    r"誰|だれ|どなた|何|なん|なに|いつ|どこ|どちら|いくつ|いくら|どれくらい|どのくらい|何と(?:いう|いい|言い|言う)(?:名前|名称|もの)?"
    r"|何[年月日時人名回件個社校歳才度位番代世紀か所種類メートルキログラムkm%パーセント円ドル票語冊枚台本分秒間]+(?:頃|ごろ)?"
)
_ENDING = r"(?:の(?:こと)?)?(?:です|でした|でしょう|だった|だ|になります|になる)?か?"
_QUESTION = re.compile(rf"(?P<topic>.{{4,80}}?)(?:は|とは)、?(?:{_ASKING})?{_ENDING}[?？。]*")
_NUMBER = re.compile(
    r"^(?:約|およそ)?[0-9〇一二三四五六七八九十百千万億兆][0-9〇一二三四五六七八九十百千万億兆,.]*\D{0,8}$"
)
_PROPER = "名詞-固有名詞"
_MAX_ANSWER_CHARS = 24
_MIN_CHARS, _MAX_CHARS = 20, 90
_DENIES = re.compile(r"ない|ぬ|ず|不|無|非|未|のみ|だけ|以外|除")
# Ending, the same politely, and denied.
_TURNS = (
    ("することができる。", "することができます。", "することはできません。"),
    ("できる。", "できます。", "できません。"),
    ("されている。", "されています。", "されていません。"),
    ("ている。", "ています。", "ていません。"),
    ("ていた。", "ていました。", "ていませんでした。"),
    ("された。", "されました。", "されませんでした。"),
    ("となった。", "となりました。", "とはなりませんでした。"),
    ("した。", "しました。", "しませんでした。"),
    ("である。", "です。", "ではありません。"),
    ("であった。", "でした。", "ではありませんでした。"),
)


@dataclass(frozen=True, slots=True)
class MadeStatement:
    """A statement about a passage; ``changed`` is None where the passage supports it."""

    id: str
    text: str
    passage: str
    title: str
    changed: Changed | None
    half: Half
    source_id: str


def make_statements(passages: PassageSet, analyzer: Analyzer) -> Iterator[MadeStatement]:
    """Sentences turned round; for every question that can be made a statement that, and a changed one."""
    yield from _turned(passages)
    texts = {passage.id: passage for passage in passages.passages}
    kinds = {
        answer: answer_kind(answer, analyzer) for one in passages.questions for answer in one.answers[:1]
    }
    rivals: defaultdict[tuple[str, Changed], list[str]] = defaultdict(list)
    for one in passages.questions:
        if one.answers and (kind := kinds[one.answers[0]]):
            rivals[one.article, kind].append(one.answers[0])
    for one in passages.questions:
        topic = topic_of(one.text)
        if not topic or not one.answers or not (kind := kinds[one.answers[0]]):
            continue
        passage, answer, half = texts[one.passage_id], one.answers[0], half_of(one.article)
        ends = "です。" if len(one.id) % 2 else "である。"
        base = (passage.text, passage.title)
        yield MadeStatement(f"{one.id}+", f"{topic}は{answer}{ends}", *base, None, half, one.id)
        other = _rival(answer, one.text, rivals[one.article, kind], passage.text, one.id)
        if other:
            yield MadeStatement(f"{one.id}-", f"{topic}は{other}{ends}", *base, kind, half, one.id)


def turn_round(sentence: str) -> tuple[str, str] | None:
    """A sentence worded politely, and the same denied: 「…できる。」 → 「…できます。」, 「…できません。」"""
    for ending, polite, denied in _TURNS:
        if sentence.endswith(ending):
            stem = sentence.removesuffix(ending)
            return stem + polite, stem + denied
    return None


def _turned(passages: PassageSet) -> Iterator[MadeStatement]:
    """One sentence a passage at most: the first that can be turned round."""
    for passage in passages.passages:
        sentences = (passage.text[span.start : span.end].strip() for span in split_sentences(passage.text))
        usable = (
            one for one in sentences if _MIN_CHARS <= len(one) <= _MAX_CHARS and not _DENIES.search(one)
        )
        pair = next((pair for one in usable if (pair := turn_round(one))), None)
        if pair:
            half = half_of(passage.title)
            for sign, text, changed in (("+", pair[0], None), ("-", pair[1], "negation")):
                yield MadeStatement(
                    f"{passage.id}{sign}",
                    text,
                    passage.text,
                    passage.title,
                    cast("Changed | None", changed),
                    half,
                    passage.id,
                )


def topic_of(question: str) -> str:
    """「マーラーの誕生日はいつですか？」 → マーラーの誕生日; empty for questions of other forms."""
    match = _QUESTION.fullmatch(question.strip())
    return match["topic"] if match else ""


def answer_kind(answer: str, analyzer: Analyzer) -> Changed | None:
    """What an answer is: ``date``, ``number``, ``name``; None for phrases."""
    folded = fold_text(answer)
    if len(folded) > _MAX_ANSWER_CHARS:
        return None
    dates = find_dates(folded)
    if dates and dates[0].start == 0 and dates[0].end >= len(folded) - 2:
        return "date"
    if _NUMBER.match(folded):
        return "number"
    features = analyzer.analyze(folded).features
    nouns = all(one.pos.startswith(("名詞", "接頭辞", "接尾辞", "記号", "補助記号")) for one in features)
    return "name" if nouns and any(one.pos.startswith(_PROPER) for one in features) else None


def _rival(answer: str, question: str, others: Iterable[str], passage: str, key: str) -> str:
    """Another answer of the article, by hash; none that stands in the question or says the same."""
    usable: Sequence[str] = sorted(
        {
            other
            for other in others
            if bare(other) not in bare(answer)
            and bare(answer) not in bare(other)
            and bare(other) not in bare(question)
            and _unit(other) == _unit(answer)
        }
    )
    # One that stands in the passage, too, may be as true.
    usable = [other for other in usable if bare(other) not in bare(passage)]
    draw = int(hashlib.sha256(key.encode()).hexdigest(), 16)
    return usable[draw % len(usable)] if usable else ""


def _unit(answer: str) -> str:
    """The last character of numbers and dates, so that 年 is not exchanged for 人."""
    folded = fold_text(answer)
    return folded[-1] if re.search(r"[0-9〇一二三四五六七八九十百千万億兆]", folded) else ""


class _NothingStored:
    """As much of a store as sentences of a text need that was never stored."""

    def analyses(self, _chunk_ids: Sequence[int]) -> dict[int, Analysis]:
        return {}


def passage_sentences(text: str, title: str, analyzer: Analyzer) -> list[tuple[int, Candidate]]:
    """A passage as evidence: its sentences, in one block."""
    chunk = Chunk("", 0, 0, len(text), text, tuple(split_sentences(text)), id=1)
    hit = Hit(chunk, DocumentInfo("", "", "", title), 1.0)
    return [(1, one) for one in collect_candidates([hit], cast("Store", _NothingStored()), analyzer)]


def sample_made(passages: PassageSet, analyzer: Analyzer, part: Part, limit: int) -> list[MadeStatement]:
    """At most ``limit`` statements a kind of change, and as many true ones; always the same."""
    kept: defaultdict[Changed | None, list[MadeStatement]] = defaultdict(list)
    for one in make_statements(passages, analyzer):
        if is_in(one.title, part):
            kept[one.changed].append(one)
    drawn = [sorted(found, key=lambda one: _draw(one.id))[:limit] for found in kept.values()]
    return [one for found in drawn for one in found]


def _draw(text: str) -> str:
    return hashlib.sha256(f"made-1\0{text}".encode()).hexdigest()


def judge_made(
    made: Sequence[MadeStatement], checker: EvidenceChecker, analyzer: Analyzer
) -> Iterator[Judged]:
    """Each statement held against all sentences of its passage, as an answer would be."""
    for one in made:
        evidence = passage_sentences(one.passage, one.title, analyzer)
        found = checker.check(Draft(one.text, frozenset()), evidence)
        yield judged(one.id, one.text, one.changed, one.half, found)
