"""What a text affirms and what it denies: 提出する, 提出しない, 提出してはならない, 提出しなくてよい.

Every predicate gets a sign: + for what is, may and must be, − for what is not, must not and need not be.
なければならない and しか…ない affirm; 禁止, 不可 and 要しない deny. 除く, 以外, のみ bear on the whole.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.evidence.words import FUNCTIONAL, HEADS, NOMINAL
from rag.text.analyzer import Feature, Morpheme

# The first pattern found in what follows a predicate decides. Order matters: なければならない holds ない.
_SIGNS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        (1, r"ない(?:こと|もの|わけ)(?:は|では)(?:な|あり)|なくはな|(?:妨げ|拒ま|問わ|欠か)(?:な|ませ|ず)"),
        (
            -1,
            r"(?:必要|要|義務|こと)(?:は|が|も)?(?:あり|ござい)?(?:な[いくし]|なかっ|ません|無)|不要|要しな|には?及ば",
        ),
        (1, r"禁止(?:は|が)?(?:され|し)?(?:て(?:い|お)?)?(?:な|ませ|ず)|禁じ(?:られ)?て?い?な"),
        (-1, r"なくても?(?:よ|い|良|構|かま|差し支え)|(?:ずに|ないで)(?:済|す[むみ])"),
        (
            1,
            r"[てで]も?(?:かま(?:わな|いませ)|構(?:わな|いませ)|差し支え(?:な|あり)|問題(?:な|あり)|問題は(?:な|あり)|よ[いろく]|良い|いい)",
        ),
        (
            1,
            r"な(?:けれ|きゃ)ば?(?:な|いけ|だめ)|なくては(?:な|いけ)|ないと(?:い|な)|ねばな|ざるを得|ないわけに",
        ),
        (
            1,
            r"かもしれな|かも知れな|に違いな|に相違な|間違いな|に過ぎな|にすぎな|(?:に|より)ほかな|ほか(?:は)?な|でしかな",
        ),
        (-1, r"とは限ら|とはいえな|とは言えな|わけではな|わけではあり|わけじゃ|ものではな|どころではな"),
        (
            -1,
            r"ては(?:な|いけ|だめ)|では(?:なら|いけ)|禁止|禁じ|不可|(?:でき|出来)(?:な|ませ|ず|ぬ)|認め(?:られ)?(?:て(?:い|お)り?)?(?:な|ませ|ず)",
        ),
    )
)
_DENYING_PREFIXES = frozenset({"未", "不", "非", "無"})
_DENYING = frozenset({"ない", "ず", "無い", "まい"})


_LINKING = (
    "助詞",
    "助動詞",
    "動詞-非自立可能",
    "形容詞-非自立可能",
    "接尾辞-動詞的",
    "接尾辞-形容詞的",
    "形状詞-助動詞語幹",
)
_CONDITION = re.compile(
    r"(?:なければ|なかったら|ないと|ない(?:限り|とき|場合|人|者|方|うち)(?:は|には|も)?|ずには?|なしには|なくては|ないで)$"
)
_LIGHT_KANJI = frozenset("出取入行来付上下成合見言引受立打切掛方時日人者場所会社物事中的性化度")
_KANJI = re.compile(r"[一-龠々]")
_WEAK = re.compile(
    r"除[くきい]|以外|のみ|だけ|に限|限り|限る|しか|きり|任意|ただし|但し|[不無未非否][一-龠]|ほど|より|なし|禁|反対|拒|欠|失|断|ゼロ|零"
    r"|消え|消し|廃|辞|退|停止|中止|滅|亡|絶|離脱|避け|去っ|解散|解消|撤|削除|放棄|没収|秘密|匿名|休[みむ業館]|定休|閉[まめじ館]|忘れ|省[けく略]|免|外れ|対象外|半ば|困難|難し|負担|既定|デフォルト|少な|短い|低[いく]|違[うい]|異な|誤り|別|でも|ても"
)


_JUDGED = re.compile(
    r"(禁止(?!され(?:てい)?な|され(?:てい)?ませ)|不可|不要|必要(?!は|あり|な|が)|可能(?!性)|義務)(?:です|とす|とさ|とな|し|され|である|だ|。|$)"
)
_ALLOWED = re.compile(
    r"(?:でき|出来|受け付け|受けつけ)(?:て(?:い|お)?)?(?:り|る|ます|ない|ません|ず|。|$)(?:ません)?"
)
_JUDGED_BAD = re.compile("禁止|不可|不要|ない|ません|ず")


@dataclass(frozen=True, slots=True)
class Predicate:
    """A predicate with its sign; ``kanji`` are those that it is known by in other words: 伝える, 伝達."""

    base: str
    kanji: frozenset[str]
    is_verb: bool
    sign: int
    clause: int
    start: int
    is_condition: bool = False


def read_predicates(folded: str, morphemes: Sequence[Morpheme]) -> tuple[Predicate, ...]:
    """The predicates of a text in comparison form, in order."""
    found = []
    clause = begin = 0
    for place, one in enumerate(morphemes):
        if one.feature.pos.startswith(("補助記号-句点", "補助記号-読点")):
            clause, begin = clause + 1, one.end
        elif _is_content(one.feature):
            tail = _tail(folded, morphemes, place + 1)
            if tail is not None:
                sign = _sign(tail, only="しか" in folded[begin : one.start])
                before = morphemes[place - 1] if place else one
                if before.feature.pos.startswith("接頭辞") and before.feature.base in _DENYING_PREFIXES:
                    sign = -sign
                found.append(_predicate(one, sign, clause, is_condition=bool(_CONDITION.search(tail.text))))
    return (*found, *_topics(folded, morphemes))


def _topics(folded: str, morphemes: Sequence[Morpheme]) -> Iterator[Predicate]:
    """「車での避難は、危ないため禁止します」 judges 避難, however far from it."""
    for match in (*_JUDGED.finditer(folded), *_ALLOWED.finditer(folded)):
        sign = -1 if _JUDGED_BAD.search(match[0]) else 1
        topics = [
            before
            for before, particle in itertools.pairwise(morphemes)
            if folded[particle.start : particle.end] == "は"
            and particle.end <= match.start()
            and before.feature.pos.startswith("名詞")
            and before.feature.base not in NOMINAL
        ]
        if topics:
            clause = folded[: topics[-1].start].count("、")
            yield _predicate(topics[-1], sign, clause)


def _is_content(feature: Feature) -> bool:
    if feature.lemma in FUNCTIONAL and not feature.pos.startswith("名詞"):
        return feature.lemma in {"認める", "許す"}
    return feature.pos.startswith(
        ("動詞", "形容詞", "形状詞-一般", "名詞-普通名詞", "名詞-固有名詞", "接尾辞-名詞的")
    ) and (feature.base not in NOMINAL)


@dataclass(frozen=True, slots=True)
class _Tail:
    text: str
    denials: int


def _tail(folded: str, morphemes: Sequence[Morpheme], first: int) -> _Tail | None:
    """What follows a predicate and only shapes it: 〜することはできない; None where nothing predicates."""
    last, denials, predicates = first, 0, morphemes[first - 1].feature.pos.startswith(("動詞", "形容詞"))
    while last < len(morphemes):
        feature = morphemes[last].feature
        is_nominal = feature.base in NOMINAL or feature.lemma in NOMINAL
        is_nominal = is_nominal or (predicates and feature.base in HEADS) or feature.pos == "助詞-準体助詞"
        is_linking = feature.pos.startswith(_LINKING) or feature.lemma in FUNCTIONAL
        if not (is_nominal or is_linking) or _leads_on(feature):
            break
        denials += feature.lemma in _DENYING and not feature.pos.startswith("名詞")
        predicates = predicates or is_nominal or not feature.pos.startswith("助詞")
        last += 1
    if not predicates:
        return None
    end = morphemes[last - 1].end if last > first else morphemes[first - 1].end
    return _Tail(folded[morphemes[first - 1].end : end], denials)


def _leads_on(feature: Feature) -> bool:
    """Particles behind which the next thing is spoken of: 支給せずに|…, 行うため|…"""
    return feature.base in {
        "ため",
        "から",
        "ので",
        "のに",
        "けれど",
        "けれども",
        "し",
        "ながら",
        "まで",
        "より",
    }


def _sign(tail: _Tail, *, only: bool) -> int:
    if only:
        return 1
    for sign, pattern in _SIGNS:
        if pattern.search(tail.text):
            return sign
    return -1 if tail.denials % 2 == 1 else 1


def _predicate(one: Morpheme, sign: int, clause: int, *, is_condition: bool = False) -> Predicate:
    base = one.feature.base
    is_verb = one.feature.pos.startswith(("動詞", "形容詞"))
    kanji = frozenset(_KANJI.findall(base)) - _LIGHT_KANJI
    return Predicate(base, kanji, is_verb, sign, clause, one.start, is_condition)


def same_predicate(one: Predicate, other: Predicate) -> bool:
    """Whether both speak of one thing: equal words, 使う and 使用, 伝わる and 伝える."""
    if one.base == other.base:
        return True
    if not one.is_verb and not other.is_verb:
        return len(one.kanji & other.kanji) > 1
    return bool(one.kanji & other.kanji)


def may_deny(folded: str, predicates: Sequence[Predicate]) -> bool:
    """Whether anything in a text denies, excepts or limits, however weakly."""
    return any(one.sign < 0 for one in predicates) or bool(_WEAK.search(folded))


def clause_spans(folded: str) -> Iterator[tuple[int, int]]:
    """The clauses of a text between 、 and 。, in order, as `Predicate.clause` counts them."""
    begin = 0
    for match in re.finditer(r"[、。,，.．](?![0-9])", folded):
        yield begin, match.end()
        begin = match.end()
    yield begin, len(folded)
