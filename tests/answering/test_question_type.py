"""What a question asks for, and which sentences have it."""

from __future__ import annotations

import pytest

from rag.answering.question_type import find_question_type
from rag.text.fold import fold_text

CASES = [
    # question, kind, a sentence that has it, a sentence that does not, reason
    ("有休は何日もらえますか？", "count-日", "年に20日とする。", "年に二回とする。", "the counter itself"),
    (
        "宿泊費はいくらまで出る？",
        "how-much",
        "上限は12,000円とする。",
        "上限は別に定める。",
        "an amount of money",
    ),
    ("手数料はいくら？", "how-much", "売上の三割とする。", "売上に応じる。", "a share is an amount"),
    ("会議室は何人まで入れる？", "count-人", "定員は８人です。", "定員があります。", "full width digits"),
    ("申請はいつまで？", "when", "翌月5日までに出す。", "総務部に出す。", "a deadline"),
    ("次の会議はいつですか", "when", "火曜日の朝に開く。", "本社で開く。", "a weekday"),
    ("だれに連絡すればいい？", "who", "総務部長に届け出る。", "電話で知らせる。", "a role"),
    ("鍵はどこに返すの", "where", "1階の受付に返す。", "すぐに返す。", "a place"),
    ("なぜ電源が落ちるのですか", "why", "過熱を防ぐためです。", "電源が落ちます。", "a reason"),
    ("フィルターはどうやって洗う？", "how", "水で洗ってください。", "フィルターは白い。", "an order to do"),
    (
        "「ざるを得ない」とはどういう意味",
        "what-is",
        "しかたなくするという意味です。",
        "行った。",
        "a meaning",
    ),
    ("副業はできますか", "yes-no", "許可なく副業をしてはならない。", "副業の届", "a rule"),
    (
        "カフェで仕事をしても大丈夫？",
        "yes-no",
        "公衆無線LANの利用は禁止です。",
        "カフェは静かだ。",
        "asks leave",
    ),
    ("どのくらい前に出せばいい？", "how-long", "30日前までに出す。", "所属長に出す。", "a span of time"),
    ("りんご", None, "", "", "a bare word asks for nothing in particular"),
]


@pytest.mark.parametrize(("question", "name", "has", "has_not", "reason"), CASES)
def test_kind_of_question(question: str, name: str | None, has: str, has_not: str, reason: str) -> None:
    kind = find_question_type(fold_text(question))
    assert (kind.name if kind else None) == name, reason
    if kind:
        assert kind.answered.search(fold_text(has)), reason
        assert not kind.answered.search(fold_text(has_not)), reason
