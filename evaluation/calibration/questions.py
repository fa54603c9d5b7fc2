"""Questions made from sentences by rule, each with its answer.

A sentence that says something of a topic (「宿泊料は、役員を除き、一泊一万二千円を限度とする。」) is asked
about the date, number, name or meaning that it gives. Every second question keeps all of the sentence but
the answer, the others begin with the clause of the answer (「宿泊料は一泊いくらを限度とするか」): people ask
in more words and in fewer. Sentences whose topic is nowhere said (「これは…」), is no noun, or too long are
passed over. Not covered: reasons, procedures, paraphrases.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.text.analyzer import Analysis, Analyzer
from rag.text.era import find_dates
from rag.text.sentences import split_sentences
from rag.types import Span

MIN_CHARS, MAX_CHARS = 14, 120
_MAX_TOPIC_CHARS = 24
_MIN_TOPIC_CHARS = 2


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    """A question, the answer that it asks for, and the sentence's span in its document."""

    text: str
    answer: str
    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class _Gap:
    """What is asked for in the part behind the topic, and the word that asks: 三十日 → 何日."""

    answer: str
    start: int
    end: int
    asking: str
    kind: str


_NUMBER = r"[0-9０-９〇一二三四五六七八九十百千万億]+(?:[,.，．][0-9０-９]+)*[十百千万億]*"
_ASKING_FOR = {
    "円": "いくら",
    "ドル": "いくら",
    "割": "どのくらい",
    "%": "何パーセント",
    "％": "何パーセント",
}
_UNITS = (
    "円 ドル 割 % ％ パーセント 日間 日 時間 分間 分 秒 週間 か月 ヶ月 カ月 箇月 年間 年 歳 人 名 回 個 "
    "台 枚 本 冊 件 度 階 倍 種類 キロメートル メートル ミリメートル センチ キログラム グラム トン リットル "
    "ページ 点"
)
_COUNTED = re.compile(f"({_NUMBER})({'|'.join(sorted(_UNITS.split(), key=len, reverse=True))})(?![目月])")
_DIGIT = "0-9０-９一二三四五六七八九十"
_NUMBERING = re.compile(
    rf"^(?:第[{_DIGIT}百の]+[条項章節][のノ{_DIGIT}]*|[(（]?[{_DIGIT}]+(?:[)）.．、]|(?=[\s　]))"
    r"|[・●○■◆※*＊/／-]|[(（][^)）]{1,12}[)）])[\s　]*"
    r"|^[^はがを、。]{1,12}[:：]\s*|^(?:なお|また|ただし|さらに|だから|しかし|逆に)、?"
)
_UNSAID = re.compile(
    r"これ|それ|この|その|あの|ここ|そこ|当該|同[じ法条項氏日年地社]|前[項条記]|上記|次の|以下|場合|とき$|私|僕|彼|我"
    r"|、|」[^」]*「|^[^「]*」|「[^」]*$|一[つ方点]|(?:こと|もの|ところ|の|方|人|者|今回|今年|次回)$"
)
_NO_QUESTION = re.compile(r"(?:ください|下さい|ましょう|だろう|でしょう|か|よ|ね)$")
_MEANING = re.compile(
    r"(?P<said>.{4,60}?)(?:のこと(?:である|です|をいう|をいいます|を指す)?|をいう|をいいます|を指す|を指します|という意味です"
    r"|を表す|を表します|(?:意味|言葉|制度|仕組み|言い方|文型|表現|敬語|規格|組織|機関|都市|作品|動物|植物)(?:である|です))$"
)
_NAMES = {"名詞-固有名詞-人名": "誰", "名詞-固有名詞-地名": "どこ"}


def make_questions(text: str, analyzer: Analyzer) -> Iterator[MadeQuestion]:
    """At most one question a sentence, in the order of the text.

    「試用期間は、採用の日から三か月とする。」 → 「試用期間は採用の日から何か月とするか」, answer 三か月.
    """
    for span in split_sentences(text):
        sentence = text[span.start : span.end].strip()
        if MIN_CHARS <= len(sentence) <= MAX_CHARS and sentence.endswith(("。", "．")):
            made = make_question(sentence, analyzer)
            if made is not None:
                yield MadeQuestion(*made[:2], span, made[2])


