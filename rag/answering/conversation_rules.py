"""Follow-up questions made standalone by rule: without a model, on the embedded default.

A question is left as it is unless it points back (それ, その上限), is a mere phrase (「パートの場合は？」),
or names nothing of its own (「いつからですか」). Covered: pointers, a topic or condition put in another's
place, what is of something else by nature (上限, 申請), more of the same. Not covered: what only the
*answer* named (「その人の連絡先は」), and pointers within one question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answering.conversation import Rewriting
from rag.answering.conversation_phrases import Compound, Frame, Phrases, find_frame
from rag.answering.conversation_words import (
    AGAIN,
    CHANGES_TOPIC,
    CIRCUMSTANCES,
    CLOSER,
    CONNECTIVE,
    EXAMPLE,
    FAMILIES,
    FIXED,
    GENERIC,
    MORE,
    PLACES,
    POINTING,
    THINGS,
    WHENS,
    WITHIN,
)
from rag.text.analyzer import Analyzer
from rag.text.fold import fold_text
from rag.types import Turn

_FRAGMENT = re.compile(
    r"^(?P<phrase>.{1,60}?)"
    r"(?P<when>(?:の(?:場合|とき|時|際)|だと|なら|だったら|では|のほう|の方)?(?:に)?)"
    r"(?:は|って|も|でも|について(?:は)?|に関して(?:は)?|とか)?"
    r"(?:、?(?:どう(?:です|でしょう|なります|なん|な)?(?:か|の|んですか|ですか|りますか)?|同じ(?:です)?(?:か)?|いかがですか))?"
    r"[?？。!！\s]*$"
)
_CLAUSE = re.compile(r"(?:たら|なら|れば|とき|時|場合|際)$")
_CODE = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]+(?:[-‐－]?[0-9０-９]+)*(?![A-Za-zＡ-Ｚａ-ｚ0-9０-９])")
_SPEAKS = re.compile(r"\w")
_QUOTES = re.compile('[「『“"]')
_PERSONS = frozenset({"人", "方", "者"})
_NOMINAL = re.compile(r"^は[^はがをにでへも]+(?:です|でしょう|だ)?(?:か|の)?[?？。\s]*$")
_MAX_TOPICS = 3
"""With more nouns that name something, 「この国の…」 points at what everybody knows."""

_DEFINES = re.compile(r"とは[?？。\s]*$")
_ADDS = re.compile(r"でも|も|の場合|なら|だと|だったら|では")


class RuleRewriter:
    """Rewrites by the words of the question and of the last question that had a topic."""

    name = "rule"

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    def rewrite(self, question: str, history: Sequence[Turn]) -> Rewriting:
        """「それはいつから？」 after 「有給休暇は何日ですか」 → 「有給休暇はいつから？」."""
        frame = self._frame(history)
        text = question.strip()
        if frame is None or CHANGES_TOPIC.match(text) or not _SPEAKS.search(text):
            return Rewriting(text, self.name)
        body = CONNECTIVE.sub("", text, count=1).strip() or text
        if MORE.match(body):
            return Rewriting(frame.text, self.name, wants_more=True)
        phrases = Phrases.of(body, self._analyzer)
        earlier = Phrases.of(frame.text, self._analyzer)
        for step in _STEPS:
            if (found := step(phrases, frame, earlier)) is not None:
                return Rewriting(found or text, self.name)
        return Rewriting(text, self.name)

    def _frame(self, history: Sequence[Turn]) -> Frame | None:
        """The topic of the last question that had one."""
        for turn in reversed(history):
            if frame := find_frame(Phrases.of(turn.question, self._analyzer)):
                return frame
        return None


_Step = Callable[[Phrases, Frame, Phrases], str | None]
"""A rule: the rewritten question, nothing for one that stands alone, None where the rule does not apply."""


def _ask_again(phrases: Phrases, frame: Frame, earlier: Phrases) -> str | None:
    """「詳しく」, 「例えば？」, 「本当ですか」: the last question again, or closer."""
    if CLOSER.match(phrases.text):
        return f"{_whole(frame)}について詳しく教えてください"
    if EXAMPLE.match(phrases.text):
        return f"{_whole(frame)}の具体例は何ですか"
    return frame.text if AGAIN.match(phrases.text) else None


def _resolve_pointer(phrases: Phrases, frame: Frame, earlier: Phrases) -> str | None:
    """それ, その上限, その場合: what they mean in their place."""
    if FIXED.match(phrases.text) or len(phrases.topics) > _MAX_TOPICS:
        return None
    first_topic = min((one.end for one in phrases.topics), default=len(phrases.text))
    for word in phrases.words:
        if word.start >= first_topic or _QUOTES.match(phrases.text[word.start - 1 : word.start]):
            break  # it points within the question, or is spoken of itself
        if phrases.written(word) in THINGS | PLACES and word.feature.pos == "代名詞":
            thing = frame.subject if frame.subject in frame.condition else _whole(frame)
            return phrases.text[: word.start] + thing + phrases.text[word.end :]
        if any(phrases.text.startswith(one, word.start) for one in POINTING):
            noun = next((one for one in phrases.compounds if one.start >= word.end), None)
            return _resolve_pointing(phrases, frame, earlier, (word.start, noun)) if noun else None
    return None


def _resolve_pointing(
    phrases: Phrases, frame: Frame, earlier: Phrases, pointer: tuple[int, Compound]
) -> str | None:
    start, noun = pointer
    if noun.text in WITHIN:
        return None
    before, after = phrases.text[:start], phrases.text[noun.end :]
    if noun.text in WHENS:
        return before + (frame.condition or f"{frame.subject}の{noun.text}") + after
    if noun.text in GENERIC:
        return before + _whole(frame) + after
    named = [one for one in earlier.compounds if noun.text in one.text and one.end <= frame.end]
    if named:
        return before + frame.text[frame.start : named[-1].end] + after
    return f"{before}{_conditioned(frame)}{_anchor(frame, earlier)}の{noun.text}{after}"


def _put_code(phrases: Phrases, frame: Frame, earlier: Phrases) -> str | None:
    """「KA-120は？」 after 「KA-200のフィルターは…」, 「Bは？」 after 「会議室Aは…」: code for code."""
    match = _FRAGMENT.match(phrases.text)
    if match is None or not _CODE.fullmatch(match["phrase"]):
        return None
    shape = _shape(match["phrase"])
    for other in _CODE.finditer(frame.text):
        if _shape(other[0]) == shape and other[0] != match["phrase"]:
            return frame.text[: other.start()] + match["phrase"] + frame.text[other.end() :]
    return None


def _shape(code: str) -> str:
    """``KA-200`` and ``KB-12`` → ``A-9``."""
    return re.sub(r"[0-9]+", "9", re.sub(r"[^\W\d_]+", "A", fold_text(code)))


def _put_in_place(phrases: Phrases, frame: Frame, earlier: Phrases) -> str | None:
    """「パートの場合は？」, 「日当は？」: the last question, asked of something else."""
    match = _FRAGMENT.match(phrases.text)
    if match is None or phrases.asks_before(match.end("phrase")):
        return None
    phrase = match["phrase"]
    inside = [one for one in phrases.compounds if one.end <= len(phrase)]
    if _CLAUSE.search(phrase) and any(one in inside for one in phrases.topics):
        return f"{phrase}、{_plain_question(frame)}"
    if not inside or not _is_noun_phrase(phrases, phrase):
        return None
    return "" if _DEFINES.search(phrases.text) else _in_place(match, inside, frame, earlier)


def _says_all(inside: Sequence[Compound], frame: Frame) -> bool:
    """「部長の宿泊費は？」 and 「宿泊費の上限は？」 do, unless what they end in is what was spoken of."""
    return len(inside) > 1 and (inside[-1].is_relational or inside[-1].text not in frame.subject)


def _in_place(match: re.Match[str], inside: Sequence[Compound], frame: Frame, earlier: Phrases) -> str:
    """What a mere noun phrase asks for: an attribute, a circumstance, or another thing."""
    phrase, last = match["phrase"], inside[-1]
    taken = next((other for other in earlier.compounds if last.stands_for(other)), None)
    if last.text in _PERSONS:
        return f"{phrase}の場合、{_plain_question(frame)}"
    if all(one.is_relational or (one.ends_relational and not taken) for one in inside):
        return f"{_conditioned(frame)}{_anchor(frame, earlier)}の{match.string}"
    if _says_all(inside, frame):
        return ""
    if taken is not None and len(inside) == 1:
        # Of 「勤続5年目」 only as much as the other has: 「勤続3年目」.
        counts = last.words[0].feature.pos.startswith("名詞-数詞")
        start = taken.words[-len(last.words) :][0].start if counts else taken.start
        return frame.text[:start] + phrase + frame.text[taken.end :]
    if match["when"] or any(last.text in family for family in FAMILIES) or _is_place_or_count(last):
        return f"{phrase}の場合、{_plain_question(frame)}"
    return _with_other_subject(phrase, frame, earlier)


def _name_the_topic(phrases: Phrases, frame: Frame, earlier: Phrases) -> str | None:
    """「いつからですか」, 「申請は必要ですか」: what they are about, put before."""
    first = phrases.compounds[0] if phrases.compounds else None
    leads = first is not None and first.start == 0 and first.is_relational
    if leads and first is not None and _NOMINAL.match(phrases.text[first.end :]):
        return f"{_conditioned(frame)}{_anchor(frame, earlier)}の{phrases.text}"
    own = [one for one in phrases.topics if one.text not in CIRCUMSTANCES]
    if own or phrases.has_clause_of_its_own or _QUOTES.search(phrases.text):
        return ""
    circumstances = phrases.topics
    if circumstances:
        after = phrases.text[circumstances[-1].end :]
        relational = any(one.is_relational for one in phrases.compounds)
        if not (_ADDS.match(after) or relational or len(phrases.compounds) == 1):
            return ""
        return f"{_as_topic(frame)}、{phrases.text}"
    if leads:
        return f"{_conditioned(frame)}{_anchor(frame, earlier)}の{phrases.text}"
    return f"{_as_topic(frame)}、{phrases.text}"


_STEPS: tuple[_Step, ...] = (_ask_again, _resolve_pointer, _put_code, _put_in_place, _name_the_topic)


def _conditioned(frame: Frame) -> str:
    """The condition with its comma, unless the subject stands within it."""
    return f"{frame.condition}、" if frame.condition and frame.subject not in frame.condition else ""


def _whole(frame: Frame) -> str:
    """What was spoken of, with its condition: 「パートの場合、有給休暇」."""
    return (
        f"{_conditioned(frame)}{frame.subject}" if frame.subject not in frame.condition else frame.condition
    )


def _as_topic(frame: Frame) -> str:
    """「有給休暇は」; a condition such as 「パスワードを忘れたら」 takes no は."""
    whole = _whole(frame)
    return whole if whole.endswith(("たら", "なら", "れば")) else f"{whole}は"


def _anchor(frame: Frame, earlier: Phrases) -> str:
    """What a further attribute belongs to: of 「宿泊費の上限」 「宿泊費」."""
    inside = [one for one in earlier.compounds if frame.start <= one.start and one.end <= frame.end]
    while len(inside) > 1 and inside[-1].is_relational:
        inside.pop()
    return frame.text[frame.start : inside[-1].end] if inside else frame.subject


def _plain_question(frame: Frame) -> str:
    """The last question without its condition, for another to take its place."""
    return frame.text[frame.rest :] or frame.text


def _with_other_subject(phrase: str, frame: Frame, earlier: Phrases) -> str:
    """「宿泊費の上限はいくら」 and 「日当」 → 「日当の上限はいくら」; what is of something keeps being so."""
    anchor = _anchor(frame, earlier)
    if frame.subject.startswith(f"{anchor}の") and phrase not in frame.text:
        return frame.with_subject(phrase + frame.subject[len(anchor) :])
    return frame.with_subject(phrase)


def _is_noun_phrase(phrases: Phrases, phrase: str) -> bool:
    """Nouns alone, joined by の, と and their like: no verb, no case."""
    return all(
        word.feature.pos.startswith(("名詞", "接尾辞", "接頭辞", "形状詞", "補助記号"))
        or phrases.written(word) in {"の", "と", "や", "な", "か"}
        for word in phrases.words
        if word.start < len(phrase)
    )


def _is_place_or_count(compound: Compound) -> bool:
    pos = [word.feature.pos for word in compound.words]
    return "固有名詞-地名" in pos[-1] or any(one.startswith("名詞-数詞") for one in pos)
