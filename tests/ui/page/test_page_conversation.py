"""Follow-ups, conflicts, days and flags on the page; what is said belongs to one session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pytest
from streamlit.testing.v1 import AppTest

from rag.answering.base import AnswerDone, Answerer, AnswerEvent
from rag.answering.conflicts import ConflictFinder
from rag.answering.conversation_rules import RuleRewriter
from rag.answering.flow import AnswerFlow
from rag.assembly import Assembly
from rag.types import (
    EVERYTHING,
    Answer,
    Attributes,
    Citation,
    Conflict,
    DocumentInfo,
    Hit,
    Question,
    Scope,
    Statement,
    Verdict,
)
from tests.fakes import FirstHitAnswerer
from tests.ui.page.test_page_asking import ask, html, session
from ui.page.state import SharedParts
from ui.page.view import scope_label, view_answer


class Asked(FirstHitAnswerer):
    """Answers, and keeps what it was asked."""

    def __init__(self) -> None:
        self.questions: list[Question] = []

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        self.questions.append(question)
        return super().answer(question, hits)


def share(assembly: Assembly, answerer: Answerer) -> SharedParts:
    def build() -> AnswerFlow:
        rewriter = RuleRewriter(assembly.analyzer)
        return AnswerFlow(
            assembly.build_retriever(), answerer, rewriter=rewriter, finishers=(ConflictFinder(),)
        )

    return SharedParts(assembly, build)


def captions(page: AppTest) -> list[str]:
    return [caption.value for caption in page.caption]


def test_a_follow_up_is_searched_standalone_and_shown(assembly: Assembly) -> None:
    asked = Asked()
    page = ask(ask(session(share(assembly, asked)), "試用期間は何か月ですか"), "それはいつからですか")
    assert [question.text for question in asked.questions] == [
        "試用期間は何か月ですか",
        "試用期間はいつからですか",
    ]
    assert ":material/search: 検索: 試用期間はいつからですか" in captions(page)
    assert "それはいつからですか" in html(page)
    assert not page.exception


def test_what_one_session_said_is_unknown_to_another(assembly: Assembly) -> None:
    asked = Asked()
    shared = share(assembly, asked)
    ask(session(shared), "試用期間は何か月ですか")
    ask(session(shared), "それはいつからですか")
    assert asked.questions[-1].text == "それはいつからですか"


def test_an_emptied_history_is_not_followed_up(assembly: Assembly) -> None:
    asked = Asked()
    page = ask(session(share(assembly, asked)), "試用期間は何か月ですか")
    page.run()
    page.sidebar.button[0].click().run()
    ask(page, "それはいつからですか")
    assert asked.questions[-1].text == "それはいつからですか"


def test_a_day_of_the_sidebar_goes_with_the_question(assembly: Assembly) -> None:
    asked = Asked()
    page = session(share(assembly, asked))
    page.sidebar.date_input[0].set_value(dt.date(2022, 4, 1))
    ask(page, "費用の精算は何営業日以内ですか")
    [question] = asked.questions
    assert question.scope.as_of == dt.date(2022, 4, 1)
    assert captions(page)[0] == ":material/filter_alt: 2022年4月1日に有効な資料"
    assert "2024" not in "".join(source.label for source in page.expander)
    assert scope_label(Scope(as_of=dt.date(2022, 4, 1))) == "2022年4月1日に有効な資料"


HOSTILE = "<b onclick='x'>**1,000円**</b>"
DAYS = (Attributes(effective_from=dt.date(2024, 4, 1)), Attributes(effective_from=dt.date(2021, 4, 1)))


def make_sides() -> tuple[Citation, ...]:
    infos = (DocumentInfo(f"d{n}", f"/{n}.txt", "default", f"規程{n}", attributes=DAYS[n]) for n in range(2))
    return tuple(
        Citation(number, info, number, 0, 4, f"日当は{HOSTILE}", flags=("instruction",))
        for number, info in enumerate(infos, start=1)
    )


class Disagreeing:
    """Two sources that say different things."""

    name = "extractive"

    def answer(self, question: Question, hits: Sequence[Hit]) -> Iterator[AnswerEvent]:
        sides = make_sides()
        statement = Statement(sides[0].quote, sides[:1], Verdict.VERBATIM)
        notes = ("資料によって内容が異なります: [1] 規程0、[2] 規程1", "別の注記")
        yield AnswerDone(
            Answer(
                question.text, (statement,), (), False, 0.9, self.name, notes, conflicts=(Conflict(sides),)
            )
        )


def test_both_sides_of_a_conflict_are_shown_once_with_their_days_as_text(assembly: Assembly) -> None:
    page = ask(session(share(assembly, Disagreeing())), "日当はいくらですか")
    shown = html(page)
    assert shown.count("資料によって内容が異なります") == 1
    assert shown.index("2024年4月1日から") < shown.index("2021年4月1日から")
    assert "<b onclick" not in shown
    assert "&lt;b onclick=&#x27;x&#x27;&gt;**1,000円**" in shown
    assert "別の注記" in captions(page)
    assert [source.label[:4] for source in page.expander] == [r"\[1\\"[:4], r"\[2\\"[:4]]
    assert sum("AI への指示のような文" in caption for caption in captions(page)) == 2
    assert not page.exception


@pytest.mark.parametrize("abstained", [True, False])
def test_a_view_keeps_what_the_next_question_needs(assembly: Assembly, abstained: bool) -> None:
    answer = Answer("それは？", (), (), abstained, 0.5, "extractive", query="日当はいくらですか")
    view = view_answer(answer, assembly.store, EVERYTHING)
    assert (view.query, view.text) == ("日当はいくらですか", answer.text)