def make_question(sentence: str, analyzer: Analyzer) -> tuple[str, str, str] | None:
    """Question, answer and kind (``date``, ``number``, ``name``, ``meaning``); None where no rule fits."""
    plain = _bare(sentence)
    subject, rest = _split_topic(plain, analyzer)
    is_defined = subject.endswith("と")
    subject = subject.removesuffix("と")
    if not _MIN_TOPIC_CHARS <= len(subject) <= _MAX_TOPIC_CHARS or _UNSAID.search(subject):
        return None
    if meant := _MEANING.fullmatch(rest):
        return f"{subject}とは何ですか", meant["said"], "meaning"
    if is_defined or _NO_QUESTION.search(rest):
        return None
    gap = next((gap for find in _FINDERS if (gap := find(rest, analyzer))), None)
    return None if gap is None else (_ask(sentence, subject, rest, gap), gap.answer, gap.kind)


def _bare(sentence: str) -> str:
    """Without numbering, bullets, labels and conjunctions before it: 「２　（出張）　出張は」 → 出張は."""
    before = ""
    while sentence != before:
        before, sentence = sentence, _NUMBERING.sub("", sentence)
    return sentence.rstrip("。．")


def _split_topic(plain: str, analyzer: Analyzer) -> tuple[str, str]:
    """「宿泊料は、実費とする」 → 宿泊料 and 実費とする; empty where は does not follow a noun."""
    before = ""
    for start, end, feature in analyzer.analyze(plain).morphemes():
        if feature.pos == "助詞-係助詞" and plain[start:end] == "は":
            is_noun = before.startswith(("名詞", "接尾辞-名詞的", "補助記号-括弧閉", "記号"))
            is_defined = before == "助詞-格助詞" and plain[start - 1] == "と"
            return (plain[:start], plain[end:].lstrip("、，, ")) if is_noun or is_defined else ("", "")
        before = feature.pos
    return "", ""


def _ask(sentence: str, subject: str, rest: str, gap: _Gap) -> str:
    """The sentence with the asking word in the gap; every second one begins with the clause of the gap."""
    is_short = int(hashlib.sha256(sentence.encode()).hexdigest()[0], 16) % 2
    start = rest.rfind("、", 0, gap.start) + 1 if is_short else 0
    asked = f"{subject}は{rest[start : gap.start]}{gap.asking}{rest[gap.end :]}"
    return re.sub("だ$", "", asked) + "か"


def _date(rest: str, _analyzer: Analyzer) -> _Gap | None:
    dates = find_dates(rest)
    if len(dates) != 1:
        return None  # of two dates nobody knows which is asked for
    (date,) = dates
    return _Gap(date.text, date.start, date.end, "いつ", "date")


def _number(rest: str, _analyzer: Analyzer) -> _Gap | None:
    found = list(_COUNTED.finditer(rest))
    if len(found) != 1:
        return None
    (match,) = found
    asking = _ASKING_FOR.get(match[2], f"何{match[2]}")
    return _Gap(match[0], *match.span(), asking, "number")


def _name(rest: str, analyzer: Analyzer) -> _Gap | None:
    analysis = analyzer.analyze(rest)
    for place, feature in enumerate(analysis.features):
        asking = next((word for pos, word in _NAMES.items() if feature.pos.startswith(pos)), None)
        if asking:
            start, end = _whole_name(analysis, place)
            return _Gap(rest[start:end], start, end, asking, "name")
    return None


def _whole_name(analysis: Analysis, first: int) -> tuple[int, int]:
    """The name with the nouns that belong to it: 東京|都|千代田|区."""
    last = first
    while (
        last + 1 < len(analysis.starts)
        and analysis.starts[last + 1] == analysis.ends[last]
        and analysis.features[last + 1].pos.startswith(("名詞", "接尾辞-名詞的"))
    ):
        last += 1
    return analysis.starts[first], analysis.ends[last]


_FINDERS: tuple[Callable[[str, Analyzer], _Gap | None], ...] = (_date, _number, _name)
