"""From when and until when a rule holds; a row is a text, the two days, and the reason."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.types import Attributes
from tests.ingest.rule_text import rule

BEGINS = [
    ("この規程は、令和6年4月1日から施行する。", "2024-04-01", "the usual words"),
    ("この規程は、令和６年４月１日から施行する。", "2024-04-01", "full width"),
    ("この規程は、令和六年四月一日から施行する。", "2024-04-01", "numbers in kanji"),
    ("この規程は、R6.4.1から施行する。", "2024-04-01", "an initial"),
    ("この規程は、2024/4/1より施行する。", "2024-04-01", "slashes, より"),
    ("この規程は、昭和64年1月7日から施行する。", "1989-01-07", "the last day of Shōwa"),
    ("この規程は、平成元年1月8日から施行する。", "1989-01-08", "the first day of Heisei"),
    ("この規程は、平成31年4月30日から施行する。", "2019-04-30", "the last day of Heisei"),
    ("この規程は、令和元年5月1日から施行する。", "2019-05-01", "the first day of Reiwa"),
    ("この規程は、昭和64年1月8日から施行する。", None, "a day that Shōwa did not have"),
    ("この規程は、令和6年2月30日から施行する。", None, "no such day"),
    ("この規程は、令和6年4月から施行する。", "2024-04-01", "a month begins on its first day"),
    ("この規程は、令和6年度から適用する。", "2024-04-01", "a fiscal year begins in April"),
    ("この要綱は、令和6年4月1日から実施する。", "2024-04-01", "実施"),
    ("この基準は、令和6年4月1日に施行します。", "2024-04-01", "politely, に"),
    ("この協定は、令和6年4月1日をもって発効する。", "2024-04-01", "をもって発効"),
    ("この契約は、令和6年4月1日からその効力を生じる。", "2024-04-01", "その効力を生じる"),
    ("１　この規程は、令和6年4月1日から施行する。", "2024-04-01", "a numbered paragraph"),
    ("この規程（別表を除く。）は、令和6年4月1日から施行する。", "2024-04-01", "a bracket behind the subject"),
    ("この規程の改正は、令和6年4月1日から施行する。", "2024-04-01", "a change of this rule"),
    ("旅費規程は、令和6年4月1日から施行する。", "2024-04-01", "by its own title"),
    ("令和6年4月1日から施行する。", "2024-04-01", "without a subject, in a rule"),
    ("この規程は、令和6年4月20日から施行し、令和6年4月1日から適用する。", "2024-04-20", "施行 before 適用"),
    ("この規程は、改正法の施行の日（令和7年4月1日）から施行する。", "2025-04-01", "the day in brackets"),
    ("施行日：令和6年4月1日", "2024-04-01", "a label"),
    ("施行年月日　2024年4月1日", "2024-04-01", "a label and a blank"),
    ("適用開始日: R6.4.1", "2024-04-01", "another label"),
    ("施行　平成20年4月1日", "2008-04-01", "a label of one word"),
    ("令和6年4月1日施行", "2024-04-01", "behind the date"),
    ("（平成20年4月1日制定・施行）", "2008-04-01", "in brackets"),
    ("制定　平成20年4月1日（令和6年10月1日改正施行）", "2024-10-01", "of several days the one of 施行"),
    (
        "附則\nこの規程は、平成20年4月1日から施行する。\n附則\nこの規程は、令和6年10月1日から施行する。",
        "2024-10-01",
        "the latest change",
    ),
    (
        "この規程は、令和6年4月1日から施行する。ただし、第3条の規定は、令和7年4月1日から施行する。",
        "2024-04-01",
        "a proviso speaks of a part",
    ),
    (
        "この規程は、令和6年4月1日から施行する。\nただし、第3条は、令和7年4月1日から施行する。",
        "2024-04-01",
        "a proviso on its own line",
    ),
    ("改正後の第10条の規定は、令和7年4月1日から適用する。", None, "a part"),
    ("育児休業規程は、令和7年4月1日から施行する。", None, "another rule"),
    ("令和7年4月1日から施行される改正法に備える。", None, "another law takes effect"),
    ("この規程は、公布の日から起算して三月を経過した日から施行する。", None, "no day is named"),
    (
        "（令和5年6月1日規程第3号）\nこの規程は、公布の日から施行する。",
        "2023-06-01",
        "the day of promulgation stands in the head",
    ),
    (
        "（平成2年3月29日省令第21号）\n附則\nこの省令は、公布の日から施行する。\n"
        "附則（平成21年9月1日省令第139号）\nこの省令は、公布の日から施行する。",
        "2009-09-01",
        "and in the head of each supplement",
    ),
    ("有効期間は、令和6年4月1日から令和7年3月31日までとする。", "2024-04-01", "a period"),
    ("令和6年4月1日に開いた会議で決めた。", None, "a date alone"),
]  # fmt: skip

ENDS = [
    ("この要領は、令和8年3月31日限り、その効力を失う。", "2026-03-31", "限り"),
    ("この規程は、令和5年3月31日をもって廃止する。", "2023-03-31", "をもって"),
    ("この規程は、令和５年３月３１日をもって廃止します。", "2023-03-31", "full width, politely"),
    ("令和5年3月31日をもって廃止", "2023-03-31", "without a subject"),
    ("（令和5年3月31日廃止）", "2023-03-31", "in brackets"),
    ("廃止日：R5.3.31", "2023-03-31", "a label"),
    ("有効期限　2023年3月31日", "2023-03-31", "a label of another word"),
    ("この規程は、令和5年度限り廃止する。", "2024-03-31", "a fiscal year ends in March"),
    ("この規程は、昭和64年1月7日限り廃止する。", "1989-01-07", "the last day of Shōwa"),
    ("有効期間　令和6年4月1日～令和7年3月31日", "2025-03-31", "a period"),
    ("契約期間は、2024年4月1日から2025年3月31日までとする。", "2025-03-31", "a contract"),
    ("この規程は、令和6年4月1日から令和7年3月31日まで効力を有する。", "2025-03-31", "from and until"),
    ("旧規程は、令和6年3月31日限り廃止する。", None, "another rule ends"),
    ("宿泊費規程（平成20年規程第2号）は、令和6年3月31日をもって廃止する。", None, "another rule ends"),
    ("令和5年3月31日に食堂を廃止した。", None, "something else ends"),
    ("平成20年4月1日施行の旅費規程は、廃止する。", None, "the former rule ends"),
    (
        "令和5年3月31日廃止\nこの規程は、令和6年4月1日から施行する。",
        None,
        "what ended before this rule took effect was another",
    ),
]


def known(text: str, **more: object) -> Attributes:
    return rule(f"第一条　旅費を払う。\n{text}", **more).attributes  # type: ignore[arg-type]


def day(written: str | None) -> dt.date | None:
    return dt.date.fromisoformat(written) if written else None


@pytest.mark.parametrize(("text", "begins", "why"), BEGINS)
def test_the_day_of_taking_effect(text: str, begins: str | None, why: str) -> None:
    assert known(text).effective_from == day(begins), why


@pytest.mark.parametrize(("text", "ends", "why"), ENDS)
def test_the_day_of_ending(text: str, ends: str | None, why: str) -> None:
    assert known(text).effective_to == day(ends), why


NEWS = [
    ("改正育児休業法は、令和7年4月1日から施行されます。", None, "a law in the news"),
    ("新しい研修制度を令和7年4月1日から実施します。", None, "a project"),
    ("令和7年4月1日から適用します。", None, "nobody knows what"),
    ("令和7年4月1日から施行します。", None, "nobody knows what"),
    ("本ガイドラインは、令和7年4月1日から適用します。", "2025-04-01", "it says so of itself"),
    ("施行日：令和7年4月1日", "2025-04-01", "a label"),
]


@pytest.mark.parametrize(("text", "begins", "why"), NEWS)
def test_what_is_no_rule_must_speak_of_itself(text: str, begins: str | None, why: str) -> None:
    assert rule(text, title="社内報").attributes.effective_from == day(begins), why


def test_dates_are_annotations_with_real_days() -> None:
    document = rule("令和元年5月1日、R6.4.1、二〇二四年四月、令和5年度。", title="社内報")
    assert [one.value for one in document.annotations] == [
        "2019-05-01",
        "2024-04-01",
        "2024-04-01/2024-04-30",
        "2023-04-01/2024-03-31",
    ]
