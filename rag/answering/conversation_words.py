"""The words by which a follow-up question is told from one that stands alone, as data.

Nothing here is about one company: these are words that say little without what was spoken of before
(上限, 申請, 窓口), words for whom or when a rule may differ (部長, パート, 休日), and pointers (それ, その).
"""

from __future__ import annotations

import re

_THINGS = """
それ これ あれ そちら こちら そっち こっち
"""
THINGS = frozenset(_THINGS.split())
"""Pointers at a thing: 「それはいつから？」."""

_PLACES = """
そこ ここ あそこ
"""
PLACES = frozenset(_PLACES.split())
"""Pointers at a place or an office: 「そこには何を書きますか」."""

_POINTING = """
その この あの そんな こんな そういう こういう そういった こういった そうした こうした
"""
POINTING = frozenset(_POINTING.split())
"""Pointers before a noun: 「その上限は」."""

_WITHIN = """
まま うち とおり 通り 旨 都度 つど 上 分 もの 頃 ころ 辺 他 ほか 会社 国 世 世界 街 町
"""
WITHIN = frozenset(_WITHIN.split())
"""Nouns whose 「その」 points at nothing said before: そのまま, その旨, その都度."""

_GENERIC = """
制度 件 話 規則 ルール 規定 規程 決まり きまり 仕組み 言葉 語 物 資料 文書 製品 商品 機能 作業 設備 施設
会社
"""
GENERIC = frozenset(_GENERIC.split())
"""「その制度」 is what was spoken of, and no part of it."""

_WHENS = """
場合 とき 時 際
"""
WHENS = frozenset(_WHENS.split())
"""Nouns that make a condition of what stands before them."""

_RELATIONAL = """
上限 下限 限度 限度額 金額 額 費用 料金 値段 代金 手数料 期限 期間 締切 締め切り 締切り 開始日 終了日
日程 日時 時期 時間 時刻 日数 回数 人数 個数 枚数 理由 原因 目的 方法 やり方 手順 手続き 手続 流れ 条件
要件 対象 対象者 範囲 例外 違い 種類 内容 中身 意味 定義 名前 名称 担当 担当者 責任者 窓口 連絡先
電話番号 問い合わせ 問い合わせ先 問合せ先 送り先 宛先 場所 書類 様式 書式 用紙 届 届出 届け 申請 申込
申込み 申し込み 提出 承認 許可 決裁 予約 変更 取消 取り消し キャンセル 延長 返却 返品 交換 連絡 報告
相談 登録 支払い 支払 支給 罰則 罰 ペナルティ 割合 率 単位 根拠 詳細 注意点 注意 例 具体例 利点 欠点
効果 結果 影響 必要 準備 持ち物 頻度 間隔 順番 順序 基準 大きさ 重さ 長さ 色 量 最大 最小 最低 最高 合計
税込み 税抜き 有効 保存 保管 利用 使用 サイズ 添付 可能 対応 確認 指定 適用 開始 終了 受付 受け付け 受取
受け取り 証明 手当 延期 中止 廃止 停止 目安 程度 以上 以下 以内 以外
"""
RELATIONAL = frozenset(_RELATIONAL.split())
"""Nouns that are always of something: 「上限は？」 asks for the upper limit of what was spoken of."""

_RELATIONAL_TAILS = """
書 先 日 者 料 額 率 数 点 物 方 時 場 所 済み 可 不可 中 用
"""
RELATIONAL_TAILS = frozenset(_RELATIONAL_TAILS.split())
"""What may follow in a compound of relational nouns: 申請書, 提出先."""

_PEOPLE = """
社長 副社長 専務 常務 取締役 役員 部長 次長 課長 係長 主任 管理職 役職者 一般社員 一般職 総合職 リーダー
所長 店長 支店長 所属長 上司 部下 室長 本部長 正社員 社員 従業員 契約社員 嘱託 嘱託社員 パート
パートタイマー アルバイト バイト 派遣 派遣社員 非常勤 常勤 新入社員 新人 学生 院生 教員 職員 研究員
留学生 外国人 未成年 未成年者 高齢者 子ども 子供 大人 小学生 中学生 高校生 大学生 会員 非会員 個人 法人
家族 本人 配偶者 夫 妻 父母 親 両親 祖父母 兄弟 姉妹 男性 女性
"""
_DAYS = """
平日 休日 土曜 土曜日 日曜 日曜日 月曜 月曜日 火曜 火曜日 水曜 水曜日 木曜 木曜日 金曜 金曜日 祝日 週末
土日 年末年始 夏季 冬季 夏 冬 春 秋 午前 午後 朝 昼 夜 夜間 深夜 早朝 半日 終日 来年 今年 去年 来月 今月
初回
"""
_REGIONS = (
    "国内 海外 国外 県内 県外 都内 社内 社外 本社 支社 支店 工場 自宅 在宅 屋内 屋外 室内 近距離 遠距離"
)
_TRANSPORT = (
    "新幹線 電車 鉄道 バス タクシー 飛行機 航空機 自家用車 マイカー 車 自転車 バイク 徒歩 レンタカー 船"
)
_MEANS = """
現金 カード クレジットカード 振込 電子マネー 紙 電子 メール 電話 郵送 オンライン 書面 口頭
"""
_TROUBLES = """
病気 けが 怪我 事故 災害 地震 火災 停電 台風 遅刻 早退 欠勤 紛失 破損 故障
"""

