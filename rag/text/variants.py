"""Characters that are unified for comparison beyond NFKC, as data.

Sources: the old forms that the 常用漢字表 (Cabinet notice 2 of 2010) gives in brackets, the variants in
names that registers and banks unify (髙 﨑 邊), and the look-alikes of dash, dot and quotation mark in
Unicode's charts. Pairs that are two words today stay apart (斎 and 斉, 竜 and 龍 as in 竜巻 and 烏龍茶).
"""

from __future__ import annotations

_OLD_AND_NEW = """
亞亜 惡悪 壓圧 圍囲 醫医 爲為 壹壱 隱隠 榮栄 營営 衞衛 驛駅 圓円 鹽塩 緣縁 艷艶 應応 歐欧 毆殴 櫻桜
奧奥 橫横 溫温 穩穏 假仮 價価 畫画 會会 繪絵 壞壊 懷懐 槪概 擴拡 殼殻 覺覚 學学 嶽岳 樂楽 渴渇 罐缶
卷巻 陷陥 勸勧 寬寛 關関 歡歓 觀観 氣気 歸帰 僞偽 戲戯 犧犠 舊旧 據拠 擧挙 虛虚 峽峡 挾挟 狹狭 鄕郷
曉暁 區区 驅駆 勳勲 薰薫 徑径 莖茎 惠恵 揭掲 溪渓 經経 螢蛍 輕軽 繼継 鷄鶏 藝芸 擊撃 缺欠 硏研 縣県
儉倹 劍剣 險険 圈圏 檢検 獻献 權権 顯顕 驗験 嚴厳 廣広 效効 恆恒 黃黄 鑛鉱 號号 國国 黑黒 碎砕 濟済
齋斎 劑剤 雜雑 參参 棧桟 蠶蚕 慘惨 贊賛 殘残 絲糸 飮飲 齒歯 兒児 辭辞 濕湿 實実 寫写 釋釈 壽寿 收収
從従 澁渋 獸獣 縱縦 肅粛 處処 緖緒 敍叙 將将 稱称 涉渉 燒焼 證証 奬奨 條条 狀状 乘乗 淨浄 剩剰 疊畳
孃嬢 讓譲 釀醸 觸触 囑嘱 眞真 寢寝 愼慎 盡尽 圖図 粹粋 醉酔 穗穂 隨随 髓髄 樞枢 數数 瀨瀬 聲声 齊斉
靜静 竊窃 攝摂 專専 戰戦 淺浅 潛潜 纖繊 踐践 錢銭 禪禅 雙双 壯壮 搜捜 插挿 巢巣 爭争 莊荘 裝装 總総
騷騒 增増 藏蔵 臟臓 卽即 屬属 續続 墮堕 對対 體体 帶帯 滯滞 臺台 瀧滝 擇択 澤沢 擔担 單単 膽胆 團団
彈弾 斷断 癡痴 遲遅 晝昼 蟲虫 鑄鋳 廳庁 徵徴 聽聴 敕勅 鎭鎮 遞逓 鐵鉄 轉転 點点 傳伝 黨党 盜盗 燈灯
當当 鬪闘 德徳 獨独 讀読 屆届 貳弐 惱悩 腦脳 霸覇 拜拝 廢廃 賣売 麥麦 發発 髮髪 拔抜 蠻蛮 祕秘 濱浜
甁瓶 拂払 佛仏 倂併 竝並 變変 邊辺 步歩 寶宝 豐豊 襃褒 沒没 飜翻 每毎 萬万 滿満 麵麺 默黙 彌弥 譯訳
藥薬 與与 豫予 餘余 譽誉 搖揺 樣様 謠謡 來来 賴頼 亂乱 覽覧 兩両 獵猟 綠緑 壘塁 淚涙 勵励 禮礼 隸隷
靈霊 齡齢 曆暦 歷歴 戀恋 鍊錬 爐炉 勞労 郞郎 樓楼 錄録 灣湾 辨弁 辯弁 瓣弁 埓埒 晚晩 淸清 靑青 戶戸
戾戻 內内 兔兎 吳呉 說説 稅税 銳鋭 脫脱 悅悦 閱閲 絕絶 旣既 卻却 產産 姬姫 俱倶 值値 眾衆 裡裏 凉涼
决決 况況 凖準 减減 羣群 峯峰 嶋島 嶌島 舘館 冨富 躰体 竒奇 畧略 畵画 咒呪
"""

