"""Which sentences can be read alone, and from which word on.

「しかし、申請は前日までです。」 stands alone from 申請 on; 「それは前日までです。」 never does. What is
shown stays verbatim: words are left out at the beginning, nothing is rewritten.
"""

from __future__ import annotations

import re

from rag.summary.material import Kind, Sentence
from rag.types import Span

_CONNECTIVES = (
    "しかしながら", "しかし", "けれども", "ところが", "だが", "でも", "とはいえ", "それでも", "一方で",
    "一方", "他方", "また", "さらに", "加えて", "そして", "それから", "なお", "ちなみに", "おまけに",
    "しかも", "そのうえ", "その上", "そこで", "したがって", "従って", "ゆえに", "故に", "よって",
    "そのため", "このため", "その結果", "この結果", "すると", "それで", "だから", "ですから", "つまり",
    "すなわち", "要するに", "例えば", "たとえば", "具体的には", "ただし", "但し", "もっとも", "ただ",
    "なぜなら", "というのも", "実際", "特に", "とくに", "次に", "つぎに", "最後に", "まず", "はじめに",
    "最初に", "第一に", "第二に", "第三に", "以上より", "以上から", "ここで", "さて", "では", "ところで",
    "このように", "そのように", "こうして", "同様に", "反対に", "逆に", "むしろ", "あるいは", "または",
    "もしくは", "及び", "結果として", "その後", "その際", "この際", "そのとき", "この場合", "その場合",
    "その他", "さらには", "とりわけ",
)  # fmt: skip
_CONNECTIVE = re.compile(
    rf"[\s　]*(?:{'|'.join(sorted(_CONNECTIVES, key=len, reverse=True))})[にはも]?[、，,]\s*"
)

# このトピック and 本規程 name the document itself; その日 needs the sentence before.
_ITSELF = (
    "トピック|規程|規則|規定|文書|資料|記事|章|節|項|条|手順書|手順|ページ|論文|研究|マニュアル|ガイド|セクション|"
    "手引|要領|要綱|細則|契約|法律|政令|省令|告示|ガイドライン|ドキュメント|チュートリアル|シナリオ|報告|書|稿|表|図|コマンド|製品|システム"
)
_STRANDED = (
    "しかし|だが|でも|また|さらに|そして|ただし|但し|なお|すると|けれど|つまり|すなわち|だから|ですから|"
    "したがって|そこで|ところが|そのため|しかも|一方|ゆえに|なぜなら"
)
_POINTING = (
    "それ|これ(?!まで|から)|あれ|そこ(?!で)|ここ(?!では|で[、，])|そちら|こちら|あちら|そう[しい]|こう[しい]",
    rf"その|あの|この(?!{_ITSELF})|そんな|こんな|あんな|彼ら?[はがもをに]|彼女|同氏|同社|同様|前者|後者|前述|上記",
    rf"両者|いずれ(?:か|も|の)|どちら|(?:{_STRANDED})(?![いかたはもの])",
    r"[、，。．)）」』\]・:：]|と(?=いう|言|い[いっ])|は[、，]|を|が(?=あ)",
)
_DANGLING = re.compile(rf"[\s　「『（(]*(?:{'|'.join(_POINTING)})")
_LEAD = re.compile(
    r"[^、，,。．]{1,60}?(?:ために?|に対し(?:て)?|により|によって|のもと(?:で)?|を踏まえ(?:て)?|において|べく|に向けて?|を受けて?|"
    r"に基づ(?:き|いて)|を用い(?:て)?|に着目し(?:て)?|に関し(?:て)?|について|から|では|には|は)[、，,]\s*"
)
"""A clause that hangs on the sentence before, behind which another one may stand alone."""