FAMILIES = tuple(
    frozenset(words.split()) for words in (_PEOPLE, _DAYS, _REGIONS, _TRANSPORT, _MEANS, _TROUBLES)
)
"""Words that stand for one another in a question: 「課長の宿泊費は？」「部長は？」."""

CIRCUMSTANCES = FAMILIES[0] | FAMILIES[1] | FAMILIES[2]
"""For whom, when and where: with nothing else said, 「パートも対象ですか」 asks about what was spoken of."""

_DEPENDENT_VERBS = """
遅れる 忘れる 間に合う 無くす なくす 失くす 失う 破る 超える 越える 過ぎる すぎる 違う 足りる 余る 使う
使える 取る 取れる 出す 出せる 返す 返せる 借りる 払う 払える 書く 書ける 送る 送れる 頼む 頼める 決める
決まる 変える 変わる 直す 見る 見える 読む 入る 入れる 終わる 始まる 続く 続ける 届く 届ける 言う 言える
聞く 聞ける 知る 分かる わかる 受ける 受け取る 始める 終える 減る 増える 含む 含まれる 掛かる かかる
選ぶ 選べる 求める 認める 付ける つける 付く つく 持つ 残る 断る やめる
"""
DEPENDENT_VERBS = frozenset(_DEPENDENT_VERBS.split())
"""Verbs that say nothing of what they are about: 「忘れたらどうなりますか」."""

_QUESTION_WORDS = """
何 なに なん 何時 何処 いつ どこ どちら どっち 誰 だれ どなた なぜ 何故 どうして どう どの どれ いくら
幾ら いくつ 幾つ どんな 幾
"""
QUESTION_WORDS = frozenset(_QUESTION_WORDS.split())
"""What makes a question one, and names no topic."""

_PLAIN_NOUNS = """
こと 事 もの 物 者 ため 為 とき 時 ところ 所 よう 様 わけ 訳 はず 方 ほう 場合 際 何 人 日 後 前 間 中
他 ほか 今 今回 次 同じ 全部 全員 一つ 普通 通常 本当 大丈夫 詳しく だめ 駄目 結局 実際 つまり 別
"""
PLAIN_NOUNS = frozenset(_PLAIN_NOUNS.split())
"""Nouns that tell of no topic."""

CONNECTIVE = re.compile(
    r"^(?:(?:なるほど|わかりました|分かりました|ありがとう(?:ございます|ございました)?|了解(?:です|しました)?|はい|そうですか|そっか"
    r"|へえ|ええと|えっと|うーん)[。、！!．，\s]*)*"
    r"(?:(?:それでは|それじゃあ?|それなら|そしたら|そうすると|そうしたら|じゃあ|じゃ|では|ちなみに|ところで|すると|だったら"
    r"|それと|さらに|一方で?)[、，,\s]*|(?:で|あと|また|なら|でも|しかし|ただ|つまり)[、，,\s]+|あと(?=[ぁ-んァ-ヶ一-龠]{1,8}は[?？]))?"
)
"""What a follow-up begins with and a search does not need: 「なるほど。じゃあ、」."""

CHANGES_TOPIC = re.compile(r"^(?:ところで|話は変わ|話題を変え|別の(?:話|件|質問))")

MORE = re.compile(
    r"^(?:その)?(?:他|ほか|外)(?:に|にも|には|は)*(?:何か|なにか|何が|なにが|どんな(?:もの|こと)が)?"
    r"(?:あり(?:ます|ません)か?|ある(?:の|んですか)?|ない(?:の|んですか|ですか)?|(?:必要な)?(?:もの|こと)は)?[?？。\s]*$"
    r"|^(?:それ|これ)(?:以外|だけ|の(?:他|ほか))(?:に|は|には|にも)*(?:何か)?(?:あり(?:ます|ません)か?|ある(?:の)?|ですか|なの)?[?？。\s]*$"
)
"""「他には？」「それ以外は？」: the same question again, for more."""

CLOSER = re.compile(
    r"^(?:もっと|もう少し|もうちょっと)?(?:詳しく|くわしく|詳細を|具体的に)(?:は|教えて(?:ください|ほしい)?|説明して(?:ください)?|お願い(?:します)?|知りたい(?:です)?)*"
    r"[?？。\s]*$"
)
EXAMPLE = re.compile(
    r"^(?:例えば|たとえば)(?:どんな(?:もの|こと|場合)?)?(?:ですか|でしょうか|何ですか|が?ありますか|は)?[?？。\s]*$"
)
AGAIN = re.compile(
    r"^(?:本当|ほんと|確か|間違いない)(?:に|う)?(?:ですか|なの|か)?[?？。\s]*$|^もう一度(?:教えて(?:ください)?|お願い(?:します)?)?[。\s]*$"
)

FIXED = re.compile(r"^(?:これから|これまで|ここまで|それぞれ|それとも|そこそこ)")
"""Words that only look like pointers."""