_NAMES = """
髙高 﨑崎 嵜崎 碕崎 邉辺 濵浜 斈学 槗橋 桒桑 栁柳 彥彦 顏顔 曾曽 渕淵 渊淵 穰穣 鷗鴎 鴈雁 鐡鉄 銕鉄
亰京 帋紙 叓事 㐂喜 龝秋 穐秋 舩船 埜野 壄野 圡土 𠮷吉 𠮟叱 塡填 頰頬 剝剥 瘦痩 繫繋 嚙噛 摑掴 攢攅
搔掻 蟬蝉 驒騨 禱祷 萊莱 蔣蒋 醬醤 屛屏 幷并 頸頚 鹼鹸 麴麹 麪麺 餠餅 蠟蝋 潑溌 醱醗 俠侠 軀躯 瀆涜
噓嘘 囊嚢 簞箪 逹達 迯逃 靭靱 凾函 鑵缶 埀垂 冐冒 舍舎 鬭闘 鬬闘 鐮鎌 鎻鎖
繩縄 舖舗 龜亀 讚讃 堯尭 遙遥 瑤瑶 禰祢 槇槙 篭籠 鈎鉤 蠅蝿 檜桧 諌諫
"""

# CJK radicals that PDF fonts hand out instead of the ideograph; NFKC knows the Kangxi block only.
_RADICALS = """
⺠民 ⺩王 ⺫目 ⺬示 ⺮竹 ⺻聿 ⺼月 ⻁虎 ⻂衣 ⻄西 ⻅見 ⻆角 ⻉貝 ⻋車 ⻑長 ⻒長 ⻓長 ⻔門 ⻘青 ⻝食
⻟食 ⻠食 ⻡首 ⻢馬 ⻣骨 ⻤鬼 ⻥魚 ⻦鳥 ⻨麦 ⻩黄 ⻫斉 ⻭歯 ⻯竜 ⻲亀 ⺇几 ⺌小 ⺍小 ⺎兀 ⺒巳 ⺓幺
⺛旡 ⺝月 ⺞歹 ⺥爪 ⺨犬 ⺯糸 ⺶羊 ⺷羊 ⺸羊 ⺹老
"""

_LOOK_ALIKES = {
    "-": "‐‒–—―⁃−⸺⸻─━╌╍┄┅➖",
    "~": "〜∼∽∿〰˷⁓",
    '"': "“”„‟〝〞〟❝❞",
    "'": "‘’‚‛❛❜",
    "・": "·•∙⋅‧",
    "/": "⁄∕",
    "...": "⋯",
}


def _pairs(*tables: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1] for table in tables for pair in table.split()}


REPLACED: dict[int, str] = {
    **_pairs(_OLD_AND_NEW, _NAMES, _RADICALS),
    **{ord(char): plain for plain, chars in _LOOK_ALIKES.items() for char in chars},
}
"""Code point → the character it is compared as; for `str.translate`."""

SPACING_MARKS: dict[int, str] = {0x309B: "\u3099", 0x309C: "\u309a", 0xFF9E: "\u3099", 0xFF9F: "\u309a"}
"""Voicing marks that stand alone; after a kana they mean the combining ones (か゛ → が)."""

INVISIBLE: dict[int, None] = dict.fromkeys(
    code
    for first, last in (
        (0x00AD, 0x00AD),  # soft hyphen
        (0x034F, 0x034F),  # grapheme joiner
        (0x061C, 0x061C),  # Arabic letter mark
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),  # Mongolian variation selectors
        (0x200B, 0x200F),  # zero width space and joiners, direction marks
        (0x202A, 0x202E),  # direction
        (0x2060, 0x206F),  # word joiner, invisible operators, direction
        (0x3164, 0x3164),  # Hangul filler
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFEFF, 0xFEFF),  # byte order mark
        (0xFFA0, 0xFFA0),  # half-width Hangul filler
        (0xFFF9, 0xFFFB),  # interlinear annotation
        (0xE0000, 0xE007F),  # tags
        (0xE0100, 0xE01EF),  # ideographic variation selectors
    )
    for code in range(first, last + 1)
)
"""Code points without a shape of their own; for `str.translate`."""
