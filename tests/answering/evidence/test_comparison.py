"""Sentences, statements about them (restated, or with one thing changed), and what disagrees."""

from __future__ import annotations

from functools import cache

import pytest

from rag.answering.evidence.comparison import find_discrepancies
from rag.answering.evidence.discrepancy import Discrepancy
from rag.answering.evidence.facts import Facts, read_facts
from rag.text.analyzer import load_analyzer

# A source sentence; statements with what was changed in them, None where the sentence says so.
STATEMENTS: dict[str, list[tuple[str | None, str]]] = {
    "会員証を忘れた人は入館できない。": [
        ("negation", "会員証を忘れても入館できます。"),
        (None, "会員証がないと中に入れません。"),
    ],
    "パートを除く従業員に賞与を支給する。": [
        ("negation", "パートにも賞与が出ます。"),
        (None, "賞与はパート以外の従業員に支給されます。"),
        (None, "パートの人は賞与をもらえません。"),
    ],
    "地下の駐車場は役員に限り使用できる。": [
        ("negation", "地下の駐車場は誰でも使えます。"),
        (None, "役員でなければ地下の駐車場は使えない。"),
        (None, "地下の駐車場を使えるのは役員だけです。"),
    ],
    "申込書は本人又は家族が提出する。": [
        ("negation", "申込書は本人だけが提出できます。"),
    ],
    "見学には事前の予約が必要です。": [
        ("negation", "見学に予約はいりません。"),
        ("negation", "予約なしで見学できます。"),
        (None, "予約をしないと見学できません。"),
    ],
    "見学の予約は不要です。": [
        (None, "予約しなくても見学できます。"),
        ("negation", "見学するには予約しなければなりません。"),
    ],
    "工場内での喫煙を禁止する。": [
        (None, "工場の中ではたばこを吸ってはいけません。"),
        ("negation", "工場内で喫煙することが認められている。"),
        ("negation", "工場内の喫煙は禁止されていない。"),
    ],
    "所長が承認したときは、期限を延長することができる。": [
        ("negation", "所長が承認しなくても期限を延ばせる。"),
        (None, "所長の承認があれば期限を延長できます。"),
        (None, "所長の承認がなければ、期限の延長はできません。"),
    ],
    "雨天の場合は中止する。": [
        ("negation", "雨が降っても実施する。"),
    ],
    "この割引は他の割引と併用できません。": [
        (None, "ほかの割引との併用はできない。"),
    ],
    "保証の対象に消耗品は含まれません。": [
        ("negation", "消耗品も保証の対象です。"),
        (None, "消耗品は保証の対象外です。"),
    ],
    "消耗品は保証の対象外です。": [
        ("negation", "消耗品は保証の対象に含まれます。"),
    ],
    "送料は無料です。": [
        ("negation", "送料がかかります。"),
        (None, "送料はかかりません。"),
    ],
    "データは暗号化されずに保存されます。": [
        ("negation", "データは暗号化して保存されます。"),
        (None, "保存されるデータは暗号化されていません。"),
    ],
    "この機能は既定で有効です。": [
        ("negation", "この機能は初期状態では無効になっている。"),
        (None, "何もしなければこの機能は有効です。"),
    ],
    "再起動すると設定は失われます。": [
        ("negation", "再起動しても設定は残ります。"),
        (None, "再起動後、設定は残りません。"),
    ],
    "全ての参加者に記念品を贈る。": [
        ("negation", "一部の参加者だけに記念品が贈られる。"),
    ],
    "希望者全員が研修を受けられるわけではない。": [
        ("negation", "希望者は全員研修を受けられる。"),
        (None, "希望しても研修を受けられない人がいる。"),
    ],
    "退会した後は再び入会することができない。": [
        ("negation", "退会しても、また入会できます。"),
    ],
    "未使用の券に限り払い戻す。": [
        ("negation", "使った券でも払い戻しを受けられます。"),
        (None, "払い戻しができるのは使っていない券だけです。"),
    ],
    "土曜日を除き毎日営業している。": [
        ("negation", "土曜日も営業している。"),
        (None, "土曜日以外は毎日開いている。"),
        (None, "土曜日は休みです。"),
    ],
    "期限を過ぎた申請は受け付けない。": [
        ("negation", "期限後の申請も受け付けます。"),
        (None, "申請は期限までに出さないと受け付けてもらえない。"),
    ],
    "電話による変更は受け付けておりません。": [
        ("negation", "変更は電話でもできます。"),
    ],
    "未成年者は保護者の同意なしに契約できない。": [
        ("negation", "未成年者は保護者の同意がなくても契約できる。"),
    ],
    "館内では飲食できますが、撮影はできません。": [
        ("negation", "館内では撮影ができますが、飲食はできません。"),
        (None, "館内での撮影は禁止です。"),
        (None, "館内で食べたり飲んだりしてもかまいません。"),
    ],
    "この橋は戦争で壊されることなく残った。": [
        ("negation", "この橋は戦争で壊された。"),
    ],
    "彼は晩年まで筆を折らなかった。": [
        ("negation", "彼は晩年に筆を折った。"),
    ],
    "彼は生涯結婚しなかった。": [
        (None, "彼は一生独身だった。"),
        ("negation", "彼は晩年に結婚した。"),
    ],
    "この薬は食前に飲む。": [
        ("negation", "この薬は食後に飲みます。"),
    ],
    "鍵は使用後に返却する。": [
        ("negation", "鍵は使う前に返します。"),
    ],
    "会費は年額三千六百円とし、四月に納める。": [
        (None, "会費は年に3,600円です。"),
        ("number", "会費は年額6,300円です。"),
    ],
    "改修は平成三十年に始まり、二年後に終わった。": [
        (None, "改修が終わったのは2020年です。"),
        ("date", "改修は2016年に始まった。"),
    ],
    "閲覧席は百二十席のうち三分の一が窓側にある。": [
        (None, "窓側の閲覧席は40席です。"),
        ("number", "閲覧席の四分の一が窓側だ。"),
    ],
    "応募者は前年より15人多い90人だった。": [
        (None, "応募者は90人で、前の年は75人でした。"),
    ],
    "気温は零下五度まで下がった。": [
        (None, "気温はマイナス5度まで下がった。"),
    ],
    "貸出期間は二週間です。": [
        (None, "本は14日間借りられます。"),
        ("number", "本は10日間借りられます。"),
    ],
    "会議は13時半に始まる。": [
        (None, "会議の開始は午後1時30分だ。"),
        ("number", "会議は午後3時半に始まる。"),
    ],
    "第二金曜日に避難訓練を行う。": [
        (None, "避難訓練は毎月二回目の金曜日です。"),
        ("date", "避難訓練は第二木曜日に行われる。"),
    ],
    "七月上旬に結果を通知する。": [
        (None, "結果は7月のはじめごろに知らされます。"),
        ("date", "結果の通知は7月下旬です。"),
    ],
    "問い合わせ先は施設課の管理係とする。": [
        (None, "問い合わせは施設課の管理係へ。"),
        ("name", "問い合わせ先は庶務課の管理係です。"),
    ],
    "特急ひかりは岡山駅に停車する。": [
        ("name", "特急ひかりは広島駅に停まります。"),
    ],
    "森鷗外は津和野で生まれた。": [
        (None, "森鷗外の生まれは津和野である。"),
        ("name", "津和野で生まれたのは夏目漱石である。"),
    ],
    "参加者は約2千人に上った。": [
        (None, "2,000人ほどが参加した。"),
        ("number", "参加者は2万人ほどだった。"),
    ],
    "入場料は大人五百円、子ども二百円である。": [
        ("number", "子どもの入場料は500円です。"),
        (None, "大人一人と子ども一人で700円です。"),
    ],
}


