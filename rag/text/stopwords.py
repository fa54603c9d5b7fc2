"""Words that carry no content of their own, as data: left out of index and query alike.

Auxiliary verbs, formal nouns and question words: nobody finds a document by 「こと」 or 「どこ」. They are
written as UniDic's ``orthBase`` gives them, in kana and in kanji. The list is short on purpose: 以上, 後 or
場合 decide what a rule says, and common words weigh little in BM25 anyway.
"""

from __future__ import annotations

_VERBS = """
する 為る いる 居る ある 有る 在る なる 成る できる 出来る れる られる せる させる くる 来る いく 行く おる
やる みる しまう おく いただく 頂く くださる 下さる くれる もらう
致す いたす ござる 御座る なさる いう 言う 云う
"""

_NOUNS = """
こと 事 もの 物 者 ため 為 とき 時 ところ 所 よう 様 の ほう わけ はず まま つもり さん たち 達 ら
"""

_QUESTIONS_AND_POINTERS = """
何 なに なん 誰 だれ いつ 何時 どこ 何処 どれ どちら なぜ 何故 どう いくつ 幾つ いくら 幾ら
これ それ あれ ここ そこ あそこ こちら そちら あちら 此れ 其れ 此処 其処 こう そう ああ
"""

STOP_BASES = frozenset((_VERBS + _NOUNS + _QUESTIONS_AND_POINTERS).split())
