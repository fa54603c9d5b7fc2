"""What counts as disagreement between sources, which side comes first, and how it is told."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.answering.conflicts import ConflictFinder
from rag.answering.conflicts_claims import Claim
from rag.answering.flow import AnswerFlow
from rag.answering.versions import OutdatedNotes, force_label, without_superseded
from rag.types import (
    Answer,
    Attributes,
    Chunk,
    Citation,
    DocumentInfo,
    Hit,
    Question,
    Scope,
    Span,
    Statement,
    Verdict,
)
from tests.fakes import FirstHitAnswerer, ListRetriever

TODAY = dt.date(2025, 10, 1)
OLD = Attributes(effective_from=dt.date(2021, 4, 1))
NEW = Attributes(effective_from=dt.date(2024, 4, 1))
ENDED = Attributes(effective_from=dt.date(2024, 6, 1), effective_to=dt.date(2025, 3, 31))
COMING = Attributes(effective_from=dt.date(2026, 4, 1))

CLAIMS = [
    # one sentence, another, versions of one document, anywhere, why
    (
        "宿泊費は1泊10,000円とする。",
        "宿泊費は1泊12,000円とする。",
        True,
        False,
        "too short to be the same anywhere",
    ),
    (
        "日帰り出張の日当は、1日につき1,000円を支給する。",
        "日帰り出張の日当は、1日につき1,200円を支給する。",
        True,
        True,
        "an amount",
    ),
    (
        "日帰り出張の日当は、1日につき千円を支給する。",
        "日帰り出張の日当は、1日につき1,000円を支給する。",
        False,
        False,
        "千円 is 1,000円",
    ),
    (
        "申請は、支出した日から10営業日以内に行う。",
        "申請は、支出した日から起算して5営業日以内に行わなければならない。",
        True,
        True,
        "other words around it",
    ),
    (
        "第4条　会議室の予約は、利用日の30日前から受け付ける。",
        "３　会議室の予約は、利用日の14日前から受け付ける。",
        True,
        True,
        "numbers of articles aside",
    ),
    (
        "第4条　会議室の予約は、利用日の30日前から受け付ける。",
        "第7条　会議室の予約は、利用日の30日前から受け付ける。",
        False,
        False,
        "only the article differs",
    ),
    (
        "防災訓練の実施日は、2024年9月1日とする。",
        "防災訓練の実施日は、2025年9月1日とする。",
        True,
        False,
        "a day",
    ),
    (
        "防災訓練の実施日は、令和6年9月1日とする。",
        "防災訓練の実施日は、2024年9月1日とする。",
        False,
        False,
        "the same day in 和暦",
    ),
    (
        "この規程は、2021年4月1日から施行する。",
        "この規程は、2024年4月1日から施行する。",
        False,
        False,
        "each tells of itself",
    ),
    (
        "近距離の出張では、タクシーを利用することができる。",
        "近距離の出張では、タクシーを利用することができない。",
        True,
        True,
        "yes and no",
    ),
    (
        "申請書は、前日までに提出する。",
        "申請書は、前日までに提出しなければならない。",
        False,
        False,
        "an obligation denies nothing",
    ),
    (
        "部長の宿泊費は、1泊につき14,000円を限度とする。",
        "課長の宿泊費は、1泊につき12,000円を限度とする。",
        False,
        False,
        "positions differ",
    ),
    (
        "宿泊費は、1泊につき12,000円を限度とする。",
        "管理職の宿泊費は、1泊につき14,000円を限度とする。",
        False,
        False,
        "one is for some alone",
    ),
    (
        "海外出張の支度金は、1回につき30,000円とする。",
        "国内出張の支度金は、1回につき10,000円とする。",
        False,
        False,
        "places differ",
    ),
    (
        "会議室の予約は、利用日の30日前から受け付ける。",
        "社用車の予約は、利用日の14日前から受け付ける。",
        False,
        False,
        "things differ",
    ),
    (
        "本は2週間借りられます。",
        "本は5冊借りられます。",
        False,
        False,
        "amounts of other units",
    ),
    (
        "来客には受付票を渡し、退館時に回収する。",
        "来客には受付票を渡し、退館時に回収する。",
        False,
        False,
        "the same",
    ),
]


@pytest.mark.parametrize(
    ("one", "other", "versions", "anywhere"), [row[:4] for row in CLAIMS], ids=[row[4] for row in CLAIMS]
)
def test_sentences_that_disagree(one: str, other: str, versions: bool, anywhere: bool) -> None:
    for first, second in ((one, other), (other, one)):
        assert Claim.of(first).disagrees(Claim.of(second), related=True) is versions
        assert Claim.of(first).disagrees(Claim.of(second), related=False) is anywhere


def make_hit(
    name: str, text: str, known: Attributes, title: str = "旅費規程", heading: str = "第2章 旅費"
) -> Hit:
    ends = [place + 1 for place, char in enumerate(text) if char == "。"]
    spans = tuple(Span(start, end) for start, end in zip([0, *ends], ends, strict=False))
    chunk = Chunk(name, 0, 0, len(text), text, spans, (heading,), id=len(name))
    return Hit(chunk, DocumentInfo(name, f"/規程/{name}.txt", "default", title, attributes=known), 1.0)


def quote(hit: Hit, number: int = 1, place: int = 0) -> Statement:
    span = hit.chunk.sentences[place]
    text = hit.chunk.text[span.start : span.end]
    cited = Citation(number, hit.document, hit.chunk.id, *span, text, hit.chunk.heading_path)
    return Statement(text, (cited,), Verdict.VERBATIM)


def answer(hits: list[Hit], *statements: Statement, short: str = "") -> Answer:
    return Answer("q", statements, tuple(hits), False, 0.9, "extractive", short_answer=short)


SENTENCE = "日帰り出張の日当は、1日につき{}円を支給する。"
OLD_HIT = make_hit("旧", SENTENCE.format("1,000"), OLD)
NEW_HIT = make_hit("新", SENTENCE.format("1,200"), NEW)


@pytest.mark.parametrize(
    ("cited", "hits"),
    [
        pytest.param(OLD_HIT, [OLD_HIT, NEW_HIT], id="the old one was quoted"),
        pytest.param(NEW_HIT, [OLD_HIT, NEW_HIT], id="the new one was quoted"),
    ],
)
def test_what_is_in_force_comes_first_and_both_are_shown(cited: Hit, hits: list[Hit]) -> None:
    found = ConflictFinder(lambda: TODAY)(Question("q"), answer(hits, quote(cited), short="1,000円"))
    assert found.text == SENTENCE.format("1,200") + "[1]"
    assert found.short_answer == ""
    [conflict] = found.conflicts
    assert [citation.quote for citation in conflict.citations] == [
        SENTENCE.format("1,200"),
        SENTENCE.format("1,000"),
    ]
    assert [citation.number for citation in found.citations] == [1, 2]
    [note] = found.notes
    assert (
        note
        == "資料によって内容が異なります: [1] 旅費規程（2024年4月1日から）、[2] 旅費規程（2021年4月1日から）"
    )


@pytest.mark.parametrize(
    ("known", "as_of", "first"),
    [
        pytest.param(ENDED, None, "旧", id="younger, but no longer in force"),
        pytest.param(ENDED, dt.date(2024, 12, 1), "他", id="in force on the day that was asked"),
        pytest.param(COMING, None, "旧", id="not yet in force"),
        pytest.param(Attributes(), None, "旧", id="without any date"),
        pytest.param(
            Attributes(date=dt.date(2023, 1, 1)), None, "他", id="a document's date where no day of force is"
        ),
    ],
)
def test_the_order_of_the_sides(known: Attributes, as_of: dt.date | None, first: str) -> None:
    hits = [OLD_HIT, make_hit("他", SENTENCE.format("900"), known)]
    found = ConflictFinder(lambda: TODAY)(Question("q", Scope(as_of=as_of)), answer(hits, quote(OLD_HIT)))
    assert found.conflicts[0].citations[0].document.id == first


def test_both_sides_quoted_already_are_put_in_order_and_told_once() -> None:
    found = ConflictFinder(lambda: TODAY)(
        Question("q"), answer([OLD_HIT, NEW_HIT], quote(OLD_HIT, 1), quote(NEW_HIT, 2))
    )
    assert [statement.text for statement in found.statements] == [SENTENCE.format("1,200")]
    assert len(found.conflicts) == len(found.notes) == 1


def test_what_a_model_wrote_stays_with_a_note() -> None:
    written = Statement("日当は千円です。", quote(OLD_HIT).citations, Verdict.SUPPORTED)
    found = ConflictFinder(lambda: TODAY)(Question("q"), answer([OLD_HIT, NEW_HIT], written))
    assert [statement.text for statement in found.statements] == ["日当は千円です。"]
    assert [citation.number for citation in found.conflicts[0].citations] == [2, 1]


def test_an_unsupported_statement_has_no_sides() -> None:
    loose = Statement("根拠のない文です。", (), Verdict.UNSUPPORTED)
    found = ConflictFinder(lambda: TODAY)(Question("q"), answer([OLD_HIT, NEW_HIT], loose, quote(OLD_HIT)))
    assert [statement.text for statement in found.statements] == [loose.text, SENTENCE.format("1,200")]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(make_hit("旧", "別の文。" + SENTENCE.format("900"), OLD), id="the same document"),
        pytest.param(
            make_hit("別", SENTENCE.format("1,200"), NEW, "文書管理", "第9章 保管"), id="of something else"
        ),
        pytest.param(make_hit("同", SENTENCE.format("1,000"), NEW), id="the same amount"),
    ],
)
def test_no_conflict(other: Hit) -> None:
    told = answer([OLD_HIT, other], quote(OLD_HIT), short="1,000円")
    assert ConflictFinder(lambda: TODAY)(Question("q"), told) == told


def test_an_abstention_has_no_conflicts() -> None:
    told = Answer("q", (), (OLD_HIT, NEW_HIT), True, 0.1, "extractive")
    assert ConflictFinder(lambda: TODAY)(Question("q"), told) is told


def test_at_most_four_sides_are_shown() -> None:
    others = [make_hit(f"版{number}", SENTENCE.format(100 * number), OLD) for number in range(1, 9)]
    found = ConflictFinder(lambda: TODAY)(Question("q"), answer([OLD_HIT, *others], quote(OLD_HIT)))
    assert len(found.conflicts[0].citations) == 4


@pytest.mark.parametrize(
    ("known", "label"),
    [
        (OLD, "2021年4月1日から"),
        (ENDED, "2024年6月1日から・2025年3月31日まで（失効）"),
        (COMING, "2026年4月1日から（未施行）"),
        (Attributes(date=dt.date(2025, 6, 16)), "2025年6月16日付"),
        (Attributes(), "日付不明"),
    ],
)
def test_days_in_words(known: Attributes, label: str) -> None:
    assert force_label(known, TODAY) == label


@pytest.mark.parametrize(
    ("cited", "others", "as_of", "told"),
    [
        pytest.param(
            OLD_HIT,
            [NEW_HIT],
            None,
            ["[1] 旅費規程（2021年4月1日から）には新しい版があります: 旅費規程（2024年4月1日から）"],
            id="superseded",
        ),
        pytest.param(NEW_HIT, [OLD_HIT], None, [], id="the newest"),
        pytest.param(OLD_HIT, [NEW_HIT], dt.date(2022, 1, 1), [], id="the newest of that day"),
        pytest.param(OLD_HIT, [make_hit("別", "文。", NEW, "文書管理規程")], None, [], id="another document"),
        pytest.param(
            OLD_HIT, [make_hit("未", "文。", COMING)], None, [], id="a newer one that has not begun"
        ),
        pytest.param(
            make_hit("廃", "文。", ENDED),
            [],
            None,
            [f"[1] 旅費規程 は、2025年10月1日には有効ではありません（{force_label(ENDED, TODAY)}）"],
            id="ended",
        ),
        pytest.param(make_hit("無", "文。", Attributes()), [NEW_HIT], None, [], id="without days"),
    ],
)
def test_a_source_that_is_out_of_date_is_told(
    cited: Hit, others: list[Hit], as_of: dt.date | None, told: list[str]
) -> None:
    finish = OutdatedNotes(lambda: TODAY)
    found = finish(Question("q", Scope(as_of=as_of)), answer([cited, *others], quote(cited)))
    assert list(found.notes) == told


def test_a_conflict_tells_the_days_itself() -> None:
    found = ConflictFinder(lambda: TODAY)(Question("q"), answer([OLD_HIT, NEW_HIT], quote(OLD_HIT)))
    assert OutdatedNotes(lambda: TODAY)(Question("q"), found) is found


@pytest.mark.parametrize(
    ("day", "left"),
    [
        pytest.param(dt.date(2022, 1, 1), {"旧", "新", "他"}, id="the newer one had not begun"),
        pytest.param(TODAY, {"新", "他"}, id="the newer one had replaced it"),
    ],
)
def test_on_a_day_a_replaced_version_is_left_out(day: dt.date, left: set[str]) -> None:
    hits = [OLD_HIT, NEW_HIT, make_hit("他", "文。", OLD, "文書管理規程"), OLD_HIT]
    kept, old = without_superseded(hits, day)
    assert {hit.document.id for hit in kept} == left
    assert [one.id for one in old] == ([] if "旧" in left else ["旧"])


def test_the_flow_says_what_it_left_out() -> None:
    flow = AnswerFlow(ListRetriever([OLD_HIT, NEW_HIT]), FirstHitAnswerer())
    found = flow.answer(Question("日当は", Scope(as_of=TODAY)))
    assert found.text == SENTENCE.format("1,200") + "[1]"
    assert found.notes == ("2025年10月1日には新しい版があった資料を除きました: 旅費規程（2021年4月1日から）",)
    assert flow.answer(Question("日当は")).text == SENTENCE.format("1,000") + "[1]"
