"""Search syntax: what is read as a condition, and, just as important, what stays a plain question."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.retrieval.filters import MAX_PAGES, Dates, read_articles, read_dates, read_pages
from rag.retrieval.query_language import MAX_PHRASES, MAX_SYNTAX_CHARS, read_question
from rag.types import NO_CONDITIONS, Conditions, Question, Scope

SHARED = Path(__file__).parents[3] / "shared" / "data"

READ = [
    # question, what is left of it, conditions, why
    (
        '旅費 "宿泊料"',
        "旅費 宿泊料",
        Conditions(phrases=("宿泊料",)),
        "a phrase, which stays among the words",
    ),
    ('"年次 有給" 日数', "年次 有給 日数", Conditions(phrases=("年次 有給",)), "a phrase with a blank in it"),
    ("“有給休暇” 日数", "有給休暇 日数", Conditions(phrases=("有給休暇",)), "the quotes of word processors"),
    ("＂有給休暇＂　日数", "有給休暇 日数", Conditions(phrases=("有給休暇",)), "full-width quotes and blank"),
    ('「"有給休暇"」の日数', "「 有給休暇 」の日数", Conditions(phrases=("有給休暇",)), "in Japanese quotes"),
    ("旅費 -海外", "旅費", Conditions(excluded=("海外",)), "an exclusion"),
    ("旅費　－海外", "旅費", Conditions(excluded=("海外",)), "with a full-width minus and blank"),
    ('旅費 -"海外 出張"', "旅費", Conditions(excluded=("海外 出張",)), "a phrase excluded"),
    ("旅費 NOT 海外", "旅費", Conditions(excluded=("海外",)), "the word for the sign"),
    ("旅費 除外:海外", "旅費", Conditions(excluded=("海外",)), "in Japanese"),
    ("旅費（-海外）の上限", "旅費（ ）の上限", Conditions(excluded=("海外",)), "in brackets"),
    ("-海外 旅費", "旅費", Conditions(excluded=("海外",)), "at the beginning"),
    ("Java -Script", "Java", Conditions(excluded=("Script",)), "a Latin word"),
    ("旅費 title:出張", "旅費", Conditions(titles=("出張",)), "a title"),
    (
        '旅費 題名："出張 旅費"',
        "旅費",
        Conditions(titles=("出張 旅費",)),
        "in Japanese, full-width colon, quoted",
    ),
    ("旅費 source:規程.txt", "旅費", Conditions(sources=("規程.txt",)), "a file"),
    ("旅費 Source:a 資料:b", "旅費", Conditions(sources=("a", "b")), "two of them: either"),
    ("旅費 page:3", "旅費", Conditions(pages=(3,)), "a page"),
    ("旅費 page:3..5", "旅費", Conditions(pages=(3, 4, 5)), "a range of pages"),
    ("旅費 ページ:３〜５", "旅費", Conditions(pages=(3, 4, 5)), "full-width, with a wave"),
    ("旅費 article:20", "旅費", Conditions(articles=("第20条",)), "an article"),
    ("旅費 条:第二十条の二", "旅費", Conditions(articles=("第20条の2",)), "in kanji, with a branch"),
    ("旅費 article:3..4", "旅費", Conditions(articles=("第3条", "第4条")), "a range of articles"),
    (
        '休暇 "有給" -退職 page:1',
        "休暇 有給",
        Conditions(phrases=("有給",), excluded=("退職",), pages=(1,)),
        "several at once",
    ),
]


@pytest.mark.parametrize(("text", "plain", "conditions", "reason"), READ)
def test_what_is_read(text: str, plain: str, conditions: Conditions, reason: str) -> None:
    read = read_question(Question(text))
    assert (read.text, read.conditions) == (plain, conditions), reason
    assert len(read.notes) == 1, "what was understood is told in one line"
    assert read.notes[0].startswith("条件: ")


PLAIN = [
    ("有給休暇は何日ですか", "an ordinary question"),
    ("冷凍庫が-5℃を超えた", "a sign within a word"),
    ("冷凍庫 -5℃", "a temperature"),
    ("冷凍庫 －５℃", "full-width"),
    ("音量 -3.5dB", "a level"),
    ("会議 10:30 開始", "a time"),
    ("https://example.jp/a?b=c#d とは", "an address"),
    ("mailto:info@example.jp", "another"),
    ("C:\\temp を消す", "a path"),
    ("C: ドライブ", "a drive"),
    ('24" モニター', "inches"),
    ("5'10\" の身長", "feet and inches"),
    ("ls -la とは", "options of a command"),
    ("日本 -の 歴史", "a single kana"),
    ("git commit --amend", "a long option"),
    ("git rebase -i HEAD", "an option before a word"),
    ("NOT NULL 制約", "SQL, at the beginning"),
    ("SQL の NOT NULL 制約", "SQL, in the middle"),
    ("保険の 除外 条件", "the word for exclusion as a word"),
    ("open source: 定義", "a field's name without a value"),
    ("title: 旅費", "a blank behind the colon"),
    ("homepage:3 とは", "a field's name as the end of a word"),
    ("比率 3:2", "a ratio"),
    ("売上－費用", "a minus between words"),
    ("ABC-123/45", "a part number"),
    ("A-B テスト", "a hyphen"),
    ("x -> y とは", "an arrow"),
    ("- 箇条書き", "a bullet"),
    ('"Boston"は何ですか', "a quotation in a sentence"),
    ("規程の“有給休暇”とは", "the same in curly quotes"),
    ('print("hello") のエラー', "a quotation in code"),
    ("Q: なぜ", "a speaker"),
    ('""', "nothing in quotes"),
    ("-", "a sign alone"),
    ("－－－", "a line"),
    ("第20条", "an article as words"),
    ("2024-04..2025-03", "a range without a field"),
    ("一行目 -a\n二行目 \"b\"", "several lines were pasted"),
    ("あ" * MAX_SYNTAX_CHARS + ' -海外 "旅費"', "so was a long one"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), PLAIN)
def test_what_is_no_syntax_stays_as_it_is(text: str, reason: str) -> None:
    assert read_question(Question(text)) == Question(text, conditions=NO_CONDITIONS), reason


BROKEN = [
    ('旅費 "閉じない', "閉じていない引用符", "a quotation without an end"),
    ("旅費 date:abc", "日付の条件として読めない", "no date"),
    ("旅費 date:2025..2024", "日付の条件として読めない", "from the later to the earlier"),
    ("旅費 date:2024..2025..2026", "日付の条件として読めない", "two ranges in one"),
    ("旅費 date:..", "日付の条件として読めない", "a range without ends"),
    ("旅費 page:x", "ページの条件として読めない", "no number"),
    ("旅費 page:5..3", "ページの条件として読めない", "backwards"),
    ("旅費 article:第条", "条の条件として読めない", "no number"),
    ("旅費 article:1..9999", "条の条件として読めない", "more articles than a law has"),
    ("旅費 title:---", "題名の条件として読めない", "signs alone"),
    ('旅費 "---"', "記号だけ", "a phrase of signs"),
    ("-退職", "探す語を足してください", "an exclusion alone"),
    ("collection:規程集 page:3", "探す語を足してください", "filters alone"),
]


@pytest.mark.parametrize(("text", "note", "reason"), BROKEN)
def test_broken_syntax_is_searched_for_as_words_with_a_note(text: str, note: str, reason: str) -> None:
    read = read_question(Question(text))
    assert (read.text, read.conditions) == (text, NO_CONDITIONS), reason
    assert len(read.notes) == 1
    assert note in read.notes[0]


@pytest.mark.parametrize("element", ["-語{}", '"語{}"'])
def test_a_condition_too_many_stays_a_word(element: str) -> None:
    read = read_question(Question("休暇 " + " ".join(element.format(number) for number in range(12))))
    assert read.conditions is not None
    assert len(read.conditions.phrases + read.conditions.excluded) == MAX_PHRASES
    assert sum("10 個まで" in note for note in read.notes) == 2
    assert "語10" in read.text


def test_few_conditions_are_single_characters() -> None:
    read = read_question(Question('休暇 "有" -退 "給" -職員'))
    assert read.conditions == Conditions(phrases=("有",), excluded=("退", "職員"))
    assert read.text == '休暇 有 "給"'
    assert "一文字の条件は 2 個まで" in read.notes[0]


def test_a_collection_narrows_the_scope() -> None:
    read = read_question(Question("旅費 collection:規程集"))
    assert (read.scope, read.conditions) == (Scope(collections=frozenset({"規程集"})), NO_CONDITIONS)


def test_a_collection_never_widens_a_scope() -> None:
    scope = Scope(collections=frozenset({"公開"}))
    read = read_question(Question("旅費 資料群:人事", scope))
    assert (read.scope, read.conditions) == (scope, Conditions(collections=("人事",)))


def test_dates_narrow_the_scope_from_both_sides() -> None:
    scope = Scope(date_from=dt.date(2024, 6, 1))
    read = read_question(Question("旅費 日付:令和6年度", scope))
    assert read.scope == Scope(date_from=dt.date(2024, 6, 1), date_to=dt.date(2025, 3, 31))
    assert read.notes == ("条件: 日付 2024-04-01〜2025-03-31",)


def test_a_question_is_read_once() -> None:
    read = read_question(Question('旅費 "-5" -海外'))
    assert read_question(read) is read


DATES = [
    ("2024", (2024, 1, 1), (2024, 12, 31)),
    ("2024-04", (2024, 4, 1), (2024, 4, 30)),
    ("2024/4", (2024, 4, 1), (2024, 4, 30)),
    ("2024-04-01", (2024, 4, 1), (2024, 4, 1)),
    ("2024-04..2025-03", (2024, 4, 1), (2025, 3, 31)),
    ("2024年4月から2025年3月まで", (2024, 4, 1), (2025, 3, 31)),
    ("2024〜2025", (2024, 1, 1), (2025, 12, 31)),
    ("2024..", (2024, 1, 1), None),
    ("..2024", None, (2024, 12, 31)),
    ("令和6年度", (2024, 4, 1), (2025, 3, 31)),
    ("令和六年四月..令和７年３月", (2024, 4, 1), (2025, 3, 31)),
    ("R6.4.1", (2024, 4, 1), (2024, 4, 1)),
    ("R6", (2024, 1, 1), (2024, 12, 31)),
    ("昭和64年", (1989, 1, 1), (1989, 1, 7)),
]


@pytest.mark.parametrize(("value", "first", "last"), DATES)
def test_dates(value: str, first: tuple[int, int, int] | None, last: tuple[int, int, int] | None) -> None:
    assert read_dates(value) == Dates(first and dt.date(*first), last and dt.date(*last))


@pytest.mark.parametrize("value", ["", "..", "4月", "2024-13", "2024-02-30", "2024..x", "昔"])
def test_what_is_no_date(value: str) -> None:
    assert read_dates(value) is None


PAGES = [
    ("3", 3, 3),
    ("3-5", 3, 5),
    ("..4", 1, 4),
    ("1999..", 1999, MAX_PAGES),
    ("p3..p4", 3, 4),
    ("7ページ", 7, 7),
]


@pytest.mark.parametrize(("value", "first", "last"), PAGES)
def test_pages(value: str, first: int, last: int) -> None:
    assert read_pages(value) == tuple(range(first, last + 1))


@pytest.mark.parametrize("value", ["", "..", "x", "5..3", "-", "1234567", "3.5"])
def test_what_is_no_page(value: str) -> None:
    assert read_pages(value) == ()


@pytest.mark.parametrize(
    ("value", "label"), [("百二十", "第120条"), ("第9条の2の3", "第9条の2の3"), ("20条", "第20条")]
)
def test_articles(value: str, label: str) -> None:
    assert read_articles(value) == (label,)


PIECES = st.sampled_from(
    [*'"“”＂-－ 　:：（）。', "NOT ", "date:", "条:", "page:", "2024", "旅費", "..", "除外:", "\ud800", "\0"]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=12).map("".join))
@settings(derandomize=True, deadline=None, max_examples=500)
def test_no_text_is_an_error_and_what_is_read_is_still_there(text: str) -> None:
    read = read_question(Question(text))
    assert read.conditions is not None
    assert read.text == text or read.notes, "nothing is taken away in silence"
    if not read.conditions and read.scope == Scope():
        assert read.text == text


PUBLIC = ("jsquad/valid-v1.3.half-a", "jsquad/test-v1.3.half-a", "jaquad/train")


@pytest.mark.skipif(not SHARED.exists(), reason="the public question sets are not on this machine")
@pytest.mark.parametrize("name", PUBLIC)
def test_no_public_question_is_read_otherwise(name: str) -> None:
    articles = json.loads(gzip.decompress((SHARED / f"{name}.json.gz").read_bytes()))["data"]
    texts = [qa["question"] for one in articles for paragraph in one["paragraphs"] for qa in paragraph["qas"]]
    misread = [
        text for text in texts if read_question(Question(text)) != Question(text, conditions=NO_CONDITIONS)
    ]
    assert (len(texts) > 2_000, misread) == (True, [])
