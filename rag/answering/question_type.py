"""What kind of answer a question asks for, and how a sentence that gives it looks.

The kinds are data: a pattern for questions and a pattern for sentences. Patterns are matched on the
comparison form (`rag.text.fold`), so widths and variants do not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"(?:[0-9][0-9,.]*|[〇一二三四五六七八九十百千万億半数]+)"


@dataclass(frozen=True, slots=True)
class QuestionType:
    """A kind of question: how it is asked, and what stands in a sentence that answers it."""

    name: str
    asked: re.Pattern[str]
    answered: re.Pattern[str]

    @property
    def wants_amount(self) -> bool:
        """Whether nothing but an amount answers: いくら, 値段. Of 何年 and 何人 that is less sure."""
        return self.name == "how-much"


def _type(name: str, asked: str, answered: str) -> QuestionType:
    return QuestionType(name, re.compile(asked), re.compile(answered))


_COUNTERS = (
    "円 日 人 回 時間 分 秒 年 か月 ヶ月 カ月 箇月 週間 歳 才 個 台 枚 本 冊 件 割 度 階 倍 種類 文字 段階 "
    "キロ メートル グラム % パーセント 畳 名 条 章 ページ 番"
)
COUNTED = re.compile(f"何({'|'.join(_COUNTERS.split())})")
"""「何日」 asks for a number before 日: the counter itself says what to look for."""

TYPES: tuple[QuestionType, ...] = (
    _type("how-much", r"いくら|金額|何円|値段|料金", rf"{_NUMBER}\s*(?:円|ドル|割|%|パーセント)"),
    _type(
        "how-long",
        r"(?:どのくらい|どれくらい|どれぐらい|どのぐらい)(?:の?(?:うち|間|期間|時間)|前|後|待|かか|続|で(?:直|届|返|終|終わ))"
        r"|何(?:日|時間|分|秒|年|か月|ヶ月|カ月|箇月|週間)(?!に|の日)",
        rf"{_NUMBER}\s*(?:日|時間|分|秒|年|か月|ヶ月|カ月|箇月|週間|泊)|即日|直ちに|すぐ",
    ),
    _type(
        "how-many",
        r"いくつ|どのくらい|どれくらい|どれぐらい|どのぐらい|何(?:人|回|個|台|枚|本|冊|件|割|度|%|名|種類|倍|キロ|グラム)",
        rf"{_NUMBER}\s*(?:[^\s0-9。、]|%)",
    ),
    _type(
        "when",
        r"いつ(?!も)|何時(?!間)|何月|何日|何曜|期限|締め?切|タイミング|なん(?:じ|にち)",
        rf"{_NUMBER}\s*(?:年|月|日|時|分|週)|[月火水木金土日]曜|以内|翌|毎[日週月年]|[春夏秋冬朝昼夜]",
    ),
    _type(
        "who",
        r"誰|だれ|どなた|どの人|何という人|(?:担当|責任者|相手|連絡先|窓口)は",
        r"部長|課長|係長|社長|担当|責任者|委員|管理者|[者長係室課部員]|さん|氏|窓口|先生|母|父|兄|姉|弟|妹|友",
    ),
    _type(
        "where",
        r"どこ|どちら|何階|場所|どの(?:部|課|フォルダ|部屋)",
        r"[室階館場所部課駅市県町村区国島側棚]|窓口|センター|サイト|フォルダ|システム|ポータル|ロビー|入口|受付|倉庫",
    ),
    _type(
        "why",
        r"なぜ|何故|どうして|なんで|理由|わけ[はをが]",
        r"ため|から|ので|により|によって|理由|おそれ|原因|せい",
    ),
    _type(
        "how",
        r"どう(?:やって|すれば|したら|すると|する)|どのように|方法|手順|やり方|どうなる",
        r"ください|下さい|します|する[。こ]|しなければ|ものと|ます。|せよ|押[しす]",
    ),
    _type(
        "what-is",
        r"とは|って(?:何|なに|なん)|意味|どういう",
        r"とは|意味|という|いう。|いいます|指す|指し|表す|表し|こと",
    ),
    # Asks for a thing: any sentence may name one.
    _type("what", r"何(?!か|も)|なに|どの|どれ|どんな", r"."),
    _type(
        "yes-no",
        r"(?:ます|です|ません|でき|いい|よい|良い|ある|ない|る|た|の)(?:か|の|かな|っけ)?[?？]?$|大丈夫|平気|だめ|ダメ|駄目|かまわない|構わない",
        r"でき|ない|ません|可|必要|認め|禁止|対象|ならな|よい|扱[うい]|構い|かまい|ください",
    ),
)

_ASKING_WORDS = """
何 なに なん いつ どこ どちら 誰 だれ どなた なぜ 何故 どうして どう どの どれ いくら いくつ どんな どういう
教える 知る 訳 方 場合 時 とき 事 こと 物 もの 為 ため 所 いい 良い よい くらい 位 ぐらい 程 ほど
って だっけ たい ほしい 欲しい 下さる くださる ちゃう しまう 大丈夫 分かる わかる
"""
INTERROGATIVES = frozenset(_ASKING_WORDS.split())
"""Base forms that shape a question and say nothing of what it is about."""


def find_question_type(question: str) -> QuestionType | None:
    """The first kind whose pattern is found: 「有休は何日？」 → how-long; None when none fits.

    ``question`` is in comparison form.
    """
    counted = COUNTED.search(question)
    if counted:
        unit = re.escape(counted.group(1))
        return QuestionType(f"count-{counted.group(1)}", COUNTED, re.compile(rf"{_NUMBER}\s*{unit}"))
    return next((kind for kind in TYPES if kind.asked.search(question)), None)