@cache
def facts(text: str) -> Facts:
    return read_facts(text, load_analyzer())


@pytest.mark.parametrize(
    ("source", "changed", "statement"),
    [(source, *row) for source, rows in STATEMENTS.items() for row in rows],
)
def test_what_disagrees(source: str, changed: str | None, statement: str):
    found = find_discrepancies(facts(statement), facts(source))
    assert {one.kind for one in found} == ({changed} if changed else set()), found


def test_the_other_value_is_told():
    (found,) = find_discrepancies(facts("休暇は年20日です。"), facts("休暇は年10日とする。"))
    assert found == Discrepancy("number", "20日", "10日")


def test_bounds_are_told_with_their_numbers():
    (found,) = find_discrepancies(facts("10人以上の班は届け出る。"), facts("10人未満の班は届け出る。"))
    assert (found.kind, found.said, found.found) == ("number", "10人以上", "10人未満")


SURROUNDINGS = [
    (
        "市は被害額を七億円と推計した。",
        "浦安市の震災",
        "浦安市の被害額は7億円です。",
        "the heading names the city",
    ),
    (
        "十月から書き始めた。",
        "1991年に入社した。",
        "書き始めたのは1991年10月です。",
        "the year stands before",
    ),
    (
        "定員は三十名である。",
        "第二会議室は三階にある。",
        "三階の会議室の定員は30人です。",
        "the floor stands before",
    ),
]


@pytest.mark.parametrize(("source", "near", "statement", "reason"), SURROUNDINGS)
def test_sentences_around_carry_what_a_sentence_leaves_out(
    source: str, near: str, statement: str, reason: str
):
    assert find_discrepancies(facts(statement), facts(source))
    assert find_discrepancies(facts(statement), facts(source), None, [facts(near)]) == (), reason


def test_sentences_around_mend_nothing_that_is_said_otherwise():
    said, found = facts("定員は30人です。"), facts("定員は二十名である。")
    assert find_discrepancies(said, found, None, [facts("控室は三十名まで使える。")])