_KANJI_NUMBER = "[一二三四五六七八九十]{1,3}"
_NUMBERINGS = (
    r"第[^条\s]{1,8}条(?:の[^\s　（]{1,3})?[\s　]*(?:（[^）]{1,40}）)?[\s　]+",
    r"[(（]?[0-9０-９]{1,3}[)）.．、][\s　]*(?![0-9０-９])|[0-9０-９]{1,2}[\s　]+",
    rf"[(（](?:{_KANJI_NUMBER}|[ア-ン])[)）][\s　]*|{_KANJI_NUMBER}[　]+",
    r"[*–-][\s　]+|[・●○◆◇■□▪][\s　]*",
)
_NUMBERING = re.compile(rf"[\s　]*(?:{'|'.join(_NUMBERINGS)})+")
_BACKWARD = re.compile(
    r"前(?:[0-9０-９一二三四五六七八九十]{0,2}[項条号]|[二三四五六]者|述|掲)|同[項条号]|当該各号"
)
_ANNOUNCES = re.compile(
    r"(?:次|以下|下記|下|後述)の(?:とお|通|よう|もの|手順|作業|表|図|例|リスト|一覧|セクション|項目|コマンド)|[：:]$"
)
_REFERS = re.compile(
    r"参照(?:して)?(?:ください|下さい|のこと|願います)?[。．.]?$|(?:こちら|ここ)をクリック|適用(?:対象|先)\s*[:：]"
)
_PREDICATE = ("動詞", "助動詞", "形容詞", "形状詞", "助詞-終助詞")
_PARTICLES = ("助詞-格助詞", "助詞-係助詞")
_SIGNS = ("補助記号", "記号", "空白")
_LETTERS = re.compile(r"[A-Za-z0-9_/\\.{}<>|=*-]")
_OPENERS, _CLOSERS = "「『（(【〔", "」』）)】〕"

MIN_CHARS = 8
_TOPIC_CHARS = 30
_STOPS = "。．.！？!?"
MIN_CLOSED_CHARS = 25
"""A line with a full stop and a particle is a sentence from here on, whatever word it ends with."""
MAX_LATIN_SHARE = 0.7


def readable_span(sentence: Sentence) -> Span | None:
    """The span of the sentence that reads alone, in offsets of the document; None when none does."""
    if sentence.kind in {Kind.HEADING, Kind.CODE, Kind.ROW} or not sentence.analysis.features:
        return None
    text = sentence.text
    trimmed = _start(sentence)
    rest = text[trimmed:]
    if len(rest) < MIN_CHARS or _DANGLING.match(rest) or _BACKWARD.search(rest) or not _is_balanced(rest):
        return None
    if _REFERS.search(rest) or len(_LETTERS.findall(rest)) > MAX_LATIN_SHARE * len(rest):
        return None
    return Span(sentence.start + trimmed, sentence.end) if is_sentence(sentence) else None


def _start(sentence: Sentence) -> int:
    """Where the sentence may begin: behind connectives, and behind a clause that hangs on what was said."""
    text = sentence.text
    start = trim_start(text)
    if start == 0 and sentence.analysis.features[0].pos == "接続詞":
        start = sentence.analysis.ends[0]
    if _DANGLING.match(text, start) and (lead := _LEAD.match(text, start)):
        behind = trim_start(text[lead.end() :]) + lead.end()
        if "は" in text[behind : behind + _TOPIC_CHARS]:
            return behind
    return start


def trim_start(text: str) -> int:
    """How many characters of numbering and connectives to leave out: 「２　また、…」 → 5; mostly 0."""
    numbering = _NUMBERING.match(text)
    place = numbering.end() if numbering else 0
    while match := _CONNECTIVE.match(text, place):
        place = match.end()
    return place


def announces(text: str) -> bool:
    """Whether a sentence only points at what follows it: 「次のとおりです。」."""
    return _ANNOUNCES.search(text) is not None


def is_sentence(sentence: Sentence) -> bool:
    """Whether it says something of something: a predicate at its end, or a noun with a particle before it.

    「交通費は実費を支給」 does, 「別紙 様式一覧」 does not.
    """
    features = [one for one in sentence.analysis.features if not one.pos.startswith(_SIGNS)]
    if not features or sentence.text[-1] in "、，,":
        return False
    if features[-1].pos.startswith(_PREDICATE):
        return True
    says = any(one.pos.startswith(_PARTICLES) for one in features)
    closed = sentence.text[-1] in _STOPS and len(sentence.text) >= MIN_CLOSED_CHARS
    return says and (
        closed or features[-1].pos.startswith(("名詞-普通名詞-サ変可能", "接尾辞", "助詞-準体助詞"))
    )


def _is_balanced(text: str) -> bool:
    return all(
        text.count(opener) == text.count(closer) for opener, closer in zip(_OPENERS, _CLOSERS, strict=True)
    )
