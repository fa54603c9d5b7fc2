"""The words by which names, units and predicates are known, as data, in comparison form or as lemmas."""

from __future__ import annotations


def _split(words: str) -> list[str]:
    return words.split()


ENDINGS = frozenset(
    _split(
        """
部 課 係 室 局 庁 省 署 党 軍 艦 家 朝 城 寺 宮 神社 城跡 台 社長 部長 課長 係長 所長 室長 局長 長官 長
大臣 首相 大統領 知事 市長 天皇 皇帝 公爵 委員 委員会 協会 組合 連盟 連合 機構 財団 センター 営業所 支店
支社 本社 工場 銀行 帝国 王国 共和国 公国 条約 協定 条例 法 開発 担当 責任者 士 師
"""
    )
)
"""The last parts by which a name of common words is known: 経理課長, 国立天文台."""

APPENDED = frozenset(
    _split(
        """
人 製 語 側 系 版 内 外 市 区 町 村 県 都 府 道 州 郡 島 山 川 駅 港 氏 家 社 国 国内 出身 政府 地方
時代 全体 全国 近海 周辺 付近 自身 夫人 本人 初 産 発 行 号 式 型 派 軍 本土 大統領 首相 皇帝 王 公 さん
君 様 博士 教授 先生
"""
    )
)
"""What may stand behind a proper noun or be left out there: フランス人, フランス."""

COUNTERS = frozenset(
    _split(
        """
件 枚 台 冊 本 隻 社 校 軒 戸 店 階 条 項 章 節 位 語 行 列 点 票 議席 作 曲 編 泊 席 部 缶 袋 箱 足 着
食 杯 膳 ドル ユーロ ポンド 元 ウォン マイル エーカー ノット フィート インチ ビット バイト ピクセル
ヘクタール 畳 坪 代 類 組 班 巻 話 版 期 次 周 段 桁 株 口 例 問 箇条 艦 機 両 門 発 都市 か国 ヶ国 カ国
国 州
"""
    )
)
"""Units that count one kind of thing each, beside those of `rag.answering.evidence.units`."""

FUNCTIONAL = frozenset(
    _split(
        """
為る 居る 有る 成る 出来る 呉れる 貰う 置く 来る 行く 仕舞う 見る 頂く 下さる 得る 言う 致す 御座る 参る
過ぎる 因る 於く 関する 対する 伴う 就く 通る 基づく 掛ける 続ける 始める 終わる 遣る 知れる 依る 限る
及ぶ 認める 許す 要する 禁ずる 禁じる 応じる 応ずる 妨げる 構う
済む 掛かる 違う 受ける 行う 行なう 有する 持つ 経る 満たす
与える 良い 無い 欲しい 宜しい
"""
    )
)
"""Lemmas of verbs and adjectives that only shape what stands before them: 報告を|行う|こと|が|できる."""

NOMINAL = frozenset(
    _split(
        """
こと 事 もの 物 わけ 訳 必要 義務 可能 禁止 不要 不可 可 対象 はず つもり よう 様 とおり 間違い おそれ
恐れ 心配 可能性 構う
"""
    )
)
"""Nouns that do so: 提出する|必要|がない."""

HEADS = frozenset(
    _split(
        """
人 者 方 日 時 とき 場合 所 ところ 国 点
"""
    )
)
"""Nouns that do so behind a predicate alone: 知らない|人|はいない."""
